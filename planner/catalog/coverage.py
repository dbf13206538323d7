"""Whether the rows of a key fit together: what contradicts, what is missing, what stands when. Pure, over rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Literal

from django.utils.translation import gettext as _

from planner.catalog.models import CatalogEntry
from planner.catalog.templatetags.catalog_figures import figure


@dataclass(frozen=True, slots=True)
class Span:
    """A row in force from `begin` on; `end` is the first day it no longer is, None when no end is known."""

    row: CatalogEntry
    begin: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. An overlap: two rows say different things of the same days. A gap: no row says any."""

    kind: Literal["overlap", "gap"]
    earlier: CatalogEntry
    later: CatalogEntry
    """Begins later than `earlier`."""
    begin: date
    end: date | None
    """The first day after it; None: it has no end."""

    @property
    def sentence(self) -> str:
        said = {
            "begin": self.begin.isoformat(),
            "end": self.end.isoformat() if self.end else "",
            "first": _said(self.earlier),
            "second": _said(self.later),
        }
        if self.kind == "gap":
            return _("From %(begin)s to %(end)s no entry is in force.") % said
        if self.end is None:
            return _("From %(begin)s on two entries say different things: %(first)s and %(second)s.") % said
        return (
            _("From %(begin)s to %(end)s two entries say different things: %(first)s and %(second)s.") % said
        )


def standing(rows: Iterable[CatalogEntry], *, known_on: date | None = None) -> list[CatalogEntry]:
    """The rows of one key that nothing known by `known_on` (None: ever) corrects, in the order they begin.

    A row is corrected by one that begins on the same day and became known later, whatever either says of its end.
    """
    known = [row for row in rows if known_on is None or row.known_since <= known_on]
    newest: dict[date, CatalogEntry] = {}
    for row in sorted(known, key=lambda row: (row.valid_from, row.known_since)):
        newest[row.valid_from] = row
    return list(newest.values())


def spans_in_force(rows: Iterable[CatalogEntry], *, known_on: date | None = None) -> list[Span]:
    """Which row of one key is in force when: as `queries.in_force` decides, for every day, in order of time."""
    kept = standing(rows, known_on=known_on)
    edges = sorted({row.valid_from for row in kept} | {row.valid_to for row in kept if row.valid_to})
    spans: list[Span] = []
    for begin, end in [*pairwise(edges), *((edge, None) for edge in edges[-1:])]:
        row = _in_force_on(kept, begin)
        if row is None:
            continue
        if spans and spans[-1].row is row and spans[-1].end == begin:
            spans[-1] = Span(row, spans[-1].begin, end)
        else:
            spans.append(Span(row, begin, end))
    return spans


def in_force_on(rows: Iterable[CatalogEntry], *, valid_on: date, known_on: date) -> CatalogEntry | None:
    """The row of one key that was believed on `known_on` to apply on `valid_on`; None: none was."""
    return _in_force_on(standing(rows, known_on=known_on), valid_on)


def findings_of(rows: Iterable[CatalogEntry]) -> list[Finding]:
    """What to look at among the rows of one key, in order of time."""
    kept = standing(rows)
    overlaps = [
        finding
        for place, earlier in enumerate(kept)
        for later in kept[place + 1 :]
        if (finding := _overlap(earlier, later)) is not None
    ]
    gaps = [
        Finding("gap", before.row, after.row, before.end, after.begin)
        for before, after in pairwise(spans_in_force(kept))
        if before.end is not None and before.end < after.begin
    ]
    return sorted([*overlaps, *gaps], key=lambda finding: finding.begin)


def findings_by_key(rows: Sequence[CatalogEntry]) -> list[Finding]:
    """What to look at in the whole catalog; the rows come in the order of their keys."""
    return [finding for _key, group in groupby(rows, lambda row: row.key) for finding in findings_of(group)]


def _overlap(earlier: CatalogEntry, later: CatalogEntry) -> Finding | None:
    """None when the later value simply takes over: it became known after the earlier one, or says the same."""
    if earlier.valid_to is not None and earlier.valid_to <= later.valid_from:
        return None
    if later.known_since > earlier.known_since or _says(earlier) == _says(later):
        return None
    ends = [row.valid_to for row in (earlier, later) if row.valid_to]
    return Finding("overlap", earlier, later, later.valid_from, min(ends) if ends else None)


def _in_force_on(kept: list[CatalogEntry], day: date) -> CatalogEntry | None:
    applying = [row for row in kept if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)]
    return applying[-1] if applying else None


def _says(row: CatalogEntry) -> tuple[object, ...]:
    return (row.value, row.low, row.high, row.unit, row.price_kind)


def _said(row: CatalogEntry) -> str:
    return _("%(value)s %(unit)s (known since %(day)s)") % {
        "value": figure(row.value),
        "unit": row.unit,
        "day": row.known_since.isoformat(),
    }
