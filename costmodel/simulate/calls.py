"""What the lab calls for under the levers, and what the stack makes of it (E16).

Only where a lever is on: without one nothing here runs. Everything is mean tokens an hour, (Q, draw).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costmodel import capacity, market, units
from costmodel.arrays import FloatArray, Number
from costmodel.inputs.levers import Levers
from costmodel.levers import Shaping
from costmodel.load import LoadTable
from costmodel.simulate.legs import Leg
from costmodel.simulate.paths import Paths

# Capacity is ordered so that this share of the load forecast is served.
ORDERED_SHARE = 0.999


@dataclass(frozen=True, slots=True)
class Calls:
    """The load placed here under the levers.

    `demand` is what the stack sees, `training` its flat share. `asked` is the part of it users ask for before the cap,
    `shed` what lies above the cap for too long, `unasked` what the peak price drives away, `turned_away` what grows
    faster than the ramp limit, `forecast` the demand as it was expected when capacity was ordered.
    """

    levers: Levers
    shaping: Shaping
    demand: FloatArray
    training: FloatArray
    asked: FloatArray
    shed: FloatArray
    unasked: FloatArray
    turned_away: FloatArray
    forecast: FloatArray


@dataclass(frozen=True, slots=True)
class Called:
    """What became of the calls: who serves them, the value of what nobody does in mean tokens, what is reserved."""

    dispatched: capacity.Dispatch
    lost_value: FloatArray
    reserved: FloatArray


def calls_of(inputs: Any, paths: Paths, share: FloatArray, training: FloatArray, shaping: Shaping) -> Calls:
    """Return the calls of every quarter; `share` of the lab's need is placed here, `training` of it is flat."""
    levers = inputs.levers
    wanted = paths.tokens_per_hour / (1.0 - training) * share
    limited = _limited(wanted, levers.ramp_limit_share)
    moving = 1.0 - training
    asked = limited * moving * shaping.asked_share
    shed = asked * shaping.shed_share
    left = training + moving * shaping.asked_share * (1.0 - shaping.shed_share)
    expected = _expected_tokens(inputs, paths, levers.notice_quarters) / (1.0 - training) * share * left
    return Calls(
        levers,
        shaping,
        demand=limited * left,
        training=training / left,
        asked=asked,
        shed=shed,
        unasked=limited * moving * (1.0 - shaping.asked_share),
        turned_away=wanted - limited,
        forecast=expected,
    )


def _limited(wanted: FloatArray, most: float) -> FloatArray:
    """Return the load that grows by at most this share from quarter to quarter; 0: no limit."""
    if most <= 0.0:
        return wanted
    limited = wanted.copy()
    for quarter in range(1, len(limited)):
        np.minimum(limited[quarter], limited[quarter - 1] * (1.0 + most), out=limited[quarter])
    return limited


def _expected_tokens(inputs: Any, paths: Paths, notice: int) -> FloatArray:
    """Return the tokens an hour expected so many quarters ahead: the level known then, on the trend stated.

    Before the first quarter the level of the opening date is known.
    """
    quarters = len(paths.tokens_per_hour)
    growth = market.log_growth_annual(inputs.demand, quarters) * units.YEARS_PER_QUARTER
    trend = np.cumsum(growth, axis=0) - growth / 2.0
    opening = inputs.demand.tokens_per_day_trillion * units.TERA / 24.0
    families = inputs.demand.families
    if families is not None:
        opening = opening * families.members[families.lab_place()].start_share
    expected = opening * np.exp(trend) * np.ones_like(paths.tokens_per_hour)
    known = quarters - notice
    if known > 0:
        ahead = np.exp(trend[notice:] - trend[:known])
        expected[notice:] = paths.tokens_per_hour[:known] * ahead
    return expected


