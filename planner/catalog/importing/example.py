"""The example row of the template: an entry of this catalog, so that sending it back unchanged changes nothing."""

from decimal import Decimal
from typing import Any

from planner.catalog.importing.names import COLUMNS
from planner.catalog.models import CatalogEntry, Kind
from planner.core.canonical_json import canonical_text

_OF_AN_EMPTY_CATALOG = {
    "key": "offer.cloud.h100.list.us",
    "kind": "offer",
    "label": "H100 from a cloud, on-demand list",
    "subject": "H100",
    "value": 2.35,
    "unit": "USD per chip-hour",
    "currency": "USD",
    "region": "us",
    "price_kind": "list",
    "source_title": "Price list",
    "source_address": "https://example.com/prices",
    "source_date": "2026-11-24",
    "confidence": "A",
    "valid_from": "2026-11-01",
    "known_since": "2026-11-24",
}


def example_row() -> list[str]:
    """One cell per column of the template."""
    entry = CatalogEntry.objects.filter(kind=Kind.OFFER).first()
    values = entry.__dict__ if entry else _OF_AN_EMPTY_CATALOG
    return [_cell(values.get(column.name)) for column in COLUMNS]


def _cell(value: Any) -> str:
    """As the import reads it. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value in (None, {}):
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    text = canonical_text(value) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
