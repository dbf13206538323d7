"""E10 and E12: growth phases, the switch between mean and median, jumps, and prices."""

from typing import Any

import numpy as np
import pytest

from costmodel import market
from costmodel.inputs.demand import Demand, MarketPrices
from costmodel.randomness import stream

QUARTERS, DRAWS = 24, 40_000


def demand(**changes: Any) -> Demand:
    stated: dict[str, Any] = {
        "tokens_per_day_trillion": 24.0,
        "growth_is": "mean",
        "growth_now_annual": 1.0,
        "growth_slowing_annual": 0.3,
        "growth_saturated_annual": 0.05,
        "now_quarters": 4,
        "slowing_half_life_quarters": 2.0,
        "saturation_starts_quarter": 12,
        "saturation_half_life_quarters": 4.0,
        "volatility_annual": 0.0,
        "jumps_per_year": 0.0,
        "jump_log_mean": 0.0,
        "jump_log_sd": 0.0,
        "market_loading": 0.5,
        "paid_price_usd_per_1m_tokens": 8.0,
        "paid_price_change_annual": -0.5,
    }
    return Demand(**(stated | changes))


def shocks(draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    luck = stream(3, "market test", 0)
    return (
        luck.standard_normal((QUARTERS, draws)),
        luck.standard_normal((QUARTERS, draws)),
        luck.random((QUARTERS, draws)),
        luck.standard_normal((QUARTERS, draws)),
    )


def at_quarter_ends(paths: market.DemandPaths, opening: float) -> np.ndarray:
    return opening * np.exp(np.cumsum(paths.growth, axis=0))


def test_growth_passes_through_three_phases() -> None:
    growth = market.log_growth_annual(demand(), QUARTERS)[:, 0]
    assert growth[:4] == pytest.approx(np.log(2.0))
    gap = np.log(2.0) - np.log(1.3)
    assert growth[6] == pytest.approx(np.log(1.3) + gap * 2 ** (-2.5 / 2))
    reached = np.log(1.3) + gap * 2 ** (-8 / 2)
    assert growth[16] == pytest.approx(np.log(1.05) + (reached - np.log(1.05)) * 2 ** (-4.5 / 4))
    assert np.all(np.diff(growth) <= 0)


def test_saturation_may_start_before_now_ends() -> None:
    growth = market.log_growth_annual(demand(saturation_starts_quarter=2), QUARTERS)[:, 0]
    assert growth[1] == pytest.approx(np.log(2.0))
    assert growth[3] == pytest.approx(np.log(1.05) + (np.log(2.0) - np.log(1.05)) * 2 ** (-1.5 / 4))


def test_without_noise_a_year_of_doubling_doubles_and_a_quarter_holds_its_own_mean() -> None:
    paths = market.demand_paths(demand(), QUARTERS, *(np.zeros((QUARTERS, 2)) for _ in range(4)))
    opening = 24.0e12 / 24.0
    assert at_quarter_ends(paths, opening)[3] == pytest.approx(2.0 * opening)
    step = np.log(2.0) / 4
    assert paths.tokens_per_hour[0] == pytest.approx(opening * np.expm1(step) / step)
    assert paths.growth[0] == pytest.approx(step)


def test_no_growth_at_all_keeps_the_level() -> None:
    still = demand(growth_now_annual=0.0, growth_slowing_annual=0.0, growth_saturated_annual=0.0)
    paths = market.demand_paths(still, QUARTERS, *(np.zeros((QUARTERS, 2)) for _ in range(4)))
    assert paths.tokens_per_hour == pytest.approx(1e12)


def test_a_mean_is_kept_through_volatility_and_jumps() -> None:
    noisy = demand(volatility_annual=0.3, jumps_per_year=1.0, jump_log_mean=0.2, jump_log_sd=0.2)
    ends = at_quarter_ends(market.demand_paths(noisy, QUARTERS, *shocks()), 1.0)
    expected = np.exp(np.cumsum(market.log_growth_annual(noisy, QUARTERS)[:, 0] / 4))
    error = ends.std(axis=1) / np.sqrt(DRAWS)
    assert np.all(np.abs(ends.mean(axis=1) - expected) < 4.5 * error)


def test_a_median_is_kept_through_volatility() -> None:
    noisy = demand(growth_is="median", volatility_annual=0.5)
    ends = at_quarter_ends(market.demand_paths(noisy, QUARTERS, *shocks()), 1.0)
    expected = np.exp(np.cumsum(market.log_growth_annual(noisy, QUARTERS)[:, 0] / 4))
    assert np.median(ends, axis=1) == pytest.approx(expected, rel=0.03)


def test_jumps_come_as_often_as_stated_and_at_most_once_a_quarter() -> None:
    jumping = demand(jumps_per_year=2.0, jump_log_mean=0.4)
    paths = market.demand_paths(jumping, QUARTERS, *shocks())
    jumped = paths.growth > paths.growth.min(axis=1, keepdims=True) + 0.2
    assert jumped.mean() == pytest.approx(1 - np.exp(-0.5), abs=0.005)


def test_the_market_factor_moves_demand_by_its_loading() -> None:
    factor, own, uniform, normal = shocks()
    noisy = demand(volatility_annual=0.4, market_loading=0.7)
    paths = market.demand_paths(noisy, QUARTERS, factor, own, uniform, normal)
    assert np.corrcoef(paths.growth[5], factor[5])[0, 1] == pytest.approx(0.7, abs=0.02)


def test_a_longer_horizon_only_adds_quarters() -> None:
    luck = shocks(50)
    noisy = demand(volatility_annual=0.4, jumps_per_year=1.0, jump_log_sd=0.3)
    short, long = market.demand_paths(noisy, 8, *luck), market.demand_paths(noisy, QUARTERS, *luck)
    assert np.array_equal(short.tokens_per_hour, long.tokens_per_hour[:8])


def test_the_price_paid_is_that_of_the_middle_of_the_quarter() -> None:
    paths = market.demand_paths(demand(), QUARTERS, *(np.zeros((QUARTERS, 2)) for _ in range(4)))
    assert paths.paid_price_usd_per_1m[0] == pytest.approx(8.0 * 0.5 ** (1 / 8))
    assert paths.paid_price_usd_per_1m[4] == pytest.approx(paths.paid_price_usd_per_1m[0] / 2)


def test_uncertain_inputs_give_each_draw_its_own_path() -> None:
    uncertain = demand(growth_now_annual=0.5)
    object.__setattr__(uncertain, "growth_now_annual", np.array([0.0, 1.0]))
    object.__setattr__(uncertain, "paid_price_change_annual", np.array([0.0, -0.5]))
    paths = market.demand_paths(uncertain, QUARTERS, *(np.zeros((QUARTERS, 2)) for _ in range(4)))
    assert paths.growth[0] == pytest.approx([0.0, np.log(2.0) / 4])
    assert paths.paid_price_usd_per_1m[3] == pytest.approx([8.0, 8.0 * 0.5 ** (3.5 / 4)])


def prices(**changes: Any) -> MarketPrices:
    stated: dict[str, Any] = {
        "index_change_annual": -0.2,
        "index_volatility_annual": 0.3,
        "index_market_loading": 0.6,
        "outside_chip": "chip",
        "on_demand_usd_per_chip_hour": 5.0,
        "on_demand_limit_share": 0.1,
        "burst_price_multiple": 1.5,
        "burst_limit_share": 0.1,
        "owner_cost_usd_per_chip_hour": 2.0,
        "other_clouds_usd_per_chip_hour": 4.0,
        "other_clouds_spare_share": 0.1,
    }
    return MarketPrices(**(stated | changes))


def test_the_rental_index_keeps_its_stated_mean() -> None:
    factor, own, _, _ = shocks()
    index = market.index_path(prices(), QUARTERS, factor, own)
    expected = 0.8 ** ((np.arange(QUARTERS) + 0.5) / 4)
    error = index.std(axis=1) / np.sqrt(DRAWS)
    assert np.all(np.abs(index.mean(axis=1) - expected) < 4.5 * error)


def test_the_rental_index_without_noise_is_its_trend_and_leaves_the_luck_alone() -> None:
    factor = np.ones((QUARTERS, 2))
    index = market.index_path(prices(index_volatility_annual=0.0), QUARTERS, factor, factor)
    assert index[1] == pytest.approx(0.8 ** (1.5 / 4))
    assert np.all(factor == 1.0)
