"""A load shape as a page shows it: its curve drawn, what it says of peaks, and what waiting would save."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _

from planner.core.documents import read_document
from planner.core.errors import InvalidInput, Problem
from planner.core.formatting import percent
from planner.loads.documents import LoadDocument, ReplayDocument
from planner.scenarios.editor import EditorField
from planner.scenarios.field_texts import Texts
from planner.scenarios.part_fields import fields_of
from planner.scenarios.year_tables import LedgerRow, LedgerTable

_MOST_DRAWN = 200


@dataclass(frozen=True, slots=True)
class LoadBoard:
    """Everything a page of a load shape shows. What is drawn is None while the curve is none."""

    points: str
    """The curve as a line in a drawing 100 wide and 100 high."""
    mean_at: float
    """How high the mean stands in it."""
    highest: str
    figures: list[tuple[str, str, str]]
    """What it is called, the figure, what it says."""
    waiting: LedgerTable | None
    capping: LedgerTable | None
    source: str
    all_fields: list[EditorField]


def load_board(raw: Mapping[str, Any], texts: Texts, problems: Sequence[Problem]) -> LoadBoard:
    """The board of `raw["load"]`, which may be wrong."""
    fields = [one for one in fields_of(raw, texts, problems) if one.leaf.path.startswith("load.")]
    try:
        load = read_document(LoadDocument, dict(raw.get("load") or {}))
    except InvalidInput:
        return LoadBoard("", 0.0, "", [], None, None, "", fields)
    mean = mean_of(load.exceedance_share, load.load_over_mean)
    if mean <= 0.0:
        return LoadBoard("", 0.0, "", [], None, None, load.source, fields)
    levels = [level / mean for level in load.load_over_mean]
    top = max(levels[0], 1.0)
    return LoadBoard(
        points=_points(load.exceedance_share, levels, top),
        mean_at=100.0 - 100.0 / top,
        highest=_times(top),
        figures=_figures(load.exceedance_share, levels),
        waiting=_waiting(load.replay) if load.replay else None,
        capping=_capping(load.replay) if load.replay else None,
        source=load.source,
        all_fields=fields,
    )


def mean_of(shares: Sequence[float], levels: Sequence[float]) -> float:
    """The mean of a curve, read with straight lines between its points."""
    return sum((b - a) * (x + y) / 2.0 for (a, x), (b, y) in pairwise(zip(shares, levels, strict=True)))


def level_at(shares: Sequence[float], levels: Sequence[float], share: float) -> float:
    """The load that is exceeded for this share of the time."""
    for (a, x), (b, y) in pairwise(zip(shares, levels, strict=True)):
        if share <= b:
            return x + (y - x) * (share - a) / (b - a)
    return levels[-1]


def _points(shares: Sequence[float], levels: Sequence[float], top: float) -> str:
    every = max(1, len(shares) // _MOST_DRAWN)
    places = [*range(0, len(shares) - 1, every), len(shares) - 1]
    return " ".join(f"{shares[i] * 100:.2f},{100 - levels[i] / top * 100:.2f}" for i in places)


def _figures(shares: Sequence[float], levels: Sequence[float]) -> list[tuple[str, str, str]]:
    pairs = list(pairwise(zip(shares, levels, strict=True)))
    squares = sum((b - a) * (x * x + x * y + y * y) / 3.0 for (a, x), (b, y) in pairs)
    near_peak = level_at(shares, levels, 0.001)
    return [
        (_("Peak over mean"), _times(levels[0]), _("the highest 10 minutes")),
        (_("99th percentile"), _times(level_at(shares, levels, 0.01)), _("exceeded for 1% of the time")),
        (_("Coefficient of variation"), f"{sqrt(max(squares - 1.0, 0.0)):.2f}", _("spread over mean")),
        (
            _("Load factor"),
            percent(1.0 / near_peak if near_peak else None, 0),
            _("mean over the load exceeded for 0.1% of the time"),
        ),
    ]


def _waiting(replay: ReplayDocument) -> LedgerTable:
    """Capacity for 0.1% unserved when a share of the load may wait."""
    columns = len(replay.window_hours)
    rows = [LedgerRow(_("nothing may wait"), [_times(replay.capacity_over_mean)] * columns)]
    for place, share in enumerate(replay.deferrable_shares):
        found = replay.deferred_capacity_over_mean[place * columns : (place + 1) * columns]
        rows.append(LedgerRow(percent(share, 0), [_times(level) for level in found]))
    heads = [_hours(hours) for hours in replay.window_hours]
    return LedgerTable(heads, rows, _("Share that may wait"))


def _capping(replay: ReplayDocument) -> LedgerTable:
    """Tokens shed under a cap, by how long the excess may wait."""
    columns = len(replay.queue_hours)
    rows = []
    for place, cap in enumerate(replay.caps_over_mean):
        found = replay.capped_shed_share[place * columns : (place + 1) * columns]
        rows.append(LedgerRow(_times(cap), [percent(share) for share in found]))
    return LedgerTable([_hours(hours) for hours in replay.queue_hours], rows, _("Cap over mean"))


def _hours(hours: float) -> str:
    return _("%(hours)s h") % {"hours": f"{hours:g}"}


def _times(value: float) -> str:
    return f"{value:.2f}x"
