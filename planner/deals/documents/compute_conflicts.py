"""What cannot be, or makes no sense, inside a term about capacity, what the lab earns, or finance."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as translated

from planner.core.documents import repeated_keys, shown
from planner.core.quarters import quarter_number
from planner.deals.documents.claim_terms import ProfitShareDocument, RevenueShareDocument
from planner.deals.documents.compute_terms import (
    FirstRefusalDocument,
    PrepaymentDocument,
    ReservationDocument,
    ServiceTiersDocument,
    TerminationFeeDocument,
)
from planner.deals.documents.conflict import TermConflict, error, name_of, warning
from planner.deals.documents.contract_terms import (
    ComputeContractDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    VolumeTiersDocument,
)
from planner.deals.documents.terms import TermDocument

_SUM_TOLERANCE = 1e-9


def compute_conflicts(term: TermDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """Everything about this term, beside what it names."""
    found = _about_days(term, terms)
    for shape, check in _CHECKS:
        if isinstance(term, shape):
            found += check(term, terms)
    return found


def _about_days(term: TermDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """A term that ends before it begins, or before its contract does, can never count."""
    contract = _contract_of(term, terms)
    begins = getattr(term, "starts", None) or (contract.starts if contract else None)
    for field in ("ends", "expires"):
        ends: date | None = getattr(term, field, None)
        if ends is not None and begins is not None and quarter_number(ends) < quarter_number(begins):
            said = {"day": ends.isoformat(), "begins": begins.isoformat()}
            sentence = translated(
                "%(term)s ends on %(day)s, before it begins on %(begins)s. Give a day in or after that quarter."
            )
            return [error(term, field, sentence, **said)]
    return []


def _about_years(term: TakeOrPayDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """The shares of the commitment by contract year: one for each year, none below 0, all of it in all."""
    if not term.year_shares:
        return []
    found = [
        error(
            term,
            f"year_shares[{place}]",
            translated("A year of %(term)s is %(share)s. It must be at least 0%%."),
            share=shown(share, "share"),
        )
        for place, share in enumerate(term.year_shares)
        if share < 0
    ]
    total = sum(term.year_shares)
    if abs(total - 1.0) > _SUM_TOLERANCE:
        sentence = translated("The years of %(term)s add up to %(total)s. They must add up to 100%%.")
        found.append(error(term, "year_shares", sentence, total=shown(total, "share")))
    contract = _contract_of(term, terms)
    years = -(-contract.quarters // 4) if contract else len(term.year_shares)
    if years != len(term.year_shares):
        sentence = translated("%(term)s states %(stated)d years. Its contract has %(years)d.")
        found.append(error(term, "year_shares", sentence, stated=len(term.year_shares), years=years))
    return found


def _contract_of(term: TermDocument, terms: tuple[TermDocument, ...]) -> ComputeContractDocument | None:
    named = getattr(term, "contract", None)
    return next((one for one in terms if isinstance(one, ComputeContractDocument) and one.key == named), None)


def _about_tiers(term: VolumeTiersDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    found: list[TermConflict] = []
    if not term.tiers:
        found.append(error(term, "tiers", translated("%(term)s needs at least one tier.")))
    for place, (below, above) in enumerate(pairwise(term.tiers), start=1):
        if below.from_usd >= above.from_usd:
            said = {"number": place + 1, "usd": shown(above.from_usd, ""), "below": shown(below.from_usd, "")}
            sentence = translated(
                "Tier %(number)d of %(term)s starts at %(usd)s USD and overlaps the one before it. "
                "It must start above %(below)s USD."
            )
            found.append(error(term, f"tiers[{place}].from_usd", sentence, **said))
    committed = any(isinstance(one, TakeOrPayDocument) and one.contract == term.contract for one in terms)
    if term.basis == "all_units" and committed:
        sentence = translated(
            "%(term)s discounts all spend once a tier is reached, so using more can lower the bill "
            "below the take-or-pay minimum of the same contract."
        )
        found.append(warning(term, "basis", sentence))
    return found


def _about_floor(term: PriceStepsDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    contract = _contract_of(term, terms)
    if contract is None:
        return []
    reference, discount = contract.reference_usd_per_chip_hour, contract.discount_share
    if not isinstance(reference, float) or not isinstance(discount, float):
        return []
    if term.floor_usd_per_chip_hour <= reference * (1 - discount):
        return []
    sentence = translated(
        "The floor of %(term)s lies above the contract price, so the discount has no effect."
    )
    return [warning(term, "floor_usd_per_chip_hour", sentence)]


def _about_service_tiers(term: ServiceTiersDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    repeated = repeated_keys(f"terms[{term.key}].tiers", term.tiers)
    found = [TermConflict(problem.path, problem.message, True) for problem in repeated]
    if not term.tiers:
        return [error(term, "tiers", translated("%(term)s needs at least one service tier."))]
    total = sum(tier.use_share for tier in term.tiers)
    if abs(total - 1.0) > _SUM_TOLERANCE:
        sentence = translated(
            "The parts of use of %(term)s add up to %(total)s. They must add up to 100%%; the last is %(last)s."
        )
        last = term.tiers[-1]
        said = {"total": shown(total, "share"), "last": name_of(last)}
        found.append(error(term, f"tiers[{last.key}].use_share", sentence, **said))
    return found


def _about_minimum(
    term: PrepaymentDocument | TerminationFeeDocument, terms: tuple[TermDocument, ...]
) -> list[TermConflict]:
    if any(isinstance(one, TakeOrPayDocument) and one.contract == term.contract for one in terms):
        return []
    if isinstance(term, PrepaymentDocument):
        sentence = translated(
            "%(term)s prepays a part of the commitment of “%(contract)s”, which has none. Add a take-or-pay first."
        )
        return [error(term, "contract", sentence, contract=term.contract)]
    sentence = translated(
        "%(term)s is a share of the remaining minimum, and “%(contract)s” has none: no fee is due."
    )
    return [warning(term, "contract", sentence, contract=term.contract)]


def _about_fees(term: TerminationFeeDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    found: list[TermConflict] = []
    if not term.fee_shares:
        found.append(error(term, "fee_shares", translated("%(term)s needs a fee for at least one year.")))
    for place, share in enumerate(term.fee_shares):
        if not 0 <= share <= 1:
            sentence = translated("A fee of %(term)s is %(share)s. It must be between 0%% and 100%%.")
            found.append(error(term, f"fee_shares[{place}]", sentence, share=shown(share, "share")))
    return found + _about_leaving(term, "exit_from", term.exit_from, leaves=term.exit_below_index > 0)


def _about_notice(term: ReservationDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    leaves = term.exit_below_index > 0 or term.provider_exit_above_index > 0
    return _about_leaving(term, "notice_from", term.notice_from, leaves=leaves)


def _about_leaving(term: TermDocument, field: str, day: date | None, *, leaves: bool) -> list[TermConflict]:
    if leaves and day is None:
        sentence = translated("%(term)s says when the contract is left. Give the day from which that may be.")
        return [error(term, field, sentence)]
    if day is not None and not leaves:
        sentence = translated(
            "%(term)s may be left from %(day)s, and no index is given at which it is: it never is."
        )
        return [warning(term, field, sentence, day=day.isoformat())]
    return []


def _about_bands(term: ProfitShareDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    if not term.bands:
        return [error(term, "bands", translated("%(term)s needs at least one profit band."))]
    found: list[TermConflict] = []
    for place, (before, after) in enumerate(pairwise(term.bands)):
        if before.until_usd == 0:
            sentence = translated("Band %(number)d of %(term)s is without end. Only the last band may be.")
            found.append(error(term, f"bands[{place}].until_usd", sentence, number=place + 1))
        elif 0 < after.until_usd <= before.until_usd:
            said = {"number": place + 2, "before": shown(before.until_usd, "")}
            sentence = translated(
                "Band %(number)d of %(term)s overlaps the one before it. It must reach above %(before)s USD."
            )
            found.append(error(term, f"bands[{place + 1}].until_usd", sentence, **said))
    return found


def _about_refusal(term: FirstRefusalDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    if term.exclusive_share > 0 or term.refusal_share > 0:
        return []
    sentence = translated("%(term)s keeps nothing exclusive and offers nothing first, so it does nothing.")
    return [warning(term, "refusal_share", sentence)]


def _about_cap(term: RevenueShareDocument, _terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    if not 0 < term.cap_usd <= term.paid_before_usd:
        return []
    sentence = translated("%(term)s has reached its cap before the opening date, so nothing is paid.")
    return [warning(term, "paid_before_usd", sentence)]


_CHECKS: tuple[tuple[type[TermDocument], Callable[..., list[TermConflict]]], ...] = (
    (TakeOrPayDocument, _about_years),
    (VolumeTiersDocument, _about_tiers),
    (PriceStepsDocument, _about_floor),
    (ServiceTiersDocument, _about_service_tiers),
    (PrepaymentDocument, _about_minimum),
    (TerminationFeeDocument, _about_minimum),
    (TerminationFeeDocument, _about_fees),
    (ReservationDocument, _about_notice),
    (FirstRefusalDocument, _about_refusal),
    (ProfitShareDocument, _about_bands),
    (RevenueShareDocument, _about_cap),
)
