"""Chips bought by a vehicle of the provider's and leased to the lab: as contracted, and after a default (M26, M27).

The vehicle's debt is without recourse: its lenders get the chips and the guarantee, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.finance_terms import ChipLease, ResidualGuarantee
from costmodel.simulate.legs import Leg
from costmodel.terms.finance import LeasePlan, guaranteed_gap, plan_lease


@dataclass(frozen=True, slots=True)
class LeaseBook:
    """What a lease adds to the provider's books, (Q+1, draw) USD: written off, and given up less debt never repaid."""

    depreciation: FloatArray
    book_lost: FloatArray


def lease_legs(inputs: Any, index: FloatArray, stands: Number) -> Iterator[Leg]:
    """Return every lease as contracted while the lab pays; `stands` of it."""
    for term in inputs.terms_of(ChipLease):
        yield from _Lease.of(inputs, term, index, stands).contracted()


def settled_leases(
    inputs: Any, index: FloatArray, stands: Number, alive: FloatArray, failed: IntArray
) -> tuple[list[Leg], list[LeaseBook]]:
    """Return what a default in quarter `failed` (draw,) adds to the leases, and their books in this world."""
    legs: list[Leg] = []
    books: list[LeaseBook] = []
    for term in inputs.terms_of(ChipLease):
        lease = _Lease.of(inputs, term, index, stands)
        settled, book = lease.settled(alive, failed)
        legs += settled
        books.append(book)
    return legs, books


