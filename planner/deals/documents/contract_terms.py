"""Capacity sold and what it costs: contract, minimum, volume tiers and price steps (M17-M19, E22, E26)."""

from datetime import date
from math import fsum
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, choice, day, flag, listed, number
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, contract_key, kind_word


class ComputeContractDocument(Term):
    """Capacity sold to the lab: chip-hours used x reference price x (1 - discount)."""

    title: ClassVar[str] = _("Compute contract")
    kind: Literal["compute_contract"] = kind_word("compute_contract", _("compute contract"))
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


class TakeOrPayDocument(Term):
    """A minimum by contract year on a ramp; a shortfall is paid at year end (M17, E22)."""

    title: ClassVar[str] = _("Take-or-pay")
    kind: Literal["take_or_pay"] = kind_word("take_or_pay", _("take-or-pay"))
    contract: Key = contract_key()
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
    year_shares: tuple[float, ...] = listed(
        _("Minimum by year"),
        _(
            "Shares of the commitment by contract year that add up to 1, instead of the ramp; empty: the ramp."
        ),
        default=(),
        most=20,
    )


class TierDocument(Document):
    """Spend of a contract year above `from_usd` gets `discount_share` off the contract price."""

    title: ClassVar[str] = _("Tier")
    from_usd: float = number(
        _("Spend from"), "USD", 0.0, 1e14, _("Spend of the contract year from which it applies.")
    )
    discount_share: float = number(_("Tier discount"), "share", 0.0, 1.0, _("Off the contract price."))


class VolumeTiersDocument(Term):
    """Volume discounts by spend of the contract year at contract price (M18, E26)."""

    title: ClassVar[str] = _("Volume tiers")
    kind: Literal["volume_tiers"] = kind_word("volume_tiers", _("volume tiers"))
    contract: Key = contract_key()
    basis: Literal["marginal", "all_units"] = choice(
        _("Basis"),
        _("Whether a tier's discount counts for spend above it, or for all of it."),
        {"marginal": _("spend above the tier"), "all_units": _("all spend of the year")},
        default="marginal",
    )
    tiers: tuple[TierDocument, ...] = listed(_("Tiers"), _("Rising by spend."), most=20)


class PriceStepsDocument(Term):
    """Annual step-down, a cap at the market index, and a floor (M19, E26)."""

    title: ClassVar[str] = _("Price steps")
    kind: Literal["price_steps"] = kind_word("price_steps", _("price steps"))
    contract: Key = contract_key()
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


def minimum_by_quarter(term: TakeOrPayDocument, quarters: int) -> list[float]:
    """The commitment over the contract's quarters (E22): in proportion to its ramp min((i + 1) / ramp, 1), or each
    contract year's share spread evenly over that year.
    """
    if term.year_shares:
        lengths = [min(4, quarters - first) for first in range(0, quarters, 4)]
        by_year = zip(term.year_shares, lengths, strict=False)
        return [
            term.commitment_usd * share / length for share, length in by_year for _quarter in range(length)
        ]
    weights = [min((place + 1.0) / term.ramp_quarters, 1.0) for place in range(quarters)]
    whole = fsum(weights)
    return [term.commitment_usd * weight / whole for weight in weights]
