"""The fleet: lots of chips the provider will run, and what running them costs (E7, E32 margins)."""

from dataclasses import dataclass, field
from datetime import date

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Chips of one kind that serve one contract, reached over a linear ramp.

    `built_share` is what is really built of the announced count. Capex is paid `lead_quarters` before
    service (never before the opening date). Chips are replaced at the end of their life, unless the contract ends
    within `last_replacement_quarters`: then they run on, written off.

    The network is an asset of the chips' class: bought, replaced and sold with them, at a cost of its own. Salvage is
    what the class brings at the end of its life over what was paid for it; the books write off the rest in a straight
    line. Colocation is rent for provisioned kW, without power, beside or instead of a site of one's own.
    """

    key: str
    chip: str
    contract: str
    chips: float = field(metadata={"limits": (0.0, 1e9)})
    online_from: date
    ramp_quarters: int = field(metadata={"limits": (1, 80)})
    built_share: Number = uncertain(0.0, 2.0)
    lead_quarters: int = field(metadata={"limits": (0, 12)})
    it_capex_usd_per_chip: Number = uncertain(0.0, 1e7)
    site_capex_usd_per_kw: Number = uncertain(0.0, 1e6)
    it_life_quarters: int = field(metadata={"limits": (1, 80)})
    last_replacement_quarters: int = field(metadata={"limits": (0, 80)})
    site_life_quarters: int = field(metadata={"limits": (1, 200)})
    operations_usd_per_chip_hour: Number = uncertain(0.0, 1e3)
    network_capex_usd_per_chip: Number = uncertain(0.0, 1e6, default=0.0)
    colocation_usd_per_kw_month: Number = uncertain(0.0, 1e4, default=0.0)
    it_salvage_share: Number = uncertain(0.0, 1.0, default=0.0)
    site_salvage_share: Number = uncertain(0.0, 1.0, default=0.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """All lots, the power they draw, and what is left of them at the end.

    The residual of chips and their network is their salvage, and of the book value above it `residual_share`, moved by
    the market index to the power `residual_index_elasticity`; that of site and power is its salvage, and of the book
    value above it `site_residual_share`.
    """

    lots: tuple[Lot, ...]
    power_usd_per_kwh: Number = uncertain(0.0, 10.0)
    power_usage_effectiveness: float = field(metadata={"limits": (1.0, 3.0)})
    mean_power_share: Number = uncertain(0.0, 1.0)
    availability: float = field(metadata={"limits": (0.5, 1.0)})
    residual_share: Number = uncertain(0.0, 1.5)
    site_residual_share: Number = uncertain(0.0, 1.5)
    residual_index_elasticity: float = field(metadata={"limits": (0.0, 3.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
