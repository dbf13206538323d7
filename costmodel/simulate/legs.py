"""What a term adds to the ledger beside the bills of a contract: one leg for each flow (E20-E27)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.ledger import Party, Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One flow of one term, (Q+1, draw) USD from payer to payee; row 0 is the opening date.

    `while_lab_pays`: as contracted, cut where the lab no longer pays; else it stands as it is (settlements, outsiders).
    `books` is what the provider's books count as income or cost instead of the cash, payer to payee, Q+1 rows; None:
    the cash. What is paid and not yet counted is a liability (or a claim) of the provider's; where the lab stops
    paying, what is left of it is counted in the quarter after.
    """

    payer: Party
    payee: Party
    kind: str
    item: str
    flows: FloatArray
    purse: Purse = "contract"
    needs_ipo: bool = False
    while_lab_pays: bool = True
    books: FloatArray | None = None

    def paid(self, alive: FloatArray) -> FloatArray:
        """Return the flows in a world where the lab pays in quarters `alive` (Q, draw)."""
        if not self.while_lab_pays:
            return self.flows
        return np.vstack([self.flows[:1], self.flows[1:] * alive])


def not_yet_earned(leg: Leg, alive: FloatArray) -> FloatArray | None:
    """Return (Q+1, draw) the provider's cash of a leg less what its books count; None when they are the same.

    The sum over a leg's quarters is zero once it is settled: at its own end, or in the quarter after the lab stops
    paying.
    """
    if leg.books is None or leg.purse != "contract":
        return None
    sign = float(leg.payee == "provider") - float(leg.payer == "provider")
    return sign * deferral(leg.flows, leg.books, alive)


def deferral(cash: FloatArray, books: FloatArray, alive: FloatArray) -> FloatArray:
    """Return (Q+1, draw) what cash runs ahead of the books, cut where the lab stops paying and settled there.

    `cash` and `books`, Q or Q+1 rows, are what moves while the lab pays. What stands when it stops is counted in the
    quarter after; a lab that stops in the last quarter leaves it standing.
    """
    quarters, draws = alive.shape
    ahead, total = np.zeros((quarters + 1, draws)), np.zeros(draws)
    first = quarters + 1 - cash.shape[0]
    for row in range(first, quarters + 1):
        np.subtract(cash[row - first], books[row - first], out=ahead[row])
        if row:
            ahead[row] *= alive[row - 1]
        total += ahead[row]
    stops = np.count_nonzero(alive, axis=0)
    early = np.flatnonzero((stops > 0) & (stops < quarters))
    ahead[stops[early] + 1, early] -= total[early]
    return ahead


def net_of_lab(legs: Iterable[Leg], shape: tuple[int, int]) -> FloatArray:
    """Return (Q+1, draw) what the lab receives by these legs while it pays."""
    net = np.zeros(shape)
    for leg in legs:
        if leg.payee == "lab":
            net += leg.flows
        if leg.payer == "lab":
            net -= leg.flows
    return net


def net_before_legs(operations: Any, other_cost: FloatArray) -> FloatArray:
    """Return (Q, draw) the lab's cash before financing and legs: revenue less compute, other cost and porting."""
    bills = [
        operations.porting,
        operations.on_demand_bill,
        operations.burst_bill,
        operations.other_clouds_bill,
    ]
    for flows in operations.contracts.values():
        bills += [flows.billed, flows.shortfall]
    net: FloatArray = np.empty(operations.revenue.shape)
    for quarter, left in enumerate(net):  # row by row, so that the sum stays in the cache
        np.subtract(operations.revenue[quarter], other_cost[quarter], out=left)
        for bill in bills:
            left -= bill[quarter]
    return net
