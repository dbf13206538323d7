"""E18 and E19 in closed form: flat and known costs nothing more; a uniform load is committed at its critical ratio."""

from dataclasses import replace

import numpy as np
import pytest

from costmodel import load_answers
from costmodel.inputs.levers import Levers
from costmodel.inputs.quantity import fixed
from costmodel.load_cost import (
    Above,
    LoadPrices,
    Reserving,
    Tiers,
    cheapest,
    commitment_at_critical_ratio,
    levels_ahead,
)
from tests.costmodel.replayed import replayed
from tests.costmodel.scenarios import calm_scenario, small_scenario

FLAT = np.ones(10_000)
UNIFORM = (np.arange(10_000) + 0.5) / 5_000.0
KNOWN = np.ones(1)
OPEN = LoadPrices(
    committed=1.0, on_demand=2.5, burst=0.0, unserved=10.0, on_demand_limit=1e6, burst_limit=0.0
)
SCARCE = replace(OPEN, on_demand_limit=0.25)


def test_a_flat_known_load_has_no_premium() -> None:
    for prices in (OPEN, SCARCE):
        assert cheapest(FLAT, KNOWN, prices).usd_per_1m == pytest.approx(1.0, abs=1e-12)


def test_a_uniform_load_is_committed_where_it_is_used_as_often_as_the_prices_ask() -> None:
    # used for more than 1/2.5 of the time: c = 2 (1 - 0.4); cost c + 2.5 x the mean above c, (2 - c)^2 / 4
    told = cheapest(UNIFORM, KNOWN, OPEN)
    assert told.commitment == pytest.approx(1.2, abs=0.03)
    assert told.usd_per_1m == pytest.approx(1.2 + 2.5 * 0.8**2 / 4, abs=1e-3)
    above = Above(np.ones((1, 1)), np.zeros((1, 1)), UNIFORM)
    assert commitment_at_critical_ratio(above, OPEN, 0.0, 2.0) == pytest.approx(1.2, abs=1e-3)


def test_resale_and_scarce_burst_raise_the_commitment() -> None:
    above = Above(np.ones((1, 1)), np.zeros((1, 1)), UNIFORM)
    # (p_o - p_c) / (p_o - s) = 1.5 / 2 of the load lies below
    assert commitment_at_critical_ratio(above, OPEN, 0.5, 2.0) == pytest.approx(1.5, abs=1e-3)
    # 1 = 2.5 (0.25 c / 2) + 10 (1 - 1.25 c / 2): c = 9 / 5.9375
    assert commitment_at_critical_ratio(above, SCARCE, 0.0, 2.0) == pytest.approx(9.0 / 5.9375, abs=1e-3)


def test_the_last_unit_saves_the_price_of_burst_while_burst_runs() -> None:
    above = Above(np.ones((1, 1)), np.zeros((1, 1)), UNIFORM)
    prices = replace(SCARCE, burst=4.0, burst_limit=0.1)
    # 1 = 2.5 (0.25 c / 2) + 4 (0.1 c / 2) + 10 (1 - 1.35 c / 2): c = 9 / 6.2375
    assert commitment_at_critical_ratio(above, prices, 0.0, 2.0) == pytest.approx(9.0 / 6.2375, abs=1e-3)


def test_no_commitment_where_on_demand_is_cheaper() -> None:
    above = Above(np.ones((1, 1)), np.zeros((1, 1)), UNIFORM)
    assert commitment_at_critical_ratio(above, replace(OPEN, on_demand=0.9, unserved=0.9), 0.0, 2.0) == 0.0


def test_an_uncertain_level_costs_more_the_longer_the_notice() -> None:
    costs = [cheapest(FLAT, levels_ahead(0.4, notice), SCARCE).usd_per_1m for notice in (0, 1, 4, 8)]
    assert costs[0] == pytest.approx(1.0)
    assert costs == sorted(costs)
    assert costs[-1] > 1.2


def test_a_low_tier_and_a_reservation_never_raise_the_cost() -> None:
    levels = levels_ahead(0.4, 4)
    plain = cheapest(UNIFORM, levels, SCARCE).usd_per_1m
    assert cheapest(UNIFORM, levels, SCARCE, Tiers(0.3, 0.25)).usd_per_1m < plain
    assert cheapest(UNIFORM, levels, SCARCE, Tiers(0.3, 1.0)).usd_per_1m == pytest.approx(plain)
    assert cheapest(UNIFORM, levels, SCARCE, None, Reserving(0.5, 0.2)).usd_per_1m < plain


def test_the_answers_of_a_flat_steady_load_are_that_nothing_is_to_be_gained(small_blocks: int) -> None:
    flat = {"exceedance_share": (0.0, 1.0), "load_over_mean": (1.0, 1.0)}
    made = calm_scenario(load=flat, demand={"volatility_annual": fixed(0.0)})
    priced = load_answers.answers(made, 3)["priced"]
    assert priced["premium_usd_per_1m"] == pytest.approx(0.0, abs=1e-9)
    assert priced["controllability"] is None


def test_a_flat_steady_load_has_no_premium_where_on_demand_is_cheaper_too(small_blocks: int) -> None:
    flat = {"exceedance_share": (0.0, 1.0), "load_over_mean": (1.0, 1.0)}
    cheap = {"on_demand_usd_per_chip_hour": fixed(0.01)}
    made = calm_scenario(load=flat, demand={"volatility_annual": fixed(0.0)}, market=cheap)
    priced = load_answers.answers(made, 3)["priced"]
    assert priced["prices_usd_per_1m"]["on_demand"] < priced["prices_usd_per_1m"]["committed"]
    assert priced["premium_usd_per_1m"] == pytest.approx(0.0, abs=1e-9)


def test_answers_name_every_lever_and_those_set_by_their_own_setting(small_blocks: int) -> None:
    _trace, load = replayed()
    made = replace(
        small_scenario(), load=load, levers=Levers(deferrable_share=0.4, deferral_window_hours=12.0)
    )
    told = load_answers.answers(made, 3)
    rows = {row["lever"]: row for row in told["priced"]["levers"]}
    assert set(rows) == set(load_answers.LEVERS)
    assert rows["deferral"]["is_set"]
    assert rows["deferral"]["setting"] == {"deferrable_share": 0.4, "deferral_window_hours": 12.0}
    assert rows["deferral"]["premium_usd_per_1m"] == told["priced"]["premium_usd_per_1m"]
    assert 0.0 < rows["deferral"]["controllability"] <= 1.05
    assert 0.0 <= told["priced"]["spend_control"]["control"] <= 1.0
    quarters = made.timeline.quarters
    assert all(len(values) == quarters for values in told["by_quarter"].values())
    assert load_answers.answers(made, 3) == told


def test_a_deal_without_chips_prices_nothing(small_blocks: int) -> None:
    made = small_scenario()
    empty = replace(made, fleet=replace(made.fleet, lots=()))
    assert load_answers.answers(empty, 3)["priced"] is None
