"""The stack that serves a quarter's load, band by band (E15, E17).

Everything is in mean tokens an hour over the quarter. The load at a moment is demand x L', where training is its
flat part: L' = (1 - training) L trend + training. Only the ported share of the tokens runs on the alternative chip,
at every moment: with lots that need porting of capacity P and others of capacity C, what can run at one moment is
min(load, P + C, C + ported x load), which is served as two separate pools when porting binds and as one when not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number, read_only
from costmodel.load import GrowthRows, LoadTable


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Mean tokens an hour served in each band; over all bands they sum to the demand."""

    served_by_lot: list[FloatArray]
    on_demand: FloatArray
    burst: FloatArray
    other_clouds: FloatArray
    unserved: FloatArray


@dataclass(frozen=True, slots=True)
class _Load:
    """The load of the quarter: its mean, flat share, and the shape's table at the growth inside the quarter."""

    demand: FloatArray
    training_share: FloatArray
    table: LoadTable
    rows: GrowthRows
    over: FloatArray
    """The demand a capacity is divided by; 1 where there is none."""
    moving: FloatArray
    """The share that is not flat; `moving_above_zero` is what one may divide by."""
    moving_above_zero: FloatArray

    @staticmethod
    def of(demand: FloatArray, growth: FloatArray, training_share: FloatArray, table: LoadTable) -> "_Load":
        """Return the load of a quarter with what all its bands divide by."""
        over, moving = np.where(demand > 0.0, demand, 1.0), 1.0 - training_share
        return _Load(
            demand, training_share, table, table.rows_at(growth), over, moving, np.maximum(moving, 1e-12)
        )

    def of_draws(self, draws: IntArray) -> "_Load":
        """Return the load in these draws alone."""
        rows = GrowthRows(self.rows.first.take(draws), self.rows.down.take(draws))
        parts = (self.over, self.moving, self.moving_above_zero)
        over, moving, above_zero = (part.take(draws) for part in parts)
        flat = self.training_share.take(draws)
        return _Load(self.demand.take(draws), flat, self.table, rows, over, moving, above_zero)

    def served_share(self, capacity: FloatArray) -> FloatArray:
        """Return the share of the tokens that `capacity`, in tokens an hour, can serve: E[min(L', x)]."""
        level = capacity / self.over
        level -= self.training_share
        level /= self.moving_above_zero
        share = self.table.expected_min_in(level, self.rows)
        share *= self.moving
        share += self.training_share
        return share


def dispatch(
    demand: FloatArray,
    growth: Number,
    training_share: Number,
    committed: Sequence[tuple[Number, Number | None]],
    on_demand_capacity: Number,
    burst_capacity: Number,
    other_clouds_capacity: Number,
    table: LoadTable,
) -> Dispatch:
    """Return who serves the demand: committed lots in order, on-demand, burst, other clouds, then nobody (E17).

    `committed` holds (capacity in tokens an hour, ported share) for each lot; None means that every token can run
    there. Lots that need porting share one ported share, that of the first. Zero demand gives zeros.
    """
    ported = next((share for _, share in committed if share is not None), 0.0)
    alternative = [share is not None for _, share in committed] + [False, False, False]
    capacities = [capacity for capacity, _ in committed]
    capacities += [on_demand_capacity, burst_capacity, other_clouds_capacity]
    bands = np.zeros((len(capacities) + 1, *demand.shape))
    spread = [
        np.broadcast_to(values, demand.shape) for values in (growth, training_share, ported, *capacities)
    ]
    # Quarter by quarter, so that what a quarter needs stays in the cache.
    for quarter in np.ndindex(demand.shape[:-1]):
        growing, flat, movable, *sizes = (values[quarter] for values in spread)
        load = _Load.of(demand[quarter], growing, flat, table)
        _fill(load, list(zip(sizes, alternative, strict=True)), movable, bands[(slice(None), *quarter)])
    *by_lot, on_demand, burst, other_clouds, unserved = bands
    return Dispatch(by_lot, on_demand, burst, other_clouds, unserved)


