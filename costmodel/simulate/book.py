"""The provider's fleet over time: chips ordered, in service, written off, sold; energy and operations (E7, E32).

Cash pays capex before service and gets salvage at the end of a life and a residual at that of the contract;
accounting writes off the rest in a straight line.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from costmodel import units
from costmodel.arrays import BoolArray, FloatArray, IntArray, Number, read_only
from costmodel.counted import Counted, Part
from costmodel.inputs.quantity import is_stated
from costmodel.simulate.scale import Scale


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Counts per announced and built chip, Q+1 rows, row 0 the opening date (only orders happen there).

    A column for each future of the lab that differs. `it_sold` are chips switched off at the end of their life, in the
    row of the last quarter they ran.
    """

    it_ordered: FloatArray
    it_in_life: FloatArray
    it_sold: FloatArray
    site_ordered: FloatArray
    site_in_life: FloatArray
    online: FloatArray


@dataclass(frozen=True, slots=True)
class LotBook:
    """Money of one lot in one world, USD: Q+1 rows, but Q for `energy`, `operations` and `colocation`.

    `book_lost` is the book value given up when it is sold. None: a lot without a network of its own, without rent.
    """

    it_capex: Counted
    network_capex: Counted | None
    site_capex: Counted
    energy: Counted
    operations: Counted
    colocation: Counted | None
    depreciation: Counted
    residual: Counted
    book_lost: Counted


class Lifetimes(NamedTuple):
    """What decides when chips and sites come and go, in quarters."""

    lead_quarters: int
    it_life_quarters: int
    last_replacement_quarters: int
    site_life_quarters: int


def living(quarters: int) -> BoolArray:
    """Return (Q, Q+1) whether the lab pays in a quarter (row) when it pays in so many in all (column)."""
    return np.arange(quarters)[:, None] < np.arange(quarters + 1)


def aged(lot: Any, planned: FloatArray, last: int) -> Cohorts:
    """Return the counts of a lot by how many quarters the lab pays, (Q+1, Q+1); kept: every block asks the same."""
    lifetimes = Lifetimes(*(getattr(lot, name) for name in Lifetimes._fields))
    return _aged(lifetimes, planned.tobytes(), last)


@lru_cache(maxsize=64)
def _aged(lifetimes: Lifetimes, planned: bytes, last: int) -> Cohorts:
    counts = np.frombuffer(planned)
    told = age_chips(lifetimes, counts, living(counts.size), last)
    for table in (getattr(told, name) for name in Cohorts.__slots__):
        read_only(table)
    return told


def age_chips(lot: Any, planned: FloatArray, alive: BoolArray, last: int) -> Cohorts:
    """Return the counts of a lot whose announced count over time is `planned`, (Q,) or (Q, draw); nothing is ordered
    after default.

    Chips are replaced at the end of their life while enough of the contract is left; site and
    power stand for the whole contract. `last` is the last quarter of the contract.
    """
    quarters, columns = planned.shape[0], alive.shape[1]
    growth = np.diff(planned, prepend=0.0, axis=0)
    arrays = [np.zeros((quarters + 1, columns)) for _ in range(6)]
    it_ordered, it_in_life, it_sold, site_ordered, site_in_life, online = arrays
    added, sited = np.zeros((2, quarters, columns))
    in_life = running = site = np.zeros(columns)
    for quarter in range(min(last + 1, quarters)):
        paid_in = max(quarter - lot.lead_quarters, -1)
        ordering = alive[max(paid_in, 0)].astype(np.float64)
        first = np.maximum(growth[quarter], 0.0) * ordering
        ended = added[quarter - lot.it_life_quarters] if quarter >= lot.it_life_quarters else np.zeros(1)
        replaceable = quarter <= last - lot.last_replacement_quarters
        again = ended * ordering if replaceable else np.zeros(1)
        added[quarter] = first + again
        in_life = in_life + added[quarter] - ended
        off = ended if replaceable else np.zeros(1)
        running = running + added[quarter] - off
        it_sold[quarter] = off
        sited[quarter] = first
        written_off = sited[quarter - lot.site_life_quarters] if quarter >= lot.site_life_quarters else 0.0
        site = site + first - written_off
        it_ordered[paid_in + 1] += added[quarter]
        site_ordered[paid_in + 1] += first
        it_in_life[quarter + 1], online[quarter + 1] = in_life, running
        site_in_life[quarter + 1] = site
    return Cohorts(it_ordered, it_in_life, it_sold, site_ordered, site_in_life, online)


