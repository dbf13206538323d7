"""What a term adds to the ledger beside the bills of a contract: one leg for each flow (E20-E27)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.ledger import Party, Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One flow of one term, (Q+1, draw) USD from payer to payee; row 0 is the opening date.

    `while_lab_pays`: as contracted, cut where the lab no longer pays; else it stands as it is (settlements, outsiders).
    """

    payer: Party
    payee: Party
    kind: str
    item: str
    flows: FloatArray
    purse: Purse = "contract"
    needs_ipo: bool = False
    while_lab_pays: bool = True

    def paid(self, alive: FloatArray) -> FloatArray:
        """Return the flows in a world where the lab pays in quarters `alive` (Q, draw)."""
        if not self.while_lab_pays:
            return self.flows
        return np.vstack([self.flows[:1], self.flows[1:] * alive])


def net_of_lab(legs: Iterable[Leg], shape: tuple[int, int]) -> FloatArray:
    """Return (Q+1, draw) what the lab receives by these legs while it pays."""
    net = np.zeros(shape)
    for leg in legs:
        if leg.payee == "lab":
            net += leg.flows
        if leg.payer == "lab":
            net -= leg.flows
    return net
