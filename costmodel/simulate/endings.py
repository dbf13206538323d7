"""Contracts that end before their time: notice from either side, late delivery, the lab's own will (M22, M24, M25).

All of it follows from the rental index and from deliveries, never from the lab's cash; a lab that fails first does not
leave any more.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.inputs.compute_terms import Delivery, Reservation, TerminationFee
from costmodel.inputs.deal import ComputeContract
from costmodel.terms.capacity_terms import NEVER, first_quarter, ramp_after

OWN_WILL, NOTICE, BY_PROVIDER, LATE = 1, 2, 3, 4
"""How a contract ends early: against a fee, by the lab's notice, by the provider's notice, for want of delivery."""


@dataclass(frozen=True, slots=True)
class Ending:
    """When a contract ends early, (draw,): its last quarter (NEVER: it runs to its end), and how.

    `first` is the contract's first quarter on the axis.
    """

    last: IntArray
    how: IntArray
    first: int

    @property
    def owes_fee(self) -> BoolArray:
        """Return (draw,) whether the lab owes the termination fee."""
        return np.asarray(self.how == OWN_WILL)

    @property
    def refunds(self) -> BoolArray:
        """Return (draw,) whether the provider gives back what was prepaid: it ends the contract or fails to deliver."""
        return np.asarray(self.how >= BY_PROVIDER)

    def stands(self, quarters: int) -> FloatArray:
        """Return (Q, draw): 1 while the contract runs, 0 after it ended early."""
        return (np.arange(quarters)[:, None] <= self.last).astype(np.float64)

    def owed(self, quarters: int) -> FloatArray:
        """Return (Q, draw): 1 in quarters whose minimum counts; without delivery none of the running year does."""
        year = self.first + (self.last - self.first) // 4 * 4
        until = np.where(self.how == LATE, year - 1, self.last)
        return (np.arange(quarters)[:, None] <= until).astype(np.float64)

    def where_paying(self, alive: FloatArray) -> "Ending":
        """Return the endings that come about in a world where the lab pays in quarters `alive` (Q, draw)."""
        there = np.minimum(self.last, alive.shape[0] - 1)
        reached = alive[there, np.arange(alive.shape[1])] > 0.0
        return Ending(np.where(reached, self.last, NEVER), np.where(reached, self.how, 0), self.first)


def span_of(inputs: Any, contract: ComputeContract) -> tuple[int, int]:
    """Return the first quarter of a contract on the axis and the quarter after its last."""
    start = inputs.timeline.index_of(contract.starts)
    return max(start, 0), min(start + contract.quarters, inputs.timeline.quarters)


def ending_of(inputs: Any, contract: ComputeContract, index: FloatArray) -> Ending | None:
    """Return when a contract ends early; None when no term lets it. The first right used wins."""
    first, stop = span_of(inputs, contract)
    rights: list[tuple[IntArray, int]] = []
    delivery = inputs.term_of(Delivery, contract.key)
    if delivery is not None and delivery.exit_missing_share < 1.0:
        missing, due = late_chips(inputs, contract, delivery)
        gone = (missing > delivery.exit_missing_share * due) & (missing > 0.0)
        rights.append((first_quarter(_within(gone & (index > 0.0), first, stop)), LATE))
    notice = inputs.term_of(Reservation, contract.key)
    if notice is not None:
        start = (
            first if notice.notice_from is None else max(inputs.timeline.index_of(notice.notice_from), first)
        )
        for wanted, how in (
            (
                index > notice.provider_exit_above_index if notice.provider_exit_above_index else None,
                BY_PROVIDER,
            ),
            (index < notice.exit_below_index if notice.exit_below_index else None, NOTICE),
        ):
            if wanted is not None:
                given = first_quarter(_within(wanted, start, stop))
                rights.append((given + notice.notice_quarters, how))
    fee = inputs.term_of(TerminationFee, contract.key)
    if fee is not None and fee.exit_below_index > 0.0:
        start = first if fee.exit_from is None else max(inputs.timeline.index_of(fee.exit_from), first)
        wanted = _within(index < fee.exit_below_index, start, stop)
        rights.append((first_quarter(wanted), OWN_WILL))
    return _first_of(rights, first, stop - 1) if rights else None


def late_chips(inputs: Any, contract: ComputeContract, delivery: Delivery) -> tuple[FloatArray, FloatArray]:
    """Return (missing, due) chips of a contract, (Q, draw): due since the grace, and not there yet (M24)."""
    quarters = inputs.timeline.quarters
    missing = due = np.zeros((quarters, 1))
    for lot in (lot for lot in inputs.fleet.lots if lot.contract == contract.key):
        start, chips = inputs.timeline.index_of(lot.online_from), lot.chips * lot.built_share
        owed = chips * ramp_after(start, delivery.grace_quarters, lot.ramp_quarters, quarters)
        here = chips * ramp_after(start, delivery.delay_quarters, lot.ramp_quarters, quarters)
        missing, due = missing + np.maximum(owed - here, 0.0), due + owed
    return missing, due


def bound_through(inputs: Any, contract: ComputeContract) -> IntArray:
    """Return (Q,) the last quarter the lab cannot get out of, as seen at the end of each quarter.

    A right to leave by notice makes the commitment as long as the notice (conflict d of the terms); a right to leave
    against a fee leaves it whole.
    """
    first, stop = span_of(inputs, contract)
    quarters = inputs.timeline.quarters
    notice = inputs.term_of(Reservation, contract.key)
    if notice is None or notice.exit_below_index == 0.0:
        return np.full(quarters, stop - 1)
    start = first if notice.notice_from is None else max(inputs.timeline.index_of(notice.notice_from), first)
    return np.minimum(np.maximum(np.arange(quarters), start) + notice.notice_quarters, stop - 1)


def _within(flags: BoolArray, first: int, stop: int) -> BoolArray:
    """Return the flags in quarters `first` to `stop` - 1, false elsewhere."""
    inside = np.zeros_like(flags)
    inside[first:stop] = flags[first:stop]
    return inside


def _first_of(rights: list[tuple[IntArray, int]], first: int, natural_last: int) -> Ending:
    """Return the earliest ending; one that would come no sooner than the contract's own end does not happen."""
    last = np.full_like(rights[0][0], NEVER)
    how = np.zeros_like(last)
    for quarter, by in rights:
        sooner = (quarter < last) & (quarter < natural_last)
        last, how = np.where(sooner, quarter, last), np.where(sooner, by, how)
    return Ending(last, how, first)
