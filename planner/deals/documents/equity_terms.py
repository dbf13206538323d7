"""Terms about shares of the lab or of the provider, beside tranches and preferences (M02, M05-M13; E20, E21)."""

from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, choice, day, listed, number, words
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, contract_key, kind_word, tranche_keys


class ComputeCreditsDocument(Term):
    """Part of a tranche is paid in credits for compute instead of cash (M02)."""

    title: ClassVar[str] = _("Compute credits")
    kind: Literal["compute_credits"] = kind_word("compute_credits", _("compute credits"))
    tranche: Key = words(
        _("Tranche"), _("The key of the tranche that is paid in part by credits."), longest=60
    )
    contract: Key = contract_key()
    face_usd: float = number(
        _("Face of the credits"), "USD", 0.0, 1e13, _("Part of the tranche that is paid in credits.")
    )
    burn_share: QuantityDocument = number(
        _("Burnt per bill"), "share", 0.0, 1.0, _("Part of each bill that credits may pay."), default=1.0
    )
    expires: date = day(_("Expires"), _("What is left after this day lapses."))


class ConvertibleNoteDocument(Term):
    """A note or SAFE: shares at the next round, an IPO or a sale, else money back (M05)."""

    title: ClassVar[str] = _("Convertible note")
    kind: Literal["convertible_note"] = kind_word("convertible_note", _("convertible note"))
    principal_usd: float = number(_("Principal"), "USD", 0.0, 1e13, _("Money paid for the note."))
    paid_on: date = day(_("Paid on"), _("The quarter that holds this day is the one it is paid in."))
    coupon_annual: QuantityDocument = number(
        _("Coupon"), "share a year", 0.0, 1.0, _("Simple interest that converts too."), default=0.0
    )
    discount_share: float = number(
        _("Discount to the round"), "share", 0.0, 0.9, _("Off the price of the round."), default=0.0
    )
    valuation_cap_usd: float = number(
        _("Valuation cap"),
        "USD",
        0.0,
        1e14,
        _("Highest value of all shares it converts at; 0: no cap."),
        default=0.0,
    )
    qualified_round_usd: float = number(
        _("Qualified round"), "USD", 0.0, 1e13, _("Smallest round it converts in."), default=0.0
    )
    matures: date | None = day(_("Matures"), _("Empty: a SAFE, which is never repaid."), default=None)


class VestingStepDocument(Document):
    """One step of a warrant: it vests when all its stated conditions hold; 0 leaves a condition out."""

    title: ClassVar[str] = _("Vesting step")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this step."), default="")
    shares: float = number(_("Shares"), "shares", 0.0, 1e12, _("Warrants that vest in this step."))
    purchases_usd: float = number(
        _("Purchases needed"),
        "USD",
        0.0,
        1e14,
        _("Bought in all under the contract; 0: not asked."),
        default=0.0,
    )
    gigawatts: float = number(
        _("Capacity needed"), "GW", 0.0, 1e4, _("Online in all; 0: not asked."), default=0.0
    )
    share_price_usd: float = number(
        _("Share price needed"), "USD", 0.0, 1e6, _("Of the provider; 0: not asked."), default=0.0
    )
    condition_hazard_annual: QuantityDocument = number(
        _("Chance of other conditions"),
        "share a year",
        0.0,
        1.0,
        _("Yearly chance that technical and commercial conditions come to be met; 0: not asked."),
        default=0.0,
    )


class WarrantsDocument(Term):
    """The provider grants the lab warrants on its own shares: a rebate paid in dilution (M06)."""

    title: ClassVar[str] = _("Warrants")
    kind: Literal["warrants"] = kind_word("warrants", _("warrants"))
    contract: Key = contract_key()
    strike_usd: float = number(
        _("Strike"), "USD", 0.0, 1e6, _("What the lab pays for one share."), default=0.01
    )
    expires: date = day(_("Expires"), _("What has not vested by this day lapses."))
    steps: tuple[VestingStepDocument, ...] = listed(
        _("Vesting steps"), _("Each vests when all its conditions hold."), most=50
    )
    taken: Literal["at_vesting", "at_expiry"] = choice(
        _("Taken"),
        _("When the lab takes the value."),
        {"at_vesting": _("as they vest"), "at_expiry": _("when they expire")},
        default="at_vesting",
    )


