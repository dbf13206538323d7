"""What an hour of an available chip costs its owner, or whoever rents it (E7).

For pricing and comparison only: the capital charge already pays interest, so it is never discounted again. The
ledger uses cash for capex instead (E32).
"""

from dataclasses import dataclass

import numpy as np

from costmodel import units
from costmodel.arrays import Number
from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.rented import PriceKind, RentedHour
from costmodel.inputs.serving import Chip

PARTS = (
    "it_capital_usd",
    "network_usd",
    "site_capital_usd",
    "colocation_usd",
    "power_usd",
    "operations_usd",
)
"""In the order they are stacked: what is bought for the chip, where it stands, what it draws, who runs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipHour:
    """USD per available chip-hour, by part; each a float or (draw,). The total is the sum of the parts.

    Rented hours have only a total. `kind` is whose price it is; an hour has exactly one.
    """

    kind: PriceKind
    it_capital_usd: Number
    network_usd: Number
    site_capital_usd: Number
    colocation_usd: Number
    power_usd: Number
    operations_usd: Number
    total_usd: Number

    def parts(self) -> dict[str, Number]:
        """Return the parts by name, in the order of `PARTS`."""
        return {name: getattr(self, name) for name in PARTS}


def capital_recovery(annual_rate: float, life_quarters: int, residual_share: Number = 0.0) -> Number:
    """Return the equal charge at each quarter end that pays back 1 with interest over the life (CRF).

    (1 - s (1+r)^-n) r / (1 - (1+r)^-n), r the rate of a quarter, n quarters; the residual s, a share of the capital,
    comes back at the end. With no interest this is (1 - s) / n.
    """
    rate = (1.0 + annual_rate) ** units.YEARS_PER_QUARTER - 1.0
    if abs(rate) < 1e-12:
        return (1.0 - residual_share) / life_quarters
    left = (1.0 + rate) ** -life_quarters
    return (1.0 - residual_share * left) * rate / (1.0 - left)


def owned_chip_hour(lot: Lot, fleet: Fleet, chip: Chip, annual_rate: float) -> ChipHour:
    """Return the owner's cost of an available chip-hour: two asset classes, rent, power, operations (E7).

    Chips and their network are charged over the life of chips, the site over its own, each less its salvage. Rent is
    due for provisioned kW; power is provisioned kW x the measured mean share drawn x PUE x price. Rent, power and
    operations run all hours, but only available hours can be sold, so every part is divided by availability.
    """
    sold_hours = units.HOURS_PER_QUARTER * fleet.availability
    charge = capital_recovery(annual_rate, lot.it_life_quarters, lot.it_salvage_share)
    site_charge = capital_recovery(annual_rate, lot.site_life_quarters, lot.site_salvage_share)
    site_usd = lot.site_capex_usd_per_kw * chip.provisioned_kw
    rent_usd = lot.colocation_usd_per_kw_month * chip.provisioned_kw * units.MONTHS_PER_QUARTER
    kilowatts = chip.provisioned_kw * fleet.mean_power_share * fleet.power_usage_effectiveness
    chips = lot.it_capex_usd_per_chip * charge / sold_hours
    network = lot.network_capex_usd_per_chip * charge / sold_hours
    site = site_usd * site_charge / sold_hours
    rent = rent_usd / sold_hours
    power = kilowatts * fleet.power_usd_per_kwh / fleet.availability
    operations = lot.operations_usd_per_chip_hour / fleet.availability
    return ChipHour(
        kind="owners_cost",
        it_capital_usd=chips,
        network_usd=network,
        site_capital_usd=site,
        colocation_usd=rent,
        power_usd=power,
        operations_usd=operations,
        total_usd=chips + network + site + rent + power + operations,
    )


def rented_chip_hour(price: RentedHour) -> ChipHour:
    """Return an hour bought at a price; what the seller's parts are is not known, so they are 0."""
    total = price.usd_per_chip_hour
    nothing = np.zeros_like(total) if np.ndim(total) else 0.0
    return ChipHour(kind=price.kind, total_usd=total, **dict.fromkeys(PARTS, nothing))
