"""The lab's equity value: run-rate revenue x multiple - debt + cash, in a market regime (E30)."""

import numpy as np

from costmodel.arrays import FloatArray, IntArray, clipped
from costmodel.inputs.lab import Valuation
from costmodel.lab import COLD, HOT, NORMAL

# A company that still trades is never worth nothing: the least share of enterprise value its equity keeps.
EQUITY_FLOOR_SHARE = 0.02


def regime_path(valuation: Valuation, uniform: FloatArray) -> IntArray:
    """Return (Q, draw) regimes 0 cold, 1 normal, 2 hot: a Markov chain starting in today's.

    Each quarter the regime stays with the stated persistence, otherwise it is drawn from the long-run shares
    (which may give the same one again).
    """
    cold, hot = valuation.regime_share_cold, valuation.regime_share_hot
    state = np.full(uniform.shape[1], {"cold": COLD, "normal": NORMAL, "hot": HOT}[valuation.regime_now])
    path = np.empty(uniform.shape, dtype=np.int64)
    stay = valuation.regime_persistence
    for quarter, luck in enumerate(uniform):
        fresh = clipped((luck - stay) / max(1.0 - stay, 1e-12), 0.0, 1.0)
        drawn = np.where(fresh < cold, COLD, np.where(fresh < cold + hot, HOT, NORMAL))
        state = np.where(luck < stay, state, drawn)
        path[quarter] = state
    return path


def log_multiple_path(
    valuation: Valuation,
    opening_log_multiple: FloatArray,
    regime: IntArray,
    market_factor: FloatArray,
    own_shock: FloatArray,
    jump_uniform: FloatArray,
    jump_normal: FloatArray,
) -> FloatArray:
    """Return (Q, draw) log of equity-value-to-run-rate multiple: mean reversion to its mature level by regime (E30).

    Quarterly: x += (1 - 2^(-1/h)) (ln m + shift(regime) - x) + s sqrt(1/4) e + J, shift -r, 0, +r for cold, normal
    and hot; J is normal with the stated sd in a share jumps/4 of the quarters (marks move in jumps).
    """
    pull = 1.0 - 0.5 ** (1.0 / valuation.half_life_quarters)
    loading = valuation.market_loading
    rest = np.sqrt(1.0 - loading**2)
    log_mature = np.log(valuation.mature_multiple)
    jump_chance = min(valuation.jumps_per_year / 4.0, 1.0)
    level = np.asarray(opening_log_multiple) * np.ones(regime.shape[1])
    path = np.empty(regime.shape)
    for quarter in range(regime.shape[0]):
        target = log_mature + valuation.regime_log_multiple * (regime[quarter] - NORMAL)
        shock = loading * market_factor[quarter] + rest * own_shock[quarter]
        jump = np.where(
            jump_uniform[quarter] < jump_chance, valuation.jump_log_sd * jump_normal[quarter], 0.0
        )
        level = level + pull * (target - level) + valuation.volatility_annual * 0.5 * shock + jump
        path[quarter] = level
    return path


def equity_value(
    run_rate: FloatArray, log_multiple: FloatArray, cash: FloatArray, debt_usd: float
) -> FloatArray:
    """Return (draw,) USD of equity, at least 2% of enterprise value: run-rate x multiple - debt + cash (E30)."""
    return equity_of(enterprise_value(run_rate, log_multiple), cash, debt_usd)


def enterprise_value(run_rate: FloatArray, log_multiple: FloatArray) -> FloatArray:
    """Return (draw,) USD of run-rate x multiple."""
    return np.asarray(run_rate * np.exp(log_multiple))


def equity_of(enterprise: FloatArray, cash: FloatArray, debt_usd: float) -> FloatArray:
    """Return (draw,) USD of equity in this enterprise value, at least 2% of it: less debt, and cash (E30)."""
    return np.maximum(enterprise - debt_usd + cash, EQUITY_FLOOR_SHARE * enterprise)
