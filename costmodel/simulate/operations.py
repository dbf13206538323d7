"""Operations as contracted: what is served, billed and earned each quarter while the lab pays (E12-E17, E22, E26).

Nothing here depends on the lab's cash, so it is computed for all quarters at once; default and exits cut it later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from costmodel import capacity, lab, units
from costmodel.arrays import BoolArray, FloatArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.efficiency import gain_path
from costmodel.inputs.compute_terms import Delivery, DemandGovernor, FirstRefusal, ServiceTiers
from costmodel.inputs.deal import ComputeContract
from costmodel.levers import Shaping
from costmodel.load import LoadTable
from costmodel.serving import Serving
from costmodel.simulate.bills import bill_outside
from costmodel.simulate.calls import Called, Calls, calls_of, serve, settled
from costmodel.simulate.contract_legs import contract_legs, held_of_lab, taken_off_bills
from costmodel.simulate.contracts import ContractFlows, Use, contract_flows, use_in_tiers
from costmodel.simulate.deal_legs import claim_legs, guarantee_legs
from costmodel.simulate.endings import Ending, ending_of
from costmodel.simulate.leases import lease_legs
from costmodel.simulate.legs import Leg, net_before_legs
from costmodel.simulate.paths import Paths
from costmodel.simulate.scale import Scales, stands_of
from costmodel.terms.capacity_terms import ramp_after
from costmodel.terms.control import governed, placed_share
from costmodel.timeline import Timeline, ramp

Dispatching: TypeAlias = Callable[..., capacity.Dispatch]
"""`capacity.dispatch`, or one that remembers."""


def _nothing() -> FloatArray:
    return np.zeros((0, 0))


@dataclass(frozen=True, slots=True)
class Operations:
    """One world's operations while the lab pays; (Q, draw) each, USD unless named otherwise.

    `legs` are what further terms add. Filled in last: `other_cost` of the lab, and what all of it but the legs leaves
    the lab, `net_before_legs`.
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
    other_cost: FloatArray = field(default_factory=_nothing)
    net_before_legs: FloatArray = field(default_factory=_nothing)


def plan_lot(lot: Any, timeline: Timeline, contract: ComputeContract) -> FloatArray:
    """Return (Q,) chips announced to be online: a linear ramp that ends with the contract."""
    reached = ramp(timeline.index_of(lot.online_from), lot.ramp_quarters, timeline.quarters)
    return np.asarray(lot.chips * reached * _running(timeline, contract), dtype=np.float64)


def plan_late_lot(lot: Any, timeline: Timeline, contract: ComputeContract, delay: Number) -> FloatArray:
    """Return (Q, draw) chips online when the lot comes `delay` quarters late (M24); the contract's end stands."""
    start = timeline.index_of(lot.online_from)
    reached = ramp_after(start, delay, lot.ramp_quarters, timeline.quarters)
    return np.asarray(lot.chips * reached * _running(timeline, contract)[:, None] * np.ones(BLOCK_SIZE))


def _running(timeline: Timeline, contract: ComputeContract) -> BoolArray:
    end = timeline.index_of(contract.starts) + contract.quarters
    return np.asarray(np.arange(timeline.quarters) < end)


def by_draw(planned: FloatArray) -> FloatArray:
    """Return (Q, 1) or (Q, draw) of a plan that is the same in every draw, or is not."""
    return planned if planned.ndim == 2 else planned[:, None]


