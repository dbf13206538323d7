"""The provider's own shares as a price: its share price, warrants that vest, stock for a contract (M06, M07)."""

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.inputs.equity_terms import ProviderStock


def stock_path(stock: ProviderStock, quarters: int, factor: FloatArray, own: FloatArray) -> FloatArray:
    """Return (Q, draw) USD a share at the end of each quarter: log normal, its mean P0 (1 + drift)^years.

    ln P moves by ln(1+drift)/4 - s^2/8 + s/2 (l factor + sqrt(1 - l^2) own); both shocks are (Q, draw).
    """
    loading, volatility = stock.market_loading, stock.volatility_annual
    shock = loading * factor + np.sqrt(1.0 - loading**2) * own
    drift = np.log1p(stock.drift_annual) / 4.0 - volatility**2 / 8.0
    years = np.arange(1, quarters + 1)[:, None]
    return np.asarray(stock.price_usd * np.exp(drift * years + volatility / 2.0 * np.cumsum(shock, axis=0)))


def vesting(conditions: list[BoolArray]) -> BoolArray:
    """Return (Q, draw) the quarter in which a step vests: all conditions have been met, each from its first time on."""
    met = np.logical_and.reduce([np.logical_or.accumulate(one, axis=0) for one in conditions])
    before = np.vstack([np.zeros_like(met[:1]), met[:-1]])
    return np.asarray(met & ~before)


def warrant_value(
    vests: BoolArray, shares: float, strike_usd: float, stock: FloatArray, expires: int, *, at_expiry: bool
) -> FloatArray:
    """Return (Q, draw) USD of a step's warrants, shares x max(P - K, 0): as they vest, or all at expiry (M06).

    What vests after the quarter of expiry is void.
    """
    worth = shares * np.maximum(stock - strike_usd, 0.0)
    value = np.zeros_like(stock)
    last = min(expires, stock.shape[0] - 1)
    if last < 0:
        return value
    if not at_expiry:
        value[: last + 1] = (worth * vests)[: last + 1]
    elif expires < stock.shape[0]:
        value[expires] = worth[expires] * vests[: expires + 1].any(axis=0)
    return value
