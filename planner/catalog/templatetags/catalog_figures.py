"""How a catalog value is written, and the notice of what no release holds yet."""

from typing import Any

from django import template

from planner.catalog.models import PriceKind

register = template.Library()


@register.filter
def figure(value: float | None) -> str:
    """3400000.0 as "3,400,000", 2.03 as "2.03"; at most six decimals. None gives an empty text."""
    if value is None:
        return ""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@register.filter
def price_kind_words(name: str) -> str:
    """The price kind as people read it; "" for what is not a price, the name itself for a kind that is gone."""
    return str(dict(PriceKind.choices).get(name, name)) if name else ""


@register.inclusion_tag("catalog/_unreleased_notice.html", takes_context=True)
def unreleased_notice(context: dict[str, Any]) -> dict[str, Any]:
    """`{% unreleased_notice %}`: how many price changes are in no release; nothing when none. Needs `request`."""
    from planner.catalog.queries import unreleased_change_count  # this module is read by its layers too

    return {"count": unreleased_change_count(), "is_keeper": context["request"].user.is_staff}
