"""The lab's side, the treasurer's and the controller's figures, by hand (E19, E32)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.quantity import fixed
from costmodel.outcomes.measures import measure
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import TERMS, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]


def figures(simulated: Simulated) -> dict[str, Any]:
    return measure(simulated).key_figures


def test_the_minimum_of_the_next_year_is_the_first_four_quarters_of_the_ramp(simulate: Simulate) -> None:
    """40 B over 14 quarters on a ramp of 8: 4.5 steps of 8 summed over a ramp, then 6 whole quarters."""
    told = figures(simulate(calm_scenario()))["lab_minimum_next_year_usd"]
    assert told[0] == pytest.approx(40e9 * (1 + 2 + 3 + 4) / 8 / (36 / 8 + 6))


def test_the_backlog_is_what_is_still_to_come_while_the_lab_pays(simulate: Simulate) -> None:
    simulated = simulate(small_scenario(lab={"distress_hazard_short": 0.2, "distress_hazard_long": 0.1}))
    told = measure(simulated).schedules
    minimum = simulated.operations.contracts["new"].minimum
    run = simulated.base.run
    assert told["backlog_usd"][0] == pytest.approx(minimum.sum(axis=0))
    for row, draw in ((1, 0), (5, 3), (14, 9), (16, 2)):
        stands = run.alive[row - 1, draw] and not run.defaulted[row - 1, draw]
        assert told["backlog_usd"][row, draw] == pytest.approx(stands * minimum[row:, draw].sum())
        due = stands * minimum[row : row + 4, draw].sum()
        assert told["minimum_next_year_usd"][row, draw] == pytest.approx(due, abs=1.0)
    assert run.defaulted.any()


def test_callable_is_the_tranche_until_it_is_paid_or_lapses(simulate: Simulate) -> None:
    """The contingent 35 B lapse at the end of 2029, quarter 14; the 15 B are paid on the opening date."""
    simulated = simulate(small_scenario())
    told = measure(simulated).schedules["callable_usd"]
    paid = np.cumsum(sum(simulated.base.run.tranches["contingent"]), axis=0) > 0.0
    assert (told[0] == 35e9).all()
    assert not told[paid].any()
    assert not told[16].any()
    unpaid = ~paid[15] & simulated.base.run.alive[14] & ~simulated.base.run.defaulted[14]
    assert (told[15][unpaid] == 35e9).all()
    assert 0 < unpaid.sum() < 256


def test_nothing_is_callable_without_an_open_tranche(simulate: Simulate) -> None:
    assert not measure(simulate(small_scenario(terms=TERMS[:6]))).schedules["callable_usd"].any()


def test_the_shortest_runway_is_cash_over_burn_at_its_lowest(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    told, run = figures(simulated)["lab_shortest_runway_quarters"], simulated.base.run
    net = simulated.base.accounts.ledger.net("lab", purse="contract")
    for draw in range(20):
        quarters = [
            max(run.cash[t, draw], 0.0) / -net[t + 1, draw]  # type: ignore[index]
            for t in range(16)
            if run.alive[t, draw] and net[t + 1, draw] < 0.0  # type: ignore[index]
        ]
        assert told[draw] == pytest.approx(min(quarters) if quarters else np.nan, nan_ok=True)


def test_a_lab_that_buys_under_no_minimum_controls_all_its_spend(simulate: Simulate) -> None:
    free = figures(simulate(small_scenario(terms=(TERMS[0], TERMS[1]))))["lab_control_of_spend"]
    assert (free == 1.0).all()
    bound = figures(simulate(small_scenario()))["lab_control_of_spend"]
    assert ((bound >= 0.0) & (bound < 1.0)).all()


def test_dependence_on_an_ipo_is_the_default_with_the_gate_closed(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    told = figures(simulated)
    closed = simulated.closed.run.defaulted[:14].any(axis=0)
    assert np.array_equal(told["lab_default_no_ipo_by_contract_end"] == 1.0, closed)


def test_the_ipo_is_told_with_and_without_the_deal(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    told = figures(simulated)
    for suffix, name in (("", "base"), ("_no_deal", "no_deal")):
        world = simulated.worlds[name]  # type: ignore[index]
        listed = world.run.listed.any(axis=0)
        assert np.array_equal(told[f"ipo_by_horizon{suffix}"] == 1.0, listed)
        assert np.array_equal(np.isfinite(told[f"listing_quarter{suffix}"]), listed)
        draw = int(np.flatnonzero(listed)[0])
        quarter = int(np.flatnonzero(world.run.listed[:, draw])[0])
        assert told[f"listing_quarter{suffix}"][draw] == quarter
        revenue = world.accounts.ledger.net("lab", kinds=frozenset({"revenue"}))
        expected = world.run.equity_value[quarter, draw] / (4.0 * revenue[quarter + 1, draw])  # type: ignore[index]
        assert told[f"listing_multiple{suffix}"][draw] == pytest.approx(expected)


def test_against_no_deal_the_contract_counts_without_any_equity(simulate: Simulate) -> None:
    simulated = simulate(small_scenario(terms=TERMS[:5]))
    told = figures(simulated)
    assert np.isnan(told["lab_npv_usd"]).all()
    base, other = (simulated.worlds[name].accounts.ledger for name in ("base", "no_deal"))  # type: ignore[index]
    at = (np.arange(17) / 4.0)[:, None]
    gain = (base.net("lab", purse="contract") - other.net("lab", purse="contract")) * 1.15**-at
    assert told["lab_npv_over_no_deal_usd"] == pytest.approx(gain.sum(axis=0), abs=1.0)
    value = sum(
        ((base.net("provider", purse=purse) - other.net("provider", purse=purse)) * (1.0 + rate) ** -at).sum(
            axis=0
        )
        for purse, rate in (("contract", 0.1), ("capex", 0.08), ("equity", 0.12))
    )
    assert told["provider_npv_over_no_deal_usd"] == pytest.approx(value, abs=1.0)


def test_contracts_signed_earlier_alone_have_no_figures_against_no_deal(simulate: Simulate) -> None:
    told = figures(
        simulate(small_scenario(terms=(TERMS[0],), fleet={"lots": (small_scenario().fleet.lots[0],)}))
    )
    for name in ("provider_npv_over_no_deal_usd", "ipo_by_horizon_no_deal", "listing_quarter_no_deal"):
        assert np.isnan(told[name]).all(), name


def test_a_mark_is_the_part_held_of_a_private_company_and_no_cash(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    told, run = figures(simulated), simulated.base.run
    mark = told["private_stake_mark_usd"]
    private = run.alive[15] & ~run.defaulted[15] & ~run.listed[15] & ~run.company_sold.any(axis=0)
    assert np.array_equal(mark > 0.0, private)
    assert 0 < private.sum() < 256
    # Others are preferred at 852 B a share, the provider has at most 50 B before others: above both all convert.
    part = run.holding_share[16] * run.equity_value[15]
    everyone = private & (run.equity_value[15] > 900e9 * run.last[0].all_shares) & (part > 50e9)
    assert everyone.any()
    assert mark[everyone] == pytest.approx(part[everyone])
    assert np.all(mark[private] <= np.maximum(part, 50e9)[private] + 1.0)
    assert np.isnan(figures(simulate(small_scenario(terms=TERMS[:5])))["private_stake_mark_usd"]).all()


def test_the_noise_of_marks_is_the_spread_of_their_changes(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    told, run = figures(simulated)["mark_noise_quarterly"], simulated.base.run
    private = run.alive & ~run.defaulted & ~run.listed & ~np.logical_or.accumulate(run.company_sold, axis=0)
    for draw in range(20):
        values = np.log(run.equity_value[private[:, draw], draw])
        expected = np.std(np.diff(values), ddof=1) if values.size > 2 else np.nan
        assert told[draw] == pytest.approx(expected, nan_ok=True)


def test_dilution_is_what_new_shares_take_from_the_old(simulate: Simulate) -> None:
    told = figures(simulate(small_scenario()))["lab_dilution"]
    assert ((told >= 0.0) & (told < 1.0)).all()
    still = simulate(calm_scenario(terms=TERMS[:5], lab={"round_size_quarters": 0.0}), intercept=-60.0)
    assert (figures(still)["lab_dilution"] == 0.0).all()
    listed = calm_scenario(
        terms=TERMS[:5], lab={"round_size_quarters": 0.0}, exit={"withdrawal_probability": fixed(0.0)}
    )
    once = figures(simulate(listed, intercept=60.0))
    assert once["lab_dilution"][once["ipo_by_horizon"] == 1.0] == pytest.approx(1.0 - 1.0 / 1.05)
