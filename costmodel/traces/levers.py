"""What the levers with a window did to one load, on a grid, as curves the simulation reads like any other (E16).

A load-duration curve cannot hold a deadline, so each cell is a replay in the order of time. Its result is again a
curve: the served share of a deferred load bends down in capacity, so it is E[min(L, x)] of some load L. A table
belongs to the load it was replayed on; on another load its changes are carried over in proportion, see each lever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from costmodel.arrays import FloatArray, read_only
from costmodel.inputs.demand import LoadShape
from costmodel.traces.curve import capacity_of, served_share
from costmodel.traces.deferral import capacities_of_cells, served_of_cells
from costmodel.traces.queueing import Bent, capped
from costmodel.traces.trace import Trace

DEFERRABLE_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
WINDOWS_HOURS = (0.0, 1.0, 4.0, 12.0, 24.0, 72.0)
CAPS_OVER_MEAN = (1.05, 1.1, 1.2, 1.35, 1.5, 2.0, 3.0)
DEADLINES_HOURS = (0.0, 1.0, 4.0, 24.0, np.inf)
_LEVELS = 400


@dataclass(frozen=True, slots=True, eq=False)
class DeferralTable:
    """Rows: deferrable share; columns: window. `load_over_mean[row, column]` is a curve at the table's shares."""

    shares: FloatArray
    windows_hours: FloatArray
    load_over_mean: FloatArray
    capacity_over_mean: FloatArray
    """The capacity that leaves 0.1% of the tokens, straight from replay."""


@dataclass(frozen=True, slots=True, eq=False)
class PromiseTable:
    """A promise about the rate: rows its limit, columns the deadline of what is held back (inf: never shed).

    `load_over_mean[row, column]` is the curve of what is left, over the mean of the load before; its mean is
    1 - shed_share. The other arrays are `(row, column)`; see `queueing.Bent`.
    """

    limits: FloatArray
    deadlines_hours: FloatArray
    load_over_mean: FloatArray
    shed_share: FloatArray
    held_share: FloatArray
    mean_wait_hours: FloatArray
    p99_wait_hours: FloatArray


_Table = TypeVar("_Table", DeferralTable, PromiseTable)


@dataclass(frozen=True, slots=True, eq=False)
class LeverTable:
    """The levers of one load that have a window; `base` is its curve without any."""

    base: LoadShape
    deferral: DeferralTable
    rate_cap: PromiseTable


@dataclass(frozen=True, slots=True)
class Promised:
    """A curve under a promise, its mean scaled to 1, and what the promise cost: see `queueing.Bent`.

    Demand that is left is `1 - shed_share` of what it was; the curve is that of what is left.
    """

    shape: LoadShape
    shed_share: float
    mean_wait_hours: float
    p99_wait_hours: float


def tabulated(trace: Trace, base: LoadShape) -> LeverTable:
    """Return the table of a trace; `base` is its curve and says at which shares of time all curves are kept."""
    at = np.asarray(base.exceedance_share)
    shape = (len(DEFERRABLE_SHARES), len(WINDOWS_HOURS))
    shares = np.repeat(DEFERRABLE_SHARES, shape[1])
    waits = np.tile([trace.steps_in(hours) for hours in WINDOWS_HOURS], shape[0])
    levels = np.linspace(0.0, float(trace.over_mean.max()), _LEVELS + 1)
    served = served_of_cells(trace, np.tile(levels, (shares.size, 1)), shares, waits)
    alone = (shares == 0.0) | (np.tile(WINDOWS_HOURS, shape[0]) == 0.0)
    cells = [
        _with_mean(np.asarray(base.load_over_mean), at, 1.0) if one else curve_of_served(row, levels, at)
        for row, one in zip(served, alone, strict=True)
    ]
    deferral = DeferralTable(
        shares=np.array(DEFERRABLE_SHARES),
        windows_hours=np.array(WINDOWS_HOURS),
        load_over_mean=read_only(np.reshape(cells, (*shape, at.size))),
        capacity_over_mean=read_only(capacities_of_cells(trace, shares, waits).reshape(shape)),
    )
    caps = [[capped(trace, cap, hours) for hours in DEADLINES_HOURS] for cap in CAPS_OVER_MEAN]
    return LeverTable(base, deferral, _promises(CAPS_OVER_MEAN, caps, at))


