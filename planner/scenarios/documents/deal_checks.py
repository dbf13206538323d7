"""What the deal's days need of the time line, and its triggers of the fleet: each a sentence at the term's field."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from planner.core.errors import Problem
from planner.core.quantities import QuantityDocument
from planner.core.quarters import quarter_number
from planner.deals.documents import (
    ChipLeaseDocument,
    CustomerLoanDocument,
    EquityTrancheDocument,
    PutRightDocument,
    StockForContractDocument,
    TermDocument,
    name_of,
)

if TYPE_CHECKING:
    from planner.scenarios.documents.scenario import ScenarioDocument

_LAST_DAYS = ("longstop", "ends", "expires", "matures", "by")
_BEGINS_WITHIN = (ChipLeaseDocument, CustomerLoanDocument, StockForContractDocument)
"""Terms whose money moves when they begin: begun earlier, it would be left out."""


def problems_of_days(document: "ScenarioDocument") -> list[Problem]:
    """Terms that end beyond the horizon or before the opening date, triggers never met, more shares than there are."""
    found: list[Problem] = []
    for term in document.deal.terms:
        found += [*_beyond(document, term), *_before(document, term)]
        if isinstance(term, EquityTrancheDocument) and term.state == "uncalled":
            found += [*_out_of_reach(document, term), *_out_of_time(document, term)]
    return [*found, *_more_than_all(document), *_about_lock_up(document)]


def quarter_index(opening: date, day: date) -> int:
    """The quarter after the opening date that holds the day, counted from 0; negative when it is not after it."""
    return quarter_number(day) - quarter_number(opening) - 1


def too_short(path: str, what: str, needed: int, held: int) -> Problem:
    """The sentence for something that needs a longer horizon."""
    sentence = _(
        "%(what)s needs %(needed)d quarters and the scenario has %(held)d. Lengthen the horizon or shorten it."
    )
    return Problem(path, sentence % {"what": what, "needed": needed, "held": held})


def _beyond(document: "ScenarioDocument", term: TermDocument) -> Iterator[Problem]:
    opening, held = document.timeline.opening, document.timeline.quarters
    path = f"deal.terms[{term.key}]"
    begins = next(
        (day for name in ("starts", "paid_on", "issued_on") if (day := getattr(term, name, None))), None
    )
    for name in ("quarters", "held_quarters"):
        length = getattr(term, name, None)
        if length is not None and begins is not None:
            needed = quarter_index(opening, begins) + length + (name == "held_quarters")
            if needed > held:
                yield too_short(f"{path}.{name}", name_of(term), needed, held)
    for name in _LAST_DAYS:
        day = getattr(term, name, None)
        if day is None:
            continue
        # A put is paid in the quarter after its day.
        needed = quarter_index(opening, day) + 1 + isinstance(term, PutRightDocument)
        if needed > held:
            what = _("The longstop of %(term)s") if name == "longstop" else _("The end of %(term)s")
            yield too_short(f"{path}.{name}", what % {"term": name_of(term)}, needed, held)


def _before(document: "ScenarioDocument", term: TermDocument) -> Iterator[Problem]:
    """A day by which nothing can happen any more, and money that moved before the time line begins."""
    opening = document.timeline.opening
    path = f"deal.terms[{term.key}]"
    counts = not isinstance(term, EquityTrancheDocument) or term.state == "uncalled"
    for name in _LAST_DAYS:
        day = getattr(term, name, None)
        if counts and day is not None and day <= opening:
            what = _("The longstop of %(term)s") if name == "longstop" else _("The end of %(term)s")
            said = {
                "what": what % {"term": name_of(term)},
                "day": day.isoformat(),
                "opening": opening.isoformat(),
            }
            sentence = _(
                "%(what)s is on %(day)s. It must come after the opening date %(opening)s, or nothing of it is left."
            )
            yield Problem(f"{path}.{name}", sentence % said)
    begins = next((name for name in ("starts", "paid_on", "issued_on") if hasattr(term, name)), "")
    if isinstance(term, _BEGINS_WITHIN) and quarter_index(opening, getattr(term, begins)) < 0:
        said = {
            "term": name_of(term),
            "opening": opening.isoformat(),
            "day": getattr(term, begins).isoformat(),
        }
        sentence = _("%(term)s begins on %(day)s. It must begin after the opening date %(opening)s.")
        yield Problem(f"{path}.{begins}", sentence % said)


def _out_of_reach(document: "ScenarioDocument", term: EquityTrancheDocument) -> Iterator[Problem]:
    """A trigger on more gigawatts than the fleet ever has can never be met."""
    kilowatts = {chip.key: _highest(chip.provisioned_kw) for chip in document.chips}
    most = sum(
        lot.chips * kilowatts.get(lot.chip, 0.0) * _highest(lot.built_share) for lot in document.fleet.lots
    )
    most_gw = most / 1e6
    for trigger in term.triggers:
        if trigger.event == "gigawatts_online" and trigger.threshold > most_gw * (1 + 1e-9):
            said = {
                "trigger": name_of(trigger),
                "term": name_of(term),
                "asked": f"{trigger.threshold:g}",
                "most": f"{most_gw:.4g}",
            }
            sentence = _(
                "%(trigger)s of %(term)s asks for %(asked)s GW online and the fleet has at most %(most)s GW, so it can "
                "never be met. Lower it or add lots."
            )
            yield Problem(f"deal.terms[{term.key}].triggers[{trigger.key}].threshold", sentence % said)


def _out_of_time(document: "ScenarioDocument", term: EquityTrancheDocument) -> Iterator[Problem]:
    """A day after whose notice the time line is over, and a filing that lies before it."""
    opening, held = document.timeline.opening, document.timeline.quarters
    for trigger in term.triggers:
        path = f"deal.terms[{term.key}].triggers[{trigger.key}]"
        said = {"trigger": name_of(trigger), "term": name_of(term)}
        if trigger.event == "date" and trigger.on is not None:
            # Called at the end of that quarter, at the earliest the first, and paid in the quarter after the notice.
            needed = max(quarter_index(opening, trigger.on), 0) + 2 + term.notice_quarters
            if needed > held:
                what = _("%(trigger)s of %(term)s, with the payment,")
                yield too_short(f"{path}.on", what % said, needed, held)
        if trigger.event == "confidential_filing" and document.exit.state_now == "filed_confidentially":
            sentence = _(
                "%(trigger)s of %(term)s is a confidential filing and the lab has filed before the opening date, so it "
                "can never be met. Set the tranche to called or paid, or take another event."
            )
            yield Problem(f"{path}.event", sentence % said)


def _more_than_all(document: "ScenarioDocument") -> Iterator[Problem]:
    """Shares paid on the opening date are at most all there are; price per share in E20."""
    total = 0.0
    for term in document.deal.terms:
        if not isinstance(term, EquityTrancheDocument) or term.state != "paid":
            continue
        fixed = term.price_rule == "fixed_valuation"
        of = term.valuation_usd if fixed else document.valuation.opening_equity_value_usd
        total += term.amount_usd / of if of > 0 else 0.0
        if total > 1.0 + 1e-9:
            sentence = _(
                "With %(term)s the tranches paid hold %(share)s of the lab's shares. They may hold at most 100%%. "
                "Lower the amount or raise the valuation."
            )
            said = {"term": name_of(term), "share": f"{100 * total:.4g}%"}
            yield Problem(f"deal.terms[{term.key}].amount_usd", sentence % said)
            return


def _about_lock_up(document: "ScenarioDocument") -> Iterator[Problem]:
    """Listed in the first quarter at the earliest, the shares are released and sold within the horizon."""
    held = document.timeline.quarters
    for place, release in enumerate(document.exit.lock_up):
        needed = release.quarters_after_listing + 1
        if needed > held:
            path = f"exit.lock_up[{place}].quarters_after_listing"
            yield too_short(path, _("A listing with its lock-up and sale"), needed, held)


def _highest(held: QuantityDocument) -> float:
    return held if isinstance(held, float | int) else held.extremes()[1]
