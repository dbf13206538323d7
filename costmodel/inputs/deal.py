"""The shape of every deal term; the formulas are in `costmodel/terms/`, one per mechanism (E20-E26)."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias

from costmodel.arrays import Number
from costmodel.inputs.claim_terms import ProfitShare, ResaleShare, RevenueShare
from costmodel.inputs.compute_terms import (
    Delivery,
    DemandGovernor,
    FirstRefusal,
    MostFavoured,
    PerformanceGuarantee,
    Prepayment,
    Reservation,
    ServiceTiers,
    TerminationFee,
)
from costmodel.inputs.equity_terms import (
    AntiDilution,
    ComputeCredits,
    ConvertibleNote,
    IpoRatchet,
    OwnershipCap,
    ProRata,
    ProviderStock,
    PutRight,
    StockForContract,
    Warrants,
)
from costmodel.inputs.finance_terms import (
    Backstop,
    ChipLease,
    CustomerLoan,
    LeaseGuarantee,
    ResidualGuarantee,
)
from costmodel.inputs.quantity import check_limits, uncertain

TriggerEvent = Literal[
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeContract:
    """Capacity sold to the lab: chip-hours used x reference price x (1 - discount).

    `signed_earlier` contracts stand in every counterfactual. `kept_without_equity_share` is the part of
    this contract the lab would have signed without the equity; `built_without_equity_share` is the part of
    the released capacity that the provider would have built all the same and sold at the market index.
    """

    key: str
    starts: date
    quarters: int = field(metadata={"limits": (1, 80)})
    reference_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    discount_share: Number = uncertain(0.0, 1.0)
    signed_earlier: bool
    kept_without_equity_share: Number = uncertain(0.0, 1.0)
    built_without_equity_share: Number = uncertain(0.0, 1.0)
    kind: Literal["compute_contract"] = "compute_contract"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOrPay:
    """M17: a minimum by contract year on a ramp; a shortfall is paid at year end (E22).

    `year_shares` states the minimum by contract year instead of the ramp, as shares of the commitment that add up to 1;
    the last year may be short. `undelivered_due_share` is how much of the minimum stays due for capacity the provider
    has not delivered. `carry_forward_share` of spend above the minimum counts towards next year's minimum;
    `make_up_share` of a shortfall payment is credited against next year's spend above the minimum: until it is used or
    lapses the provider owes it.
    """

    key: str
    contract: str
    commitment_usd: float = field(metadata={"limits": (0.0, 1e14)})
    ramp_quarters: int = field(metadata={"limits": (1, 80)})
    undelivered_due_share: Number = uncertain(0.0, 1.0)
    carry_forward_share: float = field(metadata={"limits": (0.0, 1.0)})
    make_up_share: float = field(metadata={"limits": (0.0, 1.0)})
    kind: Literal["take_or_pay"] = "take_or_pay"
    year_shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check every stated value against its limits, and that the years add up."""
        check_limits(self)
        if self.year_shares and not (
            min(self.year_shares) >= 0.0 and abs(sum(self.year_shares) - 1.0) < 1e-9
        ):
            raise ValueError(
                f"year_shares of {self.key} add up to {sum(self.year_shares):g}. "
                "They must be 0 or more and add up to 1."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Spend of a contract year above `from_usd` gets `discount_share` off the contract price."""

    from_usd: float
    discount_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeTiers:
    """M18: volume discounts by spend of the contract year at contract price, marginal or on all units (E26)."""

    key: str
    contract: str
    basis: Literal["marginal", "all_units"]
    tiers: tuple[Tier, ...]
    kind: Literal["volume_tiers"] = "volume_tiers"

    def __post_init__(self) -> None:
        """Refuse tiers that overlap: each needs a threshold of its own. They cannot leave a gap: one ends where the
        next begins.
        """
        starts = sorted(tier.from_usd for tier in self.tiers)
        if any(first == second for first, second in pairwise(starts)):
            raise ValueError(
                f"Two tiers of {self.key} start at the same spend. Each needs a from_usd of its own."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSteps:
    """M19: annual step-down, a cap at the market index, and a floor (E26).

    p_t = max(floor, min(p_0 (1-s)^years, (1 + index_gap) x reference x index_t)); a wide gap switches the cap off.
    """

    key: str
    contract: str
    annual_step_down_share: Number = uncertain(0.0, 0.9)
    index_gap_share: Number = uncertain(-0.9, 10.0)
    floor_usd_per_chip_hour: float = field(metadata={"limits": (0.0, 1e3)})
    kind: Literal["price_steps"] = "price_steps"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One event that makes a tranche due; it counts from the opening date on.

    `threshold` is USD of annual revenue, GW online, or USD the lab has spent with the provider since the opening date;
    `on` a date; `hazard_annual` the yearly chance of a milestone.
    """

    key: str
    event: TriggerEvent
    on: date | None = None
    threshold: float = 0.0
    hazard_annual: Number = uncertain(0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityTranche:
    """M01: money for shares when triggers are met, or at the investor's option (E20).

    `state` is the tranche on the opening date; one already called is paid in the first quarter after notice. The price
    is a fixed valuation of all shares, the price of the day, that of the last round, or the offer price (until an IPO
    the price of the day). An option is exercised when the value of a share on information at t exceeds the strike by
    `option_margin_share`, never on the future path; one that is no obligation waits for its triggers, if it has any.
    """

    key: str
    amount_usd: float = field(metadata={"limits": (0.0, 1e13)})
    state: Literal["paid", "called", "uncalled"]
    triggers_needed: Literal["any", "all"]
    triggers: tuple[Trigger, ...]
    longstop: date | None
    notice_quarters: int = field(metadata={"limits": (0, 8)})
    obligation: bool
    option: bool
    option_margin_share: float = field(metadata={"limits": (0.0, 10.0)})
    price_rule: Literal["fixed_valuation", "price_of_the_day", "last_round", "offer_price"]
    valuation_usd: float = field(metadata={"limits": (0.0, 1e14)})
    kind: Literal["equity_tranche"] = "equity_tranche"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """M03, M04: shares bought before an IPO are convertible preferred with a preference of `multiple` x what was paid
    (E21).

    Non-participating: max(min(L, residual), f x Exit). Participating: L + f x (Exit - L), at most
    `participation_cap_multiple` x what was paid (0: no cap), unless converting brings more. Converts to common at a
    qualified IPO: offer valuation and new money at least as stated (0: any). At another IPO it stays preferred until
    the class agrees (`unqualified` "stays"), or converts with the shares topped up to what was paid at the offer price
    ("ratchet").
    """

    key: str
    tranches: tuple[str, ...]
    multiple: float = field(metadata={"limits": (0.0, 10.0)})
    ranks: Literal["senior", "pari_passu", "junior"]
    participating: bool = False
    participation_cap_multiple: float = field(default=0.0, metadata={"limits": (0.0, 20.0)})
    qualified_valuation_usd: float = field(default=0.0, metadata={"limits": (0.0, 1e14)})
    qualified_proceeds_usd: float = field(default=0.0, metadata={"limits": (0.0, 1e13)})
    unqualified: Literal["stays", "ratchet"] = "ratchet"
    kind: Literal["preferred"] = "preferred"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


ComputeTerm: TypeAlias = (
    ComputeContract
    | TakeOrPay
    | VolumeTiers
    | PriceSteps
    | MostFavoured
    | PerformanceGuarantee
    | Prepayment
    | Reservation
    | ServiceTiers
    | Delivery
    | TerminationFee
    | FirstRefusal
    | DemandGovernor
)
EquityTerm: TypeAlias = (
    EquityTranche
    | Preferred
    | ComputeCredits
    | ConvertibleNote
    | Warrants
    | StockForContract
    | AntiDilution
    | IpoRatchet
    | ProRata
    | OwnershipCap
    | PutRight
)
WITHOUT_CONTRACT = (
    RevenueShare,
    ProfitShare,
    ResaleShare,
    FirstRefusal,
    DemandGovernor,
    ChipLease,
    ResidualGuarantee,
    LeaseGuarantee,
)
"""Terms that name no contract: they come and go with the equity (E32)."""
ClaimTerm: TypeAlias = RevenueShare | ProfitShare | ResaleShare
FinanceTerm: TypeAlias = ChipLease | ResidualGuarantee | Backstop | LeaseGuarantee | CustomerLoan
Term: TypeAlias = ComputeTerm | EquityTerm | ClaimTerm | FinanceTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultTerms:
    """What happens to the contracts when the lab defaults (E29): a claim, and capacity re-let after a lag.

    `true_up_recovery_share` is what is recovered of the shortfall that ran up in the contract year of the default; 0:
    it lapses (E22).
    """

    termination_share: Number = uncertain(0.0, 1.0)
    recovery_share: Number = uncertain(0.0, 1.0)
    relet_lag_quarters: int = field(metadata={"limits": (0, 40)})
    relet_price_share: Number = uncertain(0.0, 5.0)
    relet_utilisation: Number = uncertain(0.0, 1.0)
    true_up_recovery_share: Number = uncertain(0.0, 1.0, default=0.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Dated terms between a provider and a lab, the discount rates each side uses for its cash, and its tax rate.

    A tax rate of 0 leaves tax out; it moves the figures after tax alone.
    """

    terms: tuple[Term, ...]
    on_default: DefaultTerms
    provider_contract_rate: float = field(metadata={"limits": (-0.5, 1.0)})
    provider_equity_rate: float = field(metadata={"limits": (-0.5, 1.0)})
    provider_capex_rate: float = field(metadata={"limits": (-0.5, 1.0)})
    lab_rate: float = field(metadata={"limits": (-0.5, 1.0)})
    provider_stock: ProviderStock | None = None
    provider_tax_rate: float = field(default=0.0, metadata={"limits": (0.0, 0.9)})
    lab_tax_rate: float = field(default=0.0, metadata={"limits": (0.0, 0.9)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
