"""Operations as contracted: what is served, billed and earned each quarter while the lab pays (E12-E17, E22, E26).

Nothing here depends on the lab's cash, so it is computed for all quarters at once; default and exits cut it later.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import capacity, units
from costmodel.arrays import FloatArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.deal import ComputeContract
from costmodel.load import LoadTable
from costmodel.serving import Serving
from costmodel.simulate.paths import Paths
from costmodel.terms.compute import minimum_by_quarter, shortfall_payments
from costmodel.terms.price import after_tiers, contract_price
from costmodel.timeline import Timeline, ramp


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
    """One world's operations while the lab pays; (Q, draw) each, USD unless named otherwise."""

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


def plan_lot(lot: Any, timeline: Timeline, contract: ComputeContract) -> FloatArray:
    """Return (Q,) chips announced to be online: a linear ramp that ends with the contract."""
    reached = ramp(timeline.index_of(lot.online_from), lot.ramp_quarters, timeline.quarters)
    running = np.arange(timeline.quarters) < timeline.index_of(contract.starts) + contract.quarters
    return np.asarray(lot.chips * reached * running, dtype=np.float64)


def schedule(start: Number, end: Number, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (Q, draw) a share that moves linearly from start to end over the ramp."""
    reached = np.minimum(np.arange(quarters) / ramp_quarters, 1.0)[:, None]
    return np.asarray(start + (end - start) * reached) * np.ones(BLOCK_SIZE)


def operate(
    inputs: Any, paths: Paths, servings: dict[str, Serving], table: LoadTable, scales: dict[str, Scale]
) -> Operations:
    """Return the operations of one world: dispatch of the load over the stack, then the bills."""
    quarters = inputs.timeline.quarters
    contracts = {contract.key: contract for contract in inputs.contracts()}
    planned = {lot.key: plan_lot(lot, inputs.timeline, contracts[lot.contract]) for lot in inputs.fleet.lots}
    rates = {key: _tokens_per_chip_hour(inputs, serving) for key, serving in servings.items()}
    gain = (1.0 + inputs.workload.efficiency_gain_annual) ** ((np.arange(quarters) + 0.5)[:, None] / 4.0)
    placement = inputs.placement
    training = schedule(
        placement.training_share_start,
        placement.training_share_end,
        placement.training_share_ramp_quarters,
        quarters,
    )
    share = schedule(
        placement.provider_share_start,
        placement.provider_share_end,
        placement.provider_share_ramp_quarters,
        quarters,
    )
    need = paths.tokens_per_hour / (1.0 - training)
    delivered = {
        lot.key: planned[lot.key][:, None]
        * lot.built_share
        * scales[lot.contract].contract
        * inputs.fleet.availability
        for lot in inputs.fleet.lots
    }
    dispatched = _dispatch(
        inputs, need * share, need * (1.0 - share), training, paths, delivered, rates, gain, table
    )
    outside_rate = rates[inputs.market.outside_chip] * gain
    return _bill(
        inputs, paths, planned, delivered, dispatched, need, share, outside_rate, rates, gain, scales
    )


def _tokens_per_chip_hour(inputs: Any, serving: Serving) -> Number:
    """Return tokens (input and output) a paid chip-hour carries: speed at the serving point x utilisation (E13)."""
    return serving.tokens_per_chip_second * units.SECONDS_PER_HOUR * inputs.workload.utilisation


def _dispatch(
    inputs: Any,
    demand: FloatArray,
    planned_elsewhere: FloatArray,
    training: FloatArray,
    paths: Paths,
    delivered: dict[str, FloatArray],
    rates: dict[str, Number],
    gain: FloatArray,
    table: LoadTable,
) -> capacity.Dispatch:
    """Run the stack E17: committed lots in order, on-demand, burst, other clouds, unserved."""
    placement, market = inputs.placement, inputs.market
    ported = schedule(
        placement.ported_share_start,
        placement.ported_share_end,
        placement.porting_quarters,
        inputs.timeline.quarters,
    )
    committed: list[tuple[FloatArray, FloatArray | None]] = []
    for lot in inputs.fleet.lots:
        limit = ported if inputs.chip(lot.chip).needs_porting else None
        committed.append((delivered[lot.key] * rates[lot.chip] * gain, limit))
    total = sum((lot_capacity for lot_capacity, _ in committed), np.zeros_like(demand))
    return capacity.dispatch(
        demand,
        paths.growth,
        training,
        committed,
        total * market.on_demand_limit_share,
        total * market.burst_limit_share,
        planned_elsewhere * market.other_clouds_spare_share,
        table,
    )


def _bill(
    inputs: Any,
    paths: Paths,
    planned: dict[str, FloatArray],
    delivered: dict[str, FloatArray],
    dispatched: capacity.Dispatch,
    need: FloatArray,
    share: FloatArray,
    outside_rate: FloatArray,
    rates: dict[str, Number],
    gain: FloatArray,
    scales: dict[str, Scale],
) -> Operations:
    """Turn energy in each band of the stack into bills, and served tokens into the lab's revenue."""
    market, hours = inputs.market, units.HOURS_PER_QUARTER
    used = {
        lot.key: served / (rates[lot.chip] * gain) * hours
        for lot, served in zip(inputs.fleet.lots, dispatched.served_by_lot, strict=True)
    }
    on_demand_hours = dispatched.on_demand / outside_rate * hours
    burst_hours = dispatched.burst / outside_rate * hours
    elsewhere_hours = (need * (1.0 - share) + dispatched.other_clouds) / outside_rate * hours
    on_demand_price = market.on_demand_usd_per_chip_hour * paths.index
    served = np.maximum(paths.tokens_per_hour - dispatched.unserved, 0.0)
    kilowatts = {lot.key: inputs.chip(lot.chip).provisioned_kw for lot in inputs.fleet.lots}
    gigawatts = sum(
        (delivered[key] * kilowatts[key] / units.KILOWATTS_PER_GIGAWATT for key in delivered),
        np.zeros_like(need),
    )
    return Operations(
        contracts={
            contract.key: _contract_flows(inputs, contract, paths, used, scales[contract.key])
            for contract in inputs.contracts()
        },
        planned_chips=planned,
        gigawatts_online=gigawatts,
        revenue=served * hours / units.TOKENS_PER_MILLION * paths.paid_price_usd_per_1m,
        on_demand_bill=on_demand_hours * on_demand_price,
        on_demand_cost=(on_demand_hours + burst_hours) * market.owner_cost_usd_per_chip_hour,
        burst_bill=burst_hours * on_demand_price * market.burst_price_multiple,
        other_clouds_bill=elsewhere_hours * market.other_clouds_usd_per_chip_hour * paths.index,
        porting=_porting(inputs, scales),
        unserved_tokens=dispatched.unserved * hours,
        served_tokens=served * hours,
    )


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
