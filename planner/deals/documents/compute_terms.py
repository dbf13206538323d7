"""Terms about capacity: its price, payment, delivery and end, beside minimum, tiers and steps (M19-M25, M31, M32)."""

from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, day, listed, number, words
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, contract_key, kind_word


class MostFavouredDocument(Term):
    """The price never exceeds what the lowest peer pays, from a day on (M19)."""

    title: ClassVar[str] = _("Most favoured price")
    kind: Literal["most_favoured"] = kind_word("most_favoured", _("most favoured price"))
    contract: Key = contract_key()
    peer_discount_share: QuantityDocument = number(
        _("Lowest peer's discount"),
        "share",
        0.0,
        1.0,
        _("Off the reference price at the market index: what the lowest peer pays."),
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it holds in."))
    look_back_share: float = number(
        _("Look-back"),
        "share",
        0.0,
        1.0,
        _("Share of what was paid above the peer's price before, given back at each year end."),
        default=0.0,
    )


class PerformanceGuaranteeDocument(Term):
    """Slower chips than guaranteed bring a credit on the bill (M20)."""

    title: ClassVar[str] = _("Performance guarantee")
    kind: Literal["performance_guarantee"] = kind_word("performance_guarantee", _("performance guarantee"))
    contract: Key = contract_key()
    guaranteed_ratio: float = number(
        _("Guaranteed speed"), "times", 0.01, 100.0, _("Over the speed of the reference chip."), default=1.0
    )
    measured_ratio: QuantityDocument = number(
        _("Measured speed"), "times", 0.0, 100.0, _("Over the speed of the reference chip.")
    )


class PrepaymentDocument(Term):
    """Part of the commitment is paid at the start and drawn down against bills (M21)."""

    title: ClassVar[str] = _("Prepayment")
    kind: Literal["prepayment"] = kind_word("prepayment", _("prepayment"))
    contract: Key = contract_key()
    share: float = number(
        _("Prepaid"), "share", 0.0, 1.0, _("Part of the contract's commitment that is paid at its start.")
    )
    discount_share: float = number(
        _("Discount for prepaying"), "share", 0.0, 0.99, _("Off the prepaid amount."), default=0.0
    )
    draw_share: float = number(
        _("Drawn from each bill"),
        "share",
        0.0,
        1.0,
        _("Part of each bill that is taken from what was prepaid, until it is used up."),
        default=1.0,
    )


class ReservationDocument(Term):
    """A fee for capacity held ready, used or not, and an exit by notice (M22)."""

    title: ClassVar[str] = _("Reservation and notice")
    kind: Literal["reservation"] = kind_word("reservation", _("reservation and notice"))
    contract: Key = contract_key()
    fee_usd_per_chip_hour: QuantityDocument = number(
        _("Reservation fee"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("For each chip delivered and each hour, used or not, on top of the price for use."),
        source=_("Prices, offers"),
    )
    ramp_quarters: int = number(
        _("Reduced fee at first"),
        "quarters",
        0,
        80,
        _("Quarters from the start with a reduced fee."),
        default=0,
    )
    ramp_fee_share: float = number(
        _("Fee while reduced"), "share", 0.0, 1.0, _("Of the full fee."), default=1.0
    )
    notice_quarters: int = number(
        _("Notice"), "quarters", 0, 40, _("Quarters between notice and the end of the contract."), default=1
    )
    notice_from: date | None = day(
        _("Notice from"), _("The first day on which notice may be given; empty: never."), default=None
    )
    exit_below_index: float = number(
        _("Lab leaves below index"),
        "index",
        0.0,
        10.0,
        _("The lab gives notice when the rental index falls below this; 0: never."),
        default=0.0,
    )
    provider_exit_above_index: float = number(
        _("Provider leaves above index"),
        "index",
        0.0,
        100.0,
        _("The provider gives notice when the rental index rises above this; 0: never."),
        default=0.0,
    )


class ServiceTierDocument(Document):
    """A part of the use at its own price, up to a part of the capacity."""

    title: ClassVar[str] = _("Service tier")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this tier."), default="")
    use_share: float = number(_("Part of use"), "share", 0.0, 1.0, _("The tiers' parts add up to 100%."))
    price_multiple: QuantityDocument = number(
        _("Price multiple"), "times", 0.0, 20.0, _("Of the contract price."), default=1.0
    )
    cap_share: float = number(
        _("Cap"),
        "share",
        0.0,
        1.0,
        _("Of the contract's capacity; what is above is not served."),
        default=1.0,
    )


class ServiceTiersDocument(Term):
    """Use in tiers of priority, shed from the last to the first (M23)."""

    title: ClassVar[str] = _("Service tiers")
    kind: Literal["service_tiers"] = kind_word("service_tiers", _("service tiers"))
    contract: Key = contract_key()
    tiers: tuple[ServiceTierDocument, ...] = listed(
        _("Service tiers"), _("From the first to be served to the last."), most=20
    )


class DeliveryDocument(Term):
    """Late capacity: damages after a grace period, and the lab's exit (M24)."""

    title: ClassVar[str] = _("Late delivery")
    kind: Literal["delivery"] = kind_word("delivery", _("late delivery"))
    contract: Key = contract_key()
    delay_quarters: QuantityDocument = number(
        _("Delay"), "quarters", 0.0, 40.0, _("How much later than planned the contract's lots come.")
    )
    damages_share: float = number(
        _("Damages"), "share", 0.0, 5.0, _("Of the price of each missing chip-hour."), default=0.0
    )
    grace_quarters: int = number(
        _("Grace"), "quarters", 0, 40, _("Quarters of delay without damages."), default=0
    )
    exit_missing_share: float = number(
        _("Lab leaves when missing"),
        "share",
        0.0,
        1.0,
        _("When more than this of what is due is missing after the grace; 100%: it never leaves."),
        default=1.0,
    )


class TerminationFeeDocument(Term):
    """A fee on the remaining minimum when the contract is left early (M25)."""

    title: ClassVar[str] = _("Termination fee")
    kind: Literal["termination_fee"] = kind_word("termination_fee", _("termination fee"))
    contract: Key = contract_key()
    fee_shares: tuple[float, ...] = listed(
        _("Fee by contract year"),
        _(
            "Share of the remaining minimum, 0 to 1, by contract year; the last one counts for all later years."
        ),
        most=20,
    )
    mitigation_share: QuantityDocument = number(
        _("Mitigation"), "share", 0.0, 1.0, _("Taken off, as the capacity can be let again."), default=0.0
    )
    exit_from: date | None = day(
        _("Lab may leave from"), _("Empty: it leaves on default only."), default=None
    )
    exit_below_index: float = number(
        _("Lab leaves below index"),
        "index",
        0.0,
        10.0,
        _("The lab leaves and pays when the rental index falls below this; 0: never."),
        default=0.0,
    )


class FirstRefusalDocument(Term):
    """Exclusivity, or a right of first refusal on what would go elsewhere (M31)."""

    title: ClassVar[str] = _("Exclusivity and first refusal")
    kind: Literal["first_refusal"] = kind_word("first_refusal", _("exclusivity and first refusal"))
    exclusive_share: float = number(
        _("Exclusive part"),
        "share",
        0.0,
        1.0,
        _("At least this part of the lab's need is placed here."),
        default=0.0,
    )
    refusal_share: float = number(
        _("Part offered first"),
        "share",
        0.0,
        1.0,
        _("Of what would go elsewhere, the part that comes here when the price matches."),
        default=0.0,
    )
    match_gap_share: float = number(
        _("Price match"),
        "share",
        -0.9,
        10.0,
        _("The price here may exceed that of other clouds by this share."),
        default=0.0,
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it holds in."))
    ends: date = day(_("Ends"), _("The quarter that holds this day is the last it holds in."))


class DemandGovernorDocument(Term):
    """The lab keeps the growth of its demand in bounds (M32)."""

    title: ClassVar[str] = _("Demand governor")
    kind: Literal["demand_governor"] = kind_word("demand_governor", _("demand governor"))
    growth_limit_quarterly: float = number(
        _("Growth limit"), "share a quarter", -0.5, 10.0, _("Demand grows by at most this each quarter.")
    )
    flexible_share: QuantityDocument = number(
        _("Flexible part"), "share", 0.0, 1.0, _("Of what is above the limit, the part that is shed.")
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it holds in."))
