"""Terms about capacity: its price, payment, delivery and end, beside minimum, tiers and steps (M19-M25, M31, M32)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class MostFavoured:
    """M19: the price never exceeds what the lowest peer pays: reference x index x (1 - peer discount), from `starts`.

    `look_back_share` of what was paid above the peer's price in the quarters before comes back at each year end.
    """

    key: str
    contract: str
    peer_discount_share: Number = uncertain(0.0, 1.0)
    starts: date
    look_back_share: float = field(metadata={"limits": (0.0, 1.0)})
    kind: Literal["most_favoured"] = "most_favoured"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceGuarantee:
    """M20: slower chips than guaranteed bring a credit: bill x max(0, 1 - e / e_g), e over the reference chip."""

    key: str
    contract: str
    guaranteed_ratio: float = field(metadata={"limits": (0.01, 100.0)})
    measured_ratio: Number = uncertain(0.0, 100.0)
    kind: Literal["performance_guarantee"] = "performance_guarantee"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment:
    """M21: `share` of the contract's commitment less `discount_share` is paid on its first quarter's opening.

    The face (before the discount) is drawn down against bills and shortfalls, `draw_share` of each until it is used
    up. What a default leaves undrawn is lost to the lab.
    """

    key: str
    contract: str
    share: float = field(metadata={"limits": (0.0, 1.0)})
    discount_share: float = field(metadata={"limits": (0.0, 0.99)})
    draw_share: float = field(metadata={"limits": (0.0, 1.0)})
    kind: Literal["prepayment"] = "prepayment"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """M22: a fee for capacity held ready, used or not, on top of the contract's price for use; an exit by notice.

    Fee = fee_usd_per_chip_hour x chips delivered by the contract's lots x hours, `ramp_fee_share` of it during the
    first `ramp_quarters`. From `notice_from` on, a quarter in which the rental index stands below `exit_below_index`
    makes the lab give notice (0: never), above `provider_exit_above_index` the provider (0: never); after
    `notice_quarters` the contract ends: no fee, no use, no minimum, and the capacity is re-let like after a default
    without a claim.
    """

    key: str
    contract: str
    fee_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    ramp_quarters: int = field(metadata={"limits": (0, 80)})
    ramp_fee_share: float = field(metadata={"limits": (0.0, 1.0)})
    notice_quarters: int = field(metadata={"limits": (0, 40)})
    notice_from: date | None
    exit_below_index: float = field(metadata={"limits": (0.0, 10.0)})
    provider_exit_above_index: float = field(metadata={"limits": (0.0, 100.0)})
    kind: Literal["reservation"] = "reservation"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTier:
    """`use_share` of the contract's use is billed at `price_multiple`, up to `cap_share` of the contract's capacity."""

    key: str
    use_share: float = field(metadata={"limits": (0.0, 1.0)})
    price_multiple: Number = uncertain(0.0, 20.0)
    cap_share: float = field(metadata={"limits": (0.0, 1.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTiers:
    """M23: use in tiers of priority: bill = sum p m_k min(w_k used, q_k capacity); what a cap cuts is not served.

    Their shares of use add up to 1.
    """

    key: str
    contract: str
    tiers: tuple[ServiceTier, ...]
    kind: Literal["service_tiers"] = "service_tiers"

    def __post_init__(self) -> None:
        """Refuse shares of use that leave a part without a tier or count one twice."""
        total = sum(tier.use_share for tier in self.tiers)
        if abs(total - 1.0) > 1e-9:
            raise ValueError(
                f"use_share of the tiers of {self.key} add up to {total:g}. They must add up to 1."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """M24: the contract's lots come `delay_quarters` late; damages rate x price x missing chip-hours after
    `grace_quarters`.

    Missing is what was due so many quarters ago and is not there; what is never built of the announced count is not
    due. If after the grace more than `exit_missing_share` of what is due is missing, the lab leaves: the contract ends
    with nothing owed (1: it never leaves).
    """

    key: str
    contract: str
    delay_quarters: Number = uncertain(0.0, 40.0)
    damages_share: float = field(metadata={"limits": (0.0, 5.0)})
    grace_quarters: int = field(metadata={"limits": (0, 40)})
    exit_missing_share: float = field(metadata={"limits": (0.0, 1.0)})
    kind: Literal["delivery"] = "delivery"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminationFee:
    """M25: fee = phi_y x PV(remaining minimum) x (1 - mitigation) when the contract is left early.

    `fee_shares` are phi by contract year, the last one for all later years. It replaces the deal's termination share
    for this contract on default. With `exit_below_index` above 0 the lab also leaves of its own will, paying the fee,
    in the first quarter from `exit_from` on in which the rental index lies below it.
    """

    key: str
    contract: str
    fee_shares: tuple[float, ...]
    mitigation_share: Number = uncertain(0.0, 1.0)
    exit_from: date | None
    exit_below_index: float = field(metadata={"limits": (0.0, 10.0)})
    kind: Literal["termination_fee"] = "termination_fee"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
        if not self.fee_shares or min(self.fee_shares) < 0.0 or max(self.fee_shares) > 1.0:
            raise ValueError(
                f"fee_shares of {self.key} needs a share from 0 to 1 for each contract year, at least one."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRefusal:
    """M31: exclusivity, or a right of first refusal.

    At least `exclusive_share` of the lab's need is placed with the provider. Of what would go elsewhere,
    `refusal_share` comes to the provider in quarters in which its on-demand price is at most (1 + match_gap_share) x
    the other clouds'.
    """

    key: str
    exclusive_share: float = field(metadata={"limits": (0.0, 1.0)})
    refusal_share: float = field(metadata={"limits": (0.0, 1.0)})
    match_gap_share: float = field(metadata={"limits": (-0.9, 10.0)})
    starts: date
    ends: date
    kind: Literal["first_refusal"] = "first_refusal"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandGovernor:
    """M32: the lab keeps its demand in bounds: it grows by at most `growth_limit_quarterly` a quarter, the flexible
    part (`flexible_share`) of what is above is shed, the rest passes.
    """

    key: str
    growth_limit_quarterly: float = field(metadata={"limits": (-0.5, 10.0)})
    flexible_share: Number = uncertain(0.0, 1.0)
    starts: date
    kind: Literal["demand_governor"] = "demand_governor"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
