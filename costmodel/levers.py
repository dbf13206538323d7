"""What the levers make of a load curve, before any draw (E16).

Each lever maps the curve to another: deferral to the curve of its replay, a peak price, a pool and a cap point by
point, in this order. All work on the load over its mean; what remains is a curve of mean 1 and the shares that were
not asked for and that were shed. Windows act through tables carried by the shape, so on the load as it was replayed.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.demand import LoadShape
from costmodel.inputs.levers import Levers
from costmodel.traces.carried import table_of
from costmodel.traces.curve import curve_of
from costmodel.traces.levers import deferred, under_cap
from costmodel.traces.trace import Trace

# Moments of equal length that a curve is taken apart into: the thousandth with the highest load has ten.
MOMENTS = 10_000
_POINTS = 128


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
    load = moments_of(_deferred(shape, levers))
    load, asked, paid = _at_peak_price(load, levers)
    load = _pooled(load, levers)
    load, shed, high = _capped(load, levers, shape)
    left = asked * (1.0 - shed)
    if left <= 0.0:
        raise ValueError(
            "rate_cap_over_mean: Under this cap nothing is served. Raise it, or set it to 0 for none."
        )
    return Shaping(_curve_of(load), asked, shed, high, paid)


def moments_of(shape: LoadShape) -> FloatArray:
    """Return (MOMENTS,) the load over its mean, falling: the curve read at moments of equal length."""
    middle = (np.arange(MOMENTS) + 0.5) / MOMENTS
    load = np.interp(middle, shape.exceedance_share, shape.load_over_mean)
    return np.asarray(load / load.mean())


def _curve_of(load: FloatArray) -> LoadShape:
    """Return the curve of a load at moments of equal length, mean 1."""
    return curve_of(Trace(load, 1.0), _POINTS)


def _deferred(shape: LoadShape, levers: Levers) -> LoadShape:
    """Return the load of which a share may wait, as every capacity would serve it."""
    if levers.deferrable_share <= 0.0:
        return shape
    return deferred(table_of(shape), shape, levers.deferrable_share, levers.deferral_window_hours)


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
    """Return the load under the cap, the share shed, and the part of that in the high tier."""
    cap, mean = levers.rate_cap_over_mean, float(load.mean())
    if cap <= 0.0:
        return load, 0.0, 0.0
    excess = float(np.maximum(load - cap, 0.0).mean())
    high = float(np.maximum((1.0 - levers.low_priority_share) * load - cap, 0.0).mean())
    part_high = high / excess if excess > 0.0 else 0.0
    if levers.queue_hours <= 0.0:
        return np.minimum(load, cap), excess / mean, part_high
    told = under_cap(table_of(shape), _curve_of(load), cap / mean, levers.queue_hours)
    return moments_of(told.shape) * mean * (1.0 - told.shed_share), told.shed_share, part_high
