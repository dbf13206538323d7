"""What terms settle once it is known whether the lab still pays: guarantees, backstops, leases, true-ups (M17,
M27-M29).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, IntArray
from costmodel.counted import Counted
from costmodel.inputs.deal import ComputeContract
from costmodel.inputs.finance_terms import Backstop, LeaseGuarantee
from costmodel.simulate.aftermath import InWorld
from costmodel.simulate.contract_legs import after
from costmodel.simulate.contracts import ContractFlows
from costmodel.simulate.leases import settled_leases
from costmodel.simulate.legs import Leg
from costmodel.simulate.scale import Scale, Scales, stands_of
from costmodel.terms.capacity_terms import first_quarter
from costmodel.terms.finance import backstop_payments, guarantee_standing


@dataclass(frozen=True, slots=True)
class Settled:
    """Legs that terms without a contract add in one world, and what they do to the books, (Q+1, draw) USD or 0."""

    legs: list[Leg]
    depreciation: FloatArray | float
    book_lost: FloatArray | float


def settle_deal(story: Any, scales: Scales) -> Settled:
    """Return what leases and guarantees settle in one world."""
    stands = stands_of(scales)
    failed = first_quarter(story.run.defaulted)
    legs, books = settled_leases(story.inputs, story.paths.index, stands, story.alive, failed)
    for term in story.inputs.terms_of(LeaseGuarantee):
        legs.append(_called(story.inputs, term, failed, story.alive.shape[0], stands))
    return Settled(legs, sum(book.depreciation for book in books), sum(book.book_lost for book in books))


def _called(inputs: Any, term: LeaseGuarantee, failed: IntArray, quarters: int, stands: Any) -> Leg:
    """M29: return what the provider pays the landlord in the quarter after the lab's default."""
    start = inputs.timeline.index_of(term.starts)
    standing = guarantee_standing(term.guaranteed_usd, start, term.quarters, quarters)[:, 0]
    stood = standing[np.minimum(failed, quarters - 1)]
    return Leg(
        payer="provider",
        payee="outside_world",
        kind="lease_guarantee",
        item=term.key,
        flows=after(failed, stood * term.loss_share * stands, quarters),
        while_lab_pays=False,
    )


def settle_contract(
    story: Any,
    contract: ComputeContract,
    flows: ContractFlows,
    hours: Counted,
    held: InWorld,
    relet_on: FloatArray,
    scale: Scale,
) -> list[Leg]:
    """Return what a contract's terms settle: a claim on the shortfall that ran up, and the backstop of unsold hours.

    `hours`, Q rows, are online under the contract; `relet_on`, by column of `held`, is 1 where they are re-let.
    """
    legs: list[Leg] = []
    inputs = story.inputs
    if flows.running is not None:
        share = inputs.deal.on_default.true_up_recovery_share
        claim = np.where(story.run.defaulted, flows.running * share, 0.0)
        legs.append(_leg("lab", "provider", "shortfall_claim", contract.key, _next_quarter(claim)))
    backstop = inputs.term_of(Backstop, contract.key)
    if backstop is not None and flows.sold_hours is not None:
        online = hours.expanded()
        relet = relet_on.take(held.number, axis=1) * inputs.deal.on_default.relet_utilisation
        sold = flows.sold_hours * held.paying + relet * online
        paid = backstop_payments(
            backstop.cap_usd * scale.contract,
            backstop.price_usd_per_chip_hour,
            np.maximum(online - sold, 0.0),
            inputs.timeline.index_of(backstop.ends),
        )
        opening = np.zeros_like(paid[:1])
        legs.append(_leg("chip_vendor", "provider", "backstop", backstop.key, np.vstack([opening, paid])))
    return legs


def _leg(payer: Any, payee: Any, kind: str, item: str, flows: FloatArray) -> Leg:
    return Leg(payer=payer, payee=payee, kind=kind, item=item, flows=flows, while_lab_pays=False)


def _next_quarter(flows: FloatArray) -> FloatArray:
    """Return (Q+1, draw) flows of (Q, draw) moved to the quarter after; what falls beyond the horizon is left out."""
    return np.vstack([np.zeros_like(flows[:2]), flows[:-1]])
