"""What terms that name no contract add, as contracted: shares of what the lab earns, and guarantees (M14-M16, M29)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from costmodel import lab
from costmodel.arrays import FloatArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.claim_terms import ProfitShare, ResaleShare, RevenueShare
from costmodel.inputs.finance_terms import LeaseGuarantee
from costmodel.simulate.contract_legs import quarterly
from costmodel.simulate.legs import Leg
from costmodel.terms.claims import profit_share, resale_share, revenue_share

CLAIM_KINDS = frozenset({"revenue_share", "profit_share", "resale_share"})


def claim_legs(inputs: Any, operations: Any, stands: Number) -> Iterator[Leg]:
    """Return what the provider gets of the lab's revenue and profit, `stands` of it (M14-M16)."""
    at = inputs.timeline.index_of
    for share in inputs.terms_of(RevenueShare):
        paid = revenue_share(share, operations.revenue, at(share.starts), at(share.ends))
        yield _claim("revenue_share", share.key, paid * stands)
    shares = inputs.terms_of(ProfitShare)
    profit = operating_profit(inputs, operations) if shares else operations.revenue
    for share in shares:
        yield _claim("profit_share", share.key, profit_share(share, profit, at(share.starts)) * stands)
    for share in inputs.terms_of(ResaleShare):
        paid = resale_share(share, operations.revenue, at(share.starts), at(share.ends))
        yield _claim("resale_share", share.key, paid * stands)


def _claim(kind: str, key: str, paid: FloatArray) -> Leg:
    return Leg(payer="lab", payee="provider", kind=kind, item=key, flows=quarterly(paid))


def operating_profit(inputs: Any, operations: Any) -> FloatArray:
    """Return (Q, draw) revenue less all compute and other cost, before any share of it; legs as the books count."""
    profit = operations.revenue - lab.other_cost(inputs.lab, inputs.timeline.quarters, operations.revenue)
    profit = profit - compute_cost(operations) - operations.porting
    return np.asarray(profit)


def compute_cost(operations: Any) -> FloatArray:
    """Return (Q, draw) USD the lab's compute costs it: bills, shortfalls, what contracts add, and what is bought
    outside.
    """
    cost = operations.on_demand_bill + operations.burst_bill + operations.other_clouds_bill
    for flows in operations.contracts.values():
        cost = cost + flows.billed + flows.shortfall
    for leg in operations.legs:
        if leg.purse == "contract" and "lab" in (leg.payer, leg.payee) and leg.kind not in CLAIM_KINDS:
            counted = leg.flows if leg.books is None else leg.books
            cost = cost + (counted[1:] if leg.payer == "lab" else -counted[1:])
    return np.asarray(cost)


def guarantee_legs(inputs: Any, stands: Number) -> Iterator[Leg]:
    """Return the warrants the provider gets for guarantees of the lab's leases, at their value on the day (M29).

    No cash moves, so they stand in the equity purse and count in no recovery.
    """
    for term in inputs.terms_of(LeaseGuarantee):
        got = np.zeros((inputs.timeline.quarters + 1, BLOCK_SIZE))
        row = inputs.timeline.index_of(term.starts) + 1
        if row >= 0:  # warrants got before the opening date are not part of the decision
            got[row] = term.premium_usd * stands
        yield Leg(
            payer="outside_world",
            payee="provider",
            kind="guarantee_warrants",
            item=term.key,
            flows=got,
            purse="equity",
            while_lab_pays=False,
        )