def serve(
    calls: Calls,
    growth: FloatArray,
    committed: Sequence[tuple[Number, Number | None]],
    on_demand: FloatArray,
    burst: FloatArray,
    spare: FloatArray,
    table: LoadTable,
    dispatch: Callable[..., capacity.Dispatch],
) -> Called:
    """Return who serves the calls over the stack of E17, with the reserved band above the committed lots.

    What the ramp limit turns away goes to other clouds where they have room. With tiers the low one is shed first:
    the high one alone finds the whole stack.
    """
    levers = calls.levers
    reserved = levers.reservation_over_mean * calls.forecast
    firm = [*committed, (reserved, None)] if levers.reservation_over_mean else list(committed)
    if levers.notice_quarters:
        on_demand, burst = _ordered(calls, firm, on_demand, burst, table)
    stack = (calls.training, firm, on_demand, burst, spare, table)
    found = dispatch(calls.demand, growth, *stack)
    elsewhere = np.minimum(calls.turned_away, np.maximum(spare - found.other_clouds, 0.0))
    refused = calls.turned_away - elsewhere
    high = np.zeros_like(refused)
    if levers.has_tiers:
        high = dispatch(calls.demand * (1.0 - levers.low_priority_share), growth, *stack).unserved
    told = replace(
        found,
        served_by_lot=found.served_by_lot[: len(committed)],
        other_clouds=found.other_clouds + elsewhere,
        unserved=found.unserved + calls.shed + refused,
    )
    high = high + calls.shed * calls.shaping.shed_high_share
    low = np.maximum(found.unserved + calls.shed - high, 0.0)
    return Called(told, refused + _value(levers, low, high), reserved)


def _value(levers: Levers, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return what unserved tokens of the two tiers are worth, in mean tokens; both tiers together average 1."""
    if not levers.has_tiers:
        return low + high
    share, value = levers.low_priority_share, levers.low_priority_value
    return np.asarray(low * value + high * (1.0 - share * value) / (1.0 - share))


def _ordered(
    calls: Calls,
    firm: Sequence[tuple[Number, Number | None]],
    on_demand: FloatArray,
    burst: FloatArray,
    table: LoadTable,
) -> tuple[FloatArray, FloatArray]:
    """Return on-demand and burst capacity as ordered ahead: what the forecast needs beyond what stands, no more."""
    level = level_serving(table, ORDERED_SHARE)
    needed = calls.forecast * (calls.training + (1.0 - calls.training) * level)
    for standing, _ in firm:
        needed = needed - standing
    first = np.clip(needed, 0.0, on_demand)
    return first, np.clip(needed - first, 0.0, burst)


def level_serving(table: LoadTable, share: float) -> float:
    """Return the capacity over the mean load that serves this share of the tokens, without growth in the quarter."""
    levels = np.arange(table.levels) * table.level_step
    return float(np.interp(share, table.expected_min(levels, 0.0), levels))


def settled(operations: Any, called: Called, ground: Any) -> Any:
    """Return the operations with revenue by what is lost and paid under the levers, and the reserved band's bill."""
    calls, paths, market_prices = ground.calls, ground.paths, ground.inputs.market
    levers, unserved = calls.levers, called.dispatched.unserved
    tokens = paths.tokens_per_hour - calls.unasked
    at_peak = (calls.shaping.paid_multiple - 1.0) * np.maximum(calls.asked - unserved, 0.0)
    paid = np.maximum(tokens - called.lost_value, 0.0) + at_peak
    to_usd = units.HOURS_PER_QUARTER / units.TOKENS_PER_MILLION * paths.paid_price_usd_per_1m
    rate = ground.rates[market_prices.outside_chip] * ground.gain
    hours = called.reserved / rate * units.HOURS_PER_QUARTER
    price = market_prices.on_demand_usd_per_chip_hour * paths.index
    bill = hours * price * (1.0 - levers.reservation_discount_share)
    return replace(
        operations,
        revenue=paid * to_usd,
        served_tokens=np.maximum(tokens - unserved, 0.0) * units.HOURS_PER_QUARTER,
        on_demand_cost=operations.on_demand_cost + hours * market_prices.owner_cost_usd_per_chip_hour,
        legs=(*operations.legs, *_reservation(levers, bill)),
    )


def _reservation(levers: Levers, bill: FloatArray) -> tuple[Leg, ...]:
    if not levers.reservation_over_mean:
        return ()
    flows = np.vstack([np.zeros_like(bill[:1]), bill])
    return (Leg(payer="lab", payee="provider", kind="reservation", item="", flows=flows),)
