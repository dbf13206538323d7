"""M19-M22 on the ledger of one contract of a billion a quarter, figures by hand (E24, E26)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.compute_terms import MostFavoured, PerformanceGuarantee, Prepayment, Reservation
from costmodel.inputs.deal import PriceSteps
from costmodel.inputs.equity_terms import ComputeCredits
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.recovery import provider_money
from costmodel.terms.capacity_terms import draw_down, look_back_credit
from tests.costmodel.plain_deal import (
    EQUITY,
    MINIMUM,
    Simulate,
    at,
    every,
    falling,
    index,
    plain,
    rows,
)

FIRST = date(2026, 4, 1)
NOBODY = -60.0


def favoured(**changes: Any) -> MostFavoured:
    held: dict[str, Any] = {
        "key": "favoured",
        "contract": "contract",
        "peer_discount_share": fixed(0.0),
        "starts": FIRST,
        "look_back_share": 0.0,
    }
    return MostFavoured(**{**held, **changes})


def reserved(**changes: Any) -> Reservation:
    held: dict[str, Any] = {
        "key": "reserved",
        "contract": "contract",
        "fee_usd_per_chip_hour": fixed(0.1),
        "ramp_quarters": 0,
        "ramp_fee_share": 1.0,
        "notice_quarters": 1,
        "notice_from": None,
        "exit_below_index": 0.0,
        "provider_exit_above_index": 0.0,
    }
    return Reservation(**{**held, **changes})


def prepaid(**changes: Any) -> Prepayment:
    held: dict[str, Any] = {
        "key": "prepaid",
        "contract": "contract",
        "share": 0.25,
        "discount_share": 0.1,
        "draw_share": 0.5,
    }
    return Prepayment(**{**held, **changes})


# --- M19 --------------------------------------------------------------------------------------------------------------


def test_a_favoured_lab_pays_what_the_lowest_peer_pays_from_its_day_on(simulate: Simulate) -> None:
    term = favoured(peer_discount_share=fixed(0.2), starts=date(2026, 10, 1))
    told = simulate(plain(term), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == [
        a + b for a, b in zip(every(0, 1, 1.0), every(2, 7, 0.8), strict=True)
    ]


def test_a_peer_above_the_contract_price_changes_nothing(simulate: Simulate) -> None:
    told = simulate(plain(favoured(), market={"index_change_annual": fixed(0.3)}), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(0, 7, 1.0)


def test_the_floor_stands_above_the_lowest_peer(simulate: Simulate) -> None:
    steps = PriceSteps(
        key="steps",
        contract="contract",
        annual_step_down_share=fixed(0.0),
        index_gap_share=fixed(10.0),
        floor_usd_per_chip_hour=0.9,
    )
    told = simulate(plain(steps, favoured(peer_discount_share=fixed(0.2))), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == pytest.approx(every(0, 7, 0.9))


def test_the_look_back_returns_what_was_paid_above_the_years_last_price(simulate: Simulate) -> None:
    term = favoured(look_back_share=0.5)
    told = simulate(plain(term, market=falling(0.4)), intercept=NOBODY).base
    credit = {
        f"q{end}": 0.5 * sum(index(-0.4, quarter) - index(-0.4, end) for quarter in range(end - 3, end))
        for end in (3, 7)
    }
    assert rows(told, "look_back_credit", "favoured") == pytest.approx(at(**credit), abs=1e-9)
    paid = provider_money(told.accounts).contract[4, 0] / 1e9  # less half a billion of operations
    assert paid == pytest.approx(index(-0.4, 3) - credit["q3"] - 0.5)


def test_the_look_back_counts_from_the_clauses_first_quarter() -> None:
    price = np.array([[4.0], [3.0], [2.0], [1.0]])
    assert look_back_credit(1.0, price * 10.0, price, 2)[:, 0].tolist() == [0.0, 0.0, 0.0, 10.0]


# --- M20 --------------------------------------------------------------------------------------------------------------


def test_slower_chips_than_guaranteed_bring_a_credit(simulate: Simulate) -> None:
    term = PerformanceGuarantee(
        key="speed", contract="contract", guaranteed_ratio=0.8, measured_ratio=fixed(0.6)
    )
    told = simulate(plain(term), intercept=NOBODY).base
    assert rows(told, "performance_credit", "speed") == every(0, 7, 0.25)
    assert provider_money(told.accounts).accounting_margin[1, 0] == pytest.approx(0.25e9)
    fast = simulate(plain(replace(term, measured_ratio=fixed(0.9))), intercept=NOBODY).base
    assert not any(rows(fast, "performance_credit", "speed"))


# --- M21 --------------------------------------------------------------------------------------------------------------


def test_a_prepayment_is_drawn_down_by_bills_and_earned_at_what_was_paid_for_it(simulate: Simulate) -> None:
    """8 billion x 25% = 2 of face for 1.8; half of each bill draws from it, and counts 10% less."""
    told = simulate(plain(MINIMUM, prepaid()), intercept=NOBODY).base
    assert rows(told, "prepayment", "prepaid") == at(opening=1.8)
    assert rows(told, "prepayment_drawn", "prepaid") == every(0, 3, 0.5)
    margin = provider_money(told.accounts).accounting_margin[:, 0] / 1e9
    assert margin[:6].tolist() == pytest.approx([0.0, 0.45, 0.45, 0.45, 0.45, 0.5])
    assert told.accounts.not_earned is not None
    assert told.accounts.not_earned.sum(axis=0) == pytest.approx(np.zeros(256), abs=1.0)


def test_a_prepayment_that_is_never_drawn_is_earned_when_the_contract_ends(simulate: Simulate) -> None:
    """A tenth of what is due draws: of eight billion 0.8, whether billed or short; the last year end 0.1 x 3.97."""
    told = simulate(plain(MINIMUM, prepaid(draw_share=0.1), use=0.01), intercept=NOBODY).base
    assert sum(rows(told, "prepayment_drawn", "prepaid")) == pytest.approx(0.8)
    not_earned = told.accounts.not_earned
    assert not_earned is not None
    assert not_earned[8, 0] / 1e9 == pytest.approx(-0.9 * (2.0 - 0.8) - 0.9 * 0.397)


def test_what_was_prepaid_is_not_paid_again_as_a_shortfall(simulate: Simulate) -> None:
    """Nothing used of 8: the quarter prepaid covers a quarter of each shortfall, so 8 are paid in all, not 10."""
    free = prepaid(draw_share=0.25, discount_share=0.0)
    told = simulate(plain(MINIMUM, free, use=1e-9), intercept=NOBODY).base
    assert rows(told, "shortfall", "contract") == pytest.approx(at(q3=4.0, q7=4.0), abs=1e-6)
    assert rows(told, "prepayment_drawn", "prepaid") == pytest.approx(at(q3=1.0, q7=1.0), abs=1e-6)
    paid = sum(sum(rows(told, *line)) for line in (("shortfall", "contract"), ("prepayment", "prepaid")))
    assert paid - sum(rows(told, "prepayment_drawn", "prepaid")) == pytest.approx(8.0)


def test_what_a_default_leaves_undrawn_is_lost_to_the_lab_and_earned_the_quarter_after(
    simulate: Simulate,
) -> None:
    scenario = plain(MINIMUM, prepaid(draw_share=0.25), fails=2, lab={"opening_cash_usd": fixed(4.0e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [2]
    assert rows(told, "prepayment_drawn", "prepaid") == every(0, 2, 0.25)
    assert told.accounts.not_earned is not None
    owed = (told.accounts.not_earned[:, 0] / 1e9).tolist()
    assert owed == pytest.approx([1.8, *[-0.225] * 3, -1.125, *[0.0] * 8])


def test_what_is_prepaid_and_kept_is_not_claimed_again(simulate: Simulate) -> None:
    """After quarter 2 five billion remain: all of it is due, less the 1.125 that was prepaid and not drawn."""
    scenario = plain(MINIMUM, prepaid(draw_share=0.25), fails=2, lab={"opening_cash_usd": fixed(4.0e9)})
    terms = replace(
        scenario.deal.on_default,
        termination_share=fixed(1.0),
        recovery_share=fixed(1.0),
        relet_price_share=fixed(0.0),
    )
    told = simulate(replace(scenario, deal=replace(scenario.deal, on_default=terms)), intercept=NOBODY).base
    assert rows(told, "termination_claim", "contract") == at(q3=5.0 - 1.125)


def test_what_is_prepaid_and_kept_leaves_less_to_re_let(simulate: Simulate) -> None:
    """Re-let at full price five quarters bring five: with the 1.125 kept, no more than 3.875."""
    scenario = plain(MINIMUM, prepaid(draw_share=0.25), fails=2, lab={"opening_cash_usd": fixed(4.0e9)})
    terms = replace(
        scenario.deal.on_default,
        relet_lag_quarters=0,
        relet_price_share=fixed(1.0),
        relet_utilisation=fixed(1.0),
    )
    told = simulate(replace(scenario, deal=replace(scenario.deal, on_default=terms)), intercept=NOBODY).base
    assert sum(rows(told, "relet_capacity", "contract")) == pytest.approx(3.875)


def test_a_bill_is_paid_once_whoever_pays_it(simulate: Simulate) -> None:
    """Half of a billion is drawn; of two credits that would each pay four tenths only the rest is left to pay."""
    credits_ = [
        ComputeCredits(
            key=key,
            tranche=EQUITY.key,
            contract="contract",
            face_usd=0.5e9,
            burn_share=fixed(0.4),
            expires=date(2030, 1, 1),
        )
        for key in ("one", "two")
    ]
    paid = replace(EQUITY, amount_usd=1e9)
    told = simulate(plain(MINIMUM, prepaid(), paid, *credits_), intercept=NOBODY).base
    assert rows(told, "prepayment_drawn", "prepaid") == every(0, 3, 0.5)
    assert rows(told, "credits_burned", "one")[:3] == pytest.approx([0.0, 0.4, 0.1])
    assert rows(told, "credits_burned", "two")[:3] == pytest.approx([0.0, 0.1, 0.4])


def test_a_smaller_contract_prepays_less(simulate: Simulate) -> None:
    from tests.costmodel.plain_deal import CONTRACT

    scenario = plain(MINIMUM, prepaid(), EQUITY)
    kept = replace(CONTRACT, kept_without_equity_share=fixed(0.5))
    scenario = replace(scenario, deal=replace(scenario.deal, terms=(kept, *scenario.deal.terms[1:])))
    other = simulate(scenario, intercept=NOBODY).base_without
    assert other is not None
    assert rows(other, "prepayment", "prepaid") == at(opening=0.9)


def test_draws_stop_at_the_face() -> None:
    drawn, left = draw_down(2.0, 0.5, np.array([[3.0], [3.0], [3.0]]))
    assert drawn[:, 0].tolist() == [1.5, 0.5, 0.0]
    assert left.tolist() == [0.0]


# --- M22 --------------------------------------------------------------------------------------------------------------


def test_a_reservation_costs_its_fee_used_or_not_less_in_the_ramp(simulate: Simulate) -> None:
    term = reserved(ramp_quarters=2, ramp_fee_share=0.5)
    told = simulate(plain(term, use=0.4), intercept=NOBODY).base
    expected = [a + b for a, b in zip(every(0, 1, 0.05), every(2, 7, 0.1), strict=True)]
    assert rows(told, "reservation_fee", "reserved") == pytest.approx(expected)
    assert rows(told, "compute_billed", "contract") == pytest.approx(every(0, 7, 0.4), abs=1e-6)


def test_the_lab_leaves_by_notice_when_the_market_falls_and_all_ends(simulate: Simulate) -> None:
    """The index is below 0.8 at mid-quarter 2; a quarter of notice: the contract ends with quarter 3."""
    term = reserved(exit_below_index=0.8)
    assert index(-0.35, 1) > 0.8 > index(-0.35, 2)
    told = simulate(plain(MINIMUM, term, market=falling(0.35)), intercept=NOBODY).base
    assert rows(told, "reservation_fee", "reserved") == every(0, 3, 0.1)
    assert rows(told, "compute_billed", "contract") == every(0, 3, 1.0)
    assert not any(rows(told, "shortfall", "contract"))
    assert not any(rows(told, "termination_claim", "contract"))


def test_notice_starts_no_sooner_than_agreed(simulate: Simulate) -> None:
    term = reserved(exit_below_index=0.8, notice_from=date(2027, 4, 1), notice_quarters=2)
    told = simulate(plain(term, market=falling(0.35)), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(0, 6, 1.0)


def test_the_provider_leaves_by_notice_when_the_market_rises(simulate: Simulate) -> None:
    term = reserved(provider_exit_above_index=1.2)
    assert index(0.5, 1) < 1.2 < index(0.5, 2)
    market = {"index_change_annual": fixed(0.5)}
    told = simulate(plain(MINIMUM, prepaid(draw_share=0.1), term, market=market), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(0, 3, 1.0)
    assert rows(told, "prepayment_refund", "prepaid") == pytest.approx(at(q4=0.9 * (2.0 - 0.4)))


def relet(scenario: Any) -> Any:
    terms = replace(
        scenario.deal.on_default,
        relet_price_share=fixed(0.5),
        relet_utilisation=fixed(0.6),
        relet_lag_quarters=1,
        termination_share=fixed(1.0),
        recovery_share=fixed(1.0),
    )
    return replace(scenario, deal=replace(scenario.deal, on_default=terms))


def test_what_is_left_is_re_let_after_the_lag_at_the_market(simulate: Simulate) -> None:
    told = simulate(relet(plain(reserved(exit_below_index=0.8), market=falling(0.35))), intercept=NOBODY).base
    expected = at(**{f"q{quarter}": 0.3 * index(-0.35, quarter) for quarter in (5, 6, 7)})
    assert rows(told, "relet_capacity", "contract") == pytest.approx(expected, abs=1e-9)
    assert rows(told, "operations", "lot") == pytest.approx(every(0, 7, 0.5))


def test_a_right_to_leave_makes_the_claim_on_default_as_long_as_the_notice(simulate: Simulate) -> None:
    """A default at the end of quarter 2 with a notice of two quarters: a claim on 2 billion, not on 5, less what
    re-letting brings in those two.
    """
    plain_claim = relet(plain(MINIMUM, fails=2))
    assert rows(simulate(plain_claim, intercept=NOBODY).base, "termination_claim", "contract") == at(
        q3=5.0 - 5 * 0.3
    )
    term = reserved(exit_below_index=0.01, notice_quarters=2, fee_usd_per_chip_hour=fixed(0.0))
    told = simulate(relet(plain(MINIMUM, term, fails=2)), intercept=NOBODY).base
    assert rows(told, "termination_claim", "contract") == at(q3=2.0 - 2 * 0.3)


def test_a_lab_that_fails_first_does_not_leave_any_more(simulate: Simulate) -> None:
    """Failing at the end of quarter 1, before the exit of quarter 3: re-let like after any default."""
    term = reserved(exit_below_index=0.8, fee_usd_per_chip_hour=fixed(0.0))
    scenario = relet(plain(term, market=falling(0.35), fails=1))
    told = simulate(scenario, intercept=NOBODY).base
    expected = at(**{f"q{quarter}": 0.3 * index(-0.35, quarter) for quarter in (3, 4, 5, 6, 7)})
    assert rows(told, "relet_capacity", "contract") == pytest.approx(expected, abs=1e-9)
