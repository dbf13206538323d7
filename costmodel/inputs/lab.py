"""The lab, its valuation and its exit (E29-E31)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """What a failed lab leaves for its creditors: a share of its enterprise value on that day, and its cash.

    The debt of the valuation is paid first; unsecured claims, this deal's among them, share the rest.
    """

    value_share: Number = uncertain(0.0, 1.0)
    unsecured_claims_usd: Number = uncertain(1.0, 1e14)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """Cash, costs outside compute, funding rounds and distress (E29).

    A round is raised when cash covers fewer than `round_below_runway_quarters` of burn and the market is open; it
    brings `round_size_quarters` of burn, at most `round_limit_share` of the value before it. The default hazard
    a quarter is a logit line through `distress_hazard_short` at 2 and `distress_hazard_long` at 6 quarters of runway.
    With an `estate` claims recover what it leaves after debt, in place of the stated recovery share.
    """

    opening_cash_usd: Number = uncertain(0.0, 1e13)
    other_cost_usd_per_quarter: Number = uncertain(0.0, 1e12)
    other_cost_growth_annual: Number = uncertain(-0.9, 5.0)
    other_cost_share_of_revenue: Number = uncertain(0.0, 2.0)
    round_below_runway_quarters: float = field(metadata={"limits": (0.0, 40.0)})
    round_size_quarters: float = field(metadata={"limits": (0.0, 40.0)})
    round_limit_share: float = field(metadata={"limits": (0.0, 1.0)})
    round_open_cold: float = field(metadata={"limits": (0.0, 1.0)})
    round_open_normal: float = field(metadata={"limits": (0.0, 1.0)})
    round_open_hot: float = field(metadata={"limits": (0.0, 1.0)})
    distress_hazard_short: float = field(metadata={"limits": (0.0, 0.9)})
    distress_hazard_long: float = field(metadata={"limits": (0.0, 0.9)})
    estate: Estate | None = None

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Equity value = run-rate revenue x multiple - debt + cash; the log multiple reverts to its mature level (E30)."""

    opening_equity_value_usd: float = field(metadata={"limits": (0.0, 1e14)})
    mature_multiple: Number = uncertain(0.1, 200.0)
    half_life_quarters: float = field(metadata={"limits": (0.5, 200.0)})
    volatility_annual: Number = uncertain(0.0, 3.0)
    market_loading: float = field(metadata={"limits": (-1.0, 1.0)})
    jumps_per_year: float = field(metadata={"limits": (0.0, 20.0)})
    jump_log_sd: float = field(metadata={"limits": (0.0, 2.0)})
    debt_usd: float = field(metadata={"limits": (0.0, 1e13)})
    other_preferences_usd: float = field(metadata={"limits": (0.0, 1e13)})
    regime_now: Literal["cold", "normal", "hot"]
    regime_persistence: float = field(metadata={"limits": (0.0, 0.999)})
    regime_share_cold: float = field(metadata={"limits": (0.0, 1.0)})
    regime_share_hot: float = field(metadata={"limits": (0.0, 1.0)})
    regime_log_multiple: float = field(metadata={"limits": (0.0, 2.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedOdds:
    """A quoted probability that the IPO is announced (filed publicly) by the end of the quarter holding `by` (E31)."""

    by: date
    probability: float = field(metadata={"limits": (0.0, 0.999)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockUpRelease:
    """A share of the holding that may be sold from `quarters_after_listing` on.

    With `price_over_offer` it is released in the first quarter from then on whose price is at least that many times
    the offer price; 0 asks nothing of the price.
    """

    quarters_after_listing: int
    share: float
    price_over_offer: float = field(default=0.0, metadata={"limits": (0.0, 100.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDrivers:
    """What else moves the log odds of a public filing: + b3 x margin + b4 x controllability - b5 x litigation (E31).

    Gross margin of the quarter, the part of the next year's compute spend that is not fixed, and a stated level of
    litigation from 0 to 1.
    """

    margin_sensitivity: float = field(metadata={"limits": (0.0, 20.0)})
    control_sensitivity: float = field(metadata={"limits": (0.0, 20.0)})
    litigation_sensitivity: float = field(metadata={"limits": (0.0, 20.0)})
    litigation_level: Number = uncertain(0.0, 1.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """IPO as states, its odds and price, the lock-up and the sale; sale of the company as the other way out (E31).

    The odds were quoted on `quoted_on`, when nothing was announced: nothing is, up to the end of that quarter.
    `listing_lag_quarters` is the mean time from public filing to listing: a filing is resolved in each later quarter
    with the chance 1 / lag, so a lag of 1 lists in the next quarter. Chances per quarter are exact when both
    sensitivities are 0 and `drivers` are left out.
    """

    state_now: Literal["private", "filed_confidentially"]
    confidential_filing_annual: float = field(metadata={"limits": (0.0, 1.0)})
    quoted_on: date
    quoted_odds: tuple[QuotedOdds, ...]
    later_hazard: float = field(metadata={"limits": (0.0, 0.99)})
    later_hazard_decay: float = field(metadata={"limits": (0.0, 1.0)})
    value_floor_usd: float = field(metadata={"limits": (1.0, 1e14)})
    value_sensitivity: float = field(metadata={"limits": (0.0, 20.0)})
    regime_sensitivity: float = field(metadata={"limits": (0.0, 20.0)})
    withdrawal_probability: Number = uncertain(0.0, 0.99)
    retry_hazard: Number = uncertain(0.0, 0.99)
    listing_lag_quarters: float = field(metadata={"limits": (1.0, 12.0)})
    offer_share: float = field(metadata={"limits": (0.0, 0.5)})
    book_building_sd: float = field(metadata={"limits": (0.0, 1.0)})
    first_day_mean: Number = uncertain(-0.3, 3.0)
    first_day_sd: float = field(metadata={"limits": (0.0, 2.0)})
    drift_annual: Number = uncertain(-0.9, 1.0)
    drift_quarters: int = field(metadata={"limits": (0, 80)})
    report_jump_probability: float = field(metadata={"limits": (0.0, 1.0)})
    report_jump_mean: float = field(metadata={"limits": (-0.9, 1.0)})
    report_jump_sd: float = field(metadata={"limits": (0.0, 1.0)})
    lock_up: tuple[LockUpRelease, ...]
    turnover_annual: float = field(metadata={"limits": (0.01, 20.0)})
    participation_share: float = field(metadata={"limits": (0.0, 1.0)})
    price_impact_share: float = field(metadata={"limits": (0.0, 1.0)})
    sale_hazard: float = field(metadata={"limits": (0.0, 0.5)})
    sale_premium_log_sd: float = field(metadata={"limits": (0.0, 2.0)})
    drivers: FilingDrivers | None = None

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
