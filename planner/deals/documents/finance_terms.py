"""Terms that finance or guarantee capacity (M26-M30, E27)."""

from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Key, choice, day, flag, number, words
from planner.core.quantities import QuantityDocument
from planner.deals.documents.term import Term, contract_key, kind_word


class ChipLeaseDocument(Term):
    """Chips are bought by a vehicle of the provider's, partly with debt, and leased to the lab (M26)."""

    title: ClassVar[str] = _("Chip lease")
    kind: Literal["chip_lease"] = kind_word("chip_lease", _("chip lease"))
    starts: date = day(_("Starts"), _("The quarter that holds this day is the lease's first."))
    quarters: int = number(_("Length"), "quarters", 1, 80, _("How long the lease runs."), default=20)
    capex_usd: QuantityDocument = number(
        _("Chips leased"), "USD", 0.0, 1e13, _("What they cost; they are not those of a lot.")
    )
    lease_rate_annual: float = number(
        _("Lease rate"), "share a year", 0.0, 1.0, _("Interest within the lease payment.")
    )
    residual_share: float = number(
        _("Residual value"), "share", 0.0, 1.0, _("Of the cost, at the end of the lease."), default=0.0
    )
    loan_to_value: float = number(
        _("Debt"), "share", 0.0, 1.0, _("Part of the cost that is borrowed."), default=0.0
    )
    debt_rate_annual: float = number(
        _("Debt rate"), "share a year", 0.0, 1.0, _("Interest on the debt."), default=0.0
    )
    purchase_option: bool = flag(
        _("Purchase option"),
        _("Yes when the lab may buy the chips at their residual value in the end."),
        default=False,
    )
    balloon_share: float = number(
        _("Debt due at the end"),
        "share",
        0.0,
        1.0,
        _("Part of the debt that is due only when the lease ends; the rest is repaid in equal payments."),
        default=0.0,
    )


class ResidualGuaranteeDocument(Term):
    """A guarantor pays what leased chips fetch less than guaranteed (M27)."""

    title: ClassVar[str] = _("Residual guarantee")
    kind: Literal["residual_guarantee"] = kind_word("residual_guarantee", _("residual guarantee"))
    lease: Key = words(_("Lease"), _("The key of the chip lease it is for."), longest=60)
    guaranteed_usd: float = number(
        _("Guaranteed value"), "USD", 0.0, 1e13, _("Of the chips, at the end of the lease or on default.")
    )
    depreciation_annual: QuantityDocument = number(
        _("Depreciation"), "share a year", 0.0, 0.99, _("Fall of the chips' resale value.")
    )
    index_elasticity: float = number(
        _("Resale moves with index"),
        "power",
        0.0,
        3.0,
        _("Resale value moves with this power of the rental index."),
        default=1.0,
    )


class BackstopDocument(Term):
    """The chip vendor buys capacity that is online and unsold (M28)."""

    title: ClassVar[str] = _("Backstop")
    kind: Literal["backstop"] = kind_word("backstop", _("backstop"))
    contract: Key = contract_key()
    cap_usd: float = number(_("Cap"), "USD", 0.0, 1e13, _("Most that is paid in all."))
    price_usd_per_chip_hour: QuantityDocument = number(
        _("Backstop price"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("For each unsold chip-hour."),
        source=_("Prices, offers"),
    )
    ends: date = day(_("Ends"), _("The quarter that holds this day is the last it is paid for."))


class LeaseGuaranteeDocument(Term):
    """The provider guarantees a landlord's lease to the lab and gets warrants for it (M29)."""

    title: ClassVar[str] = _("Lease guarantee")
    kind: Literal["lease_guarantee"] = kind_word("lease_guarantee", _("lease guarantee"))
    starts: date = day(_("Starts"), _("The quarter that holds this day is the guarantee's first."))
    quarters: int = number(
        _("Length"), "quarters", 1, 80, _("It falls to nothing over this time."), default=40
    )
    guaranteed_usd: float = number(_("Guaranteed"), "USD", 0.0, 1e13, _("At the start."))
    loss_share: QuantityDocument = number(
        _("Loss on default"), "share", 0.0, 1.0, _("Part of what then stands that is paid.")
    )
    premium_usd: QuantityDocument = number(
        _("Warrants received"),
        "USD",
        0.0,
        1e12,
        _("Their value on the day, received at the start."),
        default=0.0,
    )


class CustomerLoanDocument(Term):
    """The lab lends the provider money, repaid in cash or by set-off against bills (M30)."""

    title: ClassVar[str] = _("Loan from the lab")
    kind: Literal["customer_loan"] = kind_word("customer_loan", _("loan from the lab"))
    contract: Key = contract_key()
    principal_usd: float = number(_("Principal"), "USD", 0.0, 1e13, _("Lent to the provider."))
    paid_on: date = day(_("Paid on"), _("The quarter that holds this day is the one it is lent in."))
    rate_annual: float = number(_("Interest"), "share a year", 0.0, 1.0, _("On what is outstanding."))
    quarters: int = number(_("Length"), "quarters", 1, 80, _("Repaid in equal payments over this time."))
    repaid: Literal["cash", "set_off"] = choice(
        _("Repaid"),
        _("In cash, or by taking the instalment from the contract's bills."),
        {"cash": _("in cash"), "set_off": _("by set-off against bills")},
        default="cash",
    )
