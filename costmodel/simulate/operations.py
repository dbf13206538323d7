"""Operations as contracted: what is served, billed and earned each quarter while the lab pays (E12-E17, E22, E26).

Nothing here depends on the lab's cash, so it is computed for all quarters at once; default and exits cut it later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from costmodel import capacity, units
from costmodel.arrays import FloatArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.deal import ComputeContract
from costmodel.levers import Shaping
from costmodel.load import LoadTable
from costmodel.serving import Serving
from costmodel.simulate.calls import Called, Calls, calls_of, serve, settled
from costmodel.simulate.legs import Leg
from costmodel.simulate.paths import Paths
from costmodel.terms.compute import minimum_by_quarter, shortfall_payments
from costmodel.terms.price import after_tiers, contract_price
from costmodel.timeline import Timeline, ramp

Dispatching: TypeAlias = Callable[..., capacity.Dispatch]
"""`capacity.dispatch`, or one that remembers."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of a contract stands in this world, and how much of its fleet is sold at the market; (draw,) or 1, 0."""

    contract: Number
    market: Number


@dataclass(frozen=True, slots=True)
class ContractFlows:
    """One contract while the lab pays; (Q, draw) USD, zero outside its term. `minimum` is (Q, draw)."""

    billed: FloatArray
    shortfall: FloatArray
    minimum: FloatArray


@dataclass(frozen=True, slots=True)
class Operations:
    """One world's operations while the lab pays; (Q, draw) each, USD unless named otherwise.

    `legs` are what further terms add.
    """

    contracts: dict[str, ContractFlows]
    planned_chips: dict[str, FloatArray]
    gigawatts_online: FloatArray
    revenue: FloatArray
    on_demand_bill: FloatArray
    on_demand_cost: FloatArray
    burst_bill: FloatArray
    other_clouds_bill: FloatArray
    porting: FloatArray
    unserved_tokens: FloatArray
    served_tokens: FloatArray
    legs: tuple[Leg, ...] = ()


def plan_lot(lot: Any, timeline: Timeline, contract: ComputeContract) -> FloatArray:
    """Return (Q,) chips announced to be online: a linear ramp that ends with the contract."""
    reached = ramp(timeline.index_of(lot.online_from), lot.ramp_quarters, timeline.quarters)
    running = np.arange(timeline.quarters) < timeline.index_of(contract.starts) + contract.quarters
    return np.asarray(lot.chips * reached * running, dtype=np.float64)


