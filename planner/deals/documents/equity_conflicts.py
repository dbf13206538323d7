"""What cannot be, or makes no sense, inside a term about shares."""

from django.utils.translation import gettext as translated

from planner.core.documents import repeated_keys
from planner.deals.documents.conflict import TermConflict, error, name_of, warning
from planner.deals.documents.equity_terms import (
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    IpoRatchetDocument,
    WarrantsDocument,
)
from planner.deals.documents.terms import TermDocument
from planner.deals.documents.tranche_terms import EquityTrancheDocument, PreferredDocument, TriggerDocument


def equity_conflicts(term: TermDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """Everything about this term, beside what it names."""
    if isinstance(term, EquityTrancheDocument):
        return _about_tranche(term)
    if isinstance(term, PreferredDocument):
        return _about_preference(term)
    if isinstance(term, ComputeCreditsDocument):
        return _about_credits(term, terms)
    if isinstance(term, ConvertibleNoteDocument):
        return _about_note(term)
    if isinstance(term, WarrantsDocument):
        return _about_warrants(term)
    if isinstance(term, IpoRatchetDocument) and term.target_multiple == 0:
        sentence = translated("%(term)s has a price target of 0, so no share is ever added.")
        return [warning(term, "target_multiple", sentence)]
    return []


def _about_tranche(term: EquityTrancheDocument) -> list[TermConflict]:
    repeated = repeated_keys(f"terms[{term.key}].triggers", term.triggers)
    found = [TermConflict(problem.path, problem.message, True) for problem in repeated]
    if term.state == "uncalled":
        for trigger in term.triggers:
            found += _about_trigger(term, trigger)
    if term.price_rule == "fixed_valuation" and term.valuation_usd <= 0 and term.amount_usd > 0:
        sentence = translated("%(term)s buys at a fixed valuation of 0. Give a valuation above 0.")
        found.append(error(term, "valuation_usd", sentence))
    if term.state == "paid" and term.triggers:
        sentence = translated("%(term)s is paid already, so its triggers have no effect.")
        found.append(warning(term, "triggers", sentence))
    if term.state == "uncalled" and not term.option and not (term.obligation and term.triggers):
        sentence = translated(
            "%(term)s is neither an option nor an obligation with a trigger, so it is never paid."
        )
        found.append(warning(term, "obligation", sentence))
    return found


def _about_trigger(term: EquityTrancheDocument, trigger: TriggerDocument) -> list[TermConflict]:
    """A trigger that can never be met, or that says nothing, is refused where it says so."""
    where, said = f"triggers[{trigger.key}]", {"trigger": name_of(trigger)}
    if trigger.event == "date" and trigger.on is None:
        sentence = translated("%(trigger)s of %(term)s is a trigger by date. Give the day.")
        return [error(term, f"{where}.on", sentence, **said)]
    if trigger.event == "date" and trigger.on and term.longstop and trigger.on > term.longstop:
        said |= {"day": trigger.on.isoformat(), "longstop": term.longstop.isoformat()}
        sentence = translated(
            "%(trigger)s of %(term)s is on %(day)s, after the longstop on %(longstop)s, so it can never be met. "
            "Give a day up to the longstop."
        )
        return [error(term, f"{where}.on", sentence, **said)]
    if trigger.event in ("annual_revenue", "gigawatts_online", "spend") and trigger.threshold <= 0:
        sentence = translated("%(trigger)s of %(term)s has a threshold of 0. Give one above 0.")
        return [error(term, f"{where}.threshold", sentence, **said)]
    if trigger.event == "milestone" and trigger.hazard_annual == 0:
        sentence = translated("%(trigger)s of %(term)s can never be met. Give its yearly chance, above 0.")
        return [error(term, f"{where}.hazard_annual", sentence, **said)]
    return []


def _about_preference(term: PreferredDocument) -> list[TermConflict]:
    """Conflict a of the evidence: where the shares become common, a preference is worth nothing."""
    found: list[TermConflict] = []
    asks = term.qualified_valuation_usd > 0 or term.qualified_proceeds_usd > 0
    if term.multiple > 0:
        sentence = translated(
            "%(term)s counts in a sale only: at an IPO the shares become common, and in a default "
            "they get nothing."
        )
        if asks:
            sentence = translated(
                "%(term)s has no value at a qualified IPO: there the shares become common. In a default they "
                "get nothing."
            )
        found.append(warning(term, "multiple", sentence))
    if term.participation_cap_multiple > 0 and not term.participating:
        sentence = translated("%(term)s does not participate, so a cap of participating has no effect.")
        found.append(warning(term, "participation_cap_multiple", sentence))
    elif 0 < term.participation_cap_multiple < term.multiple:
        said = {"cap": f"{term.participation_cap_multiple:g}", "multiple": f"{term.multiple:g}"}
        sentence = translated(
            "The cap of participating of %(term)s is %(cap)s times. It must be at least the preference of "
            "%(multiple)s times, or 0 for no cap."
        )
        found.append(error(term, "participation_cap_multiple", sentence, **said))
    return found


def _about_credits(term: ComputeCreditsDocument, terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    tranche = next((t for t in terms if isinstance(t, EquityTrancheDocument) and t.key == term.tranche), None)
    if tranche is None:
        return []
    alike = [t for t in terms if isinstance(t, ComputeCreditsDocument) and t.tranche == term.tranche]
    before = sum(one.face_usd for one in alike[: alike.index(term)])
    if before + term.face_usd <= tranche.amount_usd:
        return []
    said = {"tranche": name_of(tranche), "most": f"{tranche.amount_usd - before:,.12g}"}
    sentence = translated("%(term)s credits more than %(tranche)s pays. It may credit at most %(most)s USD.")
    return [error(term, "face_usd", sentence, **said)]


def _about_note(term: ConvertibleNoteDocument) -> list[TermConflict]:
    if term.matures is None or term.matures > term.paid_on:
        return []
    said = {"day": term.matures.isoformat(), "paid": term.paid_on.isoformat()}
    sentence = translated("%(term)s matures on %(day)s. It must mature after it is paid on %(paid)s.")
    return [error(term, "matures", sentence, **said)]


def _about_warrants(term: WarrantsDocument) -> list[TermConflict]:
    repeated = repeated_keys(f"terms[{term.key}].steps", term.steps)
    found = [TermConflict(problem.path, problem.message, True) for problem in repeated]
    if not term.steps:
        found.append(error(term, "steps", translated("%(term)s needs at least one vesting step.")))
    for step in term.steps:
        asked = (step.purchases_usd, step.gigawatts, step.share_price_usd, step.condition_hazard_annual)
        if all(one == 0 for one in asked):
            sentence = translated("%(step)s of %(term)s asks for nothing, so it vests at once.")
            found.append(warning(term, f"steps[{step.key}]", sentence, step=name_of(step)))
    return found
