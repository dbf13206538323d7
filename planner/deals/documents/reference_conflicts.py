"""What a term names must be there: contracts, tranches, leases; and where one of a kind is enough, there is one."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as translated

from planner.deals.documents.compute_terms import DemandGovernorDocument
from planner.deals.documents.conflict import TermConflict, error, name_of, warning
from planner.deals.documents.contract_terms import ComputeContractDocument
from planner.deals.documents.equity_terms import (
    AntiDilutionDocument,
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    IpoRatchetDocument,
    OwnershipCapDocument,
    ProRataDocument,
    PutRightDocument,
)
from planner.deals.documents.finance_terms import ChipLeaseDocument, ResidualGuaranteeDocument
from planner.deals.documents.terms import TermDocument
from planner.deals.documents.tranche_terms import EquityTrancheDocument, PreferredDocument

MANY_PER_CONTRACT = {"compute_credits", "warrants", "stock_for_contract", "customer_loan"}
"""Kinds of which a contract may have several; of every other that names a contract it has at most one."""

_ONE_PER_DEAL = (DemandGovernorDocument, OwnershipCapDocument, ProRataDocument)
_OF_TRANCHES = (PreferredDocument, AntiDilutionDocument, IpoRatchetDocument, PutRightDocument)


def reference_conflicts(terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """Every name that leads nowhere, and every second term of a kind that may stand once."""
    contracts = _by_key(terms, ComputeContractDocument)
    tranches = _by_key(terms, EquityTrancheDocument)
    leases = _by_key(terms, ChipLeaseDocument)
    with_preference = {
        **tranches,
        **_by_key(terms, ConvertibleNoteDocument),
        **_by_key(terms, ProRataDocument),
    }
    seen: set[tuple[str, str]] = set()
    found: list[TermConflict] = []
    for term in terms:
        if "contract" in type(term).model_fields:
            found += _named_once(term, "contract", contracts, seen)
        if isinstance(term, ResidualGuaranteeDocument):
            found += _named_once(term, "lease", leases, seen)
        if isinstance(term, ComputeCreditsDocument) and term.tranche not in tranches:
            found.append(_unknown(term, "tranche", term.tranche, tranches))
        if isinstance(term, _OF_TRANCHES):
            known = with_preference if isinstance(term, PreferredDocument) else tranches
            found += _about_tranches(term, known, seen)
        if isinstance(term, _ONE_PER_DEAL):
            found += _once_in_a_deal(term, seen)
    return found


def _by_key(terms: Iterable[TermDocument], shape: type[TermDocument]) -> dict[str, TermDocument]:
    return {term.key: term for term in terms if isinstance(term, shape)}


def _unknown(term: TermDocument, field: str, named: str, known: Mapping[str, TermDocument]) -> TermConflict:
    sentences = {
        "contract": translated("%(term)s names the contract “%(named)s”. It must be one of: %(known)s."),
        "lease": translated("%(term)s names the chip lease “%(named)s”. It must be one of: %(known)s."),
        "tranche": translated("%(term)s names the tranche “%(named)s”. It must be one of: %(known)s."),
        "tranches": translated("%(term)s covers the tranche “%(named)s”. It must be one of: %(known)s."),
    }
    listed = ", ".join(known) or translated("none")
    return error(term, field, sentences[field], named=named, known=listed)


def _named_once(
    term: TermDocument, field: str, known: Mapping[str, TermDocument], seen: set[tuple[str, str]]
) -> list[TermConflict]:
    """The conflict of a term that names nothing there is, or what another of its kind names already."""
    named = str(getattr(term, field))
    if named not in known:
        return [_unknown(term, field, named, known)]
    if term.kind not in MANY_PER_CONTRACT and (term.kind, named) in seen:
        sentences = {
            "contract": translated(
                "%(term)s is the second %(kind)s of %(named)s. A contract has at most one."
            ),
            "lease": translated("%(term)s is the second %(kind)s of %(named)s. A lease has at most one."),
        }
        said = {"kind": translated(term.title).lower(), "named": name_of(known[named])}
        return [error(term, field, sentences[field], **said)]
    seen.add((term.kind, named))
    return []


def _about_tranches(
    term: PreferredDocument | AntiDilutionDocument | IpoRatchetDocument | PutRightDocument,
    known: Mapping[str, TermDocument],
    seen: set[tuple[str, str]],
) -> list[TermConflict]:
    found: list[TermConflict] = []
    for key in term.tranches:
        if key not in known:
            found.append(_unknown(term, "tranches", key, known))
        elif (term.kind, key) in seen:
            sentence = translated(
                "%(term)s covers the tranche “%(tranche)s”, which another %(kind)s covers already."
            )
            found.append(error(term, "tranches", sentence, tranche=key, kind=translated(term.title).lower()))
        seen.add((term.kind, key))
    if not term.tranches:
        found.append(warning(term, "tranches", translated("%(term)s covers no tranche, so it does nothing.")))
    return found


def _once_in_a_deal(term: TermDocument, seen: set[tuple[str, str]]) -> list[TermConflict]:
    if (term.kind, "") in seen:
        sentence = translated("%(term)s is the second %(kind)s. A deal has at most one.")
        return [error(term, "", sentence, kind=translated(term.title).lower())]
    seen.add((term.kind, ""))
    return []
