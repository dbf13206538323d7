"""The prepayment ratio, its certainty equivalents and correlation, and tail means, in closed form (E32)."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from costmodel.evaluate import evaluate
from costmodel.outcomes.measures import measure
from costmodel.outcomes.prepayment import prepayment
from costmodel.outcomes.tails import tail
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import SEED, TERMS, small_scenario

Simulate = Callable[..., Simulated]


def test_two_sure_legs_are_worth_their_means() -> None:
    told = prepayment(np.full(10, 30.0), np.full(10, 20.0), 50.0)
    assert told["ratio"] == pytest.approx(1.5)
    assert told["ratio_standard_error"] == pytest.approx(0.0)
    assert told["correlation"] is None
    assert told["not_needing"]["certainty_equivalent_usd"] == pytest.approx(30.0)


def test_a_normal_leg_is_worth_its_mean_less_half_its_variance_over_the_tolerance() -> None:
    scores = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    told = prepayment(100.0 + 10.0 * scores, 40.0 - 5.0 * scores, 25.0)
    assert told["not_needing"]["certainty_equivalent_usd"] == pytest.approx(100.0 - 100.0 / 50.0, abs=1e-2)
    assert told["needing"]["certainty_equivalent_usd"] == pytest.approx(40.0 - 25.0 / 50.0, abs=1e-2)
    assert told["correlation"] == pytest.approx(-1.0)
    assert told["ratio"] == pytest.approx(2.5)


def test_the_error_of_the_ratio_is_that_of_many_repetitions() -> None:
    rng = np.random.default_rng(5)
    benefits, proceeds = rng.normal(30.0, 12.0, (400, 500)), rng.gamma(2.0, 10.0, (400, 500))
    told = [prepayment(a, b, 10.0) for a, b in zip(benefits, proceeds, strict=True)]
    spread = np.std([one["ratio"] for one in told])
    assert np.mean([one["ratio_standard_error"] for one in told]) == pytest.approx(spread, rel=0.15)


def test_a_wide_loss_is_a_number_and_not_an_overflow() -> None:
    told = prepayment(np.array([-1e15, 1e12]), np.array([0.0, 1e9]), 1e6)
    assert told["not_needing"]["certainty_equivalent_usd"] == pytest.approx(-1e15, rel=1e-6)


def test_without_expected_proceeds_there_is_no_ratio() -> None:
    told = prepayment(np.array([1.0, 2.0]), np.zeros(2), 5.0)
    assert told["ratio"] is None
    assert told["correlation"] is None


def test_the_tail_is_the_mean_of_the_worst_twentieth() -> None:
    values = np.arange(200.0)[::-1].copy()
    assert tail(values) == {"share": 0.05, "draws": 10, "mean": pytest.approx(4.5)}


def test_a_share_that_is_no_whole_number_of_draws_counts_the_next_in_part() -> None:
    """5% of 30 is one and a half draws: (0 + 1 / 2) / 1.5."""
    assert tail(np.arange(30.0)) == {"share": 0.05, "draws": 2, "mean": pytest.approx(1.0 / 3.0)}
    assert tail(np.array([7.0]))["mean"] == pytest.approx(7.0)


def test_the_tail_of_a_normal_is_its_closed_form() -> None:
    scores = stats.norm.ppf((np.arange(1_000_000) + 0.5) / 1_000_000)
    expected = -stats.norm.pdf(stats.norm.ppf(0.05)) / 0.05
    assert tail(scores)["mean"] == pytest.approx(expected, abs=1e-4)


def test_draws_without_the_figure_are_left_out() -> None:
    assert tail(np.array([np.nan, 3.0, np.nan]))["mean"] == pytest.approx(3.0)
    assert tail(np.array([np.nan])) == {"share": 0.05, "draws": 0, "mean": None}


def test_the_legs_of_a_scenario_are_its_lines(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    figures = measure(simulated).key_figures
    closed, other = (
        simulated.worlds["no_ipo"].accounts.ledger,
        simulated.worlds["no_equity_no_ipo"].accounts.ledger,
    )
    at = (np.arange(17) / 4.0)[:, None]
    expected = np.zeros(256)
    for purse, rate in (("contract", 0.1), ("capex", 0.08)):
        gained = closed.net("provider", purse=purse) - other.net("provider", purse=purse)  # type: ignore[arg-type]
        expected += (gained * (1.0 + rate) ** -at).sum(axis=0)
    sold = closed.net("provider", kinds=frozenset({"company_sale"}))
    expected += (sold * 1.12**-at).sum(axis=0)
    assert figures["benefits_not_needing_ipo_pv_usd"] == pytest.approx(expected, abs=1.0)
    shares = simulated.base.accounts.ledger.net("provider", kinds=frozenset({"share_sale"}))
    assert figures["proceeds_needing_ipo_pv_usd"] == pytest.approx((shares * 1.12**-at).sum(axis=0), abs=1.0)


@pytest.mark.usefixtures("small_blocks")
def test_a_run_reports_the_ratio_of_its_own_outcomes_over_all_blocks() -> None:
    result = evaluate(small_scenario(), 600, SEED)
    told, outcomes = result["prepayment"], result["outcomes"]
    first, second = (
        outcomes[name]["mean"] for name in ("benefits_not_needing_ipo_pv_usd", "proceeds_needing_ipo_pv_usd")
    )
    assert told["ratio"] == pytest.approx(first / second)
    assert told["risk_tolerance_usd"] == 50e9
    assert result["tails"]["provider_npv_usd"]["draws"] == 30
    assert result["tails"]["provider_npv_usd"]["mean"] < outcomes["provider_npv_usd"]["p05"]
    assert sum(result["counts"]["fate"].values()) == 600
    assert evaluate(small_scenario(terms=TERMS[:5]), 100, SEED)["prepayment"] is None
