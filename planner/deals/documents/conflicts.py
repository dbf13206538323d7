"""Which terms do not go together. Decided here and nowhere else; editor, API and versions all ask this file."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as translated

from planner.core.documents import repeated_keys
from planner.deals.documents.terms import (
    ComputeContractDocument,
    EquityTrancheDocument,
    PreferredDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    TermDocument,
    TriggerDocument,
    VolumeTiersDocument,
)


@dataclass(frozen=True, slots=True)
class TermConflict:
    """Two terms, or one with itself, that do not go together. An error refuses the version; a warning is shown."""

    path: str
    sentence: str
    is_error: bool


def conflicts_between(terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """Everything about the terms that must stop or warn, errors first, in the order of the terms."""
    found: list[TermConflict] = [
        TermConflict(problem.path, problem.message, True) for problem in repeated_keys("terms", terms)
    ]
    contracts = {term.key: term for term in terms if isinstance(term, ComputeContractDocument)}
    seen: set[tuple[str, str]] = set()
    for term in terms:
        if isinstance(term, TakeOrPayDocument | VolumeTiersDocument | PriceStepsDocument):
            found += _about_contract(term, contracts, seen)
        if isinstance(term, VolumeTiersDocument):
            found += _about_tiers(term, terms)
        if isinstance(term, PriceStepsDocument) and term.contract in contracts:
            found += _about_floor(term, contracts[term.contract])
        if isinstance(term, EquityTrancheDocument):
            found += _about_tranche(term)
        if isinstance(term, PreferredDocument):
            found += _about_preference(term, terms)
    return sorted(found, key=lambda conflict: not conflict.is_error)


def name_of(item: Any) -> str:
    """What a sentence calls a list item: its label, else its key."""
    return str(item.label or item.key)


def _conflict(term: Any, field: str, sentence: str, *, is_error: bool, **said: Any) -> TermConflict:
    path = f"terms[{term.key}].{field}" if field else f"terms[{term.key}]"
    return TermConflict(path, sentence % {"term": name_of(term), **said}, is_error)


def _about_contract(
    term: TakeOrPayDocument | VolumeTiersDocument | PriceStepsDocument,
    contracts: dict[str, ComputeContractDocument],
    seen: set[tuple[str, str]],
) -> list[TermConflict]:
    if term.contract not in contracts:
        known = ", ".join(contracts) or translated("none")
        sentence = translated("%(term)s names the contract “%(contract)s”. It must be one of: %(known)s.")
        return [_conflict(term, "contract", sentence, is_error=True, contract=term.contract, known=known)]
    if (term.kind, term.contract) in seen:
        sentence = translated("%(term)s is the second %(kind)s of %(contract)s. A contract has at most one.")
        said = {"kind": translated(term.title).lower(), "contract": name_of(contracts[term.contract])}
        return [_conflict(term, "contract", sentence, is_error=True, **said)]
    seen.add((term.kind, term.contract))
    return []


def _about_tiers(term: VolumeTiersDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    found: list[TermConflict] = []
    starts = [tier.from_usd for tier in term.tiers]
    if not starts or any(a >= b for a, b in pairwise(starts)):
        sentence = translated(
            "%(term)s needs at least one tier, and each must start above the one before it."
        )
        found.append(_conflict(term, "tiers", sentence, is_error=True))
    committed = any(isinstance(one, TakeOrPayDocument) and one.contract == term.contract for one in terms)
    if term.basis == "all_units" and committed:
        sentence = translated(
            "%(term)s discounts all spend once a tier is reached, so using more can lower the bill "
            "below the take-or-pay minimum of the same contract."
        )
        found.append(_conflict(term, "basis", sentence, is_error=False))
    return found


def _about_floor(term: PriceStepsDocument, contract: ComputeContractDocument) -> list[TermConflict]:
    reference, discount = contract.reference_usd_per_chip_hour, contract.discount_share
    if not isinstance(reference, float) or not isinstance(discount, float):
        return []
    if term.floor_usd_per_chip_hour <= reference * (1 - discount):
        return []
    sentence = translated(
        "The floor of %(term)s lies above the contract price, so the discount has no effect."
    )
    return [_conflict(term, "floor_usd_per_chip_hour", sentence, is_error=False)]


def _about_tranche(term: EquityTrancheDocument) -> list[TermConflict]:
    repeated = repeated_keys(f"terms[{term.key}].triggers", term.triggers)
    found = [TermConflict(problem.path, problem.message, True) for problem in repeated]
    for trigger in term.triggers:
        found += _about_trigger(term, trigger)
    if term.price_rule == "fixed_valuation" and term.valuation_usd <= 0 and term.amount_usd > 0:
        sentence = translated("%(term)s buys at a fixed valuation of 0. Give a valuation above 0.")
        found.append(_conflict(term, "valuation_usd", sentence, is_error=True))
    if term.state == "paid" and term.triggers:
        sentence = translated("%(term)s is paid already, so its triggers have no effect.")
        found.append(_conflict(term, "triggers", sentence, is_error=False))
    if term.state == "uncalled" and not term.option and not (term.obligation and term.triggers):
        sentence = translated(
            "%(term)s is neither an option nor an obligation with a trigger, so it is never paid."
        )
        found.append(_conflict(term, "obligation", sentence, is_error=False))
    return found


def _about_trigger(term: EquityTrancheDocument, trigger: TriggerDocument) -> list[TermConflict]:
    where, said = f"triggers[{trigger.key}]", {"trigger": name_of(trigger)}
    if trigger.event == "date" and trigger.on is None:
        sentence = translated("%(trigger)s of %(term)s is a trigger by date. Give the day.")
        return [_conflict(term, f"{where}.on", sentence, is_error=True, **said)]
    if trigger.event == "date" and trigger.on and term.longstop and trigger.on > term.longstop:
        sentence = translated("%(trigger)s of %(term)s comes after the longstop and can never be met.")
        return [_conflict(term, f"{where}.on", sentence, is_error=False, **said)]
    if trigger.event in ("annual_revenue", "gigawatts_online") and trigger.threshold <= 0:
        sentence = translated("%(trigger)s of %(term)s has a threshold of 0, so it is met at once.")
        return [_conflict(term, f"{where}.threshold", sentence, is_error=False, **said)]
    if trigger.event == "milestone" and trigger.hazard_annual == 0:
        sentence = translated("%(trigger)s of %(term)s has no chance of being met. Give its yearly chance.")
        return [_conflict(term, f"{where}.hazard_annual", sentence, is_error=False, **said)]
    return []


def _about_preference(term: PreferredDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    tranches = {one.key: one for one in terms if isinstance(one, EquityTrancheDocument)}
    found: list[TermConflict] = []
    for key in term.tranches:
        said = {"tranche": key, "known": ", ".join(tranches) or translated("none")}
        if key not in tranches:
            sentence = translated("%(term)s covers the tranche “%(tranche)s”. It must be one of: %(known)s.")
            found.append(_conflict(term, "tranches", sentence, is_error=True, **said))
        elif any(key in one.tranches for one in _preferences_before(term, terms)):
            sentence = translated(
                "%(term)s covers the tranche “%(tranche)s”, which another preference covers already."
            )
            found.append(_conflict(term, "tranches", sentence, is_error=True, **said))
    if term.multiple > 0:
        sentence = translated(
            "%(term)s counts in a sale only: at an IPO the shares become common, and in a default "
            "they get nothing."
        )
        found.append(_conflict(term, "multiple", sentence, is_error=False))
    return found


def _preferences_before(term: PreferredDocument, terms: tuple[TermDocument, ...]) -> list[PreferredDocument]:
    before = terms[: terms.index(term)]
    return [one for one in before if isinstance(one, PreferredDocument)]
