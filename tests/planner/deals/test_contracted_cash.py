"""Cash by year of a term: contract arithmetic that adds up to what the term says."""

from datetime import date
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.inputs.deal import TakeOrPay
from costmodel.terms.compute import minimum_by_quarter as engine_minimum
from costmodel.terms.compute import promised_by_quarter
from planner.deals.cash import ContractedCash, contracted_cash
from planner.deals.documents import (
    ComputeContractDocument,
    EquityTrancheDocument,
    TakeOrPayDocument,
    minimum_by_quarter,
)

CONTRACT = {
    "kind": "compute_contract",
    "key": "c",
    "reference_usd_per_chip_hour": 2.0,
    "kept_without_equity_share": 0.5,
    "built_without_equity_share": 0.5,
}
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def contract(starts: date = date(2026, 7, 1), quarters: int = 8) -> ComputeContractDocument:
    return ComputeContractDocument.model_validate({**CONTRACT, "starts": starts, "quarters": quarters})


def take_or_pay(usd: float, ramp: int = 1) -> TakeOrPayDocument:
    return TakeOrPayDocument(
        kind="take_or_pay", key="m", contract="c", commitment_usd=usd, ramp_quarters=ramp
    )


def tranche(**fields: object) -> EquityTrancheDocument:
    said = {"kind": "equity_tranche", "key": "t", "amount_usd": 5e9, "state": "uncalled", **fields}
    return EquityTrancheDocument.model_validate(said)


@given(DAYS, st.integers(1, 80), st.integers(1, 80), st.floats(0, 1e14))
def test_the_years_of_a_take_or_pay_add_up_to_its_commitment(
    starts: date, quarters: int, ramp: int, usd: float
) -> None:
    term = take_or_pay(usd, ramp)
    found = contracted_cash(term, (contract(starts, quarters), term))
    assert isclose(found.total, usd, rel_tol=1e-12, abs_tol=1e-300)
    assert list(found.by_year) == sorted(found.by_year)
    assert min(found.by_year) == starts.year
    assert all(amount >= 0 for amount in found.by_year.values())


@given(st.integers(1, 80), st.integers(1, 80), st.floats(0, 1e14))
def test_the_minimum_by_quarter_is_the_one_the_engine_bills(quarters: int, ramp: int, usd: float) -> None:
    ours = minimum_by_quarter(take_or_pay(usd, ramp), quarters)
    np.testing.assert_allclose(ours, engine_minimum(usd, ramp, quarters), rtol=1e-12, atol=1e-300)


@given(
    st.floats(0, 1e13),
    st.sampled_from(["paid", "called", "uncalled"]),
    st.booleans(),
    st.lists(DAYS, max_size=3),
    st.none() | DAYS,
    st.integers(0, 8),
)
def test_a_tranche_is_an_outflow_of_its_amount_or_waits_for_a_trigger(
    usd: float, state: str, obligation: bool, days: list[date], opening: date | None, notice: int
) -> None:
    triggers = tuple(
        {"key": f"d{place}", "event": "date", "on": day.isoformat()} for place, day in enumerate(days)
    )
    term = EquityTrancheDocument.model_validate_json(
        tranche(amount_usd=usd, state=state, obligation=obligation, notice_quarters=notice)
        .model_copy(update={"triggers": triggers})
        .model_dump_json(warnings=False)
    )
    found = contracted_cash(term, (term,), opening)
    assert found.total + found.if_triggered == -usd
    assert found.total == 0 or found.if_triggered == 0


def test_two_years_of_a_flat_commitment_from_july_are_a_quarter_a_half_and_a_quarter() -> None:
    term = take_or_pay(8e9)
    assert contracted_cash(term, (contract(), term)).by_year == {2026: 2e9, 2027: 4e9, 2028: 2e9}


@given(st.integers(1, 80), st.data())
def test_a_minimum_stated_by_year_is_the_one_the_engine_bills(quarters: int, data: st.DataObject) -> None:
    years = -(-quarters // 4)
    weights = data.draw(st.lists(st.integers(1, 9), min_size=years, max_size=years))
    shares = tuple(weight / sum(weights) for weight in weights)
    term = take_or_pay(1e10).model_copy(update={"year_shares": shares})
    promise = TakeOrPay(
        key="m",
        contract="c",
        commitment_usd=1e10,
        ramp_quarters=1,
        undelivered_due_share=0.0,
        carry_forward_share=0.0,
        make_up_share=0.0,
        year_shares=shares,
    )
    np.testing.assert_allclose(
        minimum_by_quarter(term, quarters), promised_by_quarter(promise, quarters), rtol=1e-12
    )


def test_a_called_tranche_is_paid_after_its_notice() -> None:
    called = tranche(state="called", notice_quarters=4)
    assert contracted_cash(called, (), date(2026, 3, 31)).by_year == {2027: -5e9}


def test_a_paid_tranche_is_paid_on_the_opening_date() -> None:
    paid = tranche(state="paid")
    assert contracted_cash(paid, (), date(2026, 3, 31)).by_year == {2026: -5e9}
    assert contracted_cash(paid, ()) == ContractedCash(at_opening=-5e9)


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({"triggers_needed": "any"}, 2027),
        ({"triggers_needed": "all"}, 2029),
        ({"triggers_needed": "any", "notice_quarters": 3}, 2028),
        ({"triggers_needed": "any", "longstop": date(2027, 3, 31)}, None),
        ({"triggers_needed": "any", "obligation": False}, None),
    ],
)
def test_dates_that_oblige_fix_the_year(fields: dict[str, object], year: int | None) -> None:
    days = [("early", date(2027, 5, 1)), ("late", date(2029, 1, 1))]
    triggers = tuple({"key": key, "event": "date", "on": day} for key, day in days)
    found = contracted_cash(tranche(triggers=triggers, **fields), ())
    assert found.by_year == ({year: -5e9} if year else {})
    assert found.if_triggered == (0 if year else -5e9)


def test_a_date_and_an_event_that_are_both_needed_fix_nothing() -> None:
    triggers = (
        {"key": "day", "event": "date", "on": date(2027, 5, 1)},
        {"key": "listing", "event": "listing"},
    )
    found = contracted_cash(tranche(triggers=triggers, triggers_needed="all"), ())
    assert found == ContractedCash(if_triggered=-5e9)


def test_a_contract_alone_and_a_minimum_of_no_contract_fix_nothing() -> None:
    assert contracted_cash(contract(), (contract(),)) == ContractedCash()
    assert contracted_cash(take_or_pay(1e9), ()) == ContractedCash()
