"""What the levers make of a load curve, before any draw (E16).

Each lever maps the curve to another: deferral to the curve of its replay, a peak price, a pool and a cap point by
point, in this order. All work on the load over its mean; what remains is a curve of mean 1 and the shares that were
not asked for and that were shed. Windows act through tables carried by the shape, so on the load as it was replayed.
"""

from dataclasses import dataclass, replace

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.demand import LoadShape
from costmodel.inputs.levers import Levers

# Moments of equal length that a curve is taken apart into: the thousandth with the highest load has ten.
MOMENTS = 10_000
_KNOTS = 129


@dataclass(frozen=True, slots=True)
class Shaping:
    """The curve that the stack sees, and what became of the rest; shares of the tokens first wanted.

    `asked_share` is left after the answer to a peak price, `shed_share` of what is asked lies above the cap for too
    long, `shed_high_share` of that belongs to the high tier. `paid_multiple` is the price users pay on average over
    the price without a peak price.
    """

    shape: LoadShape
    asked_share: float = 1.0
    shed_share: float = 0.0
    shed_high_share: float = 0.0
    paid_multiple: float = 1.0


def shaped(shape: LoadShape, levers: Levers) -> Shaping:
    """Return the load under the levers; the shape itself where none changes it.

    Raises ValueError for a lever with a window on a shape without replay.
    """
    if not levers.change_load:
        return Shaping(shape)
    load = moments_of(deferred(shape, levers.deferrable_share, levers.deferral_window_hours))
    load, asked, paid = _at_peak_price(load, levers)
    load = _pooled(load, levers)
    load, shed, high = _capped(load, levers, shape)
    left = asked * (1.0 - shed)
    if left <= 0.0:
        raise ValueError(
            "rate_cap_over_mean: Under this cap nothing is served. Raise it, or set it to 0 for none."
        )
    return Shaping(curve_of(load / load.mean(), shape.exceedance_share), asked, shed, high, paid)


def moments_of(shape: LoadShape) -> FloatArray:
    """Return (MOMENTS,) the load over its mean, falling: the curve read at moments of equal length."""
    middle = (np.arange(MOMENTS) + 0.5) / MOMENTS
    load = np.interp(middle, shape.exceedance_share, shape.load_over_mean)
    return np.asarray(load / load.mean())


def curve_of(load: FloatArray, shares: tuple[float, ...]) -> LoadShape:
    """Return the curve of a load at moments of equal length, in the given shares of time and some between."""
    falling = np.sort(load)[::-1]
    ends = np.concatenate([falling[:1], (falling[1:] + falling[:-1]) / 2.0, falling[-1:]])
    at = np.unique(np.concatenate([shares, np.linspace(0.0, 1.0, _KNOTS)]))
    levels = np.interp(at, np.arange(MOMENTS + 1) / MOMENTS, ends)
    return LoadShape(exceedance_share=tuple(at.tolist()), load_over_mean=tuple(levels.tolist()))


def deferred(shape: LoadShape, share: float, window_hours: float) -> LoadShape:
    """Return the load of which a share may wait so long, as every capacity would serve it (E16).

    Between the points of the table the levels are mixed, from the load as it is at share 0 and at window 0; beyond
    the last share and window it stays at them. Each curve has the same mean and a smaller excess over every level
    than those before it, and so has each mixture: more deferral never raises unserved.
    """
    if share <= 0.0 or window_hours <= 0.0:
        return shape
    if shape.replay is None:
        raise ValueError("deferrable_share: this load shape holds no replay.")
    tables, points = shape.replay, len(shape.exceedance_share)
    grid = np.empty((len(tables.deferrable_shares) + 1, len(tables.window_hours) + 1, points))
    base = np.asarray(shape.load_over_mean)
    grid[0], grid[:, 0] = base, base
    grid[1:, 1:] = np.reshape(tables.deferred_load_over_mean, (grid.shape[0] - 1, grid.shape[1] - 1, points))
    by_window = _between(grid, (0.0, *tables.deferrable_shares), share)
    levels = _between(by_window, (0.0, *tables.window_hours), window_hours)
    return replace(shape, load_over_mean=tuple(levels.tolist()))


def kept_of_excess(shape: LoadShape, cap: float, queue_hours: float) -> float:
    """Return the part of what lies above the cap that a queue of so many hours serves in time; 0 without a queue."""
    if queue_hours <= 0.0:
        return 0.0
    if shape.replay is None:
        raise ValueError("queue_hours: this load shape holds no replay.")
    tables = shape.replay
    kept = np.zeros((len(tables.caps_over_mean), len(tables.queue_hours) + 1))
    kept[:, 1:] = np.reshape(tables.kept_share, (len(tables.caps_over_mean), len(tables.queue_hours)))
    return float(
        _between(_between(kept, tables.caps_over_mean, cap), (0.0, *tables.queue_hours), queue_hours)
    )


def _between(values: FloatArray, grid: tuple[float, ...], at: float) -> FloatArray:
    """Return the values along the first axis, mixed between the two grid points around `at`; the ends stay."""
    place = float(np.interp(at, grid, np.arange(len(grid))))
    low = min(int(place), len(grid) - 2) if len(grid) > 1 else 0
    if len(grid) == 1:
        return np.asarray(values[0])
    return np.asarray(values[low] + (values[low + 1] - values[low]) * (place - low))


def _at_peak_price(load: FloatArray, levers: Levers) -> tuple[FloatArray, float, float]:
    """Return the load after its answer L' = L (p/p0)^e in the dearest hours, its mean, and the mean price paid."""
    if not levers.has_peak_price:
        return load, 1.0, 1.0
    dear = np.arange(MOMENTS) < round(levers.peak_hours_share * MOMENTS)
    answered = np.where(dear, load * levers.peak_price_multiple**levers.peak_elasticity, load)
    paid = np.where(dear, levers.peak_price_multiple, 1.0)
    asked = float(answered.mean() / load.mean())
    return np.sort(answered)[::-1], asked, float((answered * paid).mean() / answered.mean())


def _pooled(load: FloatArray, levers: Levers) -> FloatArray:
    """Return the load as its pool sees it: the spread shrinks by sqrt((1-w)^2 + w^2 + 2 c w (1-w)), the mean stays."""
    share = levers.pooled_share
    if share <= 0.0:
        return load
    variance = (1.0 - share) ** 2 + share**2 + 2.0 * levers.pooled_correlation * share * (1.0 - share)
    return np.asarray(load.mean() + np.sqrt(max(variance, 0.0)) * (load - load.mean()))


def _capped(load: FloatArray, levers: Levers, shape: LoadShape) -> tuple[FloatArray, float, float]:
    """Return the load under the cap, the share shed, and the part of that in the high tier.

    What waits in time is served at the cap, in the moments next below it: a queue drains right after its peak.
    """
    cap = levers.rate_cap_over_mean
    if cap <= 0.0:
        return load, 0.0, 0.0
    mean = float(load.mean())
    excess = float(np.maximum(load - cap, 0.0).mean())
    kept = excess * kept_of_excess(shape, cap, levers.queue_hours)
    capped = np.minimum(load, cap)
    gap = cap - capped
    filled = capped + np.clip(kept * MOMENTS - (np.cumsum(gap) - gap), 0.0, gap)
    shed = max(mean - float(filled.mean()), 0.0)
    high = (1.0 - levers.low_priority_share) * load
    excess_high = float(np.maximum(high - cap, 0.0).mean())
    return filled, shed / mean, excess_high / excess if excess > 0.0 else 0.0
