"""M01 tranches and M03 preferred: triggers, notice, options, the gate, the waterfall (E20, E21, engine.md 9.4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.deal import EquityTranche, Trigger
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.simulate.worlds import Simulated, Told
from costmodel.terms.equity import Facts, option_exercised, price_per_share, trigger_met
from costmodel.timeline import Timeline
from tests.costmodel.scenarios import (
    BILLION,
    CONTINGENT,
    NEW,
    OLD,
    PAID,
    PREFERRED,
    PUBLIC_FILING,
    calm_scenario,
    small_scenario,
)

Simulate = Callable[..., Simulated]
TIMELINE = Timeline(opening=date(2026, 3, 31), quarters=16)
NO = np.zeros(1, dtype=bool)
ALWAYS, FOREVER_AWAY = 60.0, -60.0


def facts(**changes: Any) -> Facts:
    held: dict[str, Any] = {
        "quarter": 3,
        "confidential_filing": NO,
        "public_filing": NO,
        "pricing": NO,
        "listing": NO,
        "annual_revenue": np.array([50e9]),
        "gigawatts_online": np.array([1.5]),
        "share_price": np.array([852e9]),
    }
    return Facts(**{**held, **changes})


def met(trigger: Trigger, uniform: float = 0.5, **changes: Any) -> bool:
    return bool(trigger_met(trigger, facts(**changes), TIMELINE, np.array([uniform]))[0])


def trigger_of(event: Any, **changes: Any) -> Trigger:
    return Trigger(**{"key": "trigger", "event": event, "hazard_annual": fixed(0.0), **changes})


def on_date(key: str, day: date) -> Trigger:
    return trigger_of("date", key=key, on=day)


def with_tranche(*tranches: EquityTranche, **changes: Any) -> Scenario:
    """A calm scenario whose only tranches are these."""
    return calm_scenario(terms=(OLD, NEW, PREFERRED, *tranches), **changes)


def paid_in(world: Told, key: str) -> np.ndarray:
    """Return (Q,) quarters' payments of a tranche in the first draw, with and without an IPO behind them."""
    without, because = world.run.tranches[key]
    return (without + because)[1:, 0]


# --- triggers ---------------------------------------------------------------------------------------------------------


def test_a_date_is_met_from_its_own_quarter_on() -> None:
    trigger = on_date("day", date(2027, 2, 14))
    assert [met(trigger, quarter=q) for q in (2, 3, 4)] == [False, True, True]


def test_levels_are_met_at_their_threshold() -> None:
    assert met(trigger_of("annual_revenue", threshold=50e9))
    assert not met(trigger_of("annual_revenue", threshold=50.1e9))
    assert met(trigger_of("gigawatts_online", threshold=1.5))
    assert not met(trigger_of("gigawatts_online", threshold=1.6))


def test_a_milestone_has_its_yearly_chance_over_four_quarters() -> None:
    trigger = trigger_of("milestone", hazard_annual=0.36)
    quarterly = 1.0 - 0.64**0.25
    assert met(trigger, uniform=quarterly - 1e-9)
    assert not met(trigger, uniform=quarterly + 1e-9)


@pytest.mark.parametrize("event", ["confidential_filing", "public_filing", "pricing", "listing"])
def test_a_step_of_the_ipo_is_met_when_it_happens(event: Any) -> None:
    trigger = trigger_of(event)
    assert not met(trigger)
    assert met(trigger, **{event: np.ones(1, dtype=bool)})


# --- a tranche over time ----------------------------------------------------------------------------------------------


def test_a_tranche_is_paid_in_the_quarter_after_its_trigger_and_notice(simulate: Simulate) -> None:
    trigger = on_date("day", date(2026, 12, 1))
    for notice in (0, 2):
        tranche = replace(CONTINGENT, triggers=(trigger,), notice_quarters=notice)
        paid = paid_in(simulate(with_tranche(tranche), intercept=FOREVER_AWAY).base, "contingent")
        assert paid.nonzero()[0].tolist() == [2 + 1 + notice]
        assert paid.sum() == 35e9


