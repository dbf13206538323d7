"""What the further terms of a contract add to its bills, as contracted: one leg for each flow (M19-M25, M30)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray, IntArray, Number
from costmodel.inputs.compute_terms import (
    Delivery,
    MostFavoured,
    PerformanceGuarantee,
    Prepayment,
    Reservation,
    TerminationFee,
)
from costmodel.inputs.deal import ComputeContract
from costmodel.inputs.finance_terms import CustomerLoan
from costmodel.simulate.contracts import ContractFlows
from costmodel.simulate.endings import late_chips, span_of
from costmodel.simulate.legs import Leg
from costmodel.simulate.scale import Scale
from costmodel.terms.capacity_terms import NEVER, draw_down, look_back_credit, performance_credit
from costmodel.terms.finance import repay_loan


def contract_legs(
    inputs: Any, contract: ComputeContract, flows: ContractFlows, scale: Scale
) -> Iterator[Leg]:
    """Return the legs of every further term of one contract, in the order of their mechanisms."""
    favoured = inputs.term_of(MostFavoured, contract.key)
    if favoured is not None and flows.price is not None and favoured.look_back_share:
        yield _look_back(inputs, contract, favoured, flows.billed, flows.price)
    guarantee = inputs.term_of(PerformanceGuarantee, contract.key)
    if guarantee is not None:
        credit = performance_credit(guarantee, flows.billed)
        yield _leg("provider", "performance_credit", guarantee.key, quarterly(credit))
    due = flows.billed + np.maximum(flows.shortfall, 0.0)
    prepaid = inputs.term_of(Prepayment, contract.key)
    if prepaid is not None:
        due = due - (yield from _prepayment(inputs, contract, prepaid, flows, due, scale))
    reserved = inputs.term_of(Reservation, contract.key)
    if reserved is not None and flows.reserved_fee is not None:
        yield _leg("lab", "reservation_fee", reserved.key, quarterly(flows.reserved_fee * _standing(flows)))
    delivery = inputs.term_of(Delivery, contract.key)
    if delivery is not None and flows.price is not None and delivery.damages_share:
        owed = flows.price * _standing(flows) * scale.contract
        yield _damages(inputs, contract, delivery, owed)
    leaving = inputs.term_of(TerminationFee, contract.key)
    if leaving is not None and flows.ending is not None and flows.fee is not None:
        last = np.where(flows.ending.owes_fee, flows.ending.last, NEVER)
        owed = flows.fee[np.minimum(last, flows.fee.shape[0] - 1), np.arange(last.size)]
        yield _leg("lab", "termination_fee", leaving.key, after(last, owed, flows.billed.shape[0]))
    loan = inputs.term_of(CustomerLoan, contract.key)
    if loan is not None:
        yield from _loan(inputs, contract, loan, flows, due, scale)


def held_of_lab(legs: list[Leg]) -> FloatArray | None:
    """Return (Q, draw) USD the provider has of the lab's at the end of each quarter: what it was paid and the books
    do not count; None where no leg runs ahead of the books.
    """
    ahead = None
    for leg in legs:
        if leg.books is not None:
            early = leg.flows - leg.books if leg.payee == "provider" else leg.books - leg.flows
            ahead = early if ahead is None else ahead + early
    return None if ahead is None else np.cumsum(ahead, axis=0)[1:]


def taken_off_bills(legs: list[Leg]) -> FloatArray | None:
    """Return (Q, draw) USD of bills and shortfalls that are paid from a prepayment or set off against a loan."""
    parts = [leg.flows[1:] for leg in legs if leg.kind in ("prepayment_drawn", "loan_set_off")]
    return np.sum(parts, axis=0) if parts else None


def _leg(payer: Any, kind: str, item: str, flows: FloatArray, books: FloatArray | None = None) -> Leg:
    """Return a leg between the lab and the provider."""
    payee = "lab" if payer == "provider" else "provider"
    return Leg(payer=payer, payee=payee, kind=kind, item=item, flows=flows, books=books)  # type: ignore[arg-type]


def quarterly(flows: FloatArray) -> FloatArray:
    """Return (Q+1, draw) of flows (Q, draw): nothing on the opening date."""
    return np.vstack([np.zeros_like(flows[:1]), flows])


def after(quarter: IntArray, amount: Number, quarters: int) -> FloatArray:
    """Return (Q+1, draw) an amount paid in the quarter after `quarter` (draw,); NEVER: not at all."""
    rows = np.arange(quarters + 1)[:, None]
    return np.where(rows == quarter + 2, amount, 0.0)


def _standing(flows: ContractFlows) -> Number:
    return 1.0 if flows.ending is None else flows.ending.stands(flows.billed.shape[0])


def _look_back(
    inputs: Any, contract: ComputeContract, term: MostFavoured, billed: FloatArray, price: FloatArray
) -> Leg:
    first, stop = span_of(inputs, contract)
    since = max(inputs.timeline.index_of(term.starts) - first, 0)
    credit = np.zeros_like(billed)
    credit[first:stop] = look_back_credit(term.look_back_share, billed[first:stop], price[first:stop], since)
    return _leg("provider", "look_back_credit", term.key, quarterly(credit))


def _prepayment(
    inputs: Any,
    contract: ComputeContract,
    term: Prepayment,
    flows: ContractFlows,
    due: FloatArray,
    scale: Scale,
) -> Any:
    """Yield prepayment, what is drawn from it, what comes back; return what is drawn, (Q, draw) (M21).

    `due` (Q, draw) are bills and shortfalls: both are owed under the commitment that is prepaid, so both draw. The
    books count what is drawn at what was paid for it, and what is never drawn when the contract ends.
    """
    quarters = flows.billed.shape[0]
    first, stop = span_of(inputs, contract)
    promise = inputs.take_or_pay_of(contract.key)
    face = term.share * (promise.commitment_usd if promise is not None else 0.0) * scale.contract
    kept = 1.0 - term.discount_share
    drawn = np.zeros_like(flows.billed)
    drawn[first:stop], left = draw_down(face, term.draw_share, due[first:stop])
    paid, lapsed = np.zeros((2, quarters + 1, drawn.shape[1]))
    paid[first] = face * kept
    last = flows.ending.last if flows.ending is not None else np.full(drawn.shape[1], NEVER)
    gives_back = (
        flows.ending.refunds if flows.ending is not None else np.zeros(drawn.shape[1], dtype=np.bool_)
    )
    lapsed += after(np.where(gives_back, NEVER, last), left * kept, quarters)
    lapsed[stop] += np.where(last == NEVER, left * kept, 0.0)
    yield _leg("lab", "prepayment", term.key, paid, lapsed)
    yield _leg(
        "provider", "prepayment_drawn", term.key, quarterly(drawn), quarterly(drawn * term.discount_share)
    )
    back = after(np.where(gives_back, last, NEVER), left * kept, quarters)
    if back.any():
        yield _leg("provider", "prepayment_refund", term.key, back, np.zeros_like(back))
    return drawn


def _damages(inputs: Any, contract: ComputeContract, term: Delivery, price: FloatArray) -> Leg:
    """M24: damages = rate x price x chip-hours due since the grace and still missing; no price, nothing due."""
    missing, _ = late_chips(inputs, contract, term)
    hours = missing * inputs.fleet.availability * units.HOURS_PER_QUARTER
    return _leg("provider", "late_delivery_damages", term.key, quarterly(term.damages_share * price * hours))


def _loan(
    inputs: Any,
    contract: ComputeContract,
    term: CustomerLoan,
    flows: ContractFlows,
    bills: FloatArray,
    scale: Scale,
) -> Iterator[Leg]:
    """M30: the lab lends on `paid_on` and is repaid from the quarter after on; the books count the interest."""
    quarters, draws = bills.shape
    row = inputs.timeline.index_of(term.paid_on) + 1
    principal = term.principal_usd * scale.contract
    lent, repaid, interest = np.zeros((3, quarters + 1, draws))
    lent[row] = principal
    _, stop = span_of(inputs, contract)
    last = np.full(draws, stop - 1)
    if flows.ending is not None:
        last = np.minimum(last, flows.ending.last)
    final = np.arange(row, quarters)[:, None] == np.maximum(last, row)
    repaid[row + 1 :], interest[row + 1 :] = repay_loan(term, principal, bills[row:], final)
    yield _leg("lab", "customer_loan", term.key, lent, np.zeros_like(lent))
    kind = "loan_repaid" if term.repaid == "cash" else "loan_set_off"
    yield _leg("provider", kind, term.key, repaid, interest)
