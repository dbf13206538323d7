"""Money for shares and the class of the shares it buys (M01, M03, M04, E20, E21)."""

from datetime import date
from typing import ClassVar, Literal, TypeAlias

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, choice, day, flag, listed, number, words
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, kind_word, tranche_keys

TriggerEvent: TypeAlias = Literal[
    "date",
    "confidential_filing",
    "public_filing",
    "pricing",
    "listing",
    "annual_revenue",
    "gigawatts_online",
    "milestone",
    "spend",
]


class TriggerDocument(Document):
    """One event that makes a tranche due; it counts from the opening date on."""

    title: ClassVar[str] = _("Trigger")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this trigger."), default="")
    event: TriggerEvent = choice(
        _("Event"),
        _("What must happen."),
        {
            "date": _("a date is reached"),
            "confidential_filing": _("confidential filing"),
            "public_filing": _("public filing"),
            "pricing": _("pricing of the IPO"),
            "listing": _("listing"),
            "annual_revenue": _("annual revenue reached"),
            "gigawatts_online": _("gigawatts online"),
            "milestone": _("a milestone by chance"),
            "spend": _("spend with the provider reached"),
        },
    )
    on: date | None = day(_("On"), _("The day, for a trigger by date."), default=None)
    threshold: float = number(
        _("Threshold"),
        "USD or GW",
        0.0,
        1e14,
        _("USD of annual revenue, GW online, or USD spent with the provider since the opening date."),
        default=0.0,
    )
    hazard_annual: QuantityDocument = number(
        _("Chance of the milestone"),
        "share a year",
        0.0,
        1.0,
        _("Yearly chance, for a milestone."),
        default=0.0,
    )


class EquityTrancheDocument(Term):
    """Money for shares when triggers are met, or at the investor's option (M01, E20)."""

    title: ClassVar[str] = _("Equity tranche")
    kind: Literal["equity_tranche"] = kind_word("equity_tranche", _("equity tranche"))
    amount_usd: float = number(_("Equity amount"), "USD", 0.0, 1e13, _("Money paid for shares."))
    state: Literal["paid", "called", "uncalled"] = choice(
        _("State at opening"),
        _("Whether it is paid on the opening date, called already, or still contingent."),
        {
            "paid": _("paid at the opening date"),
            "called": _("called, and paid after the notice"),
            "uncalled": _("not yet called"),
        },
    )
    triggers_needed: Literal["any", "all"] = choice(
        _("Triggers needed"),
        _("How many of the triggers must be met."),
        {"any": _("any"), "all": _("all")},
        default="any",
    )
    triggers: tuple[TriggerDocument, ...] = listed(
        _("Triggers"), _("Events that make it due."), default=(), most=20
    )
    longstop: date | None = day(_("Longstop"), _("After this day it lapses; empty: never."), default=None)
    notice_quarters: int = number(
        _("Notice"), "quarters", 0, 8, _("Quarters between the trigger and the payment."), default=0
    )
    obligation: bool = flag(
        _("Obligation"), _("Yes when the investor must pay once triggered."), default=True
    )
    option: bool = flag(
        _("Option"),
        _("Yes when the investor may choose to pay; without an obligation, once its triggers are met."),
        default=False,
    )
    option_margin_share: float = number(
        _("Option margin"),
        "share",
        0.0,
        10.0,
        _("The option is used when a share is worth more than its price by this share."),
        default=0.0,
    )
    price_rule: Literal["fixed_valuation", "price_of_the_day", "last_round", "offer_price"] = choice(
        _("Price rule"),
        _("At what price the shares are bought."),
        {
            "fixed_valuation": _("a fixed valuation"),
            "price_of_the_day": _("the price of the day"),
            "last_round": _("the price of the last round"),
            "offer_price": _("the offer price, before an IPO the price of the day"),
        },
        default="fixed_valuation",
    )
    valuation_usd: float = number(
        _("Valuation"),
        "USD",
        0.0,
        1e14,
        _("Value of all shares, for a fixed valuation: before the money; if paid already, after it."),
        default=0.0,
    )


class PreferredDocument(Term):
    """Shares bought before an IPO are convertible preferred with a preference, participating or not (M03, M04, E21)."""

    title: ClassVar[str] = _("Preferred shares")
    kind: Literal["preferred"] = kind_word("preferred", _("preferred shares"))
    tranches: tuple[Key, ...] = tranche_keys()
    multiple: float = number(
        _("Preference multiple"),
        "times",
        0.0,
        10.0,
        _("Multiple of the money that comes first in a sale; in a default shares get nothing."),
        default=1.0,
    )
    ranks: Literal["senior", "pari_passu", "junior"] = choice(
        _("Rank"),
        _("Against the other preferences."),
        {
            "senior": _("before the others"),
            "pari_passu": _("alike with the others"),
            "junior": _("after the others"),
        },
        default="pari_passu",
    )
    participating: bool = flag(
        _("Participating"),
        _("Yes when the shares take their part of the rest too, after the preference."),
        default=False,
    )
    participation_cap_multiple: float = number(
        _("Cap of participating"),
        "times",
        0.0,
        20.0,
        _("Most that participating shares get without converting, over what was paid; 0: no cap."),
        default=0.0,
    )
    qualified_valuation_usd: float = number(
        _("Qualified IPO, value"),
        "USD",
        0.0,
        1e14,
        _("The shares become common at an IPO that values the lab at this at least; 0: at any."),
        default=0.0,
    )
    qualified_proceeds_usd: float = number(
        _("Qualified IPO, new money"),
        "USD",
        0.0,
        1e13,
        _("And raises this at least; 0: any amount."),
        default=0.0,
    )
    unqualified: Literal["stays", "ratchet"] = choice(
        _("At another IPO"),
        _("What happens at an IPO that does not qualify."),
        {
            "stays": _("stays preferred until the class agrees"),
            "ratchet": _("becomes common with shares topped up to what was paid"),
        },
        default="ratchet",
    )