def test_any_takes_the_first_trigger_and_all_the_last(simulate: Simulate) -> None:
    early, late = on_date("early", date(2026, 8, 1)), on_date("late", date(2027, 8, 1))
    for needed, quarter in (("any", 2), ("all", 6)):
        tranche = replace(CONTINGENT, triggers=(early, late), triggers_needed=needed)  # type: ignore[arg-type]
        paid = paid_in(simulate(with_tranche(tranche), intercept=FOREVER_AWAY).base, "contingent")
        assert paid.nonzero()[0].tolist() == [quarter], needed


def test_nothing_is_called_after_the_longstop(simulate: Simulate) -> None:
    trigger = on_date("day", date(2027, 2, 1))
    for longstop, total in ((date(2026, 12, 31), 0.0), (date(2027, 1, 1), 35e9)):
        tranche = replace(CONTINGENT, triggers=(trigger,), longstop=longstop)
        paid = paid_in(simulate(with_tranche(tranche), intercept=FOREVER_AWAY).base, "contingent")
        assert paid.sum() == total


def test_all_with_an_ipo_step_waits_for_it_and_is_money_that_needs_an_ipo(simulate: Simulate) -> None:
    tranche = replace(
        CONTINGENT, triggers=(on_date("day", date(2026, 8, 1)), PUBLIC_FILING), triggers_needed="all"
    )
    simulated = simulate(with_tranche(tranche), intercept=ALWAYS)
    without, because = simulated.base.run.tranches["contingent"]
    assert because[1:, 0].nonzero()[0].tolist() == [2]
    assert not without.any()
    assert not paid_in(simulated.closed, "contingent").any()


def test_a_trigger_without_an_ipo_pays_money_that_needs_none(simulate: Simulate) -> None:
    tranche = replace(CONTINGENT, triggers=(on_date("day", date(2026, 4, 1)), PUBLIC_FILING))
    without, because = simulate(with_tranche(tranche), intercept=ALWAYS).base.run.tranches["contingent"]
    assert without.any()
    assert not because.any()


def test_a_paid_tranche_is_paid_on_the_opening_date_and_never_again(simulate: Simulate) -> None:
    without, because = simulate(small_scenario()).base.run.tranches["paid"]
    assert np.all(without[0] == 15e9)
    assert not without[1:].any()
    assert not because.any()


def test_the_dead_are_not_paid(simulate: Simulate) -> None:
    tranche = replace(CONTINGENT, triggers=(on_date("day", date(2026, 8, 1)),), notice_quarters=4)
    scenario = with_tranche(tranche, lab={"distress_hazard_short": 0.4, "distress_hazard_long": 0.4})
    run = simulate(scenario, intercept=FOREVER_AWAY).base.run
    dead = ~run.alive[6]
    paid = sum(run.tranches["contingent"])[7]
    assert dead.any()
    assert not dead.all()
    assert np.array_equal(paid > 0, ~dead)


# --- options: on today's information ----------------------------------------------------------------------------------


def test_an_option_is_taken_up_only_above_its_margin() -> None:
    tranche = replace(CONTINGENT, option=True, option_margin_share=0.5, price_rule="fixed_valuation")
    prices = np.array([852e9 * 1.49, 852e9 * 1.5, 852e9 * 1.51])
    assert option_exercised(tranche, prices, np.full(3, 852e9)).tolist() == [False, False, True]


def test_an_option_at_the_price_of_the_day_is_never_taken_up() -> None:
    tranche = replace(CONTINGENT, option=True, option_margin_share=0.1)
    assert np.array_equal(price_per_share(tranche, np.array([1e9, 2e12])), [1e9, 2e12])
    prices = np.array([1e9, 2e12])
    assert not option_exercised(tranche, prices, price_per_share(tranche, prices)).any()


def test_an_option_follows_the_price_at_the_end_of_the_quarter_before_it_pays(simulate: Simulate) -> None:
    tranche = replace(
        CONTINGENT,
        obligation=False,
        option=True,
        triggers=(),
        option_margin_share=0.2,
        price_rule="fixed_valuation",
        valuation_usd=1200 * BILLION,
    )
    scenario = replace(
        small_scenario(exit={"sale_hazard": 0.0}),
        deal=replace(small_scenario().deal, terms=(OLD, NEW, tranche)),
    )
    run = simulate(scenario, intercept=FOREVER_AWAY).base.run
    paid = run.tranches["contingent"][0][1:]
    exercised = paid.any(axis=0)
    assert 0.05 < exercised.mean() < 0.95
    # No look-ahead: changing the luck of later quarters leaves what was decided before unchanged.
    longer = replace(scenario, timeline=replace(scenario.timeline, quarters=20))
    again = simulate(longer, intercept=FOREVER_AWAY).base.run.tranches["contingent"][0][1:17]
    assert np.array_equal(paid, again)


