"""M23-M25: service tiers, late delivery, termination fees on the ledger, figures by hand (E24)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.compute_terms import Delivery, ServiceTier, ServiceTiers, TerminationFee
from costmodel.inputs.quantity import fixed
from costmodel.terms.capacity_terms import fee_by_quarter, present_value_after, ramp_after
from tests.costmodel.plain_deal import (
    MINIMUM,
    Simulate,
    at,
    earning,
    every,
    falling,
    plain,
    rows,
)

NOBODY = -60.0


def tier(key: str, use: float, multiple: float, cap: float) -> ServiceTier:
    return ServiceTier(key=key, use_share=use, price_multiple=fixed(multiple), cap_share=cap)


def late(**changes: Any) -> Delivery:
    held: dict[str, Any] = {
        "key": "late",
        "contract": "contract",
        "delay_quarters": fixed(2.0),
        "damages_share": 0.5,
        "grace_quarters": 1,
        "exit_missing_share": 1.0,
    }
    return Delivery(**{**held, **changes})


def leaving(**changes: Any) -> TerminationFee:
    held: dict[str, Any] = {
        "key": "leaving",
        "contract": "contract",
        "fee_shares": (0.8, 0.5),
        "mitigation_share": fixed(0.25),
        "exit_from": None,
        "exit_below_index": 0.0,
    }
    return TerminationFee(**{**held, **changes})


# --- M23 --------------------------------------------------------------------------------------------------------------


def test_each_tier_is_billed_at_its_multiple_and_a_cap_leaves_the_rest_unserved(simulate: Simulate) -> None:
    """A fifth at double price, half at the price, the rest at half price but at most 10% of the capacity."""
    tiers = (tier("priority", 0.2, 2.0, 1.0), tier("standard", 0.5, 1.0, 1.0), tier("flex", 0.3, 0.5, 0.1))
    term = ServiceTiers(key="tiers", contract="contract", tiers=tiers)
    simulated = simulate(plain(term, use=0.8, demand=earning(4.0)), intercept=NOBODY)
    told = simulated.base
    bill = 0.8 * 0.2 * 2.0 + 0.8 * 0.5 + 0.1 * 0.5
    assert rows(told, "compute_billed", "contract") == pytest.approx(every(0, 7, bill), abs=1e-6)
    served = 0.8 * 0.7 + 0.1
    assert rows(told, "revenue") == pytest.approx(every(0, 7, 4.0 * served), abs=1e-5)
    unserved = simulated.operations.unserved_tokens[0, 0]
    assert unserved / (unserved + simulated.operations.served_tokens[0, 0]) == pytest.approx(
        1.0 - served / 0.8, abs=1e-6
    )


def test_what_a_cap_cuts_is_missing_from_the_minimum(simulate: Simulate) -> None:
    tiers = (tier("all", 1.0, 1.0, 0.5),)
    term = ServiceTiers(key="tiers", contract="contract", tiers=tiers)
    told = simulate(plain(MINIMUM, term), intercept=NOBODY).base
    assert rows(told, "shortfall", "contract") == pytest.approx(at(q3=2.0, q7=2.0))


def test_tiers_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"use_share of the tiers of tiers add up to 0\.9\. They must add up to 1\."
    ):
        ServiceTiers(key="tiers", contract="contract", tiers=(tier("all", 0.9, 1.0, 1.0),))


# --- M24 --------------------------------------------------------------------------------------------------------------


def test_late_capacity_bills_later_and_pays_damages_after_the_grace(simulate: Simulate) -> None:
    told = simulate(plain(late()), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(2, 7, 1.0)
    assert rows(told, "late_delivery_damages", "late") == at(q1=0.5)
    assert rows(told, "operations", "lot") == pytest.approx(every(2, 7, 0.5))


def test_part_of_a_quarters_delay_is_part_of_its_capacity(simulate: Simulate) -> None:
    told = simulate(plain(late(delay_quarters=fixed(1.25), grace_quarters=0)), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == pytest.approx(
        [a + b for a, b in zip(at(q1=0.75), every(2, 7, 1.0), strict=True)]
    )
    assert rows(told, "late_delivery_damages", "late") == at(q0=0.5, q1=0.125)


def test_nothing_late_changes_nothing(simulate: Simulate) -> None:
    told = simulate(plain(late(delay_quarters=fixed(0.0))), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(0, 7, 1.0)
    assert not any(rows(told, "late_delivery_damages", "late"))


def test_capacity_that_is_late_lowers_the_minimum_as_agreed(simulate: Simulate) -> None:
    whole = simulate(plain(MINIMUM, late()), intercept=NOBODY).base
    assert rows(whole, "shortfall", "contract") == at(q3=2.0)
    lowered = replace(MINIMUM, undelivered_due_share=fixed(0.25))
    told = simulate(plain(lowered, late()), intercept=NOBODY).base
    assert rows(told, "shortfall", "contract") == at(q3=0.5)


def test_the_lab_leaves_when_too_much_is_missing_and_owes_nothing(simulate: Simulate) -> None:
    term = late(exit_missing_share=0.5, delay_quarters=fixed(5.0), grace_quarters=2)
    told = simulate(plain(MINIMUM, leaving(), term), intercept=NOBODY).base
    assert rows(told, "late_delivery_damages", "late") == at(q2=0.5)
    assert not any(rows(told, "shortfall", "contract"))
    assert not any(rows(told, "compute_billed", "contract"))
    assert not any(rows(told, "termination_fee", "leaving"))


def test_a_ramp_comes_late_as_a_whole() -> None:
    told = ramp_after(1, 1.5, 2, 6)[:, 0].tolist()
    assert told == pytest.approx([0.0, 0.0, 0.25, 0.75, 1.0, 1.0])


# --- M25 --------------------------------------------------------------------------------------------------------------


def value_of_later(count: int) -> float:
    """Return the value, at 10% a year, of a billion a quarter for so many quarters."""
    return sum(1.1 ** (-quarter / 4.0) for quarter in range(1, count + 1))


def test_leaving_of_ones_own_will_costs_the_years_share_of_what_is_left(simulate: Simulate) -> None:
    """The index falls below 0.8 in quarter 2: the fee of the first contract year on five quarters, a quarter later."""
    term = leaving(exit_below_index=0.8)
    told = simulate(plain(MINIMUM, term, market=falling(0.35)), intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == every(0, 2, 1.0)
    assert rows(told, "termination_fee", "leaving") == pytest.approx(at(q3=0.8 * 0.75 * value_of_later(5)))


def test_the_second_years_share_counts_in_the_second_year(simulate: Simulate) -> None:
    term = leaving(exit_below_index=0.8, exit_from=date(2027, 4, 1))
    told = simulate(plain(MINIMUM, term, market=falling(0.35)), intercept=NOBODY).base
    assert rows(told, "termination_fee", "leaving") == pytest.approx(at(q5=0.5 * 0.75 * value_of_later(3)))


def test_on_default_the_schedule_replaces_the_deals_termination_share(simulate: Simulate) -> None:
    scenario = plain(MINIMUM, leaving(), fails=1)
    terms = replace(
        scenario.deal.on_default,
        termination_share=fixed(1.0),
        recovery_share=fixed(0.4),
        relet_price_share=fixed(0.5),
        relet_utilisation=fixed(1.0),
    )
    scenario = replace(scenario, deal=replace(scenario.deal, on_default=terms))
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [1]
    assert rows(told, "termination_claim", "contract") == pytest.approx(
        at(q2=0.4 * 0.8 * 0.75 * value_of_later(6))
    )
    got = sum(rows(told, "termination_claim", "contract")) + sum(rows(told, "relet_capacity", "contract"))
    assert got <= 6.0


def test_later_years_take_the_last_share() -> None:
    value = np.full((10, 1), 100.0)
    assert fee_by_quarter((0.8, 0.5), 0.0, value)[:, 0].tolist() == [80.0] * 4 + [50.0] * 6


def test_the_value_of_what_is_left_is_discounted_to_the_day() -> None:
    value = present_value_after(np.ones((4, 1)), 0.1)[:, 0]
    assert value.tolist() == pytest.approx([value_of_later(count) for count in (3, 2, 1, 0)])
