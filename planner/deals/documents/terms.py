"""The terms a deal is made of: one frozen shape per mechanism."""

from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

from django.utils.translation import gettext_noop as _
from pydantic import Field

from planner.core.documents import (
    Document,
    Key,
    choice,
    day,
    flag,
    listed,
    number,
    words,
)
from planner.core.quantities import QuantityDocument

TriggerEvent: TypeAlias = Literal[
    "date",
    "confidential_filing",
    "public_filing",
    "pricing",
    "listing",
    "annual_revenue",
    "gigawatts_online",
    "milestone",
]


class _Term(Document):
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this term."), default="")


class ComputeContractDocument(_Term):
    """Capacity sold to the lab: chip-hours used x reference price x (1 - discount)."""

    title: ClassVar[str] = _("Compute contract")
    kind: Literal["compute_contract"] = choice(
        _("Kind"), _("What this term is."), {"compute_contract": _("compute contract")}
    )
    starts: date = day(_("Starts"), _("The quarter that holds this day is the contract's first."))
    quarters: int = number(_("Length"), "quarters", 1, 80, _("How long the contract runs."))
    reference_usd_per_chip_hour: QuantityDocument = number(
        _("Reference price"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("The price before the discount."),
        source=_("Prices, offers"),
    )
    discount_share: QuantityDocument = number(
        _("Discount"), "share", 0.0, 1.0, _("Off the reference price."), default=0.0
    )
    signed_earlier: bool = flag(
        _("Signed earlier"),
        _("Yes when it was signed before this deal: then it stands in every counterfactual."),
        default=False,
    )
    kept_without_equity_share: QuantityDocument = number(
        _("Kept without equity"),
        "share",
        0.0,
        1.0,
        _("The part the lab would have signed without the equity."),
    )
    built_without_equity_share: QuantityDocument = number(
        _("Built without equity"),
        "share",
        0.0,
        1.0,
        _(
            "The part of the released capacity the provider would have built all the same and sold at market price."
        ),
    )


class TakeOrPayDocument(_Term):
    """A minimum by contract year on a ramp; a shortfall is paid at year end (M17, E22)."""

    title: ClassVar[str] = _("Take-or-pay")
    kind: Literal["take_or_pay"] = choice(
        _("Kind"), _("What this term is."), {"take_or_pay": _("take-or-pay")}
    )
    contract: Key = words(_("Contract"), _("The key of the compute contract it belongs to."), longest=60)
    commitment_usd: float = number(
        _("Commitment"), "USD", 0.0, 1e14, _("Minimum spend over the whole contract.")
    )
    ramp_quarters: int = number(
        _("Commitment ramp"),
        "quarters",
        1,
        80,
        _("Quarters until the yearly minimum is at its full level."),
        default=1,
    )
    undelivered_due_share: QuantityDocument = number(
        _("Due though undelivered"),
        "share",
        0.0,
        1.0,
        _("How much of the minimum stays due for capacity the provider has not delivered."),
        default=0.0,
    )
    carry_forward_share: float = number(
        _("Carry forward"),
        "share",
        0.0,
        1.0,
        _("Share of spend above the minimum that counts towards next year's minimum."),
        default=0.0,
    )
    make_up_share: float = number(
        _("Make-up"),
        "share",
        0.0,
        1.0,
        _("Share of a shortfall payment that is credited against next year's spend above the minimum."),
        default=0.0,
    )


class TierDocument(Document):
    """Spend of a contract year above `from_usd` gets `discount_share` off the contract price."""

    title: ClassVar[str] = _("Tier")
    from_usd: float = number(
        _("Spend from"), "USD", 0.0, 1e14, _("Spend of the contract year from which it applies.")
    )
    discount_share: float = number(_("Tier discount"), "share", 0.0, 1.0, _("Off the contract price."))


class VolumeTiersDocument(_Term):
    """Volume discounts by spend of the contract year at contract price (M18, E26)."""

    title: ClassVar[str] = _("Volume tiers")
    kind: Literal["volume_tiers"] = choice(
        _("Kind"), _("What this term is."), {"volume_tiers": _("volume tiers")}
    )
    contract: Key = words(_("Contract"), _("The key of the compute contract it belongs to."), longest=60)
    basis: Literal["marginal", "all_units"] = choice(
        _("Basis"),
        _("Whether a tier's discount counts for spend above it, or for all of it."),
        {"marginal": _("spend above the tier"), "all_units": _("all spend of the year")},
        default="marginal",
    )
    tiers: tuple[TierDocument, ...] = listed(_("Tiers"), _("Rising by spend."), most=20)


class PriceStepsDocument(_Term):
    """Annual step-down, a cap at the market index, and a floor (M19, E26)."""

    title: ClassVar[str] = _("Price steps")
    kind: Literal["price_steps"] = choice(
        _("Kind"), _("What this term is."), {"price_steps": _("price steps")}
    )
    contract: Key = words(_("Contract"), _("The key of the compute contract it belongs to."), longest=60)
    annual_step_down_share: QuantityDocument = number(
        _("Yearly step-down"),
        "share",
        0.0,
        0.9,
        _("Fall of the contract price each contract year."),
        default=0.0,
    )
    index_gap_share: QuantityDocument = number(
        _("Cap above market"),
        "share",
        -0.9,
        10.0,
        _("The price is at most the market price plus this share; a wide gap switches the cap off."),
        default=10.0,
    )
    floor_usd_per_chip_hour: float = number(
        _("Price floor"), "USD per chip-hour", 0.0, 1e3, _("The price never falls below this."), default=0.0
    )


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
        },
    )
    on: date | None = day(_("On"), _("The day, for a trigger by date."), default=None)
    threshold: float = number(
        _("Threshold"), "USD or GW", 0.0, 1e14, _("USD of annual revenue, or GW online."), default=0.0
    )
    hazard_annual: QuantityDocument = number(
        _("Chance of the milestone"),
        "share a year",
        0.0,
        1.0,
        _("Yearly chance, for a milestone."),
        default=0.0,
    )