# --- the IPO gate -----------------------------------------------------------------------------------------------------


def test_with_the_gate_closed_no_line_that_needs_an_ipo_moves(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    assert any(line.needs_ipo and line.flows.any() for line in simulated.base.accounts.ledger.lines)
    for line in simulated.closed.accounts.ledger.lines:
        assert not (line.needs_ipo and line.flows.any()), line.kind
    assert not simulated.closed.run.listed.any()
    assert not simulated.closed.run.announced.any()


def test_with_the_gate_closed_a_tranche_that_only_an_ipo_triggers_is_never_paid(simulate: Simulate) -> None:
    simulated = simulate(with_tranche(replace(CONTINGENT, triggers=(PUBLIC_FILING,))))
    assert sum(simulated.base.run.tranches["contingent"]).any()
    assert not sum(simulated.closed.run.tranches["contingent"]).any()


def test_filed_then_withdrawn_leaves_the_money_paid_preferred_and_at_risk(simulate: Simulate) -> None:
    withdrawn: dict[str, Any] = {
        "withdrawal_probability": fixed(0.99),
        "retry_hazard": fixed(0.0),
        "listing_lag_quarters": 1.0,
        "sale_hazard": 0.2,
    }
    scenario = with_tranche(replace(CONTINGENT, triggers=(PUBLIC_FILING,)), exit=withdrawn)
    simulated = simulate(scenario, intercept=ALWAYS)
    run = simulated.base.run
    paid = sum(run.tranches["contingent"]).sum(axis=0)
    never_listed = ~run.listed.any(axis=0)
    sold = run.company_sold.any(axis=0) & never_listed & (paid > 0)
    assert np.all(paid[run.announced[0] & ~run.company_sold[0]] == 35e9)
    assert (never_listed & (paid > 0)).mean() > 0.5
    assert not run.share_sales[:, never_listed].any()
    # On a sale the preference comes back; without one, nothing does.
    assert sold.any()
    proceeds = run.company_sale.sum(axis=0)
    late = np.argmax(run.company_sold, axis=0) >= 2
    assert np.all(proceeds[sold & late] >= 35e9 - 1.0)
    assert not proceeds[never_listed & ~run.company_sold.any(axis=0)].any()


# --- shares and their price -------------------------------------------------------------------------------------------


def test_paid_money_buys_its_part_of_the_company_and_no_more(simulate: Simulate) -> None:
    """Sold the next day at an unchanged price, the stake brings back what it cost: shares = amount / price."""
    tranche = replace(PAID, amount_usd=85.2e9)
    exit_changes = {"sale_hazard": 0.4, "listing_lag_quarters": 12.0, "state_now": "private"}
    scenario = with_tranche(tranche, exit=exit_changes, valuation={"other_preferences_usd": 0.0})
    scenario = replace(scenario, deal=replace(scenario.deal, terms=(OLD, NEW, tranche)))
    run = simulate(scenario, intercept=FOREVER_AWAY).base.run
    first = run.company_sold[0]
    assert first.any()
    value = run.equity_value[0]
    assert run.company_sale[0][first] == pytest.approx(0.1 * value[first], rel=0.02)


def test_a_higher_preference_never_lowers_the_payoff_without_an_ipo(simulate: Simulate) -> None:
    scenario = small_scenario(exit={"sale_hazard": 0.05})
    sales = []
    for multiple in (0.0, 1.0, 3.0):
        terms = tuple(replace(t, multiple=multiple) if t is PREFERRED else t for t in scenario.deal.terms)
        changed = replace(scenario, deal=replace(scenario.deal, terms=terms))
        sales.append(simulate(changed).closed.run.company_sale.sum(axis=0))
    assert np.all(sales[1] >= sales[0] - 1.0)
    assert np.all(sales[2] >= sales[1] - 1.0)
    assert (sales[2] > sales[0] + 1e9).any()
