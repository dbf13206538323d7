"""Terms that finance or guarantee capacity (M26-M30, E27)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipLease:
    """M26: chips worth `capex_usd` are bought by a vehicle of the provider's and leased to the lab.

    Lease a quarter = (K - RV / (1+i)^n) i / (1 - (1+i)^-n), i the quarter's lease rate, n `quarters`, RV =
    residual_share x K. Debt of `loan_to_value` x K at `debt_rate_annual`, without recourse to the provider, is repaid
    in equal payments over the same term, but for `balloon_share` of it, due at the end. At the end the lab buys the
    chips at RV when `purchase_option` and their market value (RV x index) is above it; else they are sold at market
    value. The chips of a lease are not those of a lot.
    """

    key: str
    starts: date
    quarters: int = field(metadata={"limits": (1, 80)})
    capex_usd: Number = uncertain(0.0, 1e13)
    lease_rate_annual: float = field(metadata={"limits": (0.0, 1.0)})
    residual_share: float = field(metadata={"limits": (0.0, 1.0)})
    loan_to_value: float = field(metadata={"limits": (0.0, 1.0)})
    debt_rate_annual: float = field(metadata={"limits": (0.0, 1.0)})
    purchase_option: bool
    kind: Literal["chip_lease"] = "chip_lease"
    balloon_share: float = field(default=0.0, metadata={"limits": (0.0, 1.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualGuarantee:
    """M27: a guarantor (the chip vendor) pays max(0, min(RV_g, debt) - resale) at the end of a lease or on default.

    `lease` is the key of the lease; resale = capex x (1 - depreciation_annual)^years x index ^ index_elasticity.
    """

    key: str
    lease: str
    guaranteed_usd: float = field(metadata={"limits": (0.0, 1e13)})
    depreciation_annual: Number = uncertain(0.0, 0.99)
    index_elasticity: float = field(metadata={"limits": (0.0, 3.0)})
    kind: Literal["residual_guarantee"] = "residual_guarantee"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstop:
    """M28: the chip vendor buys the contract's capacity that is online, not used and not paid for by a minimum.

    It pays min(what is left of `cap_usd`, price x unsold chip-hours) up to the quarter that holds `ends`.
    """

    key: str
    contract: str
    cap_usd: float = field(metadata={"limits": (0.0, 1e13)})
    price_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    ends: date
    kind: Literal["backstop"] = "backstop"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGuarantee:
    """M29: the provider guarantees a landlord's lease to the lab and gets warrants for it.

    The guarantee falls in a straight line from `guaranteed_usd` to 0 over `quarters` from `starts`; on the lab's
    default loss_share of what stands is paid. `premium_usd` is the warrants' value on the day, received at `starts`.
    """

    key: str
    starts: date
    quarters: int = field(metadata={"limits": (1, 80)})
    guaranteed_usd: float = field(metadata={"limits": (0.0, 1e13)})
    loss_share: Number = uncertain(0.0, 1.0)
    premium_usd: Number = uncertain(0.0, 1e12)
    kind: Literal["lease_guarantee"] = "lease_guarantee"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLoan:
    """M30: the lab lends the provider `principal_usd`, repaid with interest in equal payments, in cash or by set-off.

    `repaid`: "cash" pays the instalment; "set_off" takes it from the contract's bills, what the bills do not cover is
    carried to the next quarter with interest.
    """

    key: str
    contract: str
    principal_usd: float = field(metadata={"limits": (0.0, 1e13)})
    paid_on: date
    rate_annual: float = field(metadata={"limits": (0.0, 1.0)})
    quarters: int = field(metadata={"limits": (1, 80)})
    repaid: Literal["cash", "set_off"]
    kind: Literal["customer_loan"] = "customer_loan"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