class EquityTrancheDocument(_Term):
    """Money for shares when triggers are met, or at the investor's option (M01, E20)."""

    title: ClassVar[str] = _("Equity tranche")
    kind: Literal["equity_tranche"] = choice(
        _("Kind"), _("What this term is."), {"equity_tranche": _("equity tranche")}
    )
    amount_usd: float = number(_("Equity amount"), "USD", 0.0, 1e13, _("Money paid for shares."))
    state: Literal["paid", "uncalled"] = choice(
        _("State at opening"),
        _("Whether it is paid on the opening date or still contingent."),
        {"paid": _("paid at the opening date"), "uncalled": _("not yet called")},
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
        _("Option"), _("Yes when the investor may also pay without a trigger."), default=False
    )
    option_margin_share: float = number(
        _("Option margin"),
        "share",
        0.0,
        10.0,
        _("The option is used when a share is worth more than its price by this share."),
        default=0.0,
    )
    price_rule: Literal["fixed_valuation", "price_of_the_day"] = choice(
        _("Price rule"),
        _("At what price the shares are bought."),
        {"fixed_valuation": _("a fixed valuation"), "price_of_the_day": _("the price of the day")},
        default="fixed_valuation",
    )
    valuation_usd: float = number(
        _("Valuation"),
        "USD",
        0.0,
        1e14,
        _("Value of all shares before the money, for a fixed valuation."),
        default=0.0,
    )


class PreferredDocument(_Term):
    """Shares bought before an IPO are non-participating convertible preferred (M03, E21)."""

    title: ClassVar[str] = _("Preferred shares")
    kind: Literal["preferred"] = choice(
        _("Kind"), _("What this term is."), {"preferred": _("preferred shares")}
    )
    tranches: tuple[Key, ...] = listed(_("Tranches"), _("Keys of the tranches it covers."), most=50)
    multiple: float = number(
        _("Preference multiple"),
        "times",
        0.0,
        10.0,
        _("Multiple of the money that comes first in a sale; in a default shares get nothing."),
        default=1.0,
    )
    ranks: Literal["senior", "pari_passu"] = choice(
        _("Rank"),
        _("Against the other preferences."),
        {"senior": _("before the others"), "pari_passu": _("alike with the others")},
        default="pari_passu",
    )


TermDocument: TypeAlias = Annotated[
    ComputeContractDocument
    | TakeOrPayDocument
    | VolumeTiersDocument
    | PriceStepsDocument
    | EquityTrancheDocument
    | PreferredDocument,
    Field(discriminator="kind"),
]


class DefaultTermsDocument(Document):
    """What happens to the contracts when the lab defaults (E29): a claim, and capacity let again after a lag."""

    title: ClassVar[str] = _("On default")
    termination_share: QuantityDocument = number(
        _("Termination claim"),
        "share",
        0.0,
        1.0,
        _("Share of the remaining commitment that becomes a claim."),
    )
    recovery_share: QuantityDocument = number(
        _("Recovery of claims"), "share", 0.0, 1.0, _("Share of the claim that is paid in the end.")
    )
    relet_lag_quarters: int = number(
        _("Time to let again"),
        "quarters",
        0,
        40,
        _("Quarters until the capacity has a new customer."),
        default=2,
    )
    relet_price_share: QuantityDocument = number(
        _("Price when let again"), "share", 0.0, 5.0, _("Of the market price of the day.")
    )
    relet_utilisation: QuantityDocument = number(
        _("Use when let again"), "share", 0.0, 1.0, _("Share of the capacity that finds a new customer.")
    )
