"""Model families and who uses them: shares of the market's tokens (E11)."""

from dataclasses import dataclass, field

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family's walk, per quarter and in log points: drift, volatility, reversion, releases.

    A family with `start_share` 0 is a newcomer: it enters with `entry_hazard` a quarter at `entry_share` and ramps to
    `peak_share` over `ramp_quarters`; from there it walks like the others. The others leave these three at 0.
    """

    key: str
    start_share: float = field(metadata={"limits": (0.0, 1.0)})
    drift_quarterly: Number = uncertain(-2.0, 2.0)
    volatility_quarterly: Number = uncertain(0.0, 3.0)
    reversion_share: float = field(metadata={"limits": (0.0, 1.0)})
    jumps_per_quarter: float = field(metadata={"limits": (0.0, 5.0)})
    jump_log_mean: float = field(metadata={"limits": (-2.0, 2.0)})
    jump_log_sd: float = field(metadata={"limits": (0.0, 2.0)})
    market_loading: float = field(default=0.0, metadata={"limits": (-1.0, 1.0)})
    entry_hazard: float = field(default=0.0, metadata={"limits": (0.0, 1.0)})
    entry_share: float = field(default=0.01, metadata={"limits": (1e-6, 0.9)})
    peak_share: Number = uncertain(1e-6, 0.99, default=0.1)
    ramp_quarters: int = field(default=4, metadata={"limits": (1, 80)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """All families of the market, and the one the lab makes. Start shares add up to 1."""

    lab_family: str
    members: tuple[Family, ...]

    def __post_init__(self) -> None:
        """Refuse shares that do not add up, and a lab without a share."""
        total = sum(family.start_share for family in self.members)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(
                f"The start shares of the families add up to {total:.6g}. They must add up to 1."
            )
        if not any(family.key == self.lab_family and family.start_share > 0.0 for family in self.members):
            raise ValueError(f"The lab's family {self.lab_family} must be one with a start share above 0.")

    def lab_place(self) -> int:
        """Return the place of the lab's family among the members."""
        return [family.key for family in self.members].index(self.lab_family)
