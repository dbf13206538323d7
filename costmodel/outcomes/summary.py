"""Summaries of a block, and how they merge: sums in block order, counts exactly, quantiles within a bin (runs.md 6).

The histogram grid comes from block 0 and is handed to every block, so that counts add up to the same
figures whatever process computed them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray

BINS = 1024
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILE_NAMES = ("p05", "p25", "p50", "p75", "p95")
# The grid reaches this much of block 0's range beyond it on both sides; what lies outside falls in the end bins.
MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Grid:
    """The ends of the bins of each row, (row,), on the scale asinh(x / unit): even near zero, logarithmic far out.

    Futures differ by orders of magnitude; bins of one width would put half of them into one.
    """

    low: FloatArray
    high: FloatArray
    unit: FloatArray


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of many rows on a grid. Atoms are counted apart: they must not be smeared over their bin.

    `bins` is (row, bin); `zeros`, `defined`, `at_least`, `at_most` are (row,) counts: of exact zeros, of values, and
    of values equal to the extremes `least` and `most`; `sums` and `squares`
    (row,) plain sums of the values and of their squares about the grid's middle.
    """

    bins: IntArray
    zeros: IntArray
    defined: IntArray
    least: FloatArray
    most: FloatArray
    at_least: IntArray
    at_most: IntArray
    sums: FloatArray
    squares: FloatArray


def grid_of(rows: FloatArray) -> Grid:
    """Return the grid for rows (row, draw) from their finite extremes in block 0."""
    finite = np.isfinite(rows)
    low = np.where(finite, rows, np.inf).min(axis=1)
    high = np.where(finite, rows, -np.inf).max(axis=1)
    empty = ~finite.any(axis=1)
    low, high = np.where(empty, 0.0, low), np.where(empty, 0.0, high)
    size = np.where(finite, np.abs(rows), np.nan)
    size[:, 0] = np.where(empty, 1.0, size[:, 0])
    unit = np.nanmedian(size, axis=1)
    reach_most = np.maximum(np.abs(low), np.abs(high))
    unit = np.maximum(np.where(unit > 0.0, unit, reach_most / 1e3), np.maximum(reach_most / 1e9, 1e-12))
    low, high = np.arcsinh(low / unit), np.arcsinh(high / unit)
    # A figure that is constant here may vary in another block: its grid still needs a width.
    reach = np.where(high > low, MARGIN * (high - low), 1.0)
    return Grid(low - reach, high + reach, unit)


def count(rows: Iterable[FloatArray], grid: Grid) -> Counts:
    """Return the counts of rows of draws; nan is left out and shows in `defined`."""
    size = grid.low.size
    bins = np.zeros((size, BINS), dtype=np.int64)
    zeros, defined, at_least, at_most = np.zeros((4, size), dtype=np.int64)
    least, most, sums, squares = np.zeros((4, size))
    scale, middle = BINS / (grid.high - grid.low), _middle(grid)
    for place, row in enumerate(rows):
        # A sum is finite only if all its numbers are: no look at each one in most rows.
        held = row if np.isfinite(row.sum()) else row[np.isfinite(row)]
        zeros[place], defined[place] = np.count_nonzero(held == 0.0), held.size
        bins[place] = _heights(held, grid, place, scale[place])
        if zeros[place]:
            bins[place] -= zeros[place] * _heights(np.zeros(1), grid, place, scale[place])
        least[place] = held.min() if held.size else np.inf
        most[place] = held.max() if held.size else -np.inf
        at_least[place] = np.count_nonzero(held == least[place])
        at_most[place] = np.count_nonzero(held == most[place])
        about = held - middle[place]
        about *= about
        sums[place], squares[place] = held.sum(), about.sum()
    return Counts(bins, zeros, defined, least, most, at_least, at_most, sums, squares)


