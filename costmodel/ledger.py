"""Ledger first: every flow is a line from one party to another (engine.md 0).

What one party pays another receives, so over all parties each quarter of each draw sums to zero.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

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
        """Append a line; NotANumberError names line, quarter and draw when a flow is not finite (engine.md 8)."""
        if not np.isfinite(flows).all():
            row, draw = (int(place) for place in np.argwhere(~np.isfinite(flows))[0])
            name = " ".join(word for word in (kind, item) if word)
            raise NotANumberError(f"{name} from {payer} to {payee}", row - 1, draw)
        self.lines.append(
            Line(
                payer=payer, payee=payee, kind=kind, item=item, needs_ipo=needs_ipo, purse=purse, flows=flows
            )
        )

    def add_quarterly(self, payer: Party, payee: Party, kind: str, flows: FloatArray, **more: Any) -> None:
        """Append a line of quarterly flows (Q, draw): nothing moves on the opening date."""
        opening = np.zeros((1, flows.shape[1]))
        self.add(payer, payee, kind, np.vstack([opening, flows]), **more)

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
        """Return the party's net inflow (Q+1, draw) over the lines asked for; 0.0 when there is none."""
        total: FloatArray | float = 0.0
        for line in self.lines:
            sign = line.signed_for(party)
            if sign != 0.0 and question.matches(line.kind, line.purse, needs_ipo=line.needs_ipo):
                total = total + sign * line.flows
        return total


@dataclass(slots=True)
class Totals:
    """A ledger that keeps no line: one party's answers to a few questions, added up as lines come.

    The sums are those of `Ledger.net`, bit for bit. For who asks nothing else, it saves most of the work.
    """

    party: Party
    answers: dict[Question, FloatArray]
    """(Q+1, draw) for each question, zeros to begin with."""

    def add(self, payer: Party, payee: Party, kind: str, flows: FloatArray, **more: Any) -> None:
        """Add flows (Q+1, draw) to every answer they belong to."""
        self._add(payer, payee, kind, flows, 0, **more)

    def add_quarterly(self, payer: Party, payee: Party, kind: str, flows: FloatArray, **more: Any) -> None:
        """Add flows (Q, draw)."""
        self._add(payer, payee, kind, flows, 1, **more)

    def _add(
        self,
        payer: Party,
        payee: Party,
        kind: str,
        flows: FloatArray,
        first: int,
        *,
        item: str = "",  # noqa: ARG002 - as in Ledger
        needs_ipo: bool = False,
        purse: Purse = "contract",
    ) -> None:
        if self.party not in (payer, payee) or payer == payee:
            return
        for question, total in self.answers.items():
            if question.matches(kind, purse, needs_ipo=needs_ipo):
                rows = total[first:]
                if payee == self.party:
                    rows += flows
                else:
                    rows -= flows

    def answer(self, party: Party, question: Question) -> FloatArray:
        """Return the answer to one of its questions; KeyError for another, ArithmeticError when it is not finite."""
        if party != self.party:
            raise KeyError(party)
        found = self.answers[question]
        if not np.isfinite(found).all():
            raise ArithmeticError(f"A total of {party} is not a finite number.")
        return found
