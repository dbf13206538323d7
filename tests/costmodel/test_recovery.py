"""Recovered means at t and at every later quarter (E32)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.outcomes.measures import UNITS, measure
from costmodel.outcomes.recovery import (
    ProviderMoney,
    accounting_position,
    cash_position,
    less,
    provider_money,
)
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import CONTINGENT, NEW, OLD, PAID, TERMS, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]


def rates(contract: float = 0.0, capex: float = 0.0, equity: float = 0.0) -> Any:
    held = {"provider_contract_rate": contract, "provider_capex_rate": capex, "provider_equity_rate": equity}
    return type("Deal", (), held)


def money(**flows: list[float]) -> ProviderMoney:
    length = max(len(f) for f in flows.values())
    names = ("contract", "capex", "equity_paid", "exits", "exits_without_ipo", "accounting_margin")
    held = {name: np.array(flows.get(name, [0.0] * length), dtype=float)[:, None] for name in names}
    return ProviderMoney(**held)


def recovered_in(**flows: list[float]) -> float:
    """Return the quarter of recovery; nan when never."""
    position = cash_position(rates(), money(**flows), with_exits=False)
    assert (position.recovered[0] == 1.0) == np.isfinite(position.recovered_quarter[0])
    return float(position.recovered_quarter[0])


def test_equity_is_back_in_the_first_quarter_that_stays_back() -> None:
    assert recovered_in(equity_paid=[10, 0, 0, 0], contract=[0, 6, 6, 1]) == 1.0


def test_a_later_tranche_reverses_a_recovery() -> None:
    """First touched in quarter 0, lost in quarter 1, back for good in quarter 3."""
    assert recovered_in(equity_paid=[10, 0, 8, 0, 0], contract=[0, 12, 0, 1, 6]) == 3.0
    assert np.isnan(recovered_in(equity_paid=[10, 0, 8, 0, 0], contract=[0, 12, 0, 1, 1]))


def test_a_loss_at_the_end_reverses_a_recovery() -> None:
    assert np.isnan(recovered_in(equity_paid=[10, 0, 0], contract=[0, 15, -6]))


def test_back_exactly_is_back() -> None:
    assert recovered_in(equity_paid=[10, 0, 0], contract=[0, 5, 5]) == 1.0
    tenths = [0.1e9] * 10
    assert recovered_in(equity_paid=[1e9, *[0.0] * 10], contract=[0.0, *tenths]) == 9.0


def test_a_dollar_short_is_not_back() -> None:
    assert np.isnan(recovered_in(equity_paid=[1e6, 0.0], contract=[0.0, 1e6 - 1.0]))


def test_no_equity_is_back_on_the_opening_date_unless_the_margin_falls_below_zero() -> None:
    assert recovered_in(contract=[0, 1, 1]) == -1.0
    assert recovered_in(contract=[0, -1, 3]) == 1.0
    assert np.isnan(recovered_in(contract=[0, -1, 0]))


def test_each_purse_is_discounted_at_its_own_rate() -> None:
    held = money(
        contract=[0, 0, 0, 0, 100], capex=[0, 0, 0, 0, -30], exits=[0] * 4 + [7], equity_paid=[50] + [0] * 4
    )
    deal = rates(contract=0.25, capex=0.5, equity=0.4)
    position = cash_position(deal, held, with_exits=True)
    assert position.cumulative[-1, 0] == pytest.approx(100 / 1.25 - 30 / 1.5 + 7 / 1.4 - 50)
    assert cash_position(deal, held, with_exits=False).cumulative[-1, 0] == pytest.approx(80 - 20 - 50)


def test_the_books_are_not_discounted() -> None:
    held = money(accounting_margin=[0, 6, 6], equity_paid=[10, 0, 0], exits_without_ipo=[0, 0, 0])
    position = accounting_position(held)
    assert position.cumulative[:, 0].tolist() == [-10.0, -4.0, 2.0]
    assert position.recovered_quarter[0] == 1.0


def test_the_increment_leaves_the_equity_whole() -> None:
    base, other = money(contract=[0, 9], equity_paid=[5, 0]), money(contract=[0, 4], equity_paid=[0, 0])
    gain = less(base, other)
    assert gain.contract[:, 0].tolist() == [0.0, 5.0]
    assert gain.equity_paid[:, 0].tolist() == [5.0, 0.0]
    assert less(base, None) is base


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 50)), min_size=1, max_size=12))
def test_recovery_is_the_last_time_below_zero_plus_one(flows: list[tuple[int, int]]) -> None:
    contract, equity = ([float(x) for x in column] for column in zip(*flows, strict=True))
    told = recovered_in(contract=contract, equity_paid=equity)
    position = np.cumsum(np.array(contract) - np.array(equity))
    back = [t for t in range(len(position)) if np.all(position[t:] >= 0)]
    assert (np.isnan(told) and not back) or told == back[0] - 1


# --- in a scenario ----------------------------------------------------------------------------------------------------


def test_the_three_probabilities_agree_where_they_must(simulate: Simulate) -> None:
    figures = measure(simulate(small_scenario())).key_figures
    assert list(figures) == list(UNITS)
    given_none = figures["recovered_given_no_ipo_cash"]
    listed = figures["ipo_by_horizon"] == 1.0
    assert np.isnan(given_none[listed]).all()
    assert np.array_equal(given_none[~listed], figures["recovered_not_needing_ipo_cash"][~listed])
    quarter = figures["recovery_quarter_cash_no_ipo"]
    assert np.array_equal(np.isfinite(quarter), figures["recovered_do_no_ipo_cash"] == 1.0)


def test_the_headline_is_read_from_the_world_with_the_gate_closed(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    gain = less(provider_money(simulated.closed.accounts), provider_money(simulated.closed_without.accounts))  # type: ignore[union-attr]
    assert not (gain.exits != gain.exits_without_ipo).any()
    told = cash_position(simulated.luck.inputs.deal, gain, with_exits=False).recovered
    assert np.array_equal(measure(simulated).key_figures["recovered_do_no_ipo_cash"], told)


def test_the_curve_of_recovery_ends_at_the_headline_and_never_falls(simulate: Simulate) -> None:
    measures = measure(simulate(small_scenario()))
    curve = measures.curves["recovered_by_quarter_cash_no_ipo"]
    assert np.array_equal(curve[-1], measures.key_figures["recovered_do_no_ipo_cash"] == 1.0)
    for name, flags in measures.curves.items():
        if not name.startswith(
            "state_"
        ):  # where a future stands now; all others say what has happened so far
            assert not (flags[:-1] & ~flags[1:]).any(), name


def test_without_a_tranche_figures_of_equity_are_undefined(simulate: Simulate) -> None:
    simulated = simulate(small_scenario(terms=TERMS[:5]))
    figures = measure(simulated).key_figures
    assert simulated.base_without is None
    assert not figures["equity_paid_usd"].any()
    for name in ("second_recovery", "provider_moic", "lab_npv_usd", "lab_irr"):
        assert np.isnan(figures[name]).all(), name
    assert np.array_equal(
        figures["recovered_contractual_do_no_ipo_cash"], figures["recovered_do_no_ipo_cash"]
    )


def test_a_tranche_of_nothing_is_no_equity_to_recover(simulate: Simulate) -> None:
    nothing = replace(PAID, amount_usd=0.0)
    figures = measure(simulate(calm_scenario(terms=(OLD, NEW, nothing)))).key_figures
    assert not figures["equity_paid_usd"].any()
    assert np.isnan(figures["second_recovery"]).all()
    assert np.isfinite(figures["provider_npv_usd"]).all()


def test_one_quarter_is_a_horizon(simulate: Simulate) -> None:
    terms = (replace(OLD, quarters=1), replace(NEW, quarters=1), PAID, CONTINGENT)
    measures = measure(simulate(small_scenario(quarters=1, terms=terms)))
    assert all(series.shape == (2, 256) for series in measures.fans.values())
    assert set(np.unique(measures.key_figures["recovered_do_no_ipo_cash"])) <= {0.0, 1.0}


def test_second_recovery_needs_the_shares_sold_for_what_was_paid(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    figures = measure(simulated).key_figures
    got = simulated.base.run.share_sales.sum(axis=0) + simulated.base.run.company_sale.sum(axis=0)
    assert np.array_equal(figures["second_recovery"] == 1.0, got >= figures["equity_paid_usd"])
    assert 0.0 < figures["second_recovery"].mean() < 1.0


def test_a_contract_that_starts_later_starts_to_pay_later(simulate: Simulate) -> None:
    terms = (OLD, replace(NEW, starts=date(2027, 4, 1), quarters=12), PAID)
    simulated = simulate(calm_scenario(terms=terms))
    billed = simulated.operations.contracts["new"].billed
    assert not billed[:4].any()
    assert billed[4].all()
