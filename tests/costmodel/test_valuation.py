"""Equity value, its multiple and the market's regime (E30)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.lab import COLD, HOT, NORMAL
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.paths import draw_paths, opening_log_multiple, opening_run_rate
from costmodel.simulate.worlds import Simulated
from costmodel.valuation import EQUITY_FLOOR_SHARE, equity_value, log_multiple_path, regime_path
from tests.costmodel.machines import changed
from tests.costmodel.scenarios import CONTINGENT, NEW, OLD, PAID, SEED, VALUATION, small_scenario

Simulate = Callable[..., Simulated]
PLAIN = changed(VALUATION, mature_multiple=10.0, volatility_annual=0.0)


def valuation(**changes: Any) -> Any:
    return changed(PLAIN, **changes)


def multiple(
    held: Any, opening: float, quarters: int, regime: int = NORMAL, shock: float = 0.0
) -> np.ndarray:
    """Return the multiple of one draw without luck of its own."""
    still = np.zeros((quarters, 1))
    path = log_multiple_path(
        held,
        np.array([np.log(opening)]),
        np.full((quarters, 1), regime),
        still + shock,
        still,
        still + 1.0,
        still,
    )
    return np.exp(path[:, 0])


def test_equity_is_enterprise_less_debt_plus_cash() -> None:
    value = equity_value(np.array([20e9]), np.log(np.array([10.0])), np.array([5e9]), 30e9)
    assert value == pytest.approx([200e9 - 30e9 + 5e9])


def test_equity_never_falls_below_its_least_share_of_enterprise_value() -> None:
    value = equity_value(np.array([20e9]), np.log(np.array([10.0])), np.array([-500e9]), 0.0)
    assert value == pytest.approx([EQUITY_FLOOR_SHARE * 200e9])


def test_half_of_the_log_gap_to_the_mature_multiple_closes_in_a_half_life() -> None:
    path = multiple(valuation(half_life_quarters=8.0), 40.0, 16)
    assert path[7] == pytest.approx(np.sqrt(40.0 * 10.0))
    assert path[15] == pytest.approx(10.0 * 4.0**0.25)


def test_the_regime_shifts_what_the_multiple_moves_to() -> None:
    held = valuation(half_life_quarters=0.5, regime_log_multiple=0.3)
    for regime, shift in ((COLD, -0.3), (NORMAL, 0.0), (HOT, 0.3)):
        assert multiple(held, 10.0, 20, regime)[-1] == pytest.approx(10.0 * np.exp(shift), rel=1e-6)


def test_a_quarters_shock_is_half_the_yearly_volatility_times_its_loading() -> None:
    held = valuation(volatility_annual=0.4, market_loading=0.6)
    assert multiple(held, 10.0, 1, shock=1.0)[0] == pytest.approx(10.0 * np.exp(0.4 * 0.5 * 0.6))


def test_marks_jump_in_the_stated_share_of_quarters() -> None:
    held = valuation(jumps_per_year=1.0, jump_log_sd=0.25)
    still, size = np.zeros((1, 2)), np.ones((1, 2))
    luck = np.array([[0.2499, 0.2501]])
    path = log_multiple_path(
        held, np.log(np.full(2, 10.0)), np.full((1, 2), NORMAL), still, still, luck, size
    )
    assert np.exp(path[0]) == pytest.approx([10.0 * np.exp(0.25), 10.0])


def test_the_regime_starts_in_todays_and_settles_at_its_long_run_shares() -> None:
    held = valuation(regime_now="hot", regime_persistence=0.85, regime_share_cold=0.25, regime_share_hot=0.2)
    path = regime_path(held, np.random.default_rng(3).random((60, 20_000)))
    stays = 0.85 + 0.15 * 0.2
    assert np.mean(path[0] == HOT) == pytest.approx(stays, abs=0.01)
    assert [np.mean(path[-1] == r) for r in (COLD, NORMAL, HOT)] == pytest.approx(
        [0.25, 0.55, 0.2], abs=0.015
    )
    cold = path[:-1] == COLD
    assert np.mean(path[1:][cold] == COLD) == pytest.approx(0.85 + 0.15 * 0.25, abs=0.01)


@pytest.mark.usefixtures("small_blocks")
def test_the_opening_equity_value_is_reproduced_on_every_draw() -> None:
    """Post-money: the cash behind the stated value includes what was already paid in."""
    for terms, debt in (((OLD, NEW, PAID, CONTINGENT), 0.0), ((OLD, NEW), 40e9)):
        scenario = small_scenario(terms=terms, valuation={"debt_usd": debt})
        luck = draw_luck(scenario, SEED, 0)
        run_rate = opening_run_rate(luck)
        paid = sum(tranche.amount_usd for tranche in scenario.tranches() if tranche.state == "paid")
        cash = luck.inputs.lab.opening_cash_usd + paid
        value = equity_value(run_rate, opening_log_multiple(luck, run_rate), cash, debt)
        assert value == pytest.approx(np.full(value.shape, 852e9), rel=1e-12)
        assert luck.inputs.lab.opening_cash_usd.std() > 1e9


@pytest.mark.usefixtures("small_blocks")
def test_value_and_demand_share_the_market_factor() -> None:
    held = {
        "volatility_annual": changed(VALUATION.volatility_annual, low=0.39, high=0.4),
        "market_loading": 0.9,
    }
    scenario = small_scenario(valuation=held, demand={"market_loading": 0.9})
    paths = draw_paths(draw_luck(scenario, SEED, 0))
    steps = np.diff(paths.log_multiple, axis=0).ravel(), paths.growth[1:].ravel()
    assert np.corrcoef(*steps)[0, 1] > 0.15
    apart = replace(scenario, valuation=replace(scenario.valuation, market_loading=-0.9))
    paths = draw_paths(draw_luck(apart, SEED, 0))
    assert np.corrcoef(np.diff(paths.log_multiple, axis=0).ravel(), paths.growth[1:].ravel())[0, 1] < -0.15
