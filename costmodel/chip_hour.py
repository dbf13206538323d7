"""What an hour of an available chip costs its owner (E7).

For pricing and comparison only: the capital charge already pays interest, so it is never discounted again. The
ledger uses cash for capex instead (E32).
"""

from dataclasses import dataclass

import numpy as np

from costmodel import units
from costmodel.arrays import Number
from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.serving import Chip


@dataclass(frozen=True, slots=True)
class ChipHour:
    """USD per available chip-hour, by part; each a float or (draw,). Rented hours have only a total."""

    it_capital_usd: Number
    site_capital_usd: Number
    power_usd: Number
    operations_usd: Number
    total_usd: Number


def capital_recovery(annual_rate: float, life_quarters: int, residual_share: Number = 0.0) -> Number:
    """Return the equal charge at each quarter end that pays back 1 with interest over the life (CRF).

    `residual_share` of the capital comes back at the end. With no interest this is (1 - residual) / life.
    """
    rate = (1.0 + annual_rate) ** units.YEARS_PER_QUARTER - 1.0
    if abs(rate) < 1e-12:
        return (1.0 - residual_share) / life_quarters
    left = (1.0 + rate) ** -life_quarters
    return (1.0 - residual_share * left) * rate / (1.0 - left)


def owned_chip_hour(lot: Lot, fleet: Fleet, chip: Chip, annual_rate: float) -> ChipHour:
    """Return the owner's cost of an available chip-hour: two asset classes, power, operations (E7).

    Chips and sites are charged over their whole lives, at whose end their book value, and so their residual, is 0.
    Power and operations run all hours; only available hours can be sold, so every part is divided by availability.
    """
    sold_hours = units.HOURS_PER_QUARTER * fleet.availability
    site_usd = lot.site_capex_usd_per_kw * chip.provisioned_kw
    kilowatts = chip.provisioned_kw * fleet.mean_power_share * fleet.power_usage_effectiveness
    chips = lot.it_capex_usd_per_chip * capital_recovery(annual_rate, lot.it_life_quarters) / sold_hours
    site = site_usd * capital_recovery(annual_rate, lot.site_life_quarters) / sold_hours
    power = kilowatts * fleet.power_usd_per_kwh / fleet.availability
    operations = lot.operations_usd_per_chip_hour / fleet.availability
    return ChipHour(chips, site, power, operations, chips + site + power + operations)


def rented_chip_hour(usd_per_chip_hour: Number) -> ChipHour:
    """Return an hour bought at a price; what the seller's parts are is not known, so they are 0."""
    nothing = np.zeros_like(usd_per_chip_hour) if np.ndim(usd_per_chip_hour) else 0.0
    return ChipHour(nothing, nothing, nothing, nothing, usd_per_chip_hour)
