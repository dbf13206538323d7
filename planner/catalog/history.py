"""The values a key has had: in words, as a chart's data, and as CSV. Pure, over rows of one key."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from planner.catalog.coverage import Span, in_force_on, spans_in_force, standing
from planner.catalog.models import CatalogEntry
from planner.catalog.templatetags.catalog_figures import figure
from planner.core.formatting import percent

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of a key and what it was on the day that is asked about."""

    entry: CatalogEntry
    state: str


@dataclass(frozen=True, slots=True)
class History:
    """A key over time. `data` None: fewer than two values can be compared, so there is nothing to draw."""

    finding: str
    foot: str
    rows: list[HistoryRow]
    data: dict[str, Any] | None


def history(rows: list[CatalogEntry], *, valid_on: date, known_on: date) -> History:
    """What was believed on `known_on` about the key. Rows come newest first; there is at least one."""
    now = in_force_on(rows, valid_on=valid_on, known_on=known_on)
    told = [HistoryRow(row, _state(rows, row, now, valid_on, known_on)) for row in rows]
    unit, price_kind = rows[0].unit, rows[0].price_kind
    alike = [
        row
        for row in rows
        if (row.unit, row.price_kind) == (unit, price_kind) and row.known_since <= known_on
    ]
    spans = spans_in_force(alike, known_on=known_on)
    foot = _("%(unit)s, as known on %(day)s.") % {"unit": unit, "day": known_on.isoformat()}
    if len(alike) < sum(row.known_since <= known_on for row in rows):
        foot += " " + _("Entries in another unit or of another price kind are in the table only.")
    data = _data(alike, spans, known_on) if len(alike) > 1 else None
    return History(_finding(spans, now, valid_on), foot, told, data)


def history_csv(rows: list[CatalogEntry]) -> str:
    """One line per row of the key, oldest first. Texts never start a formula."""
    names = (
        *("key", "label", "value", "low", "high", "unit", "currency", "price_kind", "region", "valid_from"),
        *("valid_to", "known_since", "source_title", "source_address", "source_date", "confidence", "notes"),
    )
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in reversed(rows):
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _state(
    rows: list[CatalogEntry], row: CatalogEntry, now: CatalogEntry | None, valid_on: date, known_on: date
) -> str:
    if row is now:
        return _("in force")
    if row.known_since > known_on:
        return _("not yet known")
    kept = standing(rows, known_on=known_on)
    if row not in kept:
        correction = next(other for other in kept if other.valid_from == row.valid_from)
        return _("corrected on %(day)s") % {"day": correction.known_since.isoformat()}
    if row.valid_from > valid_on:
        return _("begins later")
    if row.valid_to is not None and row.valid_to <= valid_on:
        return _("ended")
    return _("replaced by a later entry")


def _finding(spans: list[Span], now: CatalogEntry | None, valid_on: date) -> str:
    if now is None:
        return _("No value known by then was in force on %(day)s") % {"day": valid_on.isoformat()}
    said = {"value": figure(now.value), "unit": now.unit, "since": now.valid_from.isoformat()}
    places = [place for place, span in enumerate(spans) if span.row is now]
    before = spans[places[0] - 1].row if places and places[0] > 0 else None
    if before is None or before.value in (0, now.value):
        return _("%(value)s %(unit)s since %(since)s") % said
    move = (now.value - before.value) / abs(before.value)
    said |= {"percent": percent(abs(move)), "before": figure(before.value)}
    if move > 0:
        return _("%(value)s %(unit)s since %(since)s, %(percent)s higher than %(before)s before") % said
    return _("%(value)s %(unit)s since %(since)s, %(percent)s lower than %(before)s before") % said


def _data(alike: list[CatalogEntry], spans: list[Span], known_on: date) -> dict[str, Any]:
    """Steps that stand, and steps that were corrected; an open end is drawn to the last day of the chart."""
    days = [day for row in alike for day in (row.valid_from, row.valid_to) if day is not None]
    last = max([*days, known_on]) + timedelta(days=1)
    kept = standing(alike, known_on=known_on)
    corrected = [Span(row, row.valid_from, row.valid_to) for row in alike if row not in kept]
    return {
        "steps": [_step(span, last) for span in spans],
        "corrected": [_step(span, last) for span in sorted(corrected, key=lambda span: span.begin)],
        "unit": alike[0].unit,
        "has_range": any(span.row.low is not None or span.row.high is not None for span in spans),
        "words": {
            "value": _("value"),
            "range": _("from low to high"),
            "corrected": _("before a correction"),
            "known": _("known since"),
        },
    }


def _step(span: Span, last: date) -> dict[str, Any]:
    row = span.row
    return {
        "begin": span.begin.isoformat(),
        "end": (span.end or last).isoformat(),
        "value": row.value,
        "low": row.low if row.low is not None else row.value,
        "high": row.high if row.high is not None else row.value,
        "known": row.known_since.isoformat(),
    }
