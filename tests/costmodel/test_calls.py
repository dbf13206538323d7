"""E16 in the simulation: levers that are off leave every byte; what each makes of a flat load, by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel import evaluate
from costmodel.inputs.families import Families, Family
from costmodel.inputs.levers import Levers
from costmodel.inputs.quantity import fixed
from costmodel.simulate.worlds import Simulated, set_stage
from tests.costmodel.scenarios import OLD, OLD_LOT, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]
FLAT = {"exceedance_share": (0.0, 1.0), "load_over_mean": (1.0, 1.0)}
CHIPS, HOURS = 100_000.0, 2190.0
CAPACITY_HOURS = CHIPS * 0.97 * HOURS
ON_DEMAND = np.sqrt(3.9 * 5.2)


def scenario(load_share: float, growth: float = 0.0, load: Any = None, **levers: Any) -> Any:
    """One lot under a load of this share of its capacity, growing by the share a year; prices stand."""
    still = dict.fromkeys(("growth_now_annual", "growth_slowing_annual", "growth_saturated_annual"))
    demand: dict[str, Any] = {name: fixed(growth) for name in still}
    demand |= {"paid_price_usd_per_1m_tokens": fixed(2.0), "paid_price_change_annual": fixed(0.0)}
    demand |= {"tokens_per_day_trillion": fixed(1.0)}
    made = calm_scenario(
        terms=(OLD,),
        load=load or FLAT,
        demand=demand,
        workload={"efficiency_gain_annual": fixed(0.0)},
        placement={
            "provider_share_start": fixed(1.0),
            "provider_share_end": fixed(1.0),
            "training_share_start": fixed(0.0),
            "training_share_end": fixed(0.0),
        },
        market={"index_volatility_annual": fixed(0.0), "index_change_annual": fixed(0.0)},
        fleet={"lots": (replace(OLD_LOT, chips=CHIPS, ramp_quarters=1),)},
    )
    tokens = load_share * CHIPS * 0.97 * rate_of(made) * 24.0 / 1e12
    return replace(
        made,
        demand=replace(made.demand, tokens_per_day_trillion=fixed(float(tokens))),
        levers=Levers(**levers),
    )


def rate_of(made: Any) -> float:
    from costmodel.quantities import central
    from costmodel.simulate.worlds import open_workshop

    middle = central(made)
    gpu = open_workshop(made).chips["gpu"].serve(middle.chip("gpu"), middle.model, middle.workload)
    return float(gpu.tokens_per_chip_second) * 3600.0 * float(middle.workload.utilisation)


def row(path: np.ndarray, quarter: int = 3) -> float:
    assert np.ptp(path[quarter]) <= 1e-9 * abs(path[quarter, 0])
    return float(path[quarter, 0])


def test_levers_that_are_off_leave_every_byte(small_blocks: int) -> None:
    plain = small_scenario()
    before = evaluate.evaluate(plain, 256, 3)
    evaluate._simulated.cache_clear()
    off = replace(
        plain, levers=Levers(low_priority_share=0.3, peak_price_multiple=2.0, pooled_correlation=0.4)
    )
    assert off.levers.are_off
    assert evaluate.evaluate(off, 256, 3) == before


def test_capped_tokens_are_shed_and_earn_nothing(simulate: Simulate) -> None:
    told = simulate(scenario(0.5, rate_cap_over_mean=0.8), intercept=-60.0)
    tokens = row(told.paths.tokens_per_hour) * HOURS
    assert row(told.operations.unserved_tokens) == pytest.approx(0.2 * tokens)
    assert row(told.operations.revenue) == pytest.approx(0.8 * tokens / 1e6 * 2.0)
    assert row(told.operations.contracts["old"].billed) == pytest.approx(0.8 * 0.5 * CAPACITY_HOURS * 3.3)


def test_tiers_lose_the_cheap_tokens_first(simulate: Simulate) -> None:
    # 20% over everything the stack holds (1.15 of capacity): all of it from the low 40%
    plain = simulate(scenario(1.44), intercept=-60.0).operations
    tiers = simulate(scenario(1.44, low_priority_share=0.4, low_priority_value=0.25), intercept=-60.0)
    tokens = row(tiers.paths.tokens_per_hour) * HOURS
    lost = row(plain.unserved_tokens)
    assert lost == pytest.approx(tokens * 0.29 / 1.44, rel=2e-3)
    assert row(tiers.operations.unserved_tokens) == pytest.approx(lost)
    assert row(tiers.operations.revenue) == pytest.approx((tokens - 0.25 * lost) / 1e6 * 2.0)


def test_a_peak_price_is_paid_by_what_stays(simulate: Simulate) -> None:
    levers = {"peak_price_multiple": 2.0, "peak_hours_share": 0.5, "peak_elasticity": -1.0}
    told = simulate(scenario(0.5, **levers), intercept=-60.0)
    tokens = row(told.paths.tokens_per_hour) * HOURS
    # half of the load halves and pays double: three quarters of the tokens, all of the revenue
    assert row(told.operations.served_tokens) == pytest.approx(0.75 * tokens)
    assert row(told.operations.revenue) == pytest.approx(tokens / 1e6 * 2.0)
    assert row(told.operations.unserved_tokens) == pytest.approx(0.0, abs=tokens * 1e-9)


def test_a_ramp_limit_turns_the_rest_away_to_other_clouds_and_nobody(simulate: Simulate) -> None:
    told = simulate(scenario(0.1, growth=1.0, ramp_limit_share=0.1), intercept=-60.0)
    tokens = told.paths.tokens_per_hour[:8, 0]
    here = tokens[0] * 1.1 ** np.arange(len(tokens))
    # all is placed here, so other clouds planned nothing and have no room
    expected = np.maximum(tokens - here, 0.0) * HOURS
    assert told.operations.unserved_tokens[:8, 0] == pytest.approx(expected, abs=tokens[0])


def test_a_reservation_is_billed_used_or_not_and_serves_first(simulate: Simulate) -> None:
    made = scenario(1.1, reservation_over_mean=0.5, reservation_discount_share=0.2)
    told = simulate(made, intercept=-60.0)
    hours = 0.5 * 1.1 * CAPACITY_HOURS
    leg = next(leg for leg in told.operations.legs if leg.kind == "reservation")
    assert (leg.payer, leg.payee) == ("lab", "provider")
    assert row(leg.flows, 4) == pytest.approx(hours * ON_DEMAND * 0.8)
    assert row(told.operations.on_demand_cost) == pytest.approx(hours * 2.21)
    assert row(told.operations.on_demand_bill) == pytest.approx(0.0, abs=1.0)
    assert not leg.flows[0].any()


def test_notice_orders_what_the_forecast_needs_and_no_more(simulate: Simulate) -> None:
    steady = simulate(scenario(1.1, notice_quarters=2), intercept=-60.0).operations
    ordered = 1.1 * 0.999 - 1.0
    assert row(steady.on_demand_bill) == pytest.approx(ordered * CAPACITY_HOURS * ON_DEMAND, rel=1e-6)
    shaken = scenario(1.05)
    shaken = replace(shaken, demand=replace(shaken.demand, volatility_annual=fixed(0.4)))
    without = simulate(shaken, intercept=-60.0).operations.unserved_tokens
    noticed = replace(shaken, levers=Levers(notice_quarters=2))
    late = simulate(noticed, intercept=-60.0).operations.unserved_tokens
    assert (late >= without - 1e-6 * without.max()).all()
    assert late.sum() > 1.01 * without.sum()


def test_the_forecast_is_of_the_labs_own_tokens_not_of_the_markets(small_blocks: int) -> None:
    still: dict[str, Any] = {"reversion_share": 0.0, "jumps_per_quarter": 0.0, "jump_log_mean": 0.0}
    still |= {"drift_quarterly": fixed(0.0), "volatility_quarterly": fixed(0.0), "jump_log_sd": 0.0}
    members = (Family(key="own", start_share=0.4, **still), Family(key="rest", start_share=0.6, **still))
    made = scenario(0.9, notice_quarters=2)
    shared = replace(made.demand, families=Families(lab_family="own", members=members))
    calls = set_stage(replace(made, demand=shared), 3, 0).ground.calls
    assert calls is not None
    # a steady market: what is forecast for the first quarters is what comes
    assert calls.forecast == pytest.approx(calls.demand)


@pytest.mark.parametrize(
    "lever",
    [
        {},
        {"rate_cap_over_mean": 1.2},
        {"notice_quarters": 1},
        {"low_priority_share": 0.5, "low_priority_value": 0.1},
    ],
)
def test_more_capacity_never_raises_unserved(simulate: Simulate, lever: dict[str, Any]) -> None:
    slope = {"exceedance_share": (0.0, 1.0), "load_over_mean": (2.0, 0.0)}
    made = scenario(0.9, load=slope, **lever)
    made = replace(made, demand=replace(made.demand, volatility_annual=fixed(0.3)))
    more = replace(made, fleet=replace(made.fleet, lots=(replace(made.fleet.lots[0], chips=1.2 * CHIPS),)))
    before = simulate(made, intercept=-60.0).operations
    after = simulate(more, intercept=-60.0).operations
    slack = 1e-9 * before.unserved_tokens.max()
    assert (after.unserved_tokens <= before.unserved_tokens + slack).all()