class StockForContractDocument(Term):
    """The provider gives the lab its own shares for signing: a rebate paid in dilution (M07)."""

    title: ClassVar[str] = _("Stock for the contract")
    kind: Literal["stock_for_contract"] = kind_word("stock_for_contract", _("stock for the contract"))
    contract: Key = contract_key()
    amount_usd: float = number(
        _("Worth when issued"), "USD", 0.0, 1e13, _("At the provider's share price of that day.")
    )
    issued_on: date = day(_("Issued on"), _("The quarter that holds this day is the one they are given in."))
    held_quarters: int = number(
        _("Held"), "quarters", 0, 80, _("Quarters until the lab sells them."), default=2
    )


class AntiDilutionDocument(Term):
    """Cheaper new shares bring more shares to the tranches' holder before an IPO (M08)."""

    title: ClassVar[str] = _("Anti-dilution")
    kind: Literal["anti_dilution"] = kind_word("anti_dilution", _("anti-dilution"))
    tranches: tuple[Key, ...] = tranche_keys()
    formula: Literal["weighted_average", "full_ratchet"] = choice(
        _("Formula"),
        _("How the conversion price falls."),
        {"weighted_average": _("broad weighted average"), "full_ratchet": _("full ratchet")},
        default="weighted_average",
    )


class IpoRatchetDocument(Term):
    """At a cheap IPO the tranches' shares grow until their price target is met (M09)."""

    title: ClassVar[str] = _("IPO ratchet")
    kind: Literal["ipo_ratchet"] = kind_word("ipo_ratchet", _("IPO ratchet"))
    tranches: tuple[Key, ...] = tranche_keys()
    target_multiple: float = number(
        _("Price target"), "times", 0.0, 10.0, _("Of the price the tranche paid."), default=1.0
    )


class ProRataDocument(Term):
    """The provider takes part in every later round (M10)."""

    title: ClassVar[str] = _("Pro-rata right")
    kind: Literal["pro_rata"] = kind_word("pro_rata", _("pro-rata right"))
    uptake_share: QuantityDocument = number(
        _("Uptake"), "share", 0.0, 1.0, _("Part of its right that the provider uses."), default=1.0
    )


class OwnershipCapDocument(Term):
    """The provider holds at most a part of the voting shares (M11)."""

    title: ClassVar[str] = _("Ownership cap")
    kind: Literal["ownership_cap"] = kind_word("ownership_cap", _("ownership cap"))
    cap_share: float = number(_("Cap"), "share", 0.0, 1.0, _("Of the voting shares."))
    excess: Literal["non_voting", "not_bought"] = choice(
        _("Above the cap"),
        _("What happens to shares above the cap."),
        {"non_voting": _("bought without votes"), "not_bought": _("not bought")},
        default="non_voting",
    )


class PutRightDocument(Term):
    """Without a listing or sale by a day the provider sells the shares back to the lab (M13)."""

    title: ClassVar[str] = _("Put right")
    kind: Literal["put_right"] = kind_word("put_right", _("put right"))
    tranches: tuple[Key, ...] = tranche_keys()
    by: date = day(_("Without an exit by"), _("The day after which the shares may be sold back."))
    return_annual: float = number(
        _("Return"), "share a year", 0.0, 1.0, _("On what was paid, compounded."), default=0.0
    )
    cash_share: QuantityDocument = number(
        _("Of the lab's cash"),
        "share",
        0.0,
        1.0,
        _("The put is paid from at most this part of it."),
        default=1.0,
    )


class ProviderStockDocument(Document):
    """The provider's own share price, for terms paid in its shares."""

    title: ClassVar[str] = _("Provider's shares")
    price_usd: float = number(_("Share price"), "USD", 0.01, 1e6, _("Of the provider, on the opening date."))
    drift_annual: QuantityDocument = number(
        _("Share price drift"), "share a year", -0.9, 1.0, _("Of its mean.")
    )
    volatility_annual: QuantityDocument = number(
        _("Share price volatility"), "share a year", 0.0, 3.0, _("Yearly standard deviation of its log.")
    )
    market_loading: float = number(
        _("Share price moves with market"),
        "correlation",
        -1.0,
        1.0,
        _("With the shared market factor."),
        default=0.0,
    )
