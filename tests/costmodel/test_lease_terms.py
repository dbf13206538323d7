"""M26 and M27: leases with their debt and a residual guarantee, on ledger and books, figures by hand (E27)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.finance_terms import ChipLease, ResidualGuarantee
from costmodel.inputs.quantity import fixed
from costmodel.ledger import PARTIES
from costmodel.outcomes.recovery import provider_money
from costmodel.quantities import central
from costmodel.simulate.worlds import Told
from costmodel.terms.finance import annuity, debt_service_cover, plan_lease, quarterly
from costmodel.timeline import discount_factors
from tests.costmodel.flows import flows
from tests.costmodel.plain_deal import EQUITY, Simulate, at, every, falling, index, plain, rows

NOBODY = -60.0


def lease(**changes: Any) -> ChipLease:
    """Chips for 4 billion from quarter 1, leased for 4 quarters without interest, a quarter of it residual."""
    held: dict[str, Any] = {
        "key": "lease",
        "starts": date(2026, 7, 1),
        "quarters": 4,
        "capex_usd": fixed(4e9),
        "lease_rate_annual": 0.0,
        "residual_share": 0.25,
        "loan_to_value": 0.5,
        "debt_rate_annual": 0.0,
        "purchase_option": False,
    }
    return ChipLease(**{**held, **changes})


def guarantee(**changes: Any) -> ResidualGuarantee:
    held: dict[str, Any] = {
        "key": "guarantee",
        "lease": "lease",
        "guaranteed_usd": 1.5e9,
        "depreciation_annual": fixed(0.5),
        "index_elasticity": 0.0,
    }
    return ResidualGuarantee(**{**held, **changes})


def at_one_rate(told: Told) -> tuple[np.ndarray, np.ndarray]:
    """Return PV(cash) and PV(accounting) - PV(r x opening book) of the lease, its debt taken off the book."""
    money, accounts = provider_money(told.accounts), told.accounts
    capital = {"chips": 1.0, "lease_debt": -1.0, "lease_debt_repaid": 1.0}
    paid = sum(capital[line.kind] * line.flows for line in accounts.ledger.lines if line.kind in capital)
    owed = 0.0 if accounts.not_earned is None else accounts.not_earned
    closing = np.cumsum(paid - accounts.depreciation - accounts.book_lost - owed, axis=0)
    assert np.abs(closing[-1]).max() < 1.0
    opening = np.vstack([np.zeros((1, closing.shape[1])), closing[:-1]])
    factors = discount_factors(0.1, closing.shape[0] - 1)[:, None]
    charge = (1.1**0.25 - 1.0) * opening
    cash = ((money.contract + money.capex) * factors).sum(axis=0)
    return cash, ((money.accounting_margin - charge) * factors).sum(axis=0)


def test_a_lease_pays_its_annuity_and_serves_its_debt(simulate: Simulate) -> None:
    told = simulate(plain(lease()), intercept=NOBODY).base
    assert rows(told, "chips", "lease") == at(q0=4.0)
    assert rows(told, "lease_debt", "lease") == at(q0=2.0)
    assert rows(told, "lease_payment", "lease") == every(1, 4, 0.75)
    assert rows(told, "lease_debt_repaid", "lease") == every(1, 4, 0.5)
    assert residual_of(told, "outside_world") == at(q4=1.0)
    assert provider_money(told.accounts).accounting_margin[:, 0].sum() == pytest.approx(8 * 0.5e9)


def residual_of(told: Told, payer: str) -> list[float]:
    lines = [line for line in told.accounts.ledger.lines if (line.kind, line.item) == ("residual", "lease")]
    found = sum(line.flows for line in lines if line.payer == payer)
    return [round(value, 9) for value in (found[:, 0] / 1e9).tolist()]


def test_the_annuity_is_that_of_the_formula() -> None:
    rate = quarterly(0.1)
    expected = (4.0 - 1.0 / (1.0 + rate) ** 4) * rate / (1.0 - (1.0 + rate) ** -4)
    assert annuity(4.0, 1.0, 0.1, 4) == pytest.approx(expected)
    paid = sum(expected * (1.0 + rate) ** -(n + 1) for n in range(4)) + 1.0 * (1.0 + rate) ** -4
    assert paid == pytest.approx(4.0)


def test_interest_and_principal_repay_the_debt_to_its_balloon() -> None:
    plan = plan_lease(central(lease(debt_rate_annual=0.08, balloon_share=0.4)))
    assert plan.debt[-1] == pytest.approx([0.4 * 2e9])
    assert plan.interest[0] == pytest.approx([2e9 * quarterly(0.08)])
    assert (plan.service * 4 - plan.interest.sum(axis=0)) == pytest.approx([0.6 * 2e9])


def test_debt_service_cover_is_rent_over_service() -> None:
    assert debt_service_cover(central(lease())) == pytest.approx(0.75 / 0.5)
    assert debt_service_cover(central(lease(loan_to_value=0.0))) is None


def test_the_lab_buys_chips_that_are_worth_more_than_their_residual(simulate: Simulate) -> None:
    rising = {"index_change_annual": fixed(0.2)}
    told = simulate(plain(lease(purchase_option=True), market=rising), intercept=NOBODY).base
    assert residual_of(told, "lab") == at(q4=1.0)
    assert not any(residual_of(told, "outside_world"))
    sold = simulate(plain(lease(purchase_option=True), market=falling(0.2)), intercept=NOBODY).base
    assert not any(residual_of(sold, "lab"))
    assert residual_of(sold, "outside_world") == pytest.approx(at(q4=index(-0.2, 4)))


def test_on_default_the_chips_are_sold_and_the_lenders_take_what_they_bring(simulate: Simulate) -> None:
    """Failing with quarter 2: book 4 - 2 x 0.75 = 2.5, debt 1. Sold in quarter 3 at a market of 30%, 0.75 for the
    debt.
    """
    scenario = plain(lease(), market=falling(0.6), fails=2, lab={"opening_cash_usd": fixed(4.0e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [2]
    resale = 2.5 * index(-0.6, 3)
    assert resale > 1.0
    assert rows_of(told, "lease_payment") == every(1, 2, 0.75)
    assert residual_of(told, "outside_world") == pytest.approx(at(q3=resale))
    assert rows_of(told, "lease_debt_repaid") == pytest.approx(at(q1=0.5, q2=0.5, q3=1.0))
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


def rows_of(told: Told, kind: str) -> list[float]:
    lines = [line for line in told.accounts.ledger.lines if (line.kind, line.item) == (kind, "lease")]
    found = sum(line.flows for line in lines)
    return [round(value, 9) for value in (found[:, 0] / 1e9).tolist()]


def test_debt_that_the_chips_do_not_cover_is_never_repaid(simulate: Simulate) -> None:
    scenario = plain(lease(), market=falling(0.9), fails=1, lab={"opening_cash_usd": fixed(2.5e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [1]
    resale = 3.25 * index(-0.9, 2)
    assert resale < 1.5
    assert rows_of(told, "lease_debt_repaid") == pytest.approx(at(q1=0.5, q2=resale))
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


def test_the_guarantor_fills_the_gap_up_to_the_guarantee_and_the_debt(simulate: Simulate) -> None:
    """Failing with quarter 1, sold after one of 4 quarters: 4 x 0.5^(1/4) x index; debt 1.5, guaranteed 1.2."""
    term = guarantee(guaranteed_usd=1.2e9, index_elasticity=1.0)
    scenario = plain(lease(), term, market=falling(0.95), fails=1, lab={"opening_cash_usd": fixed(2.5e9)})
    told = simulate(scenario, intercept=NOBODY).base
    resale = 4.0 * 0.5**0.25 * index(-0.95, 2)
    assert resale < 1.2
    assert sum(
        line.flows[:, 0].sum() / 1e9
        for line in told.accounts.ledger.lines
        if line.kind == "residual_guarantee"
    ) == pytest.approx(1.2 - resale)
    assert rows_of(told, "lease_debt_repaid") == pytest.approx(at(q1=0.5, q2=1.2))
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


def test_at_the_end_the_guarantor_covers_the_balloon(simulate: Simulate) -> None:
    """2 of debt with a balloon of 80%: 1.6; guaranteed 1.5; the chips bring 4 x 0.5^1 x 0.5."""
    term = guarantee(depreciation_annual=fixed(0.75))
    told = simulate(plain(lease(balloon_share=0.8), term), intercept=NOBODY).base
    paid = sum(
        line.flows[:, 0] / 1e9 for line in told.accounts.ledger.lines if line.kind == "residual_guarantee"
    )
    assert paid.tolist() == pytest.approx(at(q4=0.5))
    assert rows_of(told, "lease_debt_repaid") == pytest.approx(at(q1=0.1, q2=0.1, q3=0.1, q4=0.1 + 1.5))
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


@pytest.mark.parametrize("fails", [None, 0, 1, 3, 6])
@pytest.mark.parametrize("guaranteed", [False, True])
def test_cash_and_books_of_a_lease_differ_by_the_return_on_its_net_book(
    simulate: Simulate, fails: int | None, guaranteed: bool
) -> None:
    terms = (lease(lease_rate_annual=0.12, debt_rate_annual=0.07, balloon_share=0.3), guarantee())
    scenario = plain(*terms[: 1 + guaranteed], market=falling(0.5), fails=fails)
    for told in simulate(scenario, intercept=NOBODY).worlds.values():
        assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)
        net = np.stack([told.accounts.ledger.net(party) for party in PARTIES])
        assert np.abs(net.sum(axis=0)).max() <= 1e-9 * np.abs(net).max()


def test_a_lease_beyond_the_horizon_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"lease\]\.quarters: the lease ends after the horizon of 12 .* needs 13\."
    ):
        plain(lease(quarters=12))
    with pytest.raises(ValueError, match=r"lease\]\.quarters: the lease ended before the opening date\."):
        plain(lease(starts=date(2025, 3, 1)))


@pytest.mark.parametrize("fails", [None, 0])
def test_a_lease_that_began_earlier_is_what_is_left_of_it(simulate: Simulate, fails: int | None) -> None:
    """Two of four quarters are over: chips worth 2.5 on the books, 1 of debt, two rents."""
    told = simulate(plain(lease(starts=date(2025, 10, 1)), fails=fails), intercept=NOBODY).base
    assert rows(told, "chips", "lease") == at(opening=2.5)
    assert rows(told, "lease_debt", "lease") == at(opening=1.0)
    assert rows(told, "lease_payment", "lease") == every(0, 0 if fails == 0 else 1, 0.75)
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)


def test_a_lease_comes_and_goes_with_the_equity(simulate: Simulate) -> None:
    simulated = simulate(plain(EQUITY, lease()), intercept=NOBODY)
    assert simulated.base_without is not None
    assert flows(simulated.base, "lease_payment", "lease").any()
    assert not flows(simulated.base_without, "lease_payment", "lease").any()
    assert not flows(simulated.base_without, "chips", "lease").any()


def test_an_uncertain_price_of_chips_runs_through_the_whole_lease(simulate: Simulate) -> None:
    from tests.costmodel.plain_deal import lognormal

    told = simulate(plain(replace(lease(), capex_usd=lognormal(2e9, 8e9))), intercept=NOBODY).base
    capex = flows(told, "chips", "lease")[1]
    assert np.ptp(capex) > 1e9
    assert flows(told, "lease_payment", "lease")[2] == pytest.approx(0.75 * capex / 4.0)
    assert at_one_rate(told)[0] == pytest.approx(at_one_rate(told)[1], rel=1e-9)
