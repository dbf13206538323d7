"""Each term of a deal in one plain sentence: what it does, to whom, from when."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planner.core.formatting import money, unit_price
from planner.core.quantities import QuantityDocument
from planner.core.quarters import quarter_number, quarter_words
from planner.deals.cash import contract_of
from planner.deals.documents import (
    ComputeContractDocument,
    EquityTrancheDocument,
    PreferredDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    TermDocument,
    TriggerDocument,
    VolumeTiersDocument,
    name_of,
)
from planner.scenarios.figures import in_words, typed


@dataclass(frozen=True, slots=True)
class Parties:
    """What sentences call the two sides, and the terms they may refer to."""

    provider: str
    lab: str
    terms: Sequence[TermDocument]


def sentence_of(term: TermDocument, parties: Parties) -> str:
    """What the term does."""
    match term:
        case ComputeContractDocument():
            return _contract(term, parties)
        case TakeOrPayDocument():
            return _take_or_pay(term, parties)
        case VolumeTiersDocument():
            return _tiers(term, parties)
        case PriceStepsDocument():
            return _steps(term)
        case EquityTrancheDocument():
            return _tranche(term, parties)
        case PreferredDocument():
            return _preferred(term, parties)
        case _:
            return ""


def dates_of(term: TermDocument, terms: Sequence[TermDocument]) -> tuple[int, int] | None:
    """First and last quarter of a term by number; None when nothing dates it (a tranche paid at the opening)."""
    contract = term if isinstance(term, ComputeContractDocument) else contract_of(term, terms)
    if contract is not None:
        first = quarter_number(contract.starts)
        return first, first + contract.quarters - 1
    if isinstance(term, EquityTrancheDocument) and term.state == "uncalled":
        days = [trigger.on for trigger in term.triggers if trigger.on] + [term.longstop]
        numbers = [quarter_number(day) for day in days if day]
        return (min(numbers), max(numbers)) if numbers else None
    return None


def _contract(term: ComputeContractDocument, parties: Parties) -> str:
    said = {
        **_sides(parties),
        "price": _range(term.reference_usd_per_chip_hour, "USD per chip-hour"),
        "span": _span(term),
    }
    if term.discount_share == 0:
        return (
            _("%(lab)s buys compute from %(provider)s at %(price)s, for the hours it uses, %(span)s.") % said
        )
    said["discount"] = _range(term.discount_share, "share")
    return (
        _(
            "%(lab)s buys compute from %(provider)s at %(price)s less %(discount)s, for the hours it uses, %(span)s."
        )
        % said
    )


def _take_or_pay(term: TakeOrPayDocument, parties: Parties) -> str:
    contract = contract_of(term, parties.terms)
    said = {
        **_sides(parties),
        "least": money(term.commitment_usd),
        "span": _span(contract) if contract else _("over a contract that is not there"),
        "ramp": term.ramp_quarters,
    }
    first = _("%(lab)s pays at least %(least)s %(span)s, whether it uses it or not.") % said
    if term.ramp_quarters > 1:
        return f"{first} " + _("The minimum rises over the first %(ramp)d quarters.") % said
    return first


def _tiers(term: VolumeTiersDocument, parties: Parties) -> str:
    basis = {
        "marginal": _("only what lies above a tier gets its discount"),
        "all_units": _("all of the year's spend gets the discount of the tier reached"),
    }
    listed = ", ".join(
        _("%(share)s from %(from)s")
        % {"share": typed(tier.discount_share, "share"), "from": money(tier.from_usd)}
        for tier in term.tiers
    )
    said = {**_sides(parties), "tiers": listed or _("no tier yet"), "basis": basis[term.basis]}
    return _("Spending more in a contract year lowers %(lab)s's price: %(tiers)s; %(basis)s.") % said


def _steps(term: PriceStepsDocument) -> str:
    parts = [
        _("The price falls by %(share)s each contract year")
        % {"share": _range(term.annual_step_down_share, "share")}
        if term.annual_step_down_share != 0
        else _("The price does not step down")
    ]
    gap = term.index_gap_share
    if not isinstance(gap, float) or gap < 10:
        parts.append(_("is at most the market price plus %(share)s") % {"share": _range(gap, "share")})
    if term.floor_usd_per_chip_hour:
        parts.append(
            _("never falls below %(floor)s per chip-hour")
            % {"floor": unit_price(term.floor_usd_per_chip_hour)}
        )
    return _("%(parts)s.") % {"parts": ", ".join(parts)}


def _tranche(term: EquityTrancheDocument, parties: Parties) -> str:
    said = {**_sides(parties), "amount": money(term.amount_usd), "price": _price(term), "when": _when(term)}
    if term.state == "paid":
        return _("%(provider)s pays %(amount)s for shares at %(price)s, on the opening date.") % said
    if term.obligation and term.triggers:
        first = _("%(provider)s must pay %(amount)s for shares at %(price)s %(when)s.") % said
        return f"{first} " + _("It may also choose to pay earlier.") if term.option else first
    if term.option:
        return _("%(provider)s may pay %(amount)s for shares at %(price)s, when it chooses.") % said
    return _("%(amount)s for shares that nothing makes due: it is never paid.") % said


def _preferred(term: PreferredDocument, parties: Parties) -> str:
    names = {one.key: name_of(one) for one in parties.terms}
    said = {
        **_sides(parties),
        "multiple": f"{term.multiple:g}",
        "tranches": ", ".join(names.get(key, key) for key in term.tranches) or _("no tranche yet"),
        "rank": {
            "senior": _("before the other preferences"),
            "pari_passu": _("alike with the other preferences"),
        }[term.ranks],
    }
    return (
        _("In a sale %(provider)s gets %(multiple)s times its money first, %(rank)s, for: %(tranches)s.")
        % said
    )


def _sides(parties: Parties) -> dict[str, object]:
    return {"provider": parties.provider or _("the provider"), "lab": parties.lab or _("the lab")}


def _span(contract: ComputeContractDocument) -> str:
    sentence = ngettext(
        "over %(count)d quarter from %(first)s", "over %(count)d quarters from %(first)s", contract.quarters
    )
    return sentence % {"count": contract.quarters, "first": quarter_words(quarter_number(contract.starts))}


def _price(term: EquityTrancheDocument) -> str:
    if term.price_rule == "price_of_the_day":
        return _("the price of the day")
    return _("a valuation of %(value)s") % {"value": money(term.valuation_usd)}


def _when(term: EquityTrancheDocument) -> str:
    events = [_event(trigger) for trigger in term.triggers]
    joined = (_(" or ") if term.triggers_needed == "any" else _(" and ")).join(events)
    when = _("once %(events)s") % {"events": joined}
    if term.longstop:
        when += _(", by %(day)s") % {"day": term.longstop.isoformat()}
    return when


def _event(trigger: TriggerDocument) -> str:
    """What must happen, as the end of "once ..."."""
    words = {
        "date": _("%(day)s is reached") % {"day": trigger.on.isoformat() if trigger.on else "?"},
        "confidential_filing": _("the lab files confidentially"),
        "public_filing": _("the lab files publicly"),
        "pricing": _("the IPO is priced"),
        "listing": _("the lab is listed"),
        "annual_revenue": _("annual revenue reaches %(usd)s") % {"usd": money(trigger.threshold)},
        "gigawatts_online": _("%(gw)s GW are online") % {"gw": f"{trigger.threshold:g}"},
        "milestone": _("“%(name)s” happens") % {"name": name_of(trigger)},
    }
    return words[trigger.event]


def _range(quantity: QuantityDocument, unit: str) -> str:
    """A number with its unit, a range by its ends: how likely they are is told at the field."""
    if isinstance(quantity, float | int):
        return (
            f"{unit_price(quantity)} per chip-hour"
            if unit == "USD per chip-hour"
            else in_words(quantity, unit)
        )
    low, high = quantity.extremes()
    if unit == "USD per chip-hour":
        said = {"low": unit_price(low), "high": unit_price(high)}
        return _("%(low)s to %(high)s per chip-hour") % said
    return _("%(low)s to %(high)s") % {"low": typed(low, unit), "high": typed(high, unit)}
