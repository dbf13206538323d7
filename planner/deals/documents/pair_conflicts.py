"""Pairs of terms that count twice, bind less than they say, or undo each other (conflicts b to g)."""

from collections.abc import Iterator

from django.utils.translation import gettext as translated
from django.utils.translation import ngettext

from planner.core.documents import shown
from planner.core.formatting import money
from planner.core.quantities import QuantityDocument
from planner.core.quarters import quarter_number, quarter_words
from planner.deals.documents.claim_terms import ResaleShareDocument, RevenueShareDocument
from planner.deals.documents.compute_terms import MostFavouredDocument, ReservationDocument
from planner.deals.documents.conflict import TermConflict, error, name_of, warning
from planner.deals.documents.contract_terms import (
    ComputeContractDocument,
    TakeOrPayDocument,
    VolumeTiersDocument,
    minimum_by_quarter,
)
from planner.deals.documents.equity_terms import (
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    WarrantsDocument,
)
from planner.deals.documents.finance_terms import BackstopDocument
from planner.deals.documents.terms import TermDocument
from planner.deals.documents.tranche_terms import EquityTrancheDocument

_INVESTS = (EquityTrancheDocument, ConvertibleNoteDocument)


def pair_conflicts(terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """A warning, at the term that brings the trouble, for each pair of terms that has some."""
    return [found for term in terms for found in _about(term, terms)]


def _about(term: TermDocument, terms: tuple[TermDocument, ...]) -> Iterator[TermConflict]:
    if isinstance(term, ComputeCreditsDocument):
        yield from _credits_and_minimum(term, terms)
    elif isinstance(term, WarrantsDocument):
        yield from _two_rebates(term, terms)
    elif isinstance(term, ReservationDocument):
        yield from _commitment_by_notice(term, terms)
    elif isinstance(term, MostFavouredDocument) and any(isinstance(one, _INVESTS) for one in terms):
        sentence = translated(
            "%(term)s is given to a lab the provider invests in. A special price to it is the lowest peer price of "
            "every other customer with such a clause and lowers theirs too; that loss is not counted here."
        )
        yield warning(term, "peer_discount_share", sentence)
    elif isinstance(term, BackstopDocument):
        sentence = translated(
            "%(term)s is paid by the chip vendor that also sells the chips: its sale and its payment for unsold "
            "capacity inflate both sides. Read them together."
        )
        yield warning(term, "cap_usd", sentence)
    elif isinstance(term, RevenueShareDocument):
        yield from _same_revenue(term, terms)
        yield from _more_than_the_revenue(term, terms)


def _of_contract(
    term: TermDocument, shape: type[TermDocument], terms: tuple[TermDocument, ...]
) -> TermDocument | None:
    """The first term of this shape that names the same contract."""
    named = getattr(term, "contract", None)
    return next(
        (one for one in terms if isinstance(one, shape) and getattr(one, "contract", "") == named), None
    )


def _credits_and_minimum(
    term: ComputeCreditsDocument, terms: tuple[TermDocument, ...]
) -> Iterator[TermConflict]:
    minimum = _of_contract(term, TakeOrPayDocument, terms)
    if minimum is not None:
        sentence = translated(
            "%(term)s pays bills that also count towards %(minimum)s: the same bill is counted twice, once as "
            "credits and once as commitment met."
        )
        yield warning(term, "contract", sentence, minimum=name_of(minimum))


def _two_rebates(term: WarrantsDocument, terms: tuple[TermDocument, ...]) -> Iterator[TermConflict]:
    tiers = _of_contract(term, VolumeTiersDocument, terms)
    if tiers is not None and any(step.purchases_usd > 0 for step in term.steps):
        sentence = translated(
            "%(term)s vests by purchases that %(tiers)s discounts too: the same purchases bring two rebates."
        )
        yield warning(term, "contract", sentence, tiers=name_of(tiers))


def _commitment_by_notice(
    term: ReservationDocument, terms: tuple[TermDocument, ...]
) -> Iterator[TermConflict]:
    """What binds until the lab can be gone: the quarters before notice may be given, and the notice."""
    contract = next(
        (one for one in terms if isinstance(one, ComputeContractDocument) and one.key == term.contract), None
    )
    if contract is None or term.notice_from is None or term.exit_below_index == 0:
        return
    first = max(quarter_number(term.notice_from) - quarter_number(contract.starts), 0)
    bound = first + term.notice_quarters
    if bound >= contract.quarters:
        return
    said = {
        "from": quarter_words(quarter_number(term.notice_from)),
        "contract": name_of(contract),
        "bound": ngettext("%(count)d quarter", "%(count)d quarters", bound) % {"count": bound},
        "length": contract.quarters,
    }
    minimum = _of_contract(term, TakeOrPayDocument, terms)
    if not isinstance(minimum, TakeOrPayDocument):
        sentence = translated(
            "%(term)s lets the lab leave from %(from)s on, so %(contract)s binds for %(bound)s, not for %(length)d."
        )
        yield warning(term, "notice_quarters", sentence, **said)
        return
    binding = sum(minimum_by_quarter(minimum, contract.quarters)[:bound])
    said |= {"binding": money(binding), "headline": money(minimum.commitment_usd)}
    sentence = translated(
        "%(term)s lets the lab leave from %(from)s on, so the commitment of %(contract)s binds for %(bound)s: "
        "%(binding)s, not %(headline)s."
    )
    yield warning(term, "notice_quarters", sentence, **said)


def _same_revenue(term: RevenueShareDocument, terms: tuple[TermDocument, ...]) -> Iterator[TermConflict]:
    for other in terms:
        if not isinstance(other, ResaleShareDocument) or other.ends < term.starts or term.ends < other.starts:
            continue
        counted = _highest(term.base_share) + _highest(other.resale_share)
        if counted > 1.0 + 1e-9:
            said = {
                "resale": name_of(other),
                "most": shown(1.0 - _highest(other.resale_share), "share"),
            }
            sentence = translated(
                "%(term)s and %(resale)s take a part of the same revenue. To count it once, let %(term)s count at "
                "most %(most)s of it."
            )
            yield warning(term, "base_share", sentence, **said)


def _more_than_the_revenue(
    term: RevenueShareDocument, terms: tuple[TermDocument, ...]
) -> Iterator[TermConflict]:
    """Shares paid at the same time that take more than all revenue are refused where the last of them begins."""
    shares = [one for one in terms if isinstance(one, RevenueShareDocument)]
    rank = (term.starts, shares.index(term))
    taken = sum(
        _highest(one.rate_share) * _highest(one.base_share)
        for place, one in enumerate(shares)
        if (one.starts, place) <= rank and one.ends >= term.starts
    )
    if taken > 1.0 + 1e-9:
        sentence = translated(
            "With %(term)s the revenue shares take up to %(taken)s of the revenue. They may take at most 100%%."
        )
        yield error(term, "rate_share", sentence, taken=shown(taken, "share"))


def _highest(held: QuantityDocument) -> float:
    return held if isinstance(held, float | int) else held.extremes()[1]
