"""The load-duration curve of a quarter and what a given capacity can serve of it (E14, E15).

L is the 10-minute load over its mean, a piecewise-linear quantile curve. Inside a quarter the level also grows:
trend(u) = g e^(g u) / (e^g - 1) for u in [0, 1], whose mean is 1 for every log growth g. With L and the moment u
independent, G(x; g) = E[min(L trend(u), x)] is the share of the quarter's tokens that capacity x (in units of the
mean) can serve. G is tabulated once for each shape, because g differs by draw.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number, clipped, read_only
from costmodel.inputs.demand import LoadShape

# Growth inside one quarter beyond these ends counts as the end itself: e^2 is sevenfold in three months.
GROWTH_STEPS: FloatArray = np.arange(-40, 41, dtype=np.float64) / 20.0
LEVEL_STEP = 1.0 / 128.0
MOST_LEVELS = 8192


@dataclass(frozen=True, slots=True, eq=False)
class LoadTable:
    """G(x; g) on a grid of growth (rows) and level (columns), row after row; level 1 and growth 0 are on the grid."""

    values: FloatArray
    level_step: float
    levels: int

    @staticmethod
    def of(shape: LoadShape) -> "LoadTable":
        """Return the table of a shape, its levels divided by the curve's own mean; ValueError when that is 0."""
        return _table_of(shape)

    def expected_min(self, level: Number, growth: Number) -> FloatArray:
        """Return G(level; growth) = E[min(L trend, level)]: the share of the quarter's tokens served below `level`.

        Bilinear between grid points, so rising and concave in the level like the exact function. A level below 0
        returns itself, a level above every load returns 1.
        """
        level, growth = np.broadcast_arrays(np.asarray(level, np.float64), np.asarray(growth, np.float64))
        return _by_row(self._expected_min, level, growth)

    def share_above(self, level: Number, growth: Number) -> FloatArray:
        """Return P(L trend > level): the slope of the tabulated G, so the two always agree."""
        level, growth = np.broadcast_arrays(np.asarray(level, np.float64), np.asarray(growth, np.float64))
        return _by_row(self._share_above, level, growth)

    def rows_at(self, growth: FloatArray) -> "GrowthRows":
        """Return where a growth lies between two rows; found once for all levels asked of the same growth."""
        down = clipped(
            (growth - GROWTH_STEPS[0]) / (GROWTH_STEPS[1] - GROWTH_STEPS[0]), 0.0, GROWTH_STEPS.size - 1.0
        )
        row = np.minimum(down.astype(np.int64), GROWTH_STEPS.size - 2)
        return GrowthRows(row * self.levels, down - row)

    def expected_min_in(self, level: FloatArray, rows: "GrowthRows") -> FloatArray:
        """Return G(level; growth) as `expected_min` does, of arrays of one shape."""
        inside, left, right = self._cell(level, rows)
        right -= left
        right *= inside
        right += left
        return np.minimum(right, np.minimum(level, 1.0))

    def _cell(self, level: FloatArray, rows: "GrowthRows") -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the position inside the cell along the level, and G at that cell's left and right edge."""
        across = clipped(level / self.level_step, 0.0, self.levels - 1.0)
        column = np.minimum(across.astype(np.int64), self.levels - 2)
        corner = rows.first + column
        upper, lower = self.values, self.values[self.levels :]
        # Every corner lies in the table: "wrap" saves the search for one that does not.
        left, right = upper.take(corner, mode="wrap"), upper[1:].take(corner, mode="wrap")
        left += (lower.take(corner, mode="wrap") - left) * rows.down
        right += (lower[1:].take(corner, mode="wrap") - right) * rows.down
        across -= column
        return across, left, right

    def _expected_min(self, level: FloatArray, growth: FloatArray) -> FloatArray:
        return self.expected_min_in(level, self.rows_at(growth))

    def _share_above(self, level: FloatArray, growth: FloatArray) -> FloatArray:
        _, left, right = self._cell(level, self.rows_at(growth))
        share = np.clip((right - left) / self.level_step, 0.0, 1.0)
        return np.where(level < 0.0, 1.0, np.where(level >= (self.levels - 1) * self.level_step, 0.0, share))