def averaged(tables: Sequence[LeverTable]) -> LeverTable:
    """Return the mean of tables on one grid: what to expect of a load that none of them was replayed on."""
    first = tables[0]
    levels = np.mean([_base(one) for one in tables], axis=0)
    return LeverTable(
        base=LoadShape(
            exceedance_share=first.base.exceedance_share, load_over_mean=tuple(np.asarray(levels).tolist())
        ),
        deferral=_mean_of([one.deferral for one in tables]),
        rate_cap=_mean_of([one.rate_cap for one in tables]),
    )


def deferred(table: LeverTable, shape: LoadShape, share: float, window_hours: float) -> LoadShape:
    """Return the curve of a shape when `share` of it may wait for `window_hours`; mean 1.

    Between cells linear in share and in hours / (hours + 4). On a shape that is not the table's the change of the
    curve is scaled by the excess of the capacity for 0.1% unserved over the mean, so the controllability index of
    the table carries over (E19).
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("The deferrable share must be between 0 and 1.")
    if window_hours < 0.0:
        raise ValueError("The window of deferral must not be below 0 hours.")
    cells = table.deferral
    found = _between(cells.shares, cells.windows_hours, cells.load_over_mean, share, window_hours)
    return _moved(table, shape, found - _base(table), _spread(shape) / _spread(table.base))


def capacity_with_deferral(table: LeverTable, shape: LoadShape, share: float, window_hours: float) -> float:
    """Return the capacity, over the mean, for 0.1% unserved when `share` of a shape may wait for `window_hours`.

    From the replayed capacities, with the controllability index of the table (E19) on the shape's own need.
    """
    cells = table.deferral
    found = _between(cells.shares, cells.windows_hours, cells.capacity_over_mean, share, window_hours)
    alone = float(cells.capacity_over_mean[0, 0])
    left = (float(found) - 1.0) / (alone - 1.0) if alone > 1.0 else 1.0
    return 1.0 + (capacity_of(shape) - 1.0) * left


def under_cap(table: LeverTable, shape: LoadShape, cap: float, deadline_hours: float) -> Promised:
    """Return a shape under a cap on its rate, over its mean, whose excess queues to a deadline.

    The excess over the cap is read off the shape itself; of it, the table says what share is shed, and when the
    rest comes instead. A cap above the load's peak changes nothing.
    """
    cells = table.rate_cap
    if cap < cells.limits[0]:
        said = "A rate cap must be at least {:g} times the mean: below it the queue has no end."
        raise ValueError(said.format(float(cells.limits[0])))
    excess = max(1.0 - float(served_share(shape, cap)), 0.0)
    in_table = 1.0 - float(served_share(table.base, cap))
    ratio = excess / in_table if in_table > 1e-9 else 0.0
    cut = np.minimum(_base(table), cap)
    found = _between(cells.limits, cells.deadlines_hours, cells.load_over_mean, cap, deadline_hours)
    shed = min(_figure(cells, "shed_share", cap, deadline_hours) * ratio, excess)
    levels = np.minimum(_levels(table, shape), cap) + np.maximum(found - cut, 0.0) * ratio
    return _promised(table, np.minimum(levels, cap), shed, cells, cap, deadline_hours, ratio > 0.0)


def curve_of_served(served: FloatArray, levels: FloatArray, at: FloatArray) -> FloatArray:
    """Return the levels exceeded for shares `at` of the time, of a load with served share `served` at `levels`.

    The share of time above a level is the slope of the served share. Levels never or always exceeded are left out
    but for the innermost, so that the curve ends where they do.
    """
    above = np.minimum.accumulate(np.clip(np.diff(served) / np.diff(levels), 0.0, 1.0))
    always, ever = int(np.sum(above > 1.0 - 1e-9)), int(np.sum(above > 1e-9))
    inner = slice(max(always - 1, 0), min(ever + 1, above.size))
    middle = (levels[1:] + levels[:-1]) / 2.0
    return _with_mean(np.interp(at, above[inner][::-1], middle[inner][::-1]), at, 1.0)


def _promises(limits: tuple[float, ...], cells: list[list[Bent]], at: FloatArray) -> PromiseTable:
    def each(name: str) -> FloatArray:
        return read_only(np.array([[getattr(cell, name) for cell in row] for row in cells]))

    curves = [
        [_with_mean(np.quantile(cell.load, 1.0 - at), at, 1.0 - cell.shed_share) for cell in row]
        for row in cells
    ]
    return PromiseTable(
        limits=np.array(limits),
        deadlines_hours=np.array(DEADLINES_HOURS),
        load_over_mean=read_only(np.array(curves)),
        shed_share=each("shed_share"),
        held_share=each("held_share"),
        mean_wait_hours=each("mean_wait_hours"),
        p99_wait_hours=each("p99_wait_hours"),
    )


def _mean_of(tables: Sequence[_Table]) -> _Table:
    return replace(
        tables[0],
        **{
            field.name: np.mean([getattr(one, field.name) for one in tables], axis=0)
            for field in fields(tables[0])
        },
    )


def _moved(table: LeverTable, shape: LoadShape, change: FloatArray, scale: float) -> LoadShape:
    return _shape(table, _levels(table, shape) + change * scale)


def _promised(
    table: LeverTable,
    levels: FloatArray,
    shed: float,
    cells: PromiseTable,
    limit: float,
    deadline_hours: float,
    binds: bool,
) -> Promised:
    waits = [
        _figure(cells, name, limit, deadline_hours) if binds else 0.0
        for name in ("mean_wait_hours", "p99_wait_hours")
    ]
    return Promised(_shape(table, levels), shed, *waits)


def _shape(table: LeverTable, levels: FloatArray) -> LoadShape:
    shares = np.asarray(table.base.exceedance_share)
    falling = np.minimum.accumulate(np.maximum(levels, 0.0))
    return LoadShape(
        exceedance_share=table.base.exceedance_share,
        load_over_mean=tuple(_with_mean(falling, shares, 1.0).tolist()),
    )


def _levels(table: LeverTable, shape: LoadShape) -> FloatArray:
    """Return the levels of a shape at the table's shares; mean 1."""
    at = np.asarray(table.base.exceedance_share)
    levels = np.interp(at, shape.exceedance_share, shape.load_over_mean)
    return _with_mean(levels, at, 1.0)


