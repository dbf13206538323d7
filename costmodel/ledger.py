"""Ledger first: every flow is a line from one party to another (engine.md 0).

What one party pays another receives, so over all parties each quarter of each draw sums to zero. A line refers to what
it was made of; its flows by quarter and draw are only worked out for who asks.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.counted import Counted

Party: TypeAlias = Literal["provider", "lab", "chip_vendor", "other_clouds", "outside_world"]
Purse: TypeAlias = Literal["contract", "capex", "equity"]

PARTIES: tuple[Party, ...] = ("provider", "lab", "chip_vendor", "other_clouds", "outside_world")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of cash flow in USD, positive from payer to payee.

    `item` is the term, lot or contract it belongs to ("" when there is only one). `purse` decides the
    discount rate. `needs_ipo` marks money that moves only because of an IPO. `amounts` has a row for each quarter, and
    one before them for the opening date unless `first` is 1; they move where `paid` (Q, draw) is 1, None: everywhere.
    """

    payer: Party
    payee: Party
    kind: str
    item: str
    needs_ipo: bool
    purse: Purse
    amounts: FloatArray | Counted
    first: int
    paid: FloatArray | None
    moves: bool
    """Whether any amount differs from 0."""

    @property
    def rows(self) -> int:
        """Return Q + 1."""
        return self.amounts.shape[0] + self.first

    @property
    def flows(self) -> FloatArray:
        """Return (Q+1, draw) USD."""
        flows = np.zeros((self.rows, self.amounts.shape[1]))
        for row in range(self.rows):
            self.add_row(row, flows[row], 1.0)
        if self.paid is not None:
            flows[1:] *= self.paid
        return flows

    def sums(self, draws: int) -> FloatArray:
        """Return (Q+1,) USD, summed over the first draws."""
        sums = np.zeros(self.rows)
        if not self.moves:
            return sums
        if isinstance(self.amounts, Counted):
            sums[self.first :] = self.amounts.sums(draws)
        elif self.paid is None:
            sums[self.first :] = self.amounts[:, :draws].sum(axis=1)
        else:
            for row in range(1, self.rows):
                sums[row] = (self.amounts[row - self.first, :draws] * self.paid[row - 1, :draws]).sum()
            sums[: 1 - self.first] = self.amounts[: 1 - self.first, :draws].sum(axis=1)
        return sums

    def add_row(self, row: int, total: FloatArray, sign: float) -> None:
        """Add one row, as if all of it were paid, to `total` (draw,)."""
        if row < self.first or not self.moves:
            return
        if isinstance(self.amounts, Counted):
            self.amounts.add_row(row - self.first, total, sign)
        elif sign > 0.0:
            total += self.amounts[row - self.first]
        else:
            total -= self.amounts[row - self.first]

    def signed_for(self, party: Party) -> float:
        """Return +1 when the party receives, -1 when it pays, 0 when it is not concerned."""
        return float(self.payee == party) - float(self.payer == party)


class NotANumberError(ArithmeticError):
    """A flow that is no finite number: which line, in which quarter (-1: the opening date), in which draw of its
    block.
    """

    def __init__(self, line: str, quarter: int, draw: int) -> None:
        self.line, self.quarter, self.draw = line, quarter, draw
        when = "on the opening date" if quarter < 0 else f"in quarter {quarter}"
        super().__init__(f"Ledger line {line} is not a finite number {when} of draw {draw}.")

    def in_run(self, first_draw: int) -> "NotANumberError":
        """Return the same with the draw counted from the run's first, for a block that begins with `first_draw`."""
        return NotANumberError(self.line, self.quarter, self.draw + first_draw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which lines of a party are asked for; None means all."""

    purse: Purse | None = None
    needs_ipo: bool | None = None
    kinds: frozenset[str] | None = None

    def matches(self, kind: str, purse: Purse, *, needs_ipo: bool) -> bool:
        """Return whether a line of this kind and purse is asked for."""
        return (
            (self.purse is None or purse == self.purse)
            and (self.needs_ipo is None or needs_ipo == self.needs_ipo)
            and (self.kinds is None or kind in self.kinds)
        )


@dataclass(slots=True)
class Ledger:
    """All lines of one world in one block of draws; `paid` (Q, draw) is 1 while the lab pays, 0 after."""

    lines: list[Line] = field(default_factory=list)
    paid: FloatArray | None = None

    def add(
        self,
        payer: Party,
        payee: Party,
        kind: str,
        flows: FloatArray | Counted,
        *,
        item: str = "",
        needs_ipo: bool = False,
        purse: Purse = "contract",
        while_lab_pays: bool = False,
        first: int = 0,
    ) -> None:
        """Append a line (Q+1, draw), which must not change any more. `while_lab_pays`: nothing moves after a default.

        NotANumberError names line, quarter and draw when a flow is not finite (engine.md 8).
        """
        # A sum is finite only if all its numbers are: cheaper than to look at each.
        total = float(flows.sum())
        line = Line(
            payer=payer,
            payee=payee,
            kind=kind,
            item=item,
            needs_ipo=needs_ipo,
            purse=purse,
            amounts=flows,
            first=first,
            paid=self.paid if while_lab_pays else None,
            moves=total != 0.0 or bool(flows.any()),
        )
        if not np.isfinite(total):
            row, draw = (int(place) for place in np.argwhere(~np.isfinite(line.flows))[0])
            name = " ".join(word for word in (kind, item) if word)
            raise NotANumberError(f"{name} from {payer} to {payee}", row - 1, draw)
        self.lines.append(line)

    def add_quarterly(
        self, payer: Party, payee: Party, kind: str, flows: FloatArray | Counted, **more: Any
    ) -> None:
        """Append a line of quarterly flows (Q, draw): nothing moves on the opening date."""
        self.add(payer, payee, kind, flows, first=1, **more)

    def net(
        self,
        party: Party,
        *,
        purse: Purse | None = None,
        needs_ipo: bool | None = None,
        kinds: frozenset[str] | None = None,
    ) -> FloatArray | float:
        """Return the party's net inflow (Q+1, draw) over the lines that match; 0.0 when none does."""
        return self.answer(party, Question(purse=purse, needs_ipo=needs_ipo, kinds=kinds))

    def answer(self, party: Party, question: Question) -> FloatArray | float:
        """Return the party's net inflow (Q+1, draw) over the lines asked for; 0.0 when there is none.

        What stops with the lab's payments is added up first and cut once.
        """
        asked = [
            (line, line.signed_for(party))
            for line in self.lines
            if line.signed_for(party) and question.matches(line.kind, line.purse, needs_ipo=line.needs_ipo)
        ]
        if not asked:
            return 0.0
        cut = [(line, sign) for line, sign in asked if line.moves and line.paid is not None]
        whole = [(line, sign) for line, sign in asked if line.moves and line.paid is None]
        total = np.zeros((asked[0][0].rows, asked[0][0].amounts.shape[1]))
        for row in range(total.shape[0]):
            for line, sign in cut:
                line.add_row(row, total[row], sign)
            if cut and row and self.paid is not None:
                total[row] *= self.paid[row - 1]
            for line, sign in whole:
                line.add_row(row, total[row], sign)
        return total