def _heights(values: FloatArray, grid: Grid, place: int, scale: float) -> IntArray:
    """Return (bin,) how many values lie in each bin of one row."""
    across = values / grid.unit[place]
    np.arcsinh(across, out=across)
    across -= grid.low[place]
    across *= scale
    np.maximum(across, 0.0, out=across)
    np.minimum(across, BINS - 1.0, out=across)
    return np.bincount(across.astype(np.intp), minlength=BINS)


def merge(first: Counts, second: Counts) -> Counts:
    """Add the next block's counts; call it in block order, for the sums are floats."""
    return Counts(
        bins=first.bins + second.bins,
        zeros=first.zeros + second.zeros,
        defined=first.defined + second.defined,
        least=np.minimum(first.least, second.least),
        most=np.maximum(first.most, second.most),
        at_least=_where_extreme(
            first.at_least, second.at_least, first.least < second.least, second.least < first.least
        ),
        at_most=_where_extreme(
            first.at_most, second.at_most, first.most > second.most, second.most > first.most
        ),
        sums=first.sums + second.sums,
        squares=first.squares + second.squares,
    )


def _middle(grid: Grid) -> FloatArray:
    """Return (row,) a value amid the figures, about which squares are summed: it keeps them from cancelling."""
    return np.sinh((grid.low + grid.high) / 2.0) * grid.unit


def _where_extreme(
    first: IntArray, second: IntArray, only_first: BoolArray, only_second: BoolArray
) -> IntArray:
    """Return how many values sit on the extreme of both parts together."""
    return np.where(only_first, first, np.where(only_second, second, first + second)).astype(np.int64)


def means(counts: Counts) -> FloatArray:
    """Return (row,) means over the draws that have the figure; nan when none has."""
    return np.where(counts.defined > 0, counts.sums / np.maximum(counts.defined, 1), np.nan)


def standard_errors(counts: Counts, grid: Grid) -> FloatArray:
    """Return (row,) standard errors of the means; nan below two draws."""
    n = np.maximum(counts.defined, 1)
    offset = counts.sums / n - _middle(grid)
    variance = np.maximum(counts.squares / n - offset * offset, 0.0) * n / np.maximum(n - 1, 1)
    return np.where(counts.defined > 1, np.sqrt(variance / n), np.nan)


def quantiles(counts: Counts, grid: Grid) -> FloatArray:
    """Return (row, 5) quantiles by rank: inside a bin linearly, on the atom at zero exactly, within the extremes."""
    result = np.full((counts.bins.shape[0], len(QUANTILES)), np.nan)
    for row in range(counts.bins.shape[0]):
        if counts.defined[row] > 0:
            result[row] = _row_quantiles(counts, grid, row)
    return result


def _row_quantiles(counts: Counts, grid: Grid, row: int) -> FloatArray:
    """Return the five quantiles of one row."""
    low, high = float(grid.low[row]), float(grid.high[row])
    least, most = float(counts.least[row]), float(counts.most[row])
    edges = np.sinh(np.linspace(low, high, BINS + 1)) * float(grid.unit[row])
    heights = counts.bins[row].astype(np.float64)
    zeros = float(counts.zeros[row])
    split = int(np.clip(np.searchsorted(edges, 0.0, side="right") - 1, -1, BINS))
    below = float(heights[: max(split, 0)].sum())
    targets = np.asarray(QUANTILES) * float(counts.defined[row])
    without = np.where(targets <= below, targets, np.where(targets <= below + zeros, np.nan, targets - zeros))
    # The bin that holds the rank, not the far end of the empty bins after it: past the atom lies the next bin.
    heaped = np.cumsum(heights)
    held = np.minimum(np.searchsorted(heaped, np.nan_to_num(without), side="left"), BINS - 1)
    part = (np.nan_to_num(without) - (heaped[held] - heights[held])) / np.maximum(heights[held], 1.0)
    places = edges[held] + part * (edges[held + 1] - edges[held])
    places = np.where(np.isnan(without), 0.0, places)
    places = np.where(targets <= counts.at_least[row], least, places)
    places = np.where(targets > counts.defined[row] - counts.at_most[row], most, places)
    return np.maximum.accumulate(np.clip(places, least, most))
