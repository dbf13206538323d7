"""M17 take-or-pay in closed form: the minimum's shape, the true-up, what carries forward, what can be made up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.inputs.deal import TakeOrPay
from costmodel.terms.compute import minimum_by_quarter, shortfall_payments


def promise(**changes: Any) -> TakeOrPay:
    held: dict[str, Any] = {
        "key": "minimum",
        "contract": "contract",
        "commitment_usd": 800.0,
        "ramp_quarters": 1,
        "undelivered_due_share": 1.0,
        "carry_forward_share": 0.0,
        "make_up_share": 0.0,
    }
    return TakeOrPay(**{**held, **changes})


def paid(billed: list[float], minimum: float = 100.0, delivered: float = 1.0, **changes: Any) -> list[float]:
    """Return the payments by quarter for a flat minimum."""
    spend = np.array(billed)[:, None]
    due = np.full_like(spend, minimum)
    return shortfall_payments(promise(**changes), spend, due, delivered)[:, 0].tolist()


def test_the_minimum_adds_up_to_the_commitment_in_proportion_to_its_ramp() -> None:
    minimum = minimum_by_quarter(138e9, 12, 32)
    assert minimum.sum() == pytest.approx(138e9)
    assert minimum[0] == pytest.approx(minimum[11] / 12)
    assert minimum[11:] == pytest.approx(np.full(21, 138e9 / 26.5))


def test_a_shortfall_is_paid_at_the_end_of_the_contract_year() -> None:
    assert paid([60.0, 80.0, 120.0, 100.0]) == [0.0, 0.0, 0.0, pytest.approx(40.0)]


def test_a_short_last_year_is_settled_at_the_end_of_the_contract() -> None:
    assert paid([100.0] * 4 + [70.0, 90.0]) == [0.0, 0.0, 0.0, 0.0, 0.0, pytest.approx(40.0)]


def test_spend_above_the_minimum_owes_nothing() -> None:
    assert paid([150.0] * 8) == [0.0] * 8


def test_spend_above_the_minimum_counts_towards_next_year_as_far_as_agreed() -> None:
    billed = [120.0] * 4 + [70.0] * 4
    assert paid(billed)[7] == pytest.approx(120.0)
    assert paid(billed, carry_forward_share=0.5)[7] == pytest.approx(120.0 - 0.5 * 80.0)
    assert paid(billed, carry_forward_share=1.0)[7] == pytest.approx(120.0 - 80.0)


def test_what_was_carried_is_used_once() -> None:
    billed = [120.0] * 4 + [100.0] * 4 + [70.0] * 4
    assert paid(billed, carry_forward_share=1.0)[11] == pytest.approx(120.0)


def test_a_shortfall_is_made_up_by_spend_above_next_years_minimum() -> None:
    billed = [70.0] * 4 + [110.0] * 4
    assert paid(billed, make_up_share=0.25)[3] == pytest.approx(120.0)
    assert paid(billed, make_up_share=0.25)[7] == pytest.approx(-min(0.25 * 120.0, 40.0))
    assert paid(billed, make_up_share=1.0)[7] == pytest.approx(-40.0)


def test_a_right_to_make_up_lapses_after_one_year() -> None:
    billed = [70.0] * 4 + [100.0] * 4 + [200.0] * 4
    assert paid(billed, make_up_share=1.0)[11] == 0.0


def test_spend_that_redeems_a_credit_is_not_carried_forward_as_well() -> None:
    billed = [70.0] * 4 + [130.0] * 4 + [100.0] * 4
    told = paid(billed, carry_forward_share=1.0, make_up_share=1.0)
    assert (told[3], told[7], told[11]) == (pytest.approx(120.0), pytest.approx(-120.0), pytest.approx(0.0))
    billed = [70.0] * 4 + [130.0] * 4 + [70.0] * 4
    told = paid(billed, carry_forward_share=1.0, make_up_share=1.0)
    assert sum(billed) + sum(told) == pytest.approx(3 * 400.0)
    half = paid(billed, carry_forward_share=1.0, make_up_share=0.5)
    assert half[11] == pytest.approx(120.0 - (120.0 - 60.0))


def test_capacity_not_delivered_lowers_what_is_due() -> None:
    billed = [50.0] * 4
    assert paid(billed, delivered=0.8, undelivered_due_share=0.0)[3] == pytest.approx(400.0 * 0.8 - 200.0)
    assert paid(billed, delivered=0.8, undelivered_due_share=0.5)[3] == pytest.approx(400.0 * 0.9 - 200.0)
    assert paid(billed, delivered=0.8, undelivered_due_share=1.0)[3] == pytest.approx(200.0)
    assert paid(billed, delivered=1.3, undelivered_due_share=0.0)[3] == pytest.approx(200.0)


@given(
    st.lists(st.floats(0.0, 300.0), min_size=1, max_size=13),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
)
def test_the_lab_never_pays_less_than_its_use_nor_more_than_use_and_minimum(
    billed: list[float], carry: float, make_up: float
) -> None:
    payments = paid(billed, carry_forward_share=carry, make_up_share=make_up)
    assert sum(payments) >= -1e-9
    assert sum(payments) <= 100.0 * len(billed) + 1e-9
    assert [p for i, p in enumerate(payments) if (i + 1) % 4 and i + 1 < len(payments)] == pytest.approx(
        [0.0] * sum(1 for i in range(len(payments)) if (i + 1) % 4 and i + 1 < len(payments))
    )


@given(st.lists(st.floats(0.0, 300.0), min_size=4, max_size=4))
def test_without_credits_a_year_costs_the_larger_of_use_and_minimum(billed: list[float]) -> None:
    assert sum(billed) + sum(paid(billed)) == pytest.approx(max(sum(billed), 400.0))