def schedule(start: Number, end: Number, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (Q, draw) a share that moves linearly from start to end over the ramp."""
    reached = np.minimum(np.arange(quarters) / ramp_quarters, 1.0)[:, None]
    return np.asarray(start + (end - start) * reached) * np.ones(BLOCK_SIZE)


@dataclass(frozen=True, slots=True)
class Ground:
    """What dispatch and billing stand on in every world of a block; (Q, draw) unless named otherwise.

    `rates` are tokens a chip-hour by chip, `gain` the factor on them, `planned` (Q,) chips announced by lot, (Q, draw)
    of a lot that comes late, `on_time` the share of what is announced that is there; `endings` by contract that may end
    early; `demand` is the provider's part of the load and `elsewhere` the rest, in tokens an hour; `announced` is the
    capacity of all lots, contracted in this world or not: on-demand and burst are limited by it in every world, since
    the provider would offer them to anyone, so they are not what the equity brought. `calls` is None without a lever.
    `agreed` is the ground under exclusivity, first refusal or a governor, where the deal stands; None without such a
    term.
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
    on_time: dict[str, Number]
    endings: dict[str, Ending]
    calls: Calls | None = None
    agreed: "Ground | None" = None


def lay_ground(
    inputs: Any, paths: Paths, servings: dict[str, Serving], shaping: Shaping | None = None
) -> Ground:
    """Return what all worlds of a block share: speeds, announced capacity, and where the load goes.

    `shaping` is what the levers make of the load curve; None without a lever.
    """
    place = inputs.placement
    share = schedule(
        place.provider_share_start,
        place.provider_share_end,
        place.provider_share_ramp_quarters,
        inputs.timeline.quarters,
    )
    plain = _ground(inputs, paths, servings, share, shaping)
    tokens, placed = agreed_load(inputs, paths.tokens_per_hour, share)
    if tokens is paths.tokens_per_hour and placed is share:
        return plain
    bounded = replace(paths, tokens_per_hour=tokens)
    return replace(plain, agreed=_ground(inputs, bounded, servings, placed, shaping))


def agreed_load(inputs: Any, tokens: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return tokens an hour under a governor, and the provider's share under exclusivity and first refusal (M31, M32).

    The very same arrays when no term touches them.
    """
    at, market = inputs.timeline.index_of, inputs.market
    for governor in inputs.terms_of(DemandGovernor):
        tokens = governed(governor, tokens, at(governor.starts))
    for right in inputs.terms_of(FirstRefusal):
        own, other = market.on_demand_usd_per_chip_hour, market.other_clouds_usd_per_chip_hour
        share = placed_share(right, share, own, other, at(right.starts), at(right.ends))
    return tokens, share


def _ground(
    inputs: Any,
    paths: Paths,
    servings: dict[str, Serving],
    share: FloatArray,
    shaping: Shaping | None,
) -> Ground:
    """Return the ground with this share of the lab's need placed with the provider."""
    quarters, place, lots = inputs.timeline.quarters, inputs.placement, inputs.fleet.lots
    planned, on_time = _plans(inputs)
    gain = gain_path(inputs.workload, quarters)
    rates = {key: _tokens_per_chip_hour(inputs, serving) for key, serving in servings.items()}
    training = schedule(
        place.training_share_start, place.training_share_end, place.training_share_ramp_quarters, quarters
    )
    need = paths.tokens_per_hour / (1.0 - training)
    announced = np.zeros_like(paths.index)
    for lot in lots:
        chips = by_draw(planned[lot.key]) * lot.built_share * inputs.fleet.availability
        announced = announced + chips * rates[lot.chip] * gain
    endings = {contract.key: ending_of(inputs, contract, paths.index) for contract in inputs.contracts()}
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
        on_time,
        {key: ending for key, ending in endings.items() if ending is not None},
        None if shaping is None else calls_of(inputs, paths, share, training, shaping),
    )


def _plans(inputs: Any) -> tuple[dict[str, FloatArray], dict[str, Number]]:
    """Return chips by lot, late where a term says so, and the share of what is announced that is there by then."""
    contracts = {contract.key: contract for contract in inputs.contracts()}
    planned: dict[str, FloatArray] = {}
    on_time: dict[str, Number] = {}
    for lot in inputs.fleet.lots:
        chips = plan_lot(lot, inputs.timeline, contracts[lot.contract])
        planned[lot.key], on_time[lot.key] = chips, 1.0
        delivery = inputs.term_of(Delivery, lot.contract)
        if delivery is not None:
            late = plan_late_lot(lot, inputs.timeline, contracts[lot.contract], delivery.delay_quarters)
            due = chips[:, None]
            planned[lot.key] = late
            on_time[lot.key] = np.where(due > 0.0, late / np.where(due > 0.0, due, 1.0), 1.0)
    return planned, on_time


def operate(
    ground: Ground,
    table: LoadTable,
    scales: Scales,
    dispatch: Dispatching = capacity.dispatch,
) -> Operations:
    """Return the operations of one world: dispatch of the load over the stack, the bills, then what terms add."""
    if ground.agreed is not None and np.any(stands_of(scales)):
        ground = ground.agreed
    inputs = ground.inputs
    delivered = {
        lot.key: by_draw(ground.planned[lot.key])
        * lot.built_share
        * scales[lot.contract].contract
        * inputs.fleet.availability
        for lot in inputs.fleet.lots
    }
    standing = delivered
    if ground.endings:
        stands = {key: ending.stands(inputs.timeline.quarters) for key, ending in ground.endings.items()}
        standing = {lot.key: delivered[lot.key] * stands.get(lot.contract, 1.0) for lot in inputs.fleet.lots}
    called = _dispatch(ground, standing, table, dispatch)
    bare = called if isinstance(called, capacity.Dispatch) else called.dispatched
    dispatched, multiples = _with_tiers(ground, delivered, bare)
    operations = _bill(ground, standing, dispatched, scales)
    operations = _with_contracts(ground, delivered, dispatched, multiples, scales, operations)
    if isinstance(called, Called):
        lost = called.lost_value + (dispatched.unserved - bare.unserved)
        operations = settled(operations, replace(called, dispatched=dispatched, lost_value=lost), ground)
    legs = (
        *operations.legs,
        *claim_legs(inputs, operations, stands_of(scales)),
        *lease_legs(inputs, ground.paths.index, stands_of(scales)),
        *guarantee_legs(inputs, stands_of(scales)),
    )
    cost = lab.other_cost(inputs.lab, inputs.timeline.quarters, operations.revenue)
    return replace(operations, legs=legs, other_cost=cost, net_before_legs=net_before_legs(operations, cost))


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
    scales: Scales,
) -> Operations:
    """Turn energy in each band of the stack into bills, and served tokens into the lab's revenue."""
    money = bill_outside(ground, dispatched)
    return Operations(
        contracts={},
        planned_chips=ground.planned,
        gigawatts_online=_gigawatts(ground, delivered),
        revenue=money.revenue,
        on_demand_bill=money.on_demand,
        on_demand_cost=money.on_demand_cost,
        burst_bill=money.burst,
        other_clouds_bill=money.other_clouds,
        porting=_porting(ground.inputs, scales),
        unserved_tokens=money.unserved_tokens,
        served_tokens=money.served_tokens,
    )


