"""Every key figure is a named function of ledger lines: worked out again here, the long way (E32)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import special

from costmodel.evaluate import evaluate, evaluate_block, prepare
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.measures import measure
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import NEW_MINIMUM, SEED, TERMS, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]
RISKY = {"distress_hazard_short": 0.1, "distress_hazard_long": 0.05}


@pytest.fixture
def told(simulate: Simulate) -> tuple[Simulated, dict[str, np.ndarray]]:
    simulated = simulate(small_scenario(lab=RISKY))
    return simulated, measure(simulated).key_figures


def discounted(flows: Any, rate: float) -> np.ndarray:
    return sum(flows[row] / (1.0 + rate) ** (row / 4.0) for row in range(flows.shape[0]))  # type: ignore[return-value]


def test_the_provider_s_value_is_every_line_at_its_purse_s_rate(
    told: tuple[Simulated, dict[str, Any]],
) -> None:
    simulated, figures = told
    base, other = simulated.base.accounts.ledger, simulated.base_without.accounts.ledger  # type: ignore[union-attr]
    value = sum(
        discounted(base.net("provider", purse=purse) - other.net("provider", purse=purse), rate)
        for purse, rate in (("contract", 0.1), ("capex", 0.08), ("equity", 0.12))
    )
    assert figures["provider_npv_usd"] == pytest.approx(value, rel=1e-9, abs=1.0)
    assert not np.allclose(figures["provider_npv_usd"], figures["provider_npv_no_ipo_usd"])


def test_the_labs_value_is_its_contract_lines_and_tranches_less_the_shares_given(
    told: tuple[Simulated, dict[str, Any]],
) -> None:
    simulated, figures = told
    worlds = (simulated.base, simulated.base_without)
    own = [
        world.accounts.ledger.net("lab", purse="contract")  # type: ignore[union-attr]
        + world.accounts.ledger.net("lab", kinds=frozenset({"equity_tranche"}))  # type: ignore[union-attr]
        - world.run.shares_given  # type: ignore[union-attr]
        for world in worlds
    ]
    assert figures["lab_npv_usd"] == pytest.approx(discounted(own[0] - own[1], 0.15), rel=1e-9, abs=1.0)


def test_the_deepest_cash_out_is_the_low_point_of_all_cash(told: tuple[Simulated, dict[str, Any]]) -> None:
    simulated, figures = told
    cash = np.cumsum(simulated.base.accounts.ledger.net("provider"), axis=0)
    assert figures["deepest_cash_out_usd"] == pytest.approx(np.maximum(-cash.min(axis=0), 0.0))
    assert np.array_equal(figures["deepest_cash_out_quarter"], cash.argmin(axis=0) - 1.0)


def test_a_default_after_the_last_contract_does_not_count(told: tuple[Simulated, dict[str, Any]]) -> None:
    simulated, figures = told
    defaulted = simulated.base.run.defaulted
    assert defaulted[14:].any()
    assert np.array_equal(figures["lab_default_by_contract_end"] == 1.0, defaulted[:14].any(axis=0))


def test_last_year_is_four_quarters_of_the_living(told: tuple[Simulated, dict[str, Any]]) -> None:
    simulated, figures = told
    revenue = np.where(simulated.base.run.alive, simulated.operations.revenue, 0.0)
    assert figures["lab_revenue_last_year_usd"] == pytest.approx(revenue[12:].sum(axis=0))


def test_money_multiple_and_totals_are_sums_of_lines(told: tuple[Simulated, dict[str, Any]]) -> None:
    simulated, figures = told
    ledger, other = simulated.base.accounts.ledger, simulated.base_without.accounts.ledger  # type: ignore[union-attr]
    paid = -ledger.net("provider", kinds=frozenset({"equity_tranche"})).sum(axis=0)  # type: ignore[union-attr]
    gained = (ledger.net("provider") - other.net("provider")).sum(axis=0) + paid  # type: ignore[union-attr]
    assert figures["equity_paid_usd"] == pytest.approx(paid)
    assert figures["provider_moic"] == pytest.approx(gained / paid, rel=1e-9)
    billed = ledger.net("provider", kinds=frozenset({"compute_billed"})).sum(axis=0)  # type: ignore[union-attr]
    assert figures["compute_billed_usd"] == pytest.approx(billed)


@pytest.mark.usefixtures("small_blocks")
def test_hinges_compare_the_lowest_and_the_highest_fifth_of_an_input() -> None:
    scenario = small_scenario()
    summary = evaluate_block(scenario, prepare(scenario, SEED), SEED, 0, 256)
    recovered = summary.key_figures["recovered_do_no_ipo_cash"] == 1.0
    scores = draw_luck(scenario, SEED, 0).scores
    for name, row in zip(summary.hinge_names, summary.hinges, strict=True):
        fifth = special.ndtr(scores[name])
        low, high = fifth < 0.2, fifth > 0.8
        expected = [low.sum(), (low & recovered).sum(), high.sum(), (high & recovered).sum()]
        assert row.tolist() == expected, name


@pytest.mark.usefixtures("small_blocks")
def test_the_tie_out_leaves_earlier_contracts_out() -> None:
    earlier = replace(NEW_MINIMUM, key="old-minimum", contract="old", commitment_usd=90e9)
    with_it = evaluate(calm_scenario(terms=(*TERMS, earlier)), 1, SEED)["tie_out"]
    assert with_it == evaluate(calm_scenario(), 1, SEED)["tie_out"]


def test_the_first_day_return_is_in_the_price_of_what_is_sold(simulate: Simulate) -> None:
    sales = []
    for first_day in (0.0, 0.2):
        quick: dict[str, Any] = {
            "listing_lag_quarters": 1.0,
            "withdrawal_probability": fixed(0.0),
            "first_day_mean": fixed(first_day),
        }
        scenario = calm_scenario(exit=quick, lab={"round_size_quarters": 0.0}, terms=TERMS[:6])
        sales.append(simulate(scenario, intercept=60.0).base.run.share_sales[:, 0])
    assert sales[0].any()
    assert sales[1] == pytest.approx(1.2 * sales[0])