@dataclass(frozen=True, slots=True, eq=False)
class GrowthRows:
    """Where growths lie in a table: the flat position of the row above, and the share of the way to the next row."""

    first: IntArray
    down: FloatArray


_OfLevelAndGrowth: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]


def _by_row(compute: _OfLevelAndGrowth, level: FloatArray, growth: FloatArray) -> FloatArray:
    """Compute row by row, so that every temporary array of a row stays in the cache."""
    if level.ndim < 2:
        return np.asarray(compute(level, growth))
    found = np.empty(level.shape)
    for index in range(level.shape[0]):
        found[index] = _by_row(compute, level[index], growth[index])
    return found


@lru_cache(maxsize=16)
def _table_of(shape: LoadShape) -> LoadTable:
    shares = np.asarray(shape.exceedance_share, dtype=np.float64)
    loads = np.asarray(shape.load_over_mean, dtype=np.float64)
    mean = float(np.sum((loads[1:] + loads[:-1]) / 2.0 * np.diff(shares)))
    if mean <= 0.0:
        raise ValueError("The load curve is 0 everywhere. At least one level must be above 0.")
    loads = loads / mean
    highest = float(loads[0]) * _trend_ends(float(GROWTH_STEPS[-1]))[1]
    step = LEVEL_STEP
    while highest / step > MOST_LEVELS:
        step *= 2.0
    levels: FloatArray = np.arange(int(np.ceil(highest / step)) + 2, dtype=np.float64) * step
    rows = [_served_with_growth(levels, shares, loads, float(growth)) for growth in GROWTH_STEPS]
    # Rounding must not lift G above its bounds: nothing is served at 0, never more than the level or everything.
    rows = [np.clip(row, 0.0, np.minimum(levels, 1.0)) for row in rows]
    return LoadTable(values=read_only(np.concatenate(rows)), level_step=step, levels=levels.size)


def _served_flat(levels: FloatArray, shares: FloatArray, loads: FloatArray) -> FloatArray:
    """Return E[min(L, x)] for each level x: the exact integral of the piecewise-linear curve."""
    width, high, low = np.diff(shares), loads[:-1], loads[1:]
    cut = np.clip(levels[:, None], low, high)
    steep = high > low
    above = np.where(steep, (high - cut) / np.where(steep, high - low, 1.0), levels[:, None] < high)
    served = above * np.minimum(levels[:, None], high) + (1.0 - above) * (cut + low) / 2.0
    return np.asarray((served * width).sum(axis=1))


def _served_with_growth(
    levels: FloatArray, shares: FloatArray, loads: FloatArray, growth: float
) -> FloatArray:
    """Return E[min(L trend, x)] for each level x, exactly.

    For one load l, the mean over the quarter of min(l T, x) with T from a to b is f(l) = l up to l = x / b, x from
    l = x / a on, and [x - l a + x ln(l b / x)] / |g| between. Along a straight piece of the curve its mean is the
    difference of the integral of f over the difference of the loads.
    """
    if growth == 0.0:
        return _served_flat(levels, shares, loads)
    size, (start, end) = abs(growth), _trend_ends(growth)
    level, load = np.maximum(levels, 1e-300)[:, None], loads[None, :]
    always, never = level / end, level / start
    bent = np.clip(load, always, never)
    logs = np.log(bent / always)
    summed = np.minimum(load, always) ** 2 / 2.0 + level * np.maximum(load - never, 0.0)
    summed += (level * bent * logs - start / 2.0 * (bent**2 - always**2)) / size
    single = np.minimum(load, always) + (level * logs - start * (bent - always)) / size
    falls = -np.diff(load)
    steep = falls > 1e-6
    mean = np.where(
        steep, -np.diff(summed) / np.where(steep, falls, 1.0), (single[:, 1:] + single[:, :-1]) / 2.0
    )
    return np.asarray((mean * np.diff(shares)).sum(axis=1))


def _trend_ends(growth: float) -> tuple[float, float]:
    """Return the lowest and highest value of trend(u) over the quarter."""
    size = abs(growth)
    if size == 0.0:
        return 1.0, 1.0
    return size / np.expm1(size), size * np.exp(size) / np.expm1(size)
