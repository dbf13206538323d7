"""Terms that give the provider a part of what the lab earns (M14-M16, E25)."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueShare:
    """M14: min(rate x base revenue, cap - paid so far) each quarter from `starts` up to the quarter that holds `ends`.

    `base_share` is the part of the lab's revenue that counts (1: all of it; less: one product, or what is sold through
    the provider). `cap_usd` 0: no cap.
    """

    key: str
    rate_share: Number = uncertain(0.0, 1.0)
    base_share: Number = uncertain(0.0, 1.0)
    cap_usd: float = field(metadata={"limits": (0.0, 1e14)})
    paid_before_usd: float = field(metadata={"limits": (0.0, 1e14)})
    starts: date
    ends: date
    kind: Literal["revenue_share"] = "revenue_share"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitBand:
    """The provider gets `share` of profit until it has received `until_usd` in all; 0 in the last band: without end."""

    share: float = field(metadata={"limits": (0.0, 1.0)})
    until_usd: float = field(metadata={"limits": (0.0, 1e14)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitShare:
    """M15: a share of positive quarterly profit (revenue less all compute and other cost) in bands of what was
    received.

    A quarter that crosses a band is split: the part of profit that fills the band pays its share, the rest the next
    one's. After the last band with an end nothing more is paid (reversion).
    """

    key: str
    bands: tuple[ProfitBand, ...]
    received_before_usd: float = field(metadata={"limits": (0.0, 1e14)})
    starts: date
    kind: Literal["profit_share"] = "profit_share"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
        ends = [band.until_usd for band in self.bands]
        rising = all(first < second for first, second in pairwise(ends[:-1])) and (
            len(ends) < 2 or ends[-1] == 0.0 or ends[-1] > ends[-2]
        )
        if not ends or 0.0 in ends[:-1] or not rising:
            raise ValueError(
                f"until_usd of the bands of {self.key} must rise from band to band. Only the last may be 0: no end."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResaleShare:
    """M16: the provider resells the lab's model and keeps `profit_share` of (resale revenue - its inference cost).

    `resale_share` is the part of the lab's revenue sold through the provider, `cost_share` its inference cost over that
    revenue; a loss is not shared.
    """

    key: str
    resale_share: Number = uncertain(0.0, 1.0)
    cost_share: Number = uncertain(0.0, 5.0)
    profit_share: Number = uncertain(0.0, 1.0)
    starts: date
    ends: date
    kind: Literal["resale_share"] = "resale_share"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
