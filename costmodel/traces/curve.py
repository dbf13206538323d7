"""A load-duration curve read exactly, and the curve of a trace or of a table of served shares (E14, E15)."""

from collections.abc import Callable

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.demand import LoadShape
from costmodel.traces.trace import Trace, Use

# A step of the curve leans by this share of its width, because the shares of a curve must rise.
_LEAN = 1e-6


def curve_of(trace: Trace, most_points: int | None = None) -> LoadShape:
    """Return the load-duration curve of a trace, mean 1: a step for each load, so that it tells what replay tells.

    With `most_points` neighbouring loads share a piece that leans over their range with their mean. Pieces hold
    equally much of tokens and time together, so the highest loads, where few steps hold many tokens, stay apart.
    """
    loads, counts = np.unique(trace.over_mean, return_counts=True)
    loads, widths = loads[::-1], counts[::-1] / counts.sum()
    if most_points is None or 2 * loads.size <= most_points:
        return pieces(loads, loads, widths)
    weight = widths * (1.0 + loads) / 2.0
    place = (np.cumsum(weight) - weight / 2.0) / weight.sum() * (most_points // 2)
    _, first = np.unique(place.astype(np.int64), return_index=True)
    wide = np.add.reduceat(widths, first)
    means = np.add.reduceat(widths * loads, first) / wide
    high, low = loads[first], loads[np.append(first[1:], loads.size) - 1]
    reach = np.maximum(np.minimum(high - means, means - low), 0.0)
    return pieces(means + reach, means - reach, wide)


def pieces(high: FloatArray, low: FloatArray, widths: FloatArray) -> LoadShape:
    """Return the curve that falls from high to low over each width; between pieces it drops. The widths sum to 1."""
    ends = np.cumsum(widths)[:-1]
    lean = _LEAN * np.minimum(widths[:-1], widths[1:]) / 2.0
    shares = np.concatenate(([0.0], np.column_stack((ends - lean, ends + lean)).ravel(), [1.0]))
    levels = np.minimum.accumulate(np.column_stack((high, low)).ravel())
    return LoadShape(exceedance_share=tuple(shares.tolist()), load_over_mean=tuple(levels.tolist()))


def served_share(shape: LoadShape, level: FloatArray | float) -> FloatArray:
    """Return E[min(L, level)] of a curve with its mean scaled to 1, level in units of that mean; exact."""
    shares, loads = _scaled(shape)
    return _each(level, lambda at: _served(at, shares, loads))


def time_above(shape: LoadShape, level: FloatArray | float) -> FloatArray:
    """Return P(L > level) of a curve with its mean scaled to 1, level in units of that mean; exact."""
    shares, loads = _scaled(shape)
    return _each(level, lambda at: _above(at, loads) @ np.diff(shares))


def use_of(shape: LoadShape, c1: float, c2: float) -> Use:
    """Return what a curve makes of capacities c1 <= c2 in units of its mean: energy in a band (E15)."""
    below, above = served_share(shape, np.array([c1, c2])), time_above(shape, np.array([c1, c2]))
    return Use(float(below[1] - below[0]), float(1.0 - below[1]), float(above[0]), float(above[1]))


def capacity_for(served: Callable[[FloatArray], FloatArray], unserved: float, most: float) -> float:
    """Return the least capacity that leaves at most `unserved` of the tokens, for a served share that rises.

    `most` is a capacity that serves everything. Found to a billionth of it by narrowing 65 levels at a time.
    """
    low, high = 0.0, most
    while high - low > 1e-9 * most:
        levels = np.linspace(low, high, 65)
        first = int(np.argmax(1.0 - served(levels) <= unserved + 1e-12)) or 64
        low, high = float(levels[first - 1]), float(levels[first])
    return high


def capacity_of(shape: LoadShape, unserved: float = 0.001) -> float:
    """Return the least capacity, over the mean, that leaves at most `unserved` of the tokens of a curve."""
    return capacity_for(lambda level: served_share(shape, level), unserved, float(_scaled(shape)[1][0]))


def _scaled(shape: LoadShape) -> tuple[FloatArray, FloatArray]:
    shares = np.asarray(shape.exceedance_share, dtype=np.float64)
    loads = np.asarray(shape.load_over_mean, dtype=np.float64)
    mean = float(np.sum((loads[1:] + loads[:-1]) / 2.0 * np.diff(shares)))
    if mean <= 0.0:
        raise ValueError("The load curve is 0 everywhere. At least one level must be above 0.")
    return shares, loads / mean


def _each(level: FloatArray | float, of: Callable[[FloatArray], FloatArray]) -> FloatArray:
    levels = np.asarray(level, dtype=np.float64)
    return np.array([of(np.asarray(at)) for at in levels.ravel()]).reshape(levels.shape)


def _above(level: FloatArray, loads: FloatArray) -> FloatArray:
    """Return the part of each straight piece that lies above the level."""
    high, low = loads[:-1], loads[1:]
    steep = high > low
    cut = np.clip(level, low, high)
    return np.where(steep, (high - cut) / np.where(steep, high - low, 1.0), (level < high).astype(np.float64))


def _served(level: FloatArray, shares: FloatArray, loads: FloatArray) -> FloatArray:
    high, low = loads[:-1], loads[1:]
    above, cut = _above(level, loads), np.clip(level, low, high)
    piece = above * np.minimum(level, high) + (1.0 - above) * (cut + low) / 2.0
    return piece @ np.diff(shares)
