"""M28-M30: backstop, lease guarantee, the customer's loan; on ledger and books, figures by hand (E27)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.finance_terms import Backstop, CustomerLoan, LeaseGuarantee
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.recovery import cash_position, provider_money
from costmodel.quantities import central
from costmodel.simulate.worlds import Told
from costmodel.terms.finance import annuity, quarterly, repay_loan
from tests.costmodel.plain_deal import EQUITY, MINIMUM, Simulate, at, every, plain, rows
from tests.costmodel.test_lease_terms import at_one_rate

NOBODY = -60.0


def backstop(**changes: Any) -> Backstop:
    held: dict[str, Any] = {
        "key": "backstop",
        "contract": "contract",
        "cap_usd": 1e12,
        "price_usd_per_chip_hour": fixed(0.5),
        "ends": date(2040, 1, 1),
    }
    return Backstop(**{**held, **changes})


def guarantee(**changes: Any) -> LeaseGuarantee:
    held: dict[str, Any] = {
        "key": "guarantee",
        "starts": date(2026, 7, 1),
        "quarters": 8,
        "guaranteed_usd": 4e9,
        "loss_share": fixed(0.6),
        "premium_usd": fixed(0.2e9),
    }
    return LeaseGuarantee(**{**held, **changes})


def loan(**changes: Any) -> CustomerLoan:
    held: dict[str, Any] = {
        "key": "loan",
        "contract": "contract",
        "principal_usd": 2e9,
        "paid_on": date(2026, 3, 31),
        "rate_annual": 0.0,
        "quarters": 4,
        "repaid": "cash",
    }
    return CustomerLoan(**{**held, **changes})


def identity_holds(told: Told) -> None:
    cash, books = at_one_rate(told)
    assert cash == pytest.approx(books, rel=1e-9, abs=1.0)


# --- M28 --------------------------------------------------------------------------------------------------------------


def test_the_vendor_buys_what_is_not_used(simulate: Simulate) -> None:
    told = simulate(plain(backstop(), use=0.4), intercept=NOBODY).base
    assert rows(told, "backstop", "backstop") == pytest.approx(every(0, 7, 0.3), abs=1e-6)


def test_the_backstop_ends_with_its_cap_and_with_its_day(simulate: Simulate) -> None:
    told = simulate(plain(backstop(cap_usd=1e9), use=0.4), intercept=NOBODY).base
    assert rows(told, "backstop", "backstop") == pytest.approx(at(q0=0.3, q1=0.3, q2=0.3, q3=0.1), abs=1e-6)
    told = simulate(plain(backstop(ends=date(2026, 12, 31)), use=0.4), intercept=NOBODY).base
    assert rows(told, "backstop", "backstop") == pytest.approx(every(0, 2, 0.3), abs=1e-6)


def test_what_a_minimum_pays_for_is_not_bought_again(simulate: Simulate) -> None:
    half = replace(MINIMUM, commitment_usd=6e9)
    told = simulate(plain(half, backstop(), use=0.4), intercept=NOBODY).base
    assert rows(told, "backstop", "backstop") == pytest.approx(every(0, 7, 0.5 * 0.25), abs=1e-6)


def test_after_a_default_the_vendor_buys_what_is_not_re_let(simulate: Simulate) -> None:
    scenario = plain(backstop(), fails=1)
    terms = replace(
        scenario.deal.on_default,
        relet_lag_quarters=2,
        relet_price_share=fixed(0.5),
        relet_utilisation=fixed(0.75),
    )
    scenario = replace(scenario, deal=replace(scenario.deal, on_default=terms))
    told = simulate(scenario, intercept=NOBODY).base
    expected = [a + b for a, b in zip(every(2, 3, 0.5), every(4, 7, 0.125), strict=True)]
    assert rows(told, "backstop", "backstop") == pytest.approx(expected)


# --- M29 --------------------------------------------------------------------------------------------------------------


def test_a_guarantee_is_called_on_default_for_what_still_stands(simulate: Simulate) -> None:
    """From quarter 1 over 8: after quarter 3 five eighths stand, 60% of which is lost."""
    told = simulate(plain(guarantee(), fails=3), intercept=NOBODY).base
    assert rows(told, "lease_guarantee", "guarantee") == at(q4=4.0 * 0.625 * 0.6)
    idle = 0.5e9  # operations of what nobody uses
    assert provider_money(told.accounts).accounting_margin[5, 0] == pytest.approx(-1.5e9 - idle)


def test_a_guarantee_that_has_not_begun_is_not_called(simulate: Simulate) -> None:
    told = simulate(plain(guarantee(), fails=0), intercept=NOBODY).base
    assert not any(rows(told, "lease_guarantee", "guarantee"))


def test_warrants_for_a_guarantee_are_shown_and_bring_no_equity_back(simulate: Simulate) -> None:
    told = simulate(plain(guarantee(premium_usd=fixed(9e9))), intercept=NOBODY)
    assert rows(told.base, "guarantee_warrants", "guarantee") == at(q1=9.0)
    money = provider_money(told.base.accounts)
    position = cash_position(told.luck.inputs.deal, money, with_exits=True)
    assert position.cumulative[-1].max() < 8 * 0.5e9


# --- M30 --------------------------------------------------------------------------------------------------------------


def test_a_loan_in_cash_is_repaid_in_equal_payments(simulate: Simulate) -> None:
    told = simulate(plain(loan()), intercept=NOBODY).base
    assert rows(told, "customer_loan", "loan") == at(opening=2.0)
    assert rows(told, "loan_repaid", "loan") == every(0, 3, 0.5)
    assert provider_money(told.accounts).accounting_margin[:9, 0] == pytest.approx([0.0] + [0.5e9] * 8)


def test_a_loans_interest_is_a_cost_and_its_principal_is_not(simulate: Simulate) -> None:
    told = simulate(plain(loan(rate_annual=0.1)), intercept=NOBODY).base
    payment = annuity(2.0, 0.0, 0.1, 4)
    assert rows(told, "loan_repaid", "loan") == pytest.approx(every(0, 3, payment))
    margin = provider_money(told.accounts).accounting_margin[:, 0].sum() / 1e9
    assert margin == pytest.approx(4.0 - (4 * payment - 2.0))
    identity_holds(told)


def test_set_off_takes_what_bills_cover_and_carries_the_rest_with_interest(simulate: Simulate) -> None:
    """Bills of 0.3 against payments of 0.5: it takes until what is carried is used up, in the seventh quarter."""
    told = simulate(plain(loan(repaid="set_off"), use=0.3), intercept=NOBODY).base
    expected = [a + b for a, b in zip(every(0, 5, 0.3), at(q6=0.2), strict=True)]
    assert rows(told, "loan_set_off", "loan") == pytest.approx(expected, abs=1e-5)
    identity_holds(told)


def test_what_bills_never_cover_is_paid_when_the_contract_ends() -> None:
    term = central(loan(repaid="set_off", rate_annual=0.08))
    final = np.arange(6)[:, None] == 5
    repaid, interest = repay_loan(term, 2.0, np.full((6, 1), 0.1), final)
    rate = quarterly(0.08)
    owed = 2.0
    for _ in range(5):
        owed = owed * (1.0 + rate) - 0.1
    assert repaid[:, 0].tolist() == pytest.approx([0.1] * 5 + [owed * (1.0 + rate)])
    assert repaid.sum() - interest.sum() == pytest.approx(2.0)


def test_what_is_carried_to_the_next_quarter_bears_interest() -> None:
    term = central(loan(repaid="set_off", rate_annual=0.08))
    repaid, _ = repay_loan(
        term, 2.0, np.array([[0.1], [9.0], [9.0], [9.0], [9.0]]), np.zeros((5, 1), dtype=bool)
    )
    payment = annuity(2.0, 0.0, 0.08, 4)
    second = payment + (payment - 0.1) * (1.0 + quarterly(0.08))
    assert repaid[:, 0].tolist() == pytest.approx([0.1, second, payment, payment, 0.0], abs=1e-12)


def test_a_default_sets_the_rest_of_the_loan_off_against_the_claim(simulate: Simulate) -> None:
    scenario = plain(loan(), fails=1, lab={"opening_cash_usd": fixed(2.6e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [1]
    assert rows(told, "loan_repaid", "loan") == every(0, 1, 0.5)
    idle = 0.5e9  # operations of what nobody uses
    assert provider_money(told.accounts).accounting_margin[3, 0] == pytest.approx(1e9 - idle)
    identity_holds(told)


def test_the_lab_lends_from_its_cash(simulate: Simulate) -> None:
    told = simulate(
        plain(loan(paid_on=date(2026, 8, 1)), lab={"opening_cash_usd": fixed(50e9)}), intercept=NOBODY
    )
    assert told.base.run.cash[:3, 0] / 1e9 == pytest.approx([49.0, 46.0, 45.5])


def test_a_loan_or_a_guarantee_outside_the_horizon_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"deal\.terms\[loan\]\.paid_on: the day lies before the opening date"
    ):
        plain(loan(paid_on=date(2025, 12, 31)))
    with pytest.raises(
        ValueError, match=r"deal\.terms\[loan\]\.paid_on: .* after the horizon of 12 .* needs 13\."
    ):
        plain(loan(paid_on=date(2029, 4, 1)))
    with pytest.raises(ValueError, match=r"deal\.terms\[guarantee\]\.starts: .* after the horizon of 12"):
        plain(guarantee(starts=date(2030, 1, 1)))


def test_a_loan_shrinks_with_its_contract(simulate: Simulate) -> None:
    simulated = simulate(plain(EQUITY, loan()), intercept=NOBODY)
    assert simulated.base_without is not None
    assert not any(rows(simulated.base_without, "customer_loan", "loan"))
