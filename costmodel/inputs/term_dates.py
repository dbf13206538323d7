"""Terms whose money must lie between the opening date and the horizon (engine.md 0)."""

from collections.abc import Iterable
from typing import Any

from costmodel.inputs.finance_terms import ChipLease, CustomerLoan, LeaseGuarantee
from costmodel.timeline import OPENING, Timeline


def check_dates(terms: Iterable[Any], timeline: Timeline) -> None:
    """Raise ValueError naming the term's field when it begins before the opening date or lies beyond the horizon."""
    for term in terms:
        if isinstance(term, ChipLease):
            _check_lease(term, timeline)
        elif isinstance(term, CustomerLoan):
            _check_day(term.key, "paid_on", timeline.index_of(term.paid_on), timeline.quarters)
        elif isinstance(term, LeaseGuarantee):
            at = max(
                timeline.index_of(term.starts), OPENING
            )  # one given earlier stands for what is left of it
            _check_day(term.key, "starts", at, timeline.quarters)


def _check_lease(term: ChipLease, timeline: Timeline) -> None:
    first, field = timeline.index_of(term.starts), f"deal.terms[{term.key}]"
    if first + term.quarters <= 0:
        raise ValueError(f"{field}.quarters: the lease ended before the opening date. Nothing of it is left.")
    if first + term.quarters > timeline.quarters:
        raise ValueError(
            f"{field}.quarters: the lease ends after the horizon of {timeline.quarters} quarters. "
            f"It needs {first + term.quarters}."
        )


def _check_day(key: str, name: str, at: int, quarters: int) -> None:
    if at < OPENING:
        raise ValueError(f"deal.terms[{key}].{name}: the day lies before the opening date. It must not.")
    if at >= quarters:
        raise ValueError(
            f"deal.terms[{key}].{name}: the day lies after the horizon of {quarters} quarters. It needs {at + 1}."
        )
