"""What all sentences share: the names of the two sides, amounts, ranges and spans of time in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planner.core.formatting import money, unit_price
from planner.core.quantities import QuantityDocument
from planner.core.quarters import quarter_number, quarter_words
from planner.deals.documents import ComputeContractDocument, TermDocument, name_of
from planner.scenarios.figures import in_words, typed


@dataclass(frozen=True, slots=True)
class Parties:
    """What sentences call the two sides, and the terms they may refer to."""

    provider: str
    lab: str
    terms: Sequence[TermDocument]


def sides(parties: Parties) -> dict[str, object]:
    """The names of both sides, for a sentence."""
    return {"provider": parties.provider or _("the provider"), "lab": parties.lab or _("the lab")}


def ranged(quantity: QuantityDocument, unit: str) -> str:
    """A number with its unit, a range by its ends: how likely they are is told at the field."""
    if isinstance(quantity, float | int):
        if unit == "USD":
            return money(quantity)
        return (
            f"{unit_price(quantity)} per chip-hour"
            if unit == "USD per chip-hour"
            else in_words(quantity, unit)
        )
    low, high = quantity.extremes()
    if unit == "USD":
        return _("%(low)s to %(high)s") % {"low": money(low), "high": money(high)}
    if unit == "USD per chip-hour":
        said = {"low": unit_price(low), "high": unit_price(high)}
        return _("%(low)s to %(high)s per chip-hour") % said
    return _("%(low)s to %(high)s") % {"low": typed(low, unit), "high": typed(high, unit)}


def share(quantity: QuantityDocument) -> str:
    """A part in percent."""
    return ranged(quantity, "share")


def times(quantity: QuantityDocument) -> str:
    """A multiple as a plain number."""
    return ranged(quantity, "")


def in_quarter(day: date) -> str:
    """The quarter that holds the day: "2026 Q2"."""
    return quarter_words(quarter_number(day))


def quarters(count: int) -> str:
    """ "8 quarters"."""
    return ngettext("%(count)d quarter", "%(count)d quarters", count) % {"count": count}


def span(contract: ComputeContractDocument | None) -> str:
    """How long a contract runs, as the end of a sentence."""
    if contract is None:
        return _("over a contract that is not there")
    return span_of(contract.starts, contract.quarters)


def span_of(starts: date, count: int) -> str:
    """ "over 8 quarters from 2026 Q2"."""
    sentence = ngettext(
        "over %(count)d quarter from %(first)s", "over %(count)d quarters from %(first)s", count
    )
    return sentence % {"count": count, "first": in_quarter(starts)}


def named(key: str, parties: Parties) -> str:
    """What people call the term with this key; the key itself when there is none."""
    return next((name_of(one) for one in parties.terms if one.key == key), key)


def all_named(keys: Iterable[str], parties: Parties) -> str:
    """The names of several terms."""
    return ", ".join(named(key, parties) for key in keys) or _("no tranche yet")


def gigawatts_online(gigawatts: float) -> str:
    """ "1 GW is online", "2.5 GW are online"."""
    words = _("%(gw)s GW is online") if gigawatts == 1 else _("%(gw)s GW are online")
    return words % {"gw": f"{gigawatts:g}"}


def together(*sentences: str) -> str:
    """Sentences one after the other; empty ones are left out."""
    return " ".join(one for one in sentences if one)