def _fill(load: _Load, sizes: list[tuple[FloatArray, bool]], ported: FloatArray, bands: FloatArray) -> None:
    """Write what each band of one quarter serves into `bands`, the unserved rest last."""
    pools = _Pools(load, ported, np.zeros_like(load.demand), np.zeros_like(load.demand))
    reached = np.zeros_like(load.demand)
    for number, (band, (size, is_alternative)) in enumerate(zip(bands, sizes, strict=False)):
        if number and not size.any():
            continue  # no more can run than with the band before, and `bands` holds zeros
        pools.add(size, is_alternative)
        cumulative = load.demand * pools.served_share()
        cumulative = np.minimum(np.maximum(cumulative, reached), load.demand)
        np.subtract(cumulative, reached, out=band)
        reached = cumulative
    np.subtract(load.demand, reached, out=bands[-1])


@dataclass(slots=True)
class _Pools:
    """The two kinds of capacity that stand so far in one quarter, in tokens an hour (draw,)."""

    load: _Load
    ported: FloatArray
    general: FloatArray
    alternative: FloatArray
    ported_part: FloatArray | None = None
    """What the ported share of the tokens finds on the alternative alone; None: not asked since that last grew."""

    def add(self, size: FloatArray, is_alternative: bool) -> None:
        """Put one more band on the stack."""
        if is_alternative:
            self.alternative, self.ported_part = self.alternative + size, None
        else:
            self.general = self.general + size

    def served_share(self) -> FloatArray:
        """Return the share of tokens served by the two kinds of capacity together.

        E[min(l, P + C, C + p l)] = (1 - p) E[min(l, C / (1 - p))] + p E[min(l, P / p)] when P / p > C / (1 - p),
        and E[min(l, P + C)] when not.
        """
        binds = self.alternative * (1.0 - self.ported) > self.general * self.ported
        bound = np.flatnonzero(binds)
        if bound.size == binds.size:
            if self.ported_part is None:
                self.ported_part = self._ported_part(self.load, self.alternative, self.ported)
            return self._apart(self.load, self.general, self.ported, self.ported_part)
        share = self.load.served_share(self.general + self.alternative)
        if bound.size:
            load, ported = self.load.of_draws(bound), self.ported.take(bound)
            part = self._ported_part(load, self.alternative.take(bound), ported)
            share[bound] = self._apart(load, self.general.take(bound), ported, part)
        return share

    @staticmethod
    def _ported_part(load: _Load, alternative: FloatArray, ported: FloatArray) -> FloatArray:
        return ported * load.served_share(alternative / np.maximum(ported, 1e-12))

    @staticmethod
    def _apart(load: _Load, general: FloatArray, ported: FloatArray, ported_part: FloatArray) -> FloatArray:
        share = (1.0 - ported) * load.served_share(general / np.maximum(1.0 - ported, 1e-12))
        return share + ported_part


class RememberedDispatch:
    """`dispatch` that gives its last answer again when asked the very same: most edits of a deal move no load.

    Arguments are compared number by number, so what is remembered is exactly what would be computed. Its arrays are
    read-only. It holds some 40 MB for 40 quarters; two threads may share it. `keeps_first`: whatever is asked later,
    the first answer is the one remembered.
    """

    def __init__(self, *, keeps_first: bool = False) -> None:
        self._last: tuple[list[Any], Dispatch] | None = None
        self._keeps_first = keeps_first

    def __call__(self, *arguments: Any) -> Dispatch:
        """Return what `dispatch` returns."""
        asked, last = _flat(arguments), self._last
        if last is not None and _are_same(asked, last[0]):
            return last[1]
        found = dispatch(*arguments)
        for band in (*found.served_by_lot, found.on_demand, found.burst, found.other_clouds, found.unserved):
            read_only(band)
        if last is None or not self._keeps_first:
            self._last = (asked, found)
        return found


def _flat(arguments: Sequence[Any]) -> list[Any]:
    """Return the arguments of `dispatch` without the lists and pairs inside."""
    flat: list[Any] = []
    for one in arguments:
        flat += _flat(one) if isinstance(one, list | tuple) else [one]
    return flat


def _are_same(asked: list[Any], before: list[Any]) -> bool:
    if len(asked) != len(before):
        return False
    return all(
        now is was or (isinstance(now, np.ndarray) and np.array_equal(now, was))
        for now, was in zip(asked, before, strict=True)
    )