def keep_book(
    inputs: Any,
    lot: Any,
    cohorts: Cohorts,
    number: IntArray,
    scale: Scale,
    activity: tuple[Part, ...],
    index: FloatArray,
    last: int,
) -> LotBook:
    """Return the money of one lot. `activity`, of Q rows, adds up to the share of online hours that draw power."""
    fleet, chip = inputs.fleet, inputs.chip(lot.chip)
    size = lot.built_share * (scale.contract + scale.market)
    chip_usd = lot.it_capex_usd_per_chip * size
    network, network_usd = lot.network_capex_usd_per_chip, lot.network_capex_usd_per_chip * size
    site_usd = lot.site_capex_usd_per_kw * chip.provisioned_kw * size
    it, site = _written_off(fleet, lot, cohorts, number, (chip_usd + network_usd, site_usd), index, last)
    online, hours = cohorts.online[1:], size * units.HOURS_PER_QUARTER
    kwh_usd = (
        chip.provisioned_kw
        * fleet.mean_power_share
        * fleet.power_usage_effectiveness
        * fleet.power_usd_per_kwh
    )
    rent_usd = lot.colocation_usd_per_kw_month * chip.provisioned_kw * units.MONTHS_PER_QUARTER * size

    def money(*parts: Part) -> Counted:
        return Counted(number, parts)

    return LotBook(
        it_capex=money((cohorts.it_ordered, chip_usd)),
        network_capex=money((cohorts.it_ordered, network_usd)) if is_stated(network) else None,
        site_capex=money((cohorts.site_ordered, site_usd)),
        energy=money(*((online * share, hours * weight * kwh_usd) for share, weight in activity)),
        operations=money((online, hours * lot.operations_usd_per_chip_hour)),
        colocation=money((online, rent_usd)) if is_stated(lot.colocation_usd_per_kw_month) else None,
        depreciation=it.depreciation + site.depreciation,
        residual=it.proceeds + site.proceeds,
        book_lost=it.book_sold + site.book_sold,
    )


def _written_off(
    fleet: Any,
    lot: Any,
    cohorts: Cohorts,
    number: IntArray,
    usd: tuple[Number, Number],
    index: FloatArray,
    last: int,
) -> "tuple[WrittenOff, WrittenOff]":
    """Return the books of chips with their network and of site and power, which cost `usd` a chip."""
    moved = np.maximum(index[last], 1e-9) ** fleet.residual_index_elasticity
    it_terms = Terms(lot.it_life_quarters, lot.it_salvage_share, fleet.residual_share, moved)
    site_terms = Terms(lot.site_life_quarters, lot.site_salvage_share, fleet.site_residual_share, 1.0)
    it_counts = Counts(cohorts.it_ordered, cohorts.it_in_life, cohorts.it_sold)
    site_counts = Counts(cohorts.site_ordered, cohorts.site_in_life, np.zeros_like(cohorts.it_sold))
    return (
        write_off(number, it_counts, usd[0], it_terms, last),
        write_off(number, site_counts, usd[1], site_terms, last),
    )


class Terms(NamedTuple):
    """How a class of assets is written off and sold; `moved` is the market's factor on a sale before the life ends."""

    life_quarters: int
    salvage_share: Number
    residual_share: Number
    moved: Number


class Counts(NamedTuple):
    """A class of assets, Q+1 rows: bought, within their life, and sold at the end of it."""

    bought: FloatArray
    in_life: FloatArray
    sold: FloatArray


class WrittenOff(NamedTuple):
    """One class of assets, Q+1 rows, USD; `proceeds` is cash, `book_sold` the book value of what it was paid for."""

    depreciation: Counted
    proceeds: Counted
    book_sold: Counted


def write_off(number: IntArray, counts: Counts, usd: Number, terms: Terms, last: int) -> WrittenOff:
    """Return the book of one class of assets that cost `usd` each.

    (1 - salvage) / life a quarter is written off in a straight line, so whoever reaches the end of its life is sold at
    its book value. What stands at the end of the contract brings its salvage, and of the book value above it, never
    below 0, the residual share x the market.
    """
    salvage_usd = usd * terms.salvage_share
    quarter_usd = usd * (1.0 - terms.salvage_share) / terms.life_quarters
    bought, in_life, sold = (table[: last + 2].sum(axis=0).take(number, mode="clip") for table in counts)
    left = np.maximum(bought * usd - in_life * quarter_usd - sold * salvage_usd, 0.0)
    salvage = (bought - sold) * salvage_usd
    ends = np.zeros_like(counts.bought)
    ends[last + 1] = 1.0
    at_end = salvage + (left - salvage) * terms.residual_share * terms.moved
    return WrittenOff(
        Counted(number, ((counts.in_life, quarter_usd),)),
        Counted(number, ((counts.sold, salvage_usd), (ends, at_end))),
        Counted(number, ((counts.sold, salvage_usd), (ends, left))),
    )


def on_rows(flows: FloatArray) -> FloatArray:
    """Return (Q+1, draw) of quarterly flows (Q, draw): nothing on the opening date."""
    return np.vstack([np.zeros_like(flows[:1]), flows])
