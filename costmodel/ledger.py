"""Ledger first: every flow is a line from one party to another (engine.md 0).

What one party pays another receives, so over all parties each quarter of each draw sums to zero.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from costmodel.arrays import FloatArray

Party: TypeAlias = Literal["provider", "lab", "chip_vendor", "other_clouds", "outside_world"]
Purse: TypeAlias = Literal["contract", "capex", "equity"]

PARTIES: tuple[Party, ...] = ("provider", "lab", "chip_vendor", "other_clouds", "outside_world")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of cash flow: `flows` (Q+1, draw) in USD, positive from payer to payee.

    `item` is the term, lot or contract it belongs to ("" when there is only one). `purse` decides the
    discount rate. `needs_ipo` marks money that moves only because of an IPO.
    """

    payer: Party
    payee: Party
    kind: str
    item: str
    needs_ipo: bool
    purse: Purse
    flows: FloatArray

    def signed_for(self, party: Party) -> float:
        """Return +1 when the party receives, -1 when it pays, 0 when it is not concerned."""
        return float(self.payee == party) - float(self.payer == party)


@dataclass(slots=True)
class Ledger:
    """All lines of one world in one block of draws."""

    lines: list[Line] = field(default_factory=list)

    def add(
        self,
        payer: Party,
        payee: Party,
        kind: str,
        flows: FloatArray,
        *,
        item: str = "",
        needs_ipo: bool = False,
        purse: Purse = "contract",
    ) -> None:
        """Append a line; ArithmeticError names the line when a flow is not finite (engine.md 8)."""
        if not np.isfinite(flows).all():
            raise ArithmeticError(
                f"Ledger line {kind} {item} from {payer} to {payee} is not a finite number."
            )
        self.lines.append(
            Line(
                payer=payer, payee=payee, kind=kind, item=item, needs_ipo=needs_ipo, purse=purse, flows=flows
            )
        )

    def net(
        self,
        party: Party,
        *,
        purse: Purse | None = None,
        needs_ipo: bool | None = None,
        kinds: frozenset[str] | None = None,
    ) -> FloatArray | float:
        """Return the party's net inflow (Q+1, draw) over the lines that match; 0.0 when none does."""
        total: FloatArray | float = 0.0
        for line in self.lines:
            sign = line.signed_for(party)
            if sign == 0.0 or (purse is not None and line.purse != purse):
                continue
            if (needs_ipo is not None and line.needs_ipo != needs_ipo) or (
                kinds is not None and line.kind not in kinds
            ):
                continue
            total = total + sign * line.flows
        return total
