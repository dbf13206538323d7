"""The market's paths: the lab's tokens, the price paid for them, and the rental price of compute (E10, E12, E17)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray, Number

QUARTER = units.YEARS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class DemandPaths:
    """(quarter, draw): mean tokens an hour of each quarter, log growth from its start to its end, price paid."""

    tokens_per_hour: FloatArray
    growth: FloatArray
    paid_price_usd_per_1m: FloatArray


def log_growth_annual(demand: Any, quarters: int) -> FloatArray:
    """Return mu_t of E10 for t = 0..Q-1, per year, at mid-quarter a = t + 1/2; (quarter, 1) or (quarter, draw).

    Now: mu = log(1 + growth_now) while a < now_quarters. Slowing: the gap to log(1 + growth_slowing) halves every
    slowing_half_life quarters from then on. Saturation: from saturation_starts, the gap between what slowing had
    reached there and log(1 + growth_saturated) halves every saturation_half_life quarters. mu has no jumps.
    """
    middle = np.arange(quarters)[:, None] + 0.5
    now, slow, mature = (
        np.log1p(share)
        for share in (demand.growth_now_annual, demand.growth_slowing_annual, demand.growth_saturated_annual)
    )
    slowing_for = np.maximum(np.minimum(middle, demand.saturation_starts_quarter) - demand.now_quarters, 0.0)
    slowed = slow + (now - slow) * 2.0 ** (-slowing_for / demand.slowing_half_life_quarters)
    mature_for = np.maximum(middle - demand.saturation_starts_quarter, 0.0)
    path = mature + (slowed - mature) * 2.0 ** (-mature_for / demand.saturation_half_life_quarters)
    return np.asarray(path, dtype=np.float64)


def demand_paths(
    demand: Any,
    quarters: int,
    market_factor: FloatArray,
    own_shock: FloatArray,
    jump_uniform: FloatArray,
    jump_normal: FloatArray,
) -> DemandPaths:
    """Return the lab's demand and the price paid for it, (quarter, draw) each (E10, E12).

    Log growth of quarter t is mu_t/4 + s/2 (l F_t + sqrt(1 - l^2) e_t) + jump_t - compensation. A quarter holds at
    most one jump, with the probability 1 - exp(-jumps_per_year/4) that a Poisson process has any. When growth is a
    mean, the compensation makes E[level at the end of quarter t] exactly the path of mu; when it is a median, it
    keeps E[log level] on that path, so without jumps the median is exact. Inside a quarter the level grows
    exponentially, so the quarter's mean is start x (e^g - 1)/g.

    The price is that of mid-quarter: today's x (1 + yearly change)^((t + 1/2)/4).
    """
    volatility = np.asarray(demand.volatility_annual, dtype=np.float64)
    growth = _mixed(demand.market_loading, market_factor[:quarters], own_shock[:quarters])
    growth *= volatility * np.sqrt(QUARTER)
    growth += _jumps(demand, jump_uniform[:quarters], jump_normal[:quarters])
    growth += log_growth_annual(demand, quarters) * QUARTER - _compensation(demand, volatility)
    level = np.cumsum(growth, axis=0)
    level -= growth
    np.exp(level, out=level)
    level *= demand.tokens_per_day_trillion * units.TERA / 24.0
    level *= _mean_over_start(growth)
    return DemandPaths(level, growth, _price_path(demand, quarters, level.shape))


def index_path(prices: Any, quarters: int, market_factor: FloatArray, own_shock: FloatArray) -> FloatArray:
    """Return the rental price index of each quarter over that of the opening date, (quarter, draw) (E17).

    log I_t = log(1 + change)(t + 1/2)/4 + s/2 sum of shocks up to t - s^2/8 (t + 1): the change is that of the mean,
    E[I_t] = (1 + change)^((t + 1/2)/4).
    """
    volatility = np.asarray(prices.index_volatility_annual, dtype=np.float64)
    index = _mixed(prices.index_market_loading, market_factor[:quarters], own_shock[:quarters])
    index *= volatility * np.sqrt(QUARTER)
    index -= volatility**2 * QUARTER / 2.0
    np.cumsum(index, axis=0, out=index)
    index += np.log1p(prices.index_change_annual) * (np.arange(quarters)[:, None] + 0.5) * QUARTER
    return np.exp(index, out=index)


def _mixed(loading: float, factor: FloatArray, own: FloatArray) -> FloatArray:
    """Return standard normals that load on the market factor."""
    return np.asarray(loading * factor + np.sqrt(max(1.0 - loading**2, 0.0)) * own)


def jump_probability(jumps_per_year: float) -> float:
    """Return the probability that a quarter holds a jump."""
    return float(-np.expm1(-jumps_per_year * QUARTER))


def _jumps(demand: Any, uniform: FloatArray, normal: FloatArray) -> FloatArray:
    """Return log jumps, 0 in most quarters."""
    size = demand.jump_log_mean + demand.jump_log_sd * normal
    return np.asarray(size * (uniform < jump_probability(demand.jumps_per_year)))


def _compensation(demand: Any, volatility: FloatArray) -> Number:
    """Return what volatility and jumps add to a quarter's growth, measured as a mean or as a mean of logs."""
    probability = jump_probability(demand.jumps_per_year)
    if demand.growth_is == "median":
        return probability * demand.jump_log_mean
    jump = np.log1p(probability * np.expm1(demand.jump_log_mean + demand.jump_log_sd**2 / 2.0))
    return volatility**2 * QUARTER / 2.0 + jump


def _mean_over_start(growth: FloatArray) -> FloatArray:
    """Return (e^g - 1)/g, which is 1 at g = 0."""
    still = np.abs(growth) < 1e-9
    return np.where(still, 1.0, np.expm1(growth) / np.where(still, 1.0, growth))


def paid_price(demand: Any, quarters_on: FloatArray) -> FloatArray:
    """Return USD per 1M tokens paid on average, that many quarters (n, 1) after the opening date; (n, draw) or (n, 1).

    One path: today's x (1 + change)^years. With tiers (E12): sum over tiers of share x price x (1 + change)^years x
    (1 - discounted share x discount), the shares moving in a straight line. A mix that moves to dear tiers can raise
    the price while every tier falls; revenue is volume x this price, never volume x one tier's fall.
    """
    years = quarters_on * QUARTER
    if not demand.price_tiers:
        change = np.asarray(demand.paid_price_change_annual)
        return np.asarray(demand.paid_price_usd_per_1m_tokens * (1.0 + change) ** years)
    price = np.zeros_like(years)
    for tier in demand.price_tiers:
        moved = np.clip(quarters_on / tier.shift_quarters, 0.0, 1.0)
        share = tier.token_share_start + (tier.token_share_end - tier.token_share_start) * moved
        listed = tier.price_usd_per_1m_tokens * (1.0 + np.asarray(tier.price_change_annual)) ** years
        price = price + share * listed * (1.0 - tier.discounted_share * tier.discount_share)
    return price


def _price_path(demand: Any, quarters: int, shape: tuple[int, ...]) -> FloatArray:
    middle: FloatArray = np.arange(quarters, dtype=np.float64)[:, None] + 0.5
    price = paid_price(demand, middle)
    return np.asarray(np.broadcast_to(price, shape), dtype=np.float64).copy()
