"""When a term begins and ends, for the time line above the cards."""

from collections.abc import Sequence
from datetime import date

from planner.core.quarters import quarter_number
from planner.deals.cash import contract_of
from planner.deals.documents import (
    ComputeContractDocument,
    EquityTrancheDocument,
    ResidualGuaranteeDocument,
    TermDocument,
)

_FIRST = ("starts", "paid_on", "issued_on", "by")
_LAST = ("ends", "expires", "matures")


def dates_of(term: TermDocument, terms: Sequence[TermDocument]) -> tuple[int, int] | None:
    """First and last quarter of a term by number; None when nothing dates it (a tranche paid at the opening)."""
    if isinstance(term, EquityTrancheDocument):
        return _tranche(term)
    if isinstance(term, ResidualGuaranteeDocument):
        lease = next((one for one in terms if one.key == term.lease and one.kind == "chip_lease"), None)
        return dates_of(lease, terms) if lease else None
    contract = term if isinstance(term, ComputeContractDocument) else contract_of(term, terms)
    of_contract = _span(contract.starts, contract.quarters) if contract else None
    begins, ends = _stated(term, _FIRST), _stated(term, _LAST)
    if begins is not None:
        length = getattr(term, "quarters", None) or getattr(term, "held_quarters", None) or 1
        last = quarter_number(ends) if ends else quarter_number(begins) + length - 1
        if ends is None and of_contract and not hasattr(term, "quarters"):
            last = max(last, of_contract[1])
        return quarter_number(begins), max(last, quarter_number(begins))
    if of_contract and ends:
        return of_contract[0], max(of_contract[0], quarter_number(ends))
    return of_contract


def _stated(term: TermDocument, names: Sequence[str]) -> date | None:
    return next((day for name in names if isinstance(day := getattr(term, name, None), date)), None)


def _span(starts: date, count: int) -> tuple[int, int]:
    first = quarter_number(starts)
    return first, first + count - 1


def _tranche(term: EquityTrancheDocument) -> tuple[int, int] | None:
    if term.state != "uncalled":
        return None
    days = [trigger.on for trigger in term.triggers if trigger.on] + [term.longstop]
    numbers = [quarter_number(day) for day in days if day]
    return (min(numbers), max(numbers)) if numbers else None
