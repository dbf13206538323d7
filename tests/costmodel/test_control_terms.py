"""M31, M32 and the control index: who serves the demand, how fast it grows, how much spend is fixed (E13, E19)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.compute_terms import DemandGovernor, FirstRefusal, Reservation, TerminationFee
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.lab_side import control_of_spend
from costmodel.simulate.control import control_index, fixed_next_year
from costmodel.terms.control import governed
from tests.costmodel.plain_deal import (
    EQUITY,
    MINIMUM,
    Simulate,
    capacity_tokens,
    earning,
    every,
    falling,
    plain,
    rows,
)
from tests.costmodel.test_lease_terms import lease

NOBODY = -60.0
FIRST, LAST = date(2026, 4, 1), date(2040, 1, 1)


def right(**changes: Any) -> FirstRefusal:
    held: dict[str, Any] = {
        "key": "right",
        "exclusive_share": 0.0,
        "refusal_share": 0.0,
        "match_gap_share": 0.0,
        "starts": FIRST,
        "ends": LAST,
    }
    return FirstRefusal(**{**held, **changes})


def placed(share: float) -> dict[str, Any]:
    """Return a placement with this share of the lab's need at the provider."""
    return {"provider_share_start": fixed(share), "provider_share_end": fixed(share)}


def prices(own: float, other: float) -> dict[str, Any]:
    return {"on_demand_usd_per_chip_hour": fixed(own), "other_clouds_usd_per_chip_hour": fixed(other)}


def test_exclusivity_is_a_floor_under_the_providers_share(simulate: Simulate) -> None:
    scenario = plain(right(exclusive_share=0.75), use=0.8, placement=placed(0.25), market=prices(3.0, 2.0))
    told = simulate(scenario, intercept=NOBODY).base
    assert rows(told, "compute_billed", "contract") == pytest.approx(every(0, 7, 0.6), abs=1e-6)
    assert rows(told, "other_clouds")[1] == pytest.approx(0.8 * 0.25 * 2.0, abs=1e-6)
    without = plain(use=0.8, placement=placed(0.25), market=prices(3.0, 2.0))
    assert rows(simulate(without, intercept=NOBODY).base, "compute_billed", "contract")[1] == pytest.approx(
        0.2, abs=1e-6
    )


def test_first_refusal_brings_demand_where_the_price_is_matched(simulate: Simulate) -> None:
    term = right(refusal_share=0.5, match_gap_share=0.1)
    for own, billed in ((2.2, 0.8 * 0.75), (2.3, 0.8 * 0.5)):
        scenario = plain(term, use=0.8, placement=placed(0.5), market=prices(own, 2.0))
        told = simulate(scenario, intercept=NOBODY).base
        assert rows(told, "compute_billed", "contract")[1] == pytest.approx(billed, abs=1e-6)


def test_the_right_runs_from_its_first_day_to_its_last(simulate: Simulate) -> None:
    term = right(exclusive_share=1.0, starts=date(2026, 7, 1), ends=date(2026, 12, 31))
    told = simulate(plain(term, use=0.8, placement=placed(0.5)), intercept=NOBODY).base
    billed = rows(told, "compute_billed", "contract")[1:6]
    assert billed == pytest.approx([0.4, 0.8, 0.8, 0.4, 0.4], abs=1e-6)


def test_without_the_equity_nothing_is_exclusive(simulate: Simulate) -> None:
    scenario = plain(
        EQUITY, right(exclusive_share=1.0), use=0.8, placement=placed(0.5), market=prices(1.0, 2.0)
    )
    simulated = simulate(scenario, intercept=NOBODY)
    assert simulated.base_without is not None
    assert rows(simulated.base, "other_clouds")[1] == 0.0
    assert rows(simulated.base_without, "other_clouds")[1] == pytest.approx(0.8, abs=1e-6)


def test_a_governor_lets_demand_grow_by_its_limit_and_sheds_what_is_flexible(simulate: Simulate) -> None:
    """Demand grows 44% a quarter: 10% pass, and a fifth of what is above."""
    growth = 1.44**4 - 1.0
    demand = {
        **earning(4.0),
        "growth_now_annual": fixed(growth),
        "growth_slowing_annual": fixed(growth),
        "now_quarters": 40,
        "tokens_per_day_trillion": fixed(capacity_tokens() * 0.1),
    }
    term = DemandGovernor(key="governor", growth_limit_quarterly=0.1, flexible_share=fixed(0.8), starts=FIRST)
    free = simulate(plain(demand=demand), intercept=NOBODY).base
    told = simulate(plain(term, demand=demand), intercept=NOBODY).base
    before, after = rows(free, "revenue"), rows(told, "revenue")
    assert after[1] == pytest.approx(before[1], abs=1e-9)
    second = before[2] - 0.8 * (before[2] - 1.1 * before[1])
    third = before[3] - 0.8 * (before[3] - 1.1 * second)
    assert after[2:4] == pytest.approx([second, third], rel=1e-6)


