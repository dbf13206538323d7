"""M17 on the ledger: minimum by year, make-up as a liability, the claim on a running shortfall; and in closed form
(E22).
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from costmodel.evaluate import evaluate
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.recovery import provider_money
from costmodel.terms.compute import promised_by_quarter, settle_minimum
from tests.costmodel.plain_deal import (
    BILLION,
    MINIMUM,
    Simulate,
    at,
    capacity_tokens,
    every,
    lognormal,
    plain,
    rows,
)
from tests.costmodel.test_lease_terms import at_one_rate
from tests.costmodel.test_terms_compute import promise

NOBODY = -60.0


def test_a_minimum_by_year_is_spread_over_its_year() -> None:
    term = promise(commitment_usd=100.0, year_shares=(0.2, 0.5, 0.3))
    assert promised_by_quarter(term, 10).tolist() == pytest.approx([5.0] * 4 + [12.5] * 4 + [15.0] * 2)


def test_a_minimum_by_year_names_every_year() -> None:
    with pytest.raises(ValueError, match=r"year_shares of minimum has 3 years\. Its contract has 2\."):
        promised_by_quarter(promise(year_shares=(0.2, 0.5, 0.3)), 8)
    with pytest.raises(ValueError, match=r"year_shares of minimum add up to 0\.9\."):
        promise(year_shares=(0.4, 0.5))


def test_a_minimum_by_year_is_what_falls_due(simulate: Simulate) -> None:
    term = replace(MINIMUM, commitment_usd=6e9, year_shares=(0.25, 0.75))
    told = simulate(plain(term, use=0.25), intercept=NOBODY).base
    assert rows(told, "shortfall", "contract") == pytest.approx(at(q3=0.5, q7=3.5), abs=1e-5)


def test_a_shortfall_that_can_be_made_up_is_owed_until_it_is_used_or_lapses() -> None:
    """A shortfall of 40, half of which can be made up; 12 of it is used next year, 8 lapses."""
    term = promise(make_up_share=0.5)
    billed = np.array([90.0] * 4 + [103.0] * 4 + [100.0] * 4)[:, None]
    told = settle_minimum(term, billed, np.full_like(billed, 100.0), 1.0)
    assert told.payments[[3, 7, 11], 0].tolist() == [40.0, -12.0, 0.0]
    assert told.earned[[3, 7, 11], 0].tolist() == [20.0, 8.0, 0.0]
    assert told.payments.sum() == told.earned.sum()


def test_the_last_years_shortfall_has_no_next_year_to_be_made_up_in() -> None:
    term = promise(make_up_share=1.0)
    billed = np.full((8, 1), 50.0)
    told = settle_minimum(term, billed, np.full_like(billed, 100.0), 1.0)
    assert told.earned[[3, 7], 0].tolist() == [0.0, 400.0]


def test_the_books_count_a_made_up_shortfall_later_than_cash(simulate: Simulate) -> None:
    """Use of 0.4 against a minimum of 0.5: 0.4 at year end, half of it owed for a year."""
    term = replace(MINIMUM, commitment_usd=4e9, make_up_share=0.5)
    told = simulate(plain(term, use=0.4), intercept=NOBODY).base
    money = provider_money(told.accounts)
    cash, books = (money.contract[:, 0] / BILLION, money.accounting_margin[:, 0] / BILLION)
    assert (cash - books)[1:9].tolist() == pytest.approx([0, 0, 0, 0.2, 0, 0, 0, -0.2], abs=1e-5)
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


def test_free_units_still_cost_what_they_cost(simulate: Simulate) -> None:
    """Operations are those of the chips online, whoever pays for the hours."""
    term = replace(MINIMUM, commitment_usd=4e9, make_up_share=1.0)
    told = simulate(plain(term, use=0.4), intercept=NOBODY).base
    assert rows(told, "operations", "lot") == pytest.approx(every(0, 7, 0.5))


def test_what_ran_up_before_a_default_lapses_or_is_claimed_as_agreed(simulate: Simulate) -> None:
    """0.4 used of 1 promised: after quarter 1 two times 0.6 have run up."""
    scenario = plain(MINIMUM, use=0.4, fails=1, lab={"opening_cash_usd": fixed(0.7e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [1]
    assert not any(line.kind == "shortfall_claim" for line in told.accounts.ledger.lines)
    terms = replace(scenario.deal.on_default, true_up_recovery_share=fixed(0.3))
    scenario = replace(scenario, deal=replace(scenario.deal, on_default=terms))
    told = simulate(scenario, intercept=NOBODY).base
    assert rows(told, "shortfall_claim", "contract") == pytest.approx(at(q2=0.3 * 1.2), abs=1e-5)


def test_a_true_up_paid_at_the_years_end_is_not_claimed_again(simulate: Simulate) -> None:
    scenario = plain(MINIMUM, use=0.4, fails=3, lab={"opening_cash_usd": fixed(3.9e9)})
    terms = replace(scenario.deal.on_default, true_up_recovery_share=fixed(1.0))
    scenario = replace(scenario, deal=replace(scenario.deal, on_default=terms))
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [3]
    assert rows(told, "shortfall", "contract") == pytest.approx(at(q3=2.4), abs=1e-5)
    assert not any(rows(told, "shortfall_claim", "contract"))


def test_the_expected_payment_on_a_lognormal_volume_is_that_of_the_closed_form() -> None:
    """E[(M - p q)+] of each contract year, q lognormal from the tokens alone: M N(-d2) - p E[q] N(-d1)."""
    low, high = 0.2 * capacity_tokens(), 0.9 * capacity_tokens()
    scenario = plain(replace(MINIMUM, commitment_usd=4e9))
    lot = replace(scenario.fleet.lots[0], chips=scenario.fleet.lots[0].chips * 40.0)
    scenario = replace(
        scenario,
        fleet=replace(scenario.fleet, lots=(lot,)),
        demand=replace(scenario.demand, tokens_per_day_trillion=lognormal(low, high)),
    )
    told = evaluate(scenario, 8192, 5)["outcomes"]["shortfall_usd"]
    spread = np.log(0.9 / 0.2) / 2.0 / special.ndtri(0.95)
    median = 4.0 * np.sqrt(0.2 * 0.9)
    distance = (np.log(2.0 / median)) / spread
    expected = 2.0 * special.ndtr(distance)
    expected -= median * np.exp(spread**2 / 2.0) * special.ndtr(distance - spread)
    assert told["mean"] / BILLION == pytest.approx(2.0 * expected, abs=4.0 * told["standard_error"] / BILLION)
    assert told["standard_error"] / told["mean"] < 0.02
