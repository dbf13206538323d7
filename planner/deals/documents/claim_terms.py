"""Terms by which the provider gets a part of what the lab earns (M14-M16, E25)."""

from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, day, listed, number
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, kind_word


class RevenueShareDocument(Term):
    """A part of the lab's revenue, up to a cap and an end (M14)."""

    title: ClassVar[str] = _("Revenue share")
    kind: Literal["revenue_share"] = kind_word("revenue_share", _("revenue share"))
    rate_share: QuantityDocument = number(
        _("Rate"), "share", 0.0, 1.0, _("Part of the revenue counted that the provider gets.")
    )
    base_share: QuantityDocument = number(
        _("Revenue counted"), "share", 0.0, 1.0, _("Part of the lab's revenue it is taken of."), default=1.0
    )
    cap_usd: float = number(
        _("Cap"), "USD", 0.0, 1e14, _("Most that is paid in all; 0: no cap."), default=0.0
    )
    paid_before_usd: float = number(
        _("Paid before"),
        "USD",
        0.0,
        1e14,
        _("Before the opening date; it counts towards the cap."),
        default=0.0,
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it is paid for."))
    ends: date = day(_("Ends"), _("The quarter that holds this day is the last it is paid for."))


class ProfitBandDocument(Document):
    """A part of profit until the provider has received an amount in all."""

    title: ClassVar[str] = _("Profit band")
    share: float = number(_("Share of profit"), "share", 0.0, 1.0, _("Of positive quarterly profit."))
    until_usd: float = number(
        _("Until received"), "USD", 0.0, 1e14, _("In all; 0 in the last band: without end."), default=0.0
    )


class ProfitShareDocument(Term):
    """A part of the lab's profit, in bands of what was received so far (M15)."""

    title: ClassVar[str] = _("Profit share")
    kind: Literal["profit_share"] = kind_word("profit_share", _("profit share"))
    bands: tuple[ProfitBandDocument, ...] = listed(
        _("Profit bands"), _("Rising by what was received."), most=20
    )
    received_before_usd: float = number(
        _("Received before"),
        "USD",
        0.0,
        1e14,
        _("Before the opening date; it counts in the bands."),
        default=0.0,
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it is paid for."))


class ResaleShareDocument(Term):
    """The provider resells the lab's model and keeps a part of the gross profit (M16)."""

    title: ClassVar[str] = _("Resale share")
    kind: Literal["resale_share"] = kind_word("resale_share", _("resale share"))
    resale_share: QuantityDocument = number(
        _("Sold through the provider"), "share", 0.0, 1.0, _("Part of the lab's revenue.")
    )
    cost_share: QuantityDocument = number(
        _("Inference cost"), "share", 0.0, 5.0, _("Over the revenue that is resold.")
    )
    profit_share: QuantityDocument = number(
        _("Kept by the provider"),
        "share",
        0.0,
        1.0,
        _("Of revenue less inference cost; a loss is not shared."),
    )
    starts: date = day(_("Counts from"), _("The quarter that holds this day is the first it is paid for."))
    ends: date = day(_("Ends"), _("The quarter that holds this day is the last it is paid for."))
