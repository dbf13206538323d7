"""Figures as the scenario pages show them."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def usd(value: float | None) -> str:
    """15e9 as "$15.0 B", 2.5e8 as "$250 m", 0 and None as a dash, negative in parentheses."""
    if not value:
        return "–"
    size = abs(value)
    text = (
        f"${size / 1e9:,.1f} B"
        if size >= 1e9
        else f"${size / 1e6:,.0f} m"
        if size >= 1e6
        else f"${size:,.0f}"
    )
    return f"({text})" if value < 0 else text


@register.filter
def of(held: Mapping[Any, Any], key: Any) -> Any:
    """What the mapping holds of this key; None when it holds nothing."""
    return held.get(key)
