"""Demand for tokens, its price, the load shape and where it is placed (E10, E12-E15)."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.families import Families
from costmodel.inputs.levers import ReplayTables
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTier:
    """One tier of what users pay: its part of the tokens, its price, its fall, and what is sold below it (E12).

    The part of all tokens moves in a straight line from `token_share_start` to `token_share_end`; of the tier's tokens
    `discounted_share` is sold at `discount_share` off (cached, batched).
    """

    key: str
    token_share_start: float = field(metadata={"limits": (0.0, 1.0)})
    token_share_end: float = field(metadata={"limits": (0.0, 1.0)})
    shift_quarters: int = field(metadata={"limits": (1, 80)})
    price_usd_per_1m_tokens: Number = uncertain(0.0, 1e4)
    price_change_annual: Number = uncertain(-0.95, 2.0)
    discounted_share: Number = uncertain(0.0, 1.0)
    discount_share: Number = uncertain(0.0, 1.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The lab's tokens: d ln D = (mu_t - s^2/2) dt + s dW + J, mu_t falling through three phases (E10).

    With `families` these are the market's tokens, and the lab serves the share of its family (E11). With `price_tiers`
    the paid price is what they add up to (E12), and the two inputs of the single path are not read.
    Growth inputs are per year, as a share (0.9 = +90% a year), and `growth_is` says whether they
    describe the mean or the median path.
    """

    tokens_per_day_trillion: Number = uncertain(0.0, 1e6)
    growth_is: Literal["mean", "median"]
    growth_now_annual: Number = uncertain(-0.95, 50.0)
    growth_slowing_annual: Number = uncertain(-0.95, 20.0)
    growth_saturated_annual: Number = uncertain(-0.95, 5.0)
    now_quarters: int = field(metadata={"limits": (0, 80)})
    slowing_half_life_quarters: float = field(metadata={"limits": (0.1, 80.0)})
    saturation_starts_quarter: int = field(metadata={"limits": (0, 80)})
    saturation_half_life_quarters: float = field(metadata={"limits": (0.1, 80.0)})
    volatility_annual: Number = uncertain(0.0, 3.0)
    jumps_per_year: float = field(metadata={"limits": (0.0, 20.0)})
    jump_log_mean: float = field(metadata={"limits": (-2.0, 2.0)})
    jump_log_sd: float = field(metadata={"limits": (0.0, 2.0)})
    market_loading: float = field(metadata={"limits": (-1.0, 1.0)})
    paid_price_usd_per_1m_tokens: Number = uncertain(0.0, 1e4)
    paid_price_change_annual: Number = uncertain(-0.95, 2.0)
    families: Families | None = None
    price_tiers: tuple[PriceTier, ...] = ()

    def __post_init__(self) -> None:
        """Check every stated value against its limits, and that the tiers hold all tokens and shift together."""
        check_limits(self)
        if not self.price_tiers:
            return
        for name in ("token_share_start", "token_share_end"):
            total = sum(getattr(tier, name) for tier in self.price_tiers)
            if abs(total - 1.0) > 1e-6:
                raise ValueError(f"{name} of the price tiers adds up to {total:.6g}. It must add up to 1.")
        if len({tier.shift_quarters for tier in self.price_tiers}) > 1:
            raise ValueError(
                "shift_quarters must be the same in every price tier: tokens leave one for another."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShape:
    """A load-duration curve: 10-minute load over its mean, and the share of time it is exceeded (E14).

    `replay` is what levers with a window do to it; None when nobody replayed it.
    """

    exceedance_share: tuple[float, ...]
    load_over_mean: tuple[float, ...]
    replay: ReplayTables | None = None

    def __post_init__(self) -> None:
        """Refuse a curve that does not fall from 0 to 1 exceedance."""
        shares, levels = self.exceedance_share, self.load_over_mean
        if len(shares) != len(levels) or len(shares) < 2 or shares[0] != 0.0 or shares[-1] != 1.0:
            raise ValueError("A load curve needs equally many shares and levels, from share 0 to share 1.")
        if any(a >= b for a, b in pairwise(shares)):
            raise ValueError("The exceedance shares of a load curve must rise.")
        if any(a < b for a, b in pairwise(levels)) or levels[-1] < 0:
            raise ValueError("The levels of a load curve must fall and stay at or above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The share of the lab's need placed with the provider, the part that is training, and porting (E13, E17)."""

    provider_share_start: Number = uncertain(0.0, 1.0)
    provider_share_end: Number = uncertain(0.0, 1.0)
    provider_share_ramp_quarters: int = field(metadata={"limits": (1, 80)})
    training_share_start: Number = uncertain(0.0, 0.99)
    training_share_end: Number = uncertain(0.0, 0.99)
    training_share_ramp_quarters: int = field(metadata={"limits": (1, 80)})
    ported_share_start: Number = uncertain(0.0, 1.0)
    ported_share_end: Number = uncertain(0.0, 1.0)
    porting_quarters: int = field(metadata={"limits": (1, 80)})
    porting_cost_usd: Number = uncertain(0.0, 1e12)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPrices:
    """The rental price of compute over time, as an index that starts at 1, and capacity outside the contracts (E17).

    On-demand and burst capacity of the provider are limited to a share of its committed capacity.
    Other clouds sell to the lab at the index times their price, up to a share above what was planned there.
    """

    index_change_annual: Number = uncertain(-0.95, 2.0)
    index_volatility_annual: Number = uncertain(0.0, 3.0)
    index_market_loading: float = field(metadata={"limits": (-1.0, 1.0)})
    outside_chip: str
    on_demand_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    on_demand_limit_share: Number = uncertain(0.0, 10.0)
    burst_price_multiple: Number = uncertain(0.0, 100.0)
    burst_limit_share: Number = uncertain(0.0, 10.0)
    owner_cost_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    other_clouds_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    other_clouds_spare_share: Number = uncertain(0.0, 10.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
