"""Rebates in the provider's own shares as legs of the ledger (M06, M07).

The provider's side is counted as if it bought the shares back on the day: no cash leaves it, its holders are diluted by
as much. The lab's side is what it can sell.
"""

from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import BoolArray, FloatArray
from costmodel.inputs.equity_terms import StockForContract, VestingStep, Warrants
from costmodel.inputs.quantity import is_stated
from costmodel.simulate.legs import Leg
from costmodel.simulate.luck import LabLuck
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.terms.equity import quarterly_chance
from costmodel.terms.rebates import vesting, warrant_value


def rebate_legs(inputs: Any, paths: Paths, operations: Operations, luck: LabLuck) -> list[Leg]:
    """Return the legs of all warrants and stock for contracts, cut where the lab no longer pays; ValueError without a
    share price of the provider.
    """
    warrants, stocks = inputs.all_of(Warrants), inputs.all_of(StockForContract)
    if not (warrants or stocks):
        return []
    if paths.provider_stock is None:
        raise ValueError("A term is paid in shares of the provider. Give the provider's share price.")
    legs = [_warrants(inputs, term, paths.provider_stock, operations, luck) for term in warrants]
    for stock in stocks:
        legs += _stock(inputs, stock, paths.provider_stock)
    return legs


def _warrants(inputs: Any, term: Warrants, stock: FloatArray, operations: Operations, luck: LabLuck) -> Leg:
    """Return what the vested warrants are worth when the lab takes them (M06)."""
    expires = inputs.timeline.index_of(term.expires)
    flows = operations.contracts[term.contract]
    purchases = np.cumsum(flows.billed + flows.shortfall, axis=0)
    value = np.zeros_like(stock)
    for step in term.steps:
        uniform = luck.milestones.get(f"{term.key}.{step.key}")
        online = _gigawatts(inputs, term.contract, operations)
        vests = vesting(_conditions(step, purchases, online, stock, uniform))
        value += warrant_value(
            vests, step.shares, term.strike_usd, stock, expires, at_expiry=term.taken == "at_expiry"
        )
    return _leg("provider", "lab", "warrant_value", term.key, value)


def _conditions(
    step: VestingStep,
    purchases: FloatArray,
    online: FloatArray,
    stock: FloatArray,
    uniform: FloatArray | None,
) -> list[BoolArray]:
    """Return (Q, draw) each condition of a step; one left out always holds."""
    met = [
        purchases >= step.purchases_usd,
        (online >= step.gigawatts) & np.ones_like(stock, dtype=np.bool_),
        stock >= step.share_price_usd,
    ]
    if is_stated(step.condition_hazard_annual) and uniform is not None:
        met.append(uniform < quarterly_chance(step.condition_hazard_annual))
    return met


def _gigawatts(inputs: Any, contract: str, operations: Operations) -> FloatArray:
    """Return (Q, draw) gigawatts online under a contract."""
    total = np.zeros_like(operations.gigawatts_online)
    for lot in inputs.fleet.lots:
        if lot.contract == contract:
            planned = operations.planned_chips[lot.key]  # by draw too when delivery is late
            chips = planned.reshape(planned.shape[0], -1) * lot.built_share * inputs.fleet.availability
            total = total + chips * inputs.chip(lot.chip).provisioned_kw / units.KILOWATTS_PER_GIGAWATT
    return total


def _stock(inputs: Any, term: StockForContract, stock: FloatArray) -> list[Leg]:
    """Return stock given at the price of its day, held, and sold at A x P_t / P_issue (M07)."""
    given, sold = np.zeros_like(stock), np.zeros_like(stock)
    issued = inputs.timeline.index_of(term.issued_on)
    if 0 <= issued < stock.shape[0]:
        given[issued] = term.amount_usd
        last = issued + term.held_quarters
        if last < stock.shape[0]:
            sold[last] = term.amount_usd * stock[last] / stock[issued]
    return [
        _leg("provider", "lab", "stock_issued", term.key, given),
        _leg("lab", "outside_world", "stock_held", term.key, given),
        _leg("outside_world", "lab", "stock_sold", term.key, sold),
    ]


def _leg(payer: Any, payee: Any, kind: str, item: str, flows: FloatArray) -> Leg:
    opening = np.zeros((1, flows.shape[1]))
    return Leg(
        payer=payer, payee=payee, kind=kind, item=item, flows=np.vstack([opening, flows]), purse="equity"
    )