def test_a_governor_sheds_nothing_below_its_limit() -> None:
    term = DemandGovernor(key="governor", growth_limit_quarterly=0.5, flexible_share=1.0, starts=FIRST)
    demand = np.array([[1.0], [1.4], [2.0], [10.0]])
    assert governed(term, demand, 0)[:, 0].tolist() == pytest.approx([1.0, 1.4, 2.0, 3.0])
    assert governed(term, demand, 2)[:, 0].tolist() == pytest.approx([1.0, 1.4, 2.0, 3.0])
    assert governed(term, demand, 3)[:, 0].tolist() == demand[:, 0].tolist()


def test_the_control_index_is_one_less_what_is_fixed_of_next_years_spend(simulate: Simulate) -> None:
    """Half of a full use of 1 is promised; the plan is four quarters like this one."""
    half = replace(MINIMUM, commitment_usd=4e9)
    simulated = simulate(plain(half), intercept=NOBODY)
    told = control_index(simulated.operations)[:, 0].tolist()
    assert told[:8] == pytest.approx([0.5, 0.5, 0.5, 0.5, 1 - 1.5 / 4, 1 - 1.0 / 4, 1 - 0.5 / 4, 1.0])


def test_a_right_to_leave_by_notice_frees_all_but_the_notice(simulate: Simulate) -> None:
    term = Reservation(
        key="reserved",
        contract="contract",
        fee_usd_per_chip_hour=fixed(0.0),
        ramp_quarters=0,
        ramp_fee_share=1.0,
        notice_quarters=1,
        notice_from=None,
        exit_below_index=0.01,
        provider_exit_above_index=0.0,
    )
    simulated = simulate(plain(MINIMUM, term), intercept=NOBODY)
    assert control_index(simulated.operations)[0, 0] == pytest.approx(0.75)
    assert fixed_next_year(simulated.operations)[:, 0] / 1e9 == pytest.approx([1.0, 1.0, 0.0, 0.0])
    firm = simulate(plain(MINIMUM), intercept=NOBODY)
    assert fixed_next_year(firm.operations)[:, 0] / 1e9 == pytest.approx([1.0] * 4)
    assert control_index(firm.operations)[0, 0] == pytest.approx(0.0, abs=1e-9)


def test_a_lease_is_fixed_and_planned(simulate: Simulate) -> None:
    """Rent of 0.75 from quarter 1 on beside bills of 1 a quarter without a minimum: 2.25 of 6.25 cannot be left."""
    simulated = simulate(plain(lease()), intercept=NOBODY)
    fixed_ = fixed_next_year(simulated.operations)
    assert fixed_[:, 0] / 1e9 == pytest.approx([0.0, 0.75, 0.75, 0.75])
    control = control_of_spend(simulated.operations, fixed_.sum(axis=0))
    assert control[0] == pytest.approx(1.0 - 2.25 / 6.25)


def test_a_fee_for_capacity_held_ready_is_fixed_and_planned(simulate: Simulate) -> None:
    """A tenth of a billion beside bills of one, free to leave but for the fee."""
    term = Reservation(
        key="reserved",
        contract="contract",
        fee_usd_per_chip_hour=fixed(0.1),
        ramp_quarters=0,
        ramp_fee_share=1.0,
        notice_quarters=1,
        notice_from=None,
        exit_below_index=0.0,
        provider_exit_above_index=0.0,
    )
    operations = simulate(plain(term), intercept=NOBODY).operations
    control = control_of_spend(operations, fixed_next_year(operations).sum(axis=0))
    assert control[0] == pytest.approx(1.0 - 0.1 / 1.1)


def test_what_is_fixed_is_known_before_anybody_leaves(simulate: Simulate) -> None:
    """An exit that the market brings later does not show before: the index is that of a contract nobody leaves."""
    term = TerminationFee(
        key="leaving",
        contract="contract",
        fee_shares=(0.5,),
        mitigation_share=fixed(0.0),
        exit_from=None,
        exit_below_index=0.8,
    )
    left = simulate(plain(MINIMUM, term, market=falling(0.35)), intercept=NOBODY).operations
    stays = simulate(plain(MINIMUM, market=falling(0.35)), intercept=NOBODY).operations
    assert control_index(left)[:2] == pytest.approx(control_index(stays)[:2])
    assert control_index(left)[3:8, 0] == pytest.approx([1.0] * 5)


def test_who_spends_nothing_is_in_control(simulate: Simulate) -> None:
    simulated = simulate(plain(use=1e-9), intercept=NOBODY)
    assert control_index(simulated.operations)[-1, 0] == 1.0