def _base(table: LeverTable) -> FloatArray:
    return _levels(table, table.base)


def _spread(shape: LoadShape) -> float:
    return max(capacity_of(shape) - 1.0, 1e-9)


def _with_mean(levels: FloatArray, at: FloatArray, mean: float) -> FloatArray:
    found = float(np.sum((levels[1:] + levels[:-1]) / 2.0 * np.diff(at)))
    return levels * (mean / found) if found > 0.0 else levels


def _figure(cells: PromiseTable, name: str, limit: float, deadline_hours: float) -> float:
    values: FloatArray = getattr(cells, name)
    return float(_between(cells.limits, cells.deadlines_hours, values, limit, deadline_hours))


def _between(rows: FloatArray, hours: FloatArray, values: FloatArray, row: float, hour: float) -> FloatArray:
    """Return values bilinear in the row and in hours / (hours + 4), held at the ends of the grid."""
    across = float(np.interp(_bent_hours(np.array(hour)), _bent_hours(hours), np.arange(hours.size)))
    down = float(np.interp(row, rows, np.arange(rows.size)))
    i, j = int(min(down, rows.size - 2)), int(min(across, hours.size - 2))
    u, v = down - i, across - j
    left = values[i, j] * (1.0 - u) + values[i + 1, j] * u
    right = values[i, j + 1] * (1.0 - u) + values[i + 1, j + 1] * u
    return np.asarray(left * (1.0 - v) + right * v)


def _bent_hours(hours: FloatArray) -> FloatArray:
    return np.where(np.isinf(hours), 1.0, hours / (np.where(np.isinf(hours), 0.0, hours) + 4.0))
