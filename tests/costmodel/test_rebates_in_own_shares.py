"""Warrants and stock in the provider's own shares: vesting, value, who bears it (M06, M07)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.equity_terms import ProviderStock, StockForContract, VestingStep, Warrants
from costmodel.inputs.quantity import fixed
from costmodel.simulate.worlds import Simulated
from costmodel.terms.rebates import stock_path, vesting
from tests.costmodel.still import line, still_scenario

Simulate = Callable[..., Simulated]
# 20% a year and no noise: 100 x 1.2^((t+1)/4) at the end of quarter t.
STOCK = ProviderStock(
    price_usd=100.0, drift_annual=fixed(0.2), volatility_annual=fixed(0.0), market_loading=0.0
)
STEP = VestingStep(key="first", shares=1e8, purchases_usd=20e9, condition_hazard_annual=fixed(0.0))
WARRANTS = Warrants(
    key="warrants",
    contract="contract",
    strike_usd=0.01,
    expires=date(2028, 12, 31),
    steps=(STEP,),
    taken="at_vesting",
)


def price(quarter: int) -> float:
    return float(100.0 * 1.2 ** ((quarter + 1) / 4.0))


def value(simulate: Simulate, *steps: VestingStep, **changes: Any) -> np.ndarray:
    """Return (Q,) billions a quarter of these warrants, the lab buying 5 B a quarter."""
    term = replace(WARRANTS, steps=steps, **changes)
    told = simulate(still_scenario(term, bill=5.0, stock=STOCK), intercept=-60.0).base
    return line(told, "warrant_value", "warrants")[1:]


def test_warrants_are_worth_price_less_strike_in_the_quarter_they_vest(simulate: Simulate) -> None:
    """Purchases reach 20 B in quarter 3: 0.1 B shares at 100 x 1.2."""
    found = value(simulate, STEP)
    assert found.nonzero()[0].tolist() == [3]
    assert found[3] == pytest.approx(0.1 * (120.0 - 0.01))


def test_a_step_vests_only_when_all_its_conditions_hold(simulate: Simulate) -> None:
    """A price of 150 comes in quarter 8 (100 x 1.2^2.25 = 150.7); 5 GW never do."""
    assert price(7) < 150.0 < price(8)
    found = value(simulate, replace(STEP, share_price_usd=150.0))
    assert found.nonzero()[0].tolist() == [8]
    assert not value(simulate, replace(STEP, gigawatts=5.0)).any()


def test_gigawatts_are_those_online_under_the_contract(simulate: Simulate) -> None:
    """6.25 B a quarter at 1 USD for each of 2,190 hours: 2.854 million chips of 1 kW."""
    step = replace(STEP, purchases_usd=0.0)
    assert value(simulate, replace(step, gigawatts=2.85)).nonzero()[0].tolist() == [0]
    assert not value(simulate, replace(step, gigawatts=2.86)).any()


def test_each_step_counts_for_itself(simulate: Simulate) -> None:
    later = replace(STEP, key="second", shares=2e8, purchases_usd=40e9)
    found = value(simulate, STEP, later)
    assert found[7] == pytest.approx(0.2 * (price(7) - 0.01))
    assert found.nonzero()[0].tolist() == [3, 7]


def test_held_to_expiry_all_that_vested_is_taken_then(simulate: Simulate) -> None:
    found = value(simulate, STEP, taken="at_expiry", expires=date(2028, 6, 30))
    assert found.nonzero()[0].tolist() == [8]
    assert found[8] == pytest.approx(0.1 * (price(8) - 0.01))
    assert not value(simulate, STEP, taken="at_expiry", expires=date(2026, 12, 31)).any()


def test_out_of_the_money_they_are_worth_nothing(simulate: Simulate) -> None:
    assert not value(simulate, STEP, strike_usd=130.0).any()
    assert value(simulate, STEP, strike_usd=110.0)[3] == pytest.approx(0.1 * 10.0)


def test_a_condition_has_its_yearly_chance(simulate: Simulate) -> None:
    step = replace(STEP, purchases_usd=0.0, condition_hazard_annual=fixed(0.5))
    term = replace(WARRANTS, steps=(step,))
    told = simulate(still_scenario(term, bill=5.0, stock=STOCK), intercept=-60.0).base
    flows = next(one.flows for one in told.accounts.ledger.lines if one.kind == "warrant_value")[1:]
    assert (flows > 0).sum(axis=0).max() == 1
    assert (flows[:4] > 0).any(axis=0).mean() == pytest.approx(0.5, abs=0.1)


def test_stock_for_a_contract_is_given_at_its_day_and_sold_at_the_price_then(simulate: Simulate) -> None:
    """10 B in quarter 1, sold four quarters later for 10 x 1.2."""
    term = StockForContract(
        key="stock", contract="contract", amount_usd=10e9, issued_on=date(2026, 7, 15), held_quarters=4
    )
    told = simulate(still_scenario(term, bill=5.0, stock=STOCK), intercept=-60.0).base
    assert line(told, "stock_issued", "stock").nonzero()[0].tolist() == [2]
    assert line(told, "stock_issued", "stock")[2] == pytest.approx(10.0)
    assert line(told, "stock_sold", "stock")[6] == pytest.approx(12.0)
    cash = told.run.cash[:, 0]
    assert cash[4] == pytest.approx(1000e9 - 5 * 5e9)
    assert cash[5] == pytest.approx(1000e9 - 6 * 5e9 + 12e9)


def test_the_rebate_is_what_must_come_back(small_blocks: int) -> None:
    """12 B of warrants against the margin of the contract; without them the contract would not stand."""
    found = evaluate(still_scenario(WARRANTS, bill=5.0, stock=STOCK), 8, 1)["outcomes"]
    assert found["equity_paid_usd"]["mean"] == pytest.approx(0.1e9 * (120.0 - 0.01), rel=1e-4)
    margin = 12 * (5.0 - 0.5 * 6.25)
    assert found["provider_npv_usd"]["mean"] == pytest.approx((margin - 11.999) * 1e9, rel=1e-4)
    assert found["lab_npv_usd"]["mean"] == pytest.approx((11.999 - 60.0) * 1e9, rel=1e-3)
    # Nothing was paid for shares of the lab, so there is nothing that shares could bring back.
    assert found["second_recovery"]["defined_share"] == 0.0


def test_without_a_share_price_it_says_what_is_missing(simulate: Simulate) -> None:
    with pytest.raises(ValueError, match="Give the provider's share price"):
        simulate(still_scenario(WARRANTS, bill=5.0), intercept=-60.0)


def test_the_share_price_has_the_stated_mean_and_moves_with_the_market() -> None:
    rng = np.random.default_rng(1)
    factor, own = rng.standard_normal((2, 4, 200_000))
    stock = ProviderStock(price_usd=100.0, drift_annual=0.2, volatility_annual=0.4, market_loading=0.6)
    path = stock_path(stock, 4, factor, own)
    assert path[3].mean() == pytest.approx(120.0, rel=0.005)
    assert np.log(path[3]).std() == pytest.approx(0.4, rel=0.01)
    assert np.corrcoef(np.log(path[0]), factor[0])[0, 1] == pytest.approx(0.6, abs=0.01)


def test_a_step_vests_once_when_the_last_condition_has_come() -> None:
    first = np.array([[False], [True], [False], [False]])
    second = np.array([[False], [False], [False], [True]])
    assert vesting([first, second])[:, 0].tolist() == [False, False, False, True]
