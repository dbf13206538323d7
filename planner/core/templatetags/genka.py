"""`{% load genka %}`: the figures of `core.formatting` as filters."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from planner.core import formatting

register = template.Library()

register.filter("money", formatting.money)
register.filter("money_supported", formatting.money_supported)
register.filter("millions", formatting.millions)
register.filter("unit_price", formatting.unit_price)
register.filter("futures_share", formatting.futures_share)
register.filter("of_futures", formatting.of_futures)
register.filter("multiple", formatting.multiple)
register.filter("rate", formatting.rate)
register.filter("count", formatting.count)


@register.filter
def day(value: date | None) -> str:
    """`{{ run.created_at|day }}` is "2026-11-23"; a dash where there is none."""
    # Django's own `date` takes 20 times as long, three times a row.
    return value.isoformat()[:10] if value else formatting.DASH


@register.filter
def minute(value: datetime | None) -> str:
    """`{{ run.created_at|minute }}` is "2026-11-23 14:05", UTC as all times here; a dash where there is none."""
    return value.isoformat(" ")[:16] if value else formatting.DASH


@register.filter
def percent(value: float | None, decimals: int = 1) -> str:
    """`{{ share|percent }}` is "20.1%", `{{ share|percent:0 }}` is "20%"."""
    return formatting.percent(value, decimals)


@register.filter
def by_unit(value: float | None, unit: str) -> str:
    """`{{ outcome.mean|by_unit:outcome.unit }}`."""
    return formatting.by_unit(value, unit)


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """`{{ mapping|item:name }}`: the value under a name held in a variable; None when it is not there."""
    return mapping.get(key)


@register.simple_tag
def greyed(text: str, standard_error: float) -> str | SafeString:
    """`{% greyed text error %}`: the digits that the number of futures cannot support, in grey."""
    return formatting.greyed(text, standard_error)
