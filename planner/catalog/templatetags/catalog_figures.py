"""How a catalog value is written: as its source wrote it, with thousands separated."""

from django import template

register = template.Library()


@register.filter
def figure(value: float | None) -> str:
    """3400000.0 as "3,400,000", 2.03 as "2.03"; at most six decimals. None gives an empty text."""
    if value is None:
        return ""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