def _gigawatts(ground: Ground, delivered: dict[str, FloatArray]) -> FloatArray:
    """Return (Q, draw) gigawatts of capacity delivered."""
    total = np.zeros((ground.paths.index.shape[0], 1))
    for lot in ground.inputs.fleet.lots:
        kilowatts = delivered[lot.key] * ground.inputs.chip(lot.chip).provisioned_kw
        total = total + kilowatts / units.KILOWATTS_PER_GIGAWATT
    return np.broadcast_to(total, ground.paths.index.shape)


def _with_contracts(
    ground: Ground,
    delivered: dict[str, FloatArray],
    dispatched: capacity.Dispatch,
    multiples: dict[str, Number],
    scales: Scales,
    operations: Operations,
) -> Operations:
    """Return the operations with the bills of every contract, and what its further terms add."""
    inputs = ground.inputs
    flows: dict[str, ContractFlows] = {}
    legs: list[Leg] = []
    for contract in inputs.contracts():
        key, scale = contract.key, scales[contract.key]
        use = _used(ground, delivered, dispatched.served_by_lot, contract)
        told = contract_flows(
            inputs, contract, ground.paths.index, use, multiples[key], scale, ground.endings.get(key)
        )
        own = list(contract_legs(inputs, contract, told, scale))
        flows[key] = replace(told, held=held_of_lab(own), taken_off=taken_off_bills(own))
        legs += own
    return replace(operations, contracts=flows, legs=tuple(legs))


def _with_tiers(
    ground: Ground, delivered: dict[str, FloatArray], dispatched: capacity.Dispatch
) -> tuple[capacity.Dispatch, dict[str, Number]]:
    """Return what service tiers let through, and by contract its price multiple (M23); the rest is unserved."""
    inputs, lots = ground.inputs, ground.inputs.fleet.lots
    multiples: dict[str, Number] = {contract.key: 1.0 for contract in inputs.contracts()}
    served, unserved = list(dispatched.served_by_lot), dispatched.unserved
    for contract in inputs.contracts():
        if inputs.term_of(ServiceTiers, contract.key) is None:
            continue
        used = _used(ground, delivered, served, contract)
        through, multiples[contract.key] = use_in_tiers(inputs, contract, used)
        kept = through.used / np.where(used.used > 0.0, used.used, 1.0)
        for place, lot in enumerate(lots):
            if lot.contract == contract.key:
                unserved = unserved + served[place] * (1.0 - kept)
                served[place] = served[place] * kept
    return replace(dispatched, served_by_lot=served, unserved=unserved), multiples


def _used(
    ground: Ground, delivered: dict[str, FloatArray], served: Sequence[FloatArray], contract: ComputeContract
) -> Use:
    """Return the chip-hours of one contract; the first lot's delivery says how much of its minimum stays due."""
    hours, index = units.HOURS_PER_QUARTER, ground.paths.index
    used, available = np.empty(index.shape), np.zeros((index.shape[0], 1))
    shares: list[Number] = []
    for lot, tokens in zip(ground.inputs.fleet.lots, served, strict=True):
        if lot.contract == contract.key:
            rate = np.broadcast_to(ground.rates[lot.chip] * ground.gain, index.shape)
            for quarter in range(index.shape[0]):
                lot_hours = np.divide(tokens[quarter], rate[quarter], out=None if shares else used[quarter])
                lot_hours *= hours
                if shares:
                    used[quarter] += lot_hours
            available = available + delivered[lot.key] * hours
            shares.append(lot.built_share * ground.on_time[lot.key])
    if not shares:
        used.fill(0.0)
    return Use(used, np.broadcast_to(available, index.shape), shares[0] if shares else 0.0)


def _porting(inputs: Any, scales: Scales) -> FloatArray:
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