def schedule(start: Number, end: Number, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (Q, draw) a share that moves linearly from start to end over the ramp."""
    reached = np.minimum(np.arange(quarters) / ramp_quarters, 1.0)[:, None]
    return np.asarray(start + (end - start) * reached) * np.ones(BLOCK_SIZE)


@dataclass(frozen=True, slots=True)
class Ground:
    """What dispatch and billing stand on in every world of a block; (Q, draw) unless named otherwise.

    `rates` are tokens a chip-hour by chip, `gain` the factor on them, `planned` (Q,) chips announced by lot;
    `demand` is the provider's part of the load and `elsewhere` the rest, in tokens an hour; `announced` is the capacity
    of all lots, contracted in this world or not: on-demand and burst are limited by it in every world, since the
    provider would offer them to anyone, so they are not what the equity brought. `calls` is None without a lever.
    """

    inputs: Any
    paths: Paths
    rates: dict[str, Number]
    gain: FloatArray
    planned: dict[str, FloatArray]
    training: FloatArray
    ported: FloatArray
    demand: FloatArray
    elsewhere: FloatArray
    announced: FloatArray
    calls: Calls | None = None


def lay_ground(
    inputs: Any, paths: Paths, servings: dict[str, Serving], shaping: Shaping | None = None
) -> Ground:
    """Return what all worlds of a block share: speeds, announced capacity, and where the load goes.

    `shaping` is what the levers make of the load curve; None without a lever.
    """
    quarters, place, lots = inputs.timeline.quarters, inputs.placement, inputs.fleet.lots
    contracts = {contract.key: contract for contract in inputs.contracts()}
    planned = {lot.key: plan_lot(lot, inputs.timeline, contracts[lot.contract]) for lot in lots}
    gain = (1.0 + inputs.workload.efficiency_gain_annual) ** ((np.arange(quarters) + 0.5)[:, None] / 4.0)
    rates = {key: _tokens_per_chip_hour(inputs, serving) for key, serving in servings.items()}
    training = schedule(
        place.training_share_start, place.training_share_end, place.training_share_ramp_quarters, quarters
    )
    share = schedule(
        place.provider_share_start, place.provider_share_end, place.provider_share_ramp_quarters, quarters
    )
    need = paths.tokens_per_hour / (1.0 - training)
    announced = np.zeros_like(paths.index)
    for lot in lots:
        chips = planned[lot.key][:, None] * lot.built_share * inputs.fleet.availability
        announced = announced + chips * rates[lot.chip] * gain
    return Ground(
        inputs,
        paths,
        rates,
        gain,
        planned,
        training,
        schedule(place.ported_share_start, place.ported_share_end, place.porting_quarters, quarters),
        need * share,
        need * (1.0 - share),
        announced,
        None if shaping is None else calls_of(inputs, paths, share, training, shaping),
    )


def operate(
    ground: Ground,
    table: LoadTable,
    scales: dict[str, Scale],
    dispatch: Dispatching = capacity.dispatch,
) -> Operations:
    """Return the operations of one world: dispatch of the load over the stack, then the bills."""
    inputs = ground.inputs
    delivered = {
        lot.key: ground.planned[lot.key][:, None]
        * lot.built_share
        * scales[lot.contract].contract
        * inputs.fleet.availability
        for lot in inputs.fleet.lots
    }
    called = _dispatch(ground, delivered, table, dispatch)
    if isinstance(called, capacity.Dispatch):
        return _bill(ground, delivered, called, scales)
    operations: Operations = settled(_bill(ground, delivered, called.dispatched, scales), called, ground)
    return operations


def _tokens_per_chip_hour(inputs: Any, serving: Serving) -> Number:
    """Return tokens (input and output) a paid chip-hour carries: speed at the serving point x utilisation (E13)."""
    return serving.tokens_per_chip_second * units.SECONDS_PER_HOUR * inputs.workload.utilisation


def _dispatch(
    ground: Ground, delivered: dict[str, FloatArray], table: LoadTable, dispatch: Dispatching
) -> capacity.Dispatch | Called:
    """Run the stack E17: committed lots in order, on-demand, burst, other clouds, unserved; `Called` under a lever."""
    inputs, market = ground.inputs, ground.inputs.market
    committed: list[tuple[FloatArray, FloatArray | None]] = []
    for lot in inputs.fleet.lots:
        limit = ground.ported if inputs.chip(lot.chip).needs_porting else None
        committed.append((delivered[lot.key] * ground.rates[lot.chip] * ground.gain, limit))
    stack = (
        committed,
        ground.announced * market.on_demand_limit_share,
        ground.announced * market.burst_limit_share,
        ground.elsewhere * market.other_clouds_spare_share,
        table,
    )
    if ground.calls is None:
        return dispatch(ground.demand, ground.paths.growth, ground.training, *stack)
    return serve(ground.calls, ground.paths.growth, *stack, dispatch)


def _bill(
    ground: Ground,
    delivered: dict[str, FloatArray],
    dispatched: capacity.Dispatch,
    scales: dict[str, Scale],
) -> Operations:
    """Turn energy in each band of the stack into bills, and served tokens into the lab's revenue."""
    inputs, paths, hours = ground.inputs, ground.paths, units.HOURS_PER_QUARTER
    market, lots = inputs.market, inputs.fleet.lots
    used = {
        lot.key: served / (ground.rates[lot.chip] * ground.gain) * hours
        for lot, served in zip(lots, dispatched.served_by_lot, strict=True)
    }
    outside_rate = ground.rates[market.outside_chip] * ground.gain
    on_demand_hours = dispatched.on_demand / outside_rate * hours
    burst_hours = dispatched.burst / outside_rate * hours
    elsewhere_hours = (ground.elsewhere + dispatched.other_clouds) / outside_rate * hours
    on_demand_price = market.on_demand_usd_per_chip_hour * paths.index
    served = np.maximum(paths.tokens_per_hour - dispatched.unserved, 0.0)
    return Operations(
        contracts={
            contract.key: _contract_flows(inputs, contract, paths, used, scales[contract.key])
            for contract in inputs.contracts()
        },
        planned_chips=ground.planned,
        gigawatts_online=_gigawatts(ground, delivered),
        revenue=served * hours / units.TOKENS_PER_MILLION * paths.paid_price_usd_per_1m,
        on_demand_bill=on_demand_hours * on_demand_price,
        on_demand_cost=(on_demand_hours + burst_hours) * market.owner_cost_usd_per_chip_hour,
        burst_bill=burst_hours * on_demand_price * market.burst_price_multiple,
        other_clouds_bill=elsewhere_hours * market.other_clouds_usd_per_chip_hour * paths.index,
        porting=_porting(inputs, scales),
        unserved_tokens=dispatched.unserved * hours,
        served_tokens=served * hours,
    )


def _gigawatts(ground: Ground, delivered: dict[str, FloatArray]) -> FloatArray:
    """Return (Q, draw) gigawatts of capacity delivered."""
    total = np.zeros_like(ground.paths.index)
    for lot in ground.inputs.fleet.lots:
        kilowatts = delivered[lot.key] * ground.inputs.chip(lot.chip).provisioned_kw
        total = total + kilowatts / units.KILOWATTS_PER_GIGAWATT
    return total


def _contract_flows(
    inputs: Any, contract: ComputeContract, paths: Paths, used_hours: dict[str, FloatArray], scale: Scale
) -> ContractFlows:
    """Return one contract's bills: chip-hours used x price after tiers, and the shortfall of its minimum."""
    quarters = inputs.timeline.quarters
    start = inputs.timeline.index_of(contract.starts)
    term = slice(max(start, 0), start + contract.quarters)
    lots = [lot for lot in inputs.fleet.lots if lot.contract == contract.key]
    hours = sum((used_hours[lot.key][term] for lot in lots), np.zeros_like(paths.index[term]))
    price = contract_price(contract, inputs.steps_of(contract.key), paths.index[term])
    billed, shortfall, minimum = (np.zeros((quarters, BLOCK_SIZE)) for _ in range(3))
    billed[term] = after_tiers(inputs.tiers_of(contract.key), hours * price)
    promise = inputs.take_or_pay_of(contract.key)
    if promise is not None:
        by_quarter = minimum_by_quarter(promise.commitment_usd, promise.ramp_quarters, contract.quarters)
        by_quarter = by_quarter[term.start - start :, None] * scale.contract * np.ones(BLOCK_SIZE)
        minimum[term] = by_quarter
        built = lots[0].built_share if lots else 0.0
        shortfall[term] = shortfall_payments(promise, billed[term], by_quarter, built)
    return ContractFlows(billed, shortfall, minimum)


def _porting(inputs: Any, scales: dict[str, Scale]) -> FloatArray:
    """Return (Q, draw) USD the lab spends to port its software, spread over the porting quarters (E17)."""
    placement, quarters = inputs.placement, inputs.timeline.quarters
    cost = np.zeros((quarters, BLOCK_SIZE))
    scale = [
        scales[lot.contract].contract for lot in inputs.fleet.lots if inputs.chip(lot.chip).needs_porting
    ]
    if scale:
        cost[: placement.porting_quarters] = (
            placement.porting_cost_usd / placement.porting_quarters * scale[0]
        )
    return cost
