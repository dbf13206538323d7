"""The curve to expect of a customer of whom few days are known: what they say, shrunk towards other fleets (E14).

Few days say little of two things: how far the level of a day will move, and whether the hours repeat. Let r^2 be the
share of the variance of hourly load that the hour of the day explains.

- The own days are spread by a lognormal factor that makes up the day levels still to come: their log variance is
  that of the own days with n - 1 degrees of freedom, pooled with the prior PRIOR_DAY_SD^2 + (DRIFT (1 - r))^2, which
  counts as PRIOR_DEGREES. What no clock drives drifts.
- The result counts with weight w = r + (1 - r) n / (n + PRIOR_DAYS): a clock that repeats is known after days, the
  rest only after weeks.
- The remaining 1 - w goes to the shapes of other fleets, spread by DRIFT (1 - r), those of like spread first: normal
  weights in the log of the coefficient of variation, wide when w is small, because the own spread is not known then.

Curves are averaged level by level at equal shares of time (Vincent averaging): that averages their spread, where
mixing their probabilities would widen it. Shrinkage of a variance: Gelman and Hill (2006). The constants are
judgement, tried by leaving each fleet out of what it is predicted from, and on fleets made up around the records, of
which drifts of 0.1 to 0.2 served best; they were chosen with those fleets known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from costmodel.arrays import FloatArray, IntArray
from costmodel.inputs.demand import LoadShape
from costmodel.traces.trace import Trace

PRIOR_DAY_SD = 0.15
PRIOR_DEGREES = 3.0
DRIFT = 0.2
PRIOR_DAYS = 20.0
UNKNOWN_CLOCK_SHARE = 0.25
_CLOSE, _FAR = 0.3, 1.5
# Finer where the tokens of peaks lie.
SHARES: FloatArray = np.concatenate((
    [0.0, 0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075],
    np.arange(2, 20) / 200.0,
    np.arange(10, 100) / 100.0,
    [0.995, 1.0],
))  # fmt: skip
_FACTORS, _FINE = 25, 4000
_LEAST_HOURS, _LEAST_DAY = 12.0, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What another fleet says: its curve, how much it counts, and the log sd of day levels its record cannot show."""

    name: str
    shape: LoadShape
    weight: float
    day_spread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The curve to expect, and how it came about."""

    shape: LoadShape
    own_weight: float
    clock_share: float
    """The share of the log variance of hourly load that the hour of the day explains."""
    day_spread: float
    """The log sd by which the own days were spread."""
    of_fleets: tuple[tuple[str, float], ...]
    """What each other fleet counted for, in all 1 - own_weight."""


def pooled(fleets: Sequence[Fleet]) -> LoadShape:
    """Return the curve to expect of a fleet of which nothing is known."""
    weights = np.array([one.weight for one in fleets])
    return _shape(weights @ np.array([_levels(one) for one in fleets]) / weights.sum())


def learned(trace: Trace, steps: IntArray, fleets: Sequence[Fleet]) -> Learned:
    """Return the curve to expect after the days of a trace; `steps` are the places of its loads in the record."""
    hours = _hourly(trace, steps)
    count, clock = hours.shape[0], _clock_share(hours)
    repeats = float(np.sqrt(clock))
    spread = _day_spread(hours, repeats)
    own = _spread_out(trace.over_mean, spread)
    own_weight = repeats + (1.0 - repeats) * count / (count + PRIOR_DAYS)
    others = np.array([_levels(one, DRIFT * (1.0 - repeats)) for one in fleets])
    reach = float(np.hypot(_CLOSE, _FAR * (1.0 - own_weight)))
    unlike = np.log(np.array([_variation(one) for one in others]) / _variation(own)) / reach
    weights = np.array([one.weight for one in fleets]) * np.exp(-(unlike**2 - (unlike**2).min()) / 2.0)
    weights *= (1.0 - own_weight) / weights.sum()
    return Learned(
        shape=_shape(own_weight * own + weights @ others),
        own_weight=own_weight,
        clock_share=clock,
        day_spread=spread,
        of_fleets=tuple((one.name, float(weight)) for one, weight in zip(fleets, weights, strict=True)),
    )


def _hourly(trace: Trace, steps: IntArray) -> FloatArray:
    """Return load over mean by (day, hour) of the record; an hour that was not recorded takes the mean of its day."""
    hour = np.floor((steps - steps[0]) * trace.step_hours + 1e-9).astype(np.int64)
    size = int(hour[-1]) // 24 * 24 + 24
    count = np.bincount(hour, minlength=size).reshape(-1, 24)
    total = np.bincount(hour, weights=trace.over_mean, minlength=size).reshape(-1, 24)
    known = count.sum(axis=1) * trace.step_hours >= _LEAST_HOURS
    if not known.any():
        known = count.sum(axis=1) == count.sum(axis=1).max()
    count, total = count[known], total[known]
    of_day = total.sum(axis=1, keepdims=True) / count.sum(axis=1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), of_day)


def _clock_share(hours: FloatArray) -> float:
    """Return the share of the variance of hours that the hour of the day explains; one way analysis of variance."""
    days = hours.shape[0]
    if days < 2:
        return UNKNOWN_CLOCK_SHARE
    of_day = hours.mean(axis=1, keepdims=True)
    profile = (hours - of_day).mean(axis=0)
    rest = float(((hours - of_day - profile) ** 2).sum() / ((days - 1) * 23))
    clock = max(float((profile**2).sum() / 23) - rest / days, 0.0)
    level = max(float(of_day.var(ddof=1)) - rest / 24, 0.0)
    whole = clock + rest + level
    return clock / whole if whole > 0.0 else 1.0


def _day_spread(hours: FloatArray, repeats: float) -> float:
    """Return the log sd that the own days lack of what days to come will show."""
    days = hours.shape[0]
    logs = np.log(np.maximum(hours.mean(axis=1), _LEAST_DAY))
    seen = float(logs.var()) * days
    prior = PRIOR_DAY_SD**2 + (DRIFT * (1.0 - repeats)) ** 2
    expected = (PRIOR_DEGREES * prior + seen) / (PRIOR_DEGREES + days - 1)
    return float(np.sqrt(max(expected - seen / days, 0.0)))


def _levels(fleet: Fleet, drift: float = 0.0) -> FloatArray:
    """Return the levels of a fleet at SHARES, mean 1, its days spread and the level left to drift."""
    fine = (np.arange(_FINE) + 0.5) / _FINE
    loads = np.interp(fine, fleet.shape.exceedance_share, fleet.shape.load_over_mean)
    return _spread_out(loads, float(np.hypot(fleet.day_spread, drift)))


def _spread_out(loads: FloatArray, spread: float) -> FloatArray:
    """Return the levels at SHARES, mean 1, of loads times a lognormal factor."""
    if spread > 0.0:
        luck = ndtri((np.arange(_FACTORS) + 0.5) / _FACTORS)
        loads = np.outer(loads, np.exp(spread * luck)).ravel()
    levels = np.quantile(loads, 1.0 - SHARES)
    return np.asarray(levels / _mean(levels))


def _variation(levels: FloatArray) -> float:
    """Return the coefficient of variation of a curve with mean 1."""
    return float(np.sqrt(max(_mean(levels**2) - 1.0, 1e-6)))


def _mean(levels: FloatArray) -> float:
    return float(np.sum((levels[1:] + levels[:-1]) / 2.0 * np.diff(SHARES)))


def _shape(levels: FloatArray) -> LoadShape:
    falling = np.minimum.accumulate(levels / _mean(levels))
    return LoadShape(exceedance_share=tuple(SHARES.tolist()), load_over_mean=tuple(falling.tolist()))