@dataclass(frozen=True, slots=True)
class _Lease:
    """One lease on the quarter axis: rent from quarter `start` to `stop` - 1; it began `begun` quarters before."""

    term: ChipLease
    guarantee: ResidualGuarantee | None
    plan: LeasePlan
    begun: int
    start: int
    stop: int
    index: FloatArray
    stands: Number

    @property
    def count(self) -> int:
        """Return how many quarters of rent are left on the opening date, or in all."""
        return self.stop - self.start

    @staticmethod
    def of(inputs: Any, term: ChipLease, index: FloatArray, stands: Number) -> "_Lease":
        """Return a lease; a scenario refuses one that does not lie within its horizon."""
        start = inputs.timeline.index_of(term.starts)
        begun = max(-start, 0)
        guarantees = inputs.terms_of(ResidualGuarantee)
        guarantee = next((one for one in guarantees if one.lease == term.key), None)
        return _Lease(
            term,
            guarantee,
            plan_lease(term, begun),
            begun,
            start + begun,
            start + term.quarters,
            index,
            stands,
        )

    def contracted(self) -> Iterator[Leg]:
        """Return the legs while the lab pays."""
        plan, first, stop = self.plan, self.start, self.stop
        owed_at_end = plan.debt[-1]
        market = self._market(np.array([self.count]), self.index[stop - 1][None, :])[0]
        bought = self.term.purchase_option & (market > plan.residual)
        proceeds = np.where(bought, plan.residual, market)
        cover = self._covered(owed_at_end, market) * ~bought
        principal = np.zeros((self.count, BLOCK_SIZE)) + plan.service - plan.interest
        principal[-1] += np.minimum(owed_at_end, proceeds + cover)
        yield self._leg("provider", "chip_vendor", "chips", "capex", first, plan.capex[None, :])
        yield self._leg("outside_world", "provider", "lease_debt", "capex", first, plan.debt[:1])
        rent = np.repeat(plan.payment[None, :], self.count, axis=0)
        yield self._leg("lab", "provider", "lease_payment", "contract", first + 1, rent)
        yield self._leg("provider", "outside_world", "lease_interest", "contract", first + 1, plan.interest)
        yield self._leg("provider", "outside_world", "lease_debt_repaid", "capex", first + 1, principal)
        yield self._leg("lab", "provider", "residual", "capex", stop, (proceeds * bought)[None, :])
        yield self._leg("outside_world", "provider", "residual", "capex", stop, (proceeds * ~bought)[None, :])
        if self.guarantee is not None:
            key = self.guarantee.key
            yield self._leg(
                "chip_vendor", "provider", "residual_guarantee", "contract", stop, cover[None, :], key
            )

    def settled(self, alive: FloatArray, failed: IntArray) -> tuple[list[Leg], LeaseBook]:
        """Return what follows a default: the chips are sold in the next quarter, the lenders take their part."""
        plan, (quarters, draws) = self.plan, alive.shape
        elapsed = failed - self.start + 1
        hit = (elapsed >= 0) & (elapsed < self.count) & (failed + 1 < quarters)
        place, every = np.where(hit, elapsed, 0), np.arange(draws)
        sold_in = np.where(hit, failed + 1, 0)

        def of(table: FloatArray) -> FloatArray:
            return np.asarray(np.broadcast_to(table, (table.shape[0], draws))[place, every])

        debt, book = of(plan.debt), of(plan.book)
        resale = self._market(place[None, :], self.index[sold_in, every][None, :])[0]
        cover = self._covered(debt, resale)
        repaid = np.minimum(debt, resale + cover)
        rows = (np.arange(quarters + 1)[:, None] == sold_in + 1) & hit
        legs = [
            self._after("outside_world", "provider", "residual", "capex", rows * resale),
            self._after("provider", "outside_world", "lease_debt_repaid", "capex", rows * repaid),
        ]
        if self.guarantee is not None:
            key = self.guarantee.key
            legs.append(
                self._after("chip_vendor", "provider", "residual_guarantee", "contract", rows * cover, key)
            )
        return legs, self._book(alive, rows * (book - (debt - repaid)))

    def _book(self, alive: FloatArray, lost_by_default: FloatArray) -> LeaseBook:
        """Return the books: straight line while the lab pays, the residual at the end, what a default takes."""
        plan, stop = self.plan, self.stop
        written = np.zeros((alive.shape[0] + 1, alive.shape[1]))
        written[self.start + 1 : stop + 1] = plan.book[:-1] - plan.book[1:]
        written[1:] *= alive
        market = self._market(np.array([self.count]), self.index[stop - 1][None, :])[0]
        bought = self.term.purchase_option & (market > plan.residual)
        proceeds = np.where(bought, plan.residual, market)
        cover = self._covered(plan.debt[-1], market) * ~bought
        unpaid = plan.debt[-1] - np.minimum(plan.debt[-1], proceeds + cover)
        lost = lost_by_default.copy()
        lost[stop] += (plan.residual - unpaid) * alive[stop - 1]
        return LeaseBook(written * self.stands, lost * self.stands)

    def _market(self, elapsed: IntArray, index: FloatArray) -> FloatArray:
        """Return what the chips bring after so many quarters of the lease: book x index, or by the guarantee's own
        rule.
        """
        if self.guarantee is None:
            book = np.broadcast_to(self.plan.book, (self.plan.book.shape[0], index.shape[1]))
            return np.asarray(book[elapsed, np.arange(index.shape[1])] * index)
        kept = (1.0 - self.guarantee.depreciation_annual) ** ((elapsed + self.begun) / 4.0)
        return np.asarray(self.plan.cost * kept * np.maximum(index, 1e-9) ** self.guarantee.index_elasticity)

    def _covered(self, debt: FloatArray, resale: FloatArray) -> FloatArray:
        """Return what the guarantor pays."""
        if self.guarantee is None:
            return np.zeros_like(resale)
        return guaranteed_gap(self.guarantee.guaranteed_usd, debt, resale)

    def _leg(
        self, payer: Any, payee: Any, kind: str, purse: Any, row: int, flows: FloatArray, key: str = ""
    ) -> Leg:
        """Return a leg whose flows start in one row, zero elsewhere."""
        whole = np.zeros((self.index.shape[0] + 1, BLOCK_SIZE))
        whole[row : row + flows.shape[0]] = flows * self.stands
        return Leg(payer=payer, payee=payee, kind=kind, item=key or self.term.key, flows=whole, purse=purse)

    def _after(self, payer: Any, payee: Any, kind: str, purse: Any, flows: FloatArray, key: str = "") -> Leg:
        """Return a leg that stands as it is, after a default."""
        return Leg(
            payer=payer,
            payee=payee,
            kind=kind,
            item=key or self.term.key,
            flows=flows * self.stands,
            purse=purse,
            while_lab_pays=False,
        )
