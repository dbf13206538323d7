"""The lab's cash: funding rounds and distress (E29)."""

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray, clipped
from costmodel.inputs.lab import Lab

COLD, NORMAL, HOT = 0, 1, 2
LONGEST_RUNWAY = 12.0
SHORT_RUNWAY, LONG_RUNWAY = 2.0, 6.0
LEAST_HAZARD = 1e-9


def other_cost(lab: Lab, quarters: int, revenue: FloatArray) -> FloatArray:
    """Return (Q, draw) USD of cost outside compute: a growing fixed part and a share of revenue."""
    years = (np.arange(quarters) / 4.0)[:, None]
    fixed = lab.other_cost_usd_per_quarter * (1.0 + lab.other_cost_growth_annual) ** years
    cost = np.asarray(lab.other_cost_share_of_revenue * revenue)
    cost += fixed
    return cost


def runway_quarters(cash: FloatArray, burn: FloatArray) -> FloatArray:
    """Return how many quarters of this quarter's burn the cash covers; 12 at most, and 12 when nothing is burned."""
    safe = np.maximum(burn, 1.0)
    return np.where(burn > 0.0, clipped(cash / safe, -LONGEST_RUNWAY, LONGEST_RUNWAY), LONGEST_RUNWAY)


def round_raised(
    lab: Lab, cash: FloatArray, burn: FloatArray, value: FloatArray, regime: IntArray, uniform: FloatArray
) -> FloatArray:
    """Return (draw,) USD raised: when runway is short and the market is open (E29)."""
    chance = np.array([lab.round_open_cold, lab.round_open_normal, lab.round_open_hot]).take(regime)
    wanted = runway_quarters(cash, burn) < lab.round_below_runway_quarters
    amount = np.minimum(lab.round_size_quarters * np.maximum(burn, 0.0), lab.round_limit_share * value)
    return np.where(wanted & (uniform < chance), amount, 0.0)


def defaults(lab: Lab, cash: FloatArray, burn: FloatArray, uniform: FloatArray) -> BoolArray:
    """Return (draw,) whether the lab defaults at the end of the quarter.

    The hazard is a logit line in runway through the stated hazards at 2 and at 6 quarters. Cash below zero that
    no round has filled is default for certain: nobody pays with money they do not have. Both hazards zero: no default.
    """
    if lab.distress_hazard_short == 0.0 and lab.distress_hazard_long == 0.0:
        return np.zeros(uniform.shape, dtype=np.bool_)
    stated = (max(h, LEAST_HAZARD) for h in (lab.distress_hazard_short, lab.distress_hazard_long))
    short, long = (np.log(h / (1.0 - h)) for h in stated)
    slope = (long - short) / (LONG_RUNWAY - SHORT_RUNWAY)
    failed = cash < 0.0
    # With cash left the runway is 0 to 12: only the few draws below the higher hazard at these ends need theirs.
    highest = max(short + slope * (end - SHORT_RUNWAY) for end in (0.0, LONGEST_RUNWAY))
    unlucky = np.flatnonzero(uniform < 1.0 / (1.0 + np.exp(-highest)) + LEAST_HAZARD)
    logit = short + slope * (runway_quarters(cash[unlucky], burn[unlucky]) - SHORT_RUNWAY)
    failed[unlucky] |= uniform[unlucky] < 1.0 / (1.0 + np.exp(-logit))
    return failed
