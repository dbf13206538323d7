"""One contract while the lab pays: its price, bills, minimum, and what its other terms add (E22, E24, E26, E27)."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.compute_terms import Delivery, MostFavoured, Reservation, ServiceTiers, TerminationFee
from costmodel.inputs.deal import ComputeContract, TakeOrPay
from costmodel.inputs.finance_terms import Backstop
from costmodel.simulate.endings import Ending, bound_through, span_of
from costmodel.simulate.scale import Scale
from costmodel.terms.capacity_terms import fee_by_quarter, in_tiers, present_value_after, reservation_fee
from costmodel.terms.compute import TrueUps, promised_by_quarter, settle_minimum
from costmodel.terms.price import after_tiers, contract_price


@dataclass(frozen=True, slots=True)
class Use:
    """What a contract's lots carry, (Q, draw) chip-hours: used, and delivered as long as the contract runs.

    `delivered_share` is the capacity delivered over the capacity announced: one figure, (draw,) or (Q, draw).
    """

    used: FloatArray
    available: FloatArray
    delivered_share: Number


@dataclass(frozen=True, slots=True)
class ContractFlows:
    """One contract while the lab pays; (Q, draw) USD, zero outside its term.

    `minimum` is as promised, whether or not the contract ends early (`ending`); `earned` what the books count of the
    shortfall (None: as paid); `running` the shortfall of the contract year not settled yet; `fee` what is owed for
    leaving at the end of each quarter; `sold_hours` chip-hours used or paid for; `price` USD a chip-hour;
    `reserved_fee` what capacity held ready costs as long as the contract stands; `held` what the provider has of the
    lab's at the end of each quarter, prepaid and not drawn or lent and not repaid; `taken_off` what those take off
    bills and shortfalls. None: no term asks for it. `bound` (Q,) is the last quarter the lab cannot get out of, as seen
    at the end of each.
    """

    billed: FloatArray
    shortfall: FloatArray
    minimum: FloatArray
    bound: IntArray
    price: FloatArray | None = None
    earned: FloatArray | None = None
    running: FloatArray | None = None
    fee: FloatArray | None = None
    sold_hours: FloatArray | None = None
    reserved_fee: FloatArray | None = None
    ending: Ending | None = None
    held: FloatArray | None = None
    taken_off: FloatArray | None = None


def use_in_tiers(inputs: Any, contract: ComputeContract, use: Use) -> tuple[Use, Number]:
    """Return the use that service tiers let through, and the multiple its price gets; the use itself without tiers."""
    tiers = inputs.term_of(ServiceTiers, contract.key)
    if tiers is None:
        return use, 1.0
    kept, weighted = in_tiers(tiers, use.used, use.available)
    multiple = weighted / np.where(kept > 0.0, kept, 1.0)
    return Use(kept, use.available, use.delivered_share), multiple


def contract_flows(
    inputs: Any,
    contract: ComputeContract,
    index: FloatArray,
    use: Use,
    multiple: Number,
    scale: Scale,
    ending: Ending | None,
) -> ContractFlows:
    """Return one contract's bills: chip-hours used x price after tiers, and the shortfall of its minimum."""
    first, stop = span_of(inputs, contract)
    term = slice(first, stop)
    billed, nothing = np.zeros(index.shape), np.broadcast_to(0.0, index.shape)
    shortfall = minimum = nothing
    peer = peer_price(inputs, contract, index[term], first)
    price = contract_price(contract, inputs.steps_of(contract.key), index[term], peer)
    gross = use.used[term] * price
    if np.ndim(multiple):
        gross = gross * multiple[term]
    billed[term] = after_tiers(inputs.tiers_of(contract.key), gross)
    more: dict[str, Any] = {}
    promise = inputs.take_or_pay_of(contract.key)
    if promise is not None:
        start = inputs.timeline.index_of(contract.starts)
        by_quarter = promised_by_quarter(promise, contract.quarters)[first - start : stop - start]
        shortfall, minimum = np.zeros(index.shape), np.zeros(index.shape)
        minimum[term] = by_quarter[:, None] * scale.contract * np.ones(BLOCK_SIZE)
        told = _settled(inputs, promise, billed[term], minimum[term], use, term, ending)
        shortfall[term] = told.payments
        if promise.make_up_share:
            more["earned"] = _on_axis(told.earned, term, index)
        if told.running is not None:
            more["running"] = _on_axis(told.running, term, index)
    more |= _asked_for(inputs, contract, price, minimum, use, index)
    bound = bound_through(inputs, contract)
    return ContractFlows(billed, shortfall, minimum, bound, ending=ending, **more)


def _settled(
    inputs: Any,
    promise: TakeOrPay,
    billed: FloatArray,
    minimum: FloatArray,
    use: Use,
    term: slice,
    ending: Ending | None,
) -> TrueUps:
    """Return the minimum settled in the contract's quarters; what runs up is known before anybody leaves."""
    share = use.delivered_share[term] if np.ndim(use.delivered_share) == 2 else use.delivered_share
    keeps = bool(np.any(np.asarray(inputs.deal.on_default.true_up_recovery_share) > 0.0))
    if ending is None:
        return settle_minimum(promise, billed, minimum, share, keeps_running=keeps)
    owed = minimum * ending.owed(inputs.timeline.quarters)[term]
    told = settle_minimum(promise, billed, owed, share)
    if keeps:
        stands = ending.stands(inputs.timeline.quarters)[term]
        up_to_then = settle_minimum(promise, billed, minimum * stands, share, keeps_running=True)
        told = replace(told, running=up_to_then.running)
    return told


def _asked_for(
    inputs: Any,
    contract: ComputeContract,
    price: FloatArray,
    minimum: FloatArray,
    use: Use,
    index: FloatArray,
) -> dict[str, FloatArray]:
    """Return what further terms of a contract ask for, by the name it has in its flows."""
    first, stop = span_of(inputs, contract)
    term = slice(first, stop)
    more: dict[str, FloatArray] = {}
    leaving = inputs.term_of(TerminationFee, contract.key)
    if leaving is not None:
        value = present_value_after(minimum[term], inputs.deal.provider_contract_rate)
        fee = fee_by_quarter(leaving.fee_shares, leaving.mitigation_share, value)
        more["fee"] = _on_axis(fee, term, index)
    if inputs.term_of(Backstop, contract.key) is not None:
        paid_for = minimum[term] / np.where(price > 0.0, price, np.inf)
        more["sold_hours"] = np.maximum(use.used, _on_axis(paid_for, term, index))
    if any(inputs.term_of(shape, contract.key) is not None for shape in (MostFavoured, Delivery)):
        more["price"] = _on_axis(price * np.ones(BLOCK_SIZE), term, index)
    reserved = inputs.term_of(Reservation, contract.key)
    if reserved is not None:
        more["reserved_fee"] = reservation_fee(reserved, use.available, first, stop)
    return more


def peer_price(inputs: Any, contract: ComputeContract, index: FloatArray, first: int) -> FloatArray | None:
    """M19: return (quarter of the contract, draw) the most a favoured customer pays; None without the clause."""
    favoured = inputs.term_of(MostFavoured, contract.key)
    if favoured is None:
        return None
    price = contract.reference_usd_per_chip_hour * index * (1.0 - favoured.peer_discount_share)
    price[: max(inputs.timeline.index_of(favoured.starts) - first, 0)] = np.inf
    return np.asarray(price)


def _on_axis(values: FloatArray, term: slice, index: FloatArray) -> FloatArray:
    """Return (Q, draw) with the contract's quarters in their place, zero elsewhere."""
    placed = np.zeros(index.shape)
    placed[term] = values
    return placed
