"""What a deal's terms say will be paid, by calendar year, before anything happens. Arithmetic on the document alone.

Provider's side: what it receives is positive, what it pays negative. Undiscounted, nominal, at the stated amounts.
A take-or-pay counts in the years whose use it is the minimum for; the year's true-up itself is billed at year end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import fsum

from planner.core.quarters import quarter_number
from planner.deals.documents import (
    ComputeContractDocument,
    EquityTrancheDocument,
    TakeOrPayDocument,
    TermDocument,
    minimum_by_quarter,
)


@dataclass(frozen=True, slots=True)
class ContractedCash:
    """Of one term, in USD. All empty and 0: it fixes no amount."""

    by_year: Mapping[int, float] = field(default_factory=dict)
    at_opening: float = 0.0
    """Paid on the opening date or soon after it, when no year is known for that."""
    if_triggered: float = 0.0
    """Paid only if something happens, or somebody chooses; counted in no year."""

    @property
    def total(self) -> float:
        """Everything that is fixed."""
        return fsum([*self.by_year.values(), self.at_opening])


def contracted_cash(
    term: TermDocument, terms: Iterable[TermDocument], opening: date | None = None
) -> ContractedCash:
    """What this term fixes; `terms` are all of the deal, `opening` None for a deal outside a scenario."""
    if isinstance(term, TakeOrPayDocument):
        contract = contract_of(term, terms)
        return ContractedCash(_minimum_by_year(term, contract)) if contract else ContractedCash()
    if isinstance(term, EquityTrancheDocument):
        return _tranche_cash(term, opening)
    return ContractedCash()


def contract_of(term: TermDocument, terms: Iterable[TermDocument]) -> ComputeContractDocument | None:
    """The compute contract a term names; None when there is none of this key."""
    named = getattr(term, "contract", None)
    found = (one for one in terms if isinstance(one, ComputeContractDocument) and one.key == named)
    return next(found, None)


def due_quarter(term: EquityTrancheDocument) -> int | None:
    """The last quarter in which an obligation's dates alone make it due; None when no date does.

    With any trigger enough, the earliest date counts, though another event may come first; with all needed, the
    latest, and only when every trigger is a date.
    """
    days = [trigger.on for trigger in term.triggers if trigger.event == "date" and trigger.on]
    if not days or not term.obligation:
        return None
    if term.triggers_needed == "all" and len(days) < len(term.triggers):
        return None
    due = quarter_number(max(days) if term.triggers_needed == "all" else min(days))
    return None if term.longstop and due > quarter_number(term.longstop) else due


def _minimum_by_year(term: TakeOrPayDocument, contract: ComputeContractDocument) -> dict[int, float]:
    first = quarter_number(contract.starts)
    parts: dict[int, list[float]] = {}
    for place, amount in enumerate(minimum_by_quarter(term, contract.quarters)):
        parts.setdefault((first + place) // 4, []).append(amount)
    return {year: fsum(amounts) for year, amounts in parts.items()}


def _tranche_cash(term: EquityTrancheDocument, opening: date | None) -> ContractedCash:
    if term.state == "paid":
        return (
            ContractedCash({opening.year: -term.amount_usd})
            if opening
            else ContractedCash(at_opening=-term.amount_usd)
        )
    if term.state == "called":
        if opening is None:
            return ContractedCash(at_opening=-term.amount_usd)
        return ContractedCash({(quarter_number(opening) + 1 + term.notice_quarters) // 4: -term.amount_usd})
    due = due_quarter(term)
    if due is None:
        return ContractedCash(if_triggered=-term.amount_usd)
    if opening is not None:
        due = max(due, quarter_number(opening) + 1)
    return ContractedCash({(due + term.notice_quarters) // 4: -term.amount_usd})
