"""The provider's fleet over time: chips ordered, in service, written off, sold; energy and operations (E7, E32).

Cash pays capex before service and gets salvage at the end of a life and a residual at that of the contract;
accounting writes off the rest in a straight line.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from costmodel import units
from costmodel.arrays import BoolArray, FloatArray, Number, clipped, of_draws
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.quantity import is_stated
from costmodel.simulate.scale import Scale


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Counts per announced and built chip, (Q+1, draw); row 0 is the opening date (only orders happen there).

    `it_sold` are chips switched off at the end of their life, in the row of the last quarter they ran.
    """

    it_ordered: FloatArray
    it_in_life: FloatArray
    it_sold: FloatArray
    site_ordered: FloatArray
    site_in_life: FloatArray
    online: FloatArray


@dataclass(frozen=True, slots=True)
class LotBook:
    """Money of one lot in one world, USD: (Q+1, draw), but `energy`, `operations`, `colocation`, `online` (Q, draw).

    `book_lost` is the book value given up when it is sold. None: a lot without a network of its own, without rent.
    """

    it_capex: FloatArray
    network_capex: FloatArray | None
    site_capex: FloatArray
    energy: FloatArray
    operations: FloatArray
    colocation: FloatArray | None
    depreciation: FloatArray
    residual: FloatArray
    book_lost: FloatArray
    online: FloatArray


def age_chips(lot: Any, planned: FloatArray, alive: BoolArray, last: int) -> Cohorts:
    """Return the counts of a lot whose announced count over time is `planned`, (Q,) or (Q, draw); nothing is ordered
    after default.

    Chips are replaced at the end of their life while enough of the contract is left; site and
    power stand for the whole contract. `last` is the last quarter of the contract.
    """
    quarters = planned.shape[0]
    growth = np.diff(planned, prepend=0.0, axis=0)
    arrays = [np.zeros((quarters + 1, BLOCK_SIZE)) for _ in range(6)]
    it_ordered, it_in_life, it_sold, site_ordered, site_in_life, online = arrays
    added, sited = np.zeros((2, quarters, BLOCK_SIZE))
    in_life = running = site = np.zeros(BLOCK_SIZE)
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
    inputs: Any, lot: Any, cohorts: Cohorts, scale: Scale, activity: FloatArray, index: FloatArray, last: int
) -> LotBook:
    """Return the money of one lot. `activity` (Q, draw) is the share of online hours that draw power."""
    fleet, chip = inputs.fleet, inputs.chip(lot.chip)
    size = lot.built_share * (scale.contract + scale.market)
    chip_usd = lot.it_capex_usd_per_chip * size
    network_usd = lot.network_capex_usd_per_chip * size
    site_usd = lot.site_capex_usd_per_kw * chip.provisioned_kw * size
    moved = np.maximum(index[last], 1e-9) ** fleet.residual_index_elasticity
    it_terms = Terms(lot.it_life_quarters, lot.it_salvage_share, fleet.residual_share, moved)
    site_terms = Terms(lot.site_life_quarters, lot.site_salvage_share, fleet.site_residual_share, 1.0)
    it = write_off(
        cohorts.it_ordered, cohorts.it_in_life, cohorts.it_sold, chip_usd + network_usd, it_terms, last
    )
    site = write_off(cohorts.site_ordered, cohorts.site_in_life, 0.0, site_usd, site_terms, last)
    online = cohorts.online[1:] * size
    hours = online * units.HOURS_PER_QUARTER
    kwh_usd = (
        chip.provisioned_kw
        * fleet.mean_power_share
        * fleet.power_usage_effectiveness
        * fleet.power_usd_per_kwh
    )
    rent_usd = lot.colocation_usd_per_kw_month * chip.provisioned_kw * units.MONTHS_PER_QUARTER
    return LotBook(
        it_capex=cohorts.it_ordered * chip_usd,
        network_capex=cohorts.it_ordered * network_usd if is_stated(lot.network_capex_usd_per_chip) else None,
        site_capex=cohorts.site_ordered * site_usd,
        energy=hours * activity * kwh_usd,
        operations=hours * lot.operations_usd_per_chip_hour,
        colocation=online * rent_usd if is_stated(lot.colocation_usd_per_kw_month) else None,
        depreciation=it.depreciation + site.depreciation,
        residual=it.proceeds + site.proceeds,
        book_lost=it.book_sold + site.book_sold,
        online=online,
    )


class Terms(NamedTuple):
    """How a class of assets is written off and sold; `moved` is the market's factor on a sale before the life ends."""

    life_quarters: int
    salvage_share: Number
    residual_share: Number
    moved: Number


class WrittenOff(NamedTuple):
    """One class of assets, (Q+1, draw) USD; `proceeds` is cash, `book_sold` the book value of what it was paid for."""

    depreciation: FloatArray
    proceeds: FloatArray
    book_sold: FloatArray


def write_off(
    bought: FloatArray, in_life: FloatArray, sold: Number, usd: Number, terms: Terms, last: int
) -> WrittenOff:
    """Return the book of one class of assets that cost `usd` each; counts (Q+1, draw), `sold` at the end of their life.

    (1 - salvage) / life a quarter is written off in a straight line, so whoever reaches the end of its life is sold at
    its book value. What stands at the end of the contract brings its salvage, and of the book value above it the
    residual share x the market.
    """
    salvage_usd = usd * terms.salvage_share
    depreciation = in_life * (usd * (1.0 - terms.salvage_share) / terms.life_quarters)
    proceeds = np.zeros_like(bought) + sold * salvage_usd
    book_sold = proceeds.copy()
    left = remaining_book(bought * usd, depreciation + proceeds, last)
    salvage = (bought.sum(axis=0) - np.sum(sold, axis=0)) * salvage_usd
    proceeds[last + 1] += salvage + (left - salvage) * terms.residual_share * terms.moved
    book_sold[last + 1] += left
    return WrittenOff(depreciation, proceeds, book_sold)


def remaining_book(capex: FloatArray, written_off: FloatArray, last: int) -> FloatArray:
    """Return (draw,) USD of book value at the end of the contract's last quarter: capex less what was written off."""
    book = np.zeros(capex.shape[1])
    for row in range(last + 2):
        book = book + capex[row] - written_off[row]
    return np.maximum(book, 0.0)


@dataclass(frozen=True, slots=True)
class AfterDefault:
    """What a contract brings after the lab's default, (Q, draw) USD, and whether its capacity is re-let (E29)."""

    claim: FloatArray
    relet: FloatArray
    relet_on: BoolArray


def on_rows(flows: FloatArray) -> FloatArray:
    """Return (Q+1, draw) of quarterly flows (Q, draw): nothing on the opening date."""
    return np.vstack([np.zeros_like(flows[:1]), flows])


def quarters_since_default(defaulted: BoolArray) -> FloatArray:
    """Return (Q, draw): 0 while the lab lives, 1 in the first quarter after its default, and so on."""
    since = np.zeros(defaulted.shape)
    count = np.zeros(defaulted.shape[1])
    for quarter in range(1, defaulted.shape[0]):
        count = np.where((count > 0) | defaulted[quarter - 1], count + 1.0, 0.0)
        since[quarter] = count
    return since


def settle_default(
    inputs: Any,
    contract: Any,
    minimum: FloatArray,
    relet_hours: FloatArray,
    defaulted: BoolArray,
    since: FloatArray,
    index: FloatArray,
    owed: FloatArray | None = None,
    fee: FloatArray | None = None,
) -> AfterDefault:
    """Return claim and re-let of one contract (E29).

    `owed` (Q, draw) is the minimum the lab is still bound to at the end of each quarter; None: all that is left. `fee`
    (Q, draw) is a termination fee agreed by schedule, which replaces the deal's (M25); its mitigation is its own.

    Claim = recovery x max(0, termination share x remaining minimum - re-let expected at today's index), paid the
    quarter after. Re-let after a lag at a share of the reference price x index (the market that sank the lab also sets
    this price). Claim + re-let never exceed what remained of the contract; without a minimum only the re-let is left.
    """
    claim, relet, relet_on = np.zeros_like(index), np.zeros_like(index), np.zeros(index.shape, dtype=np.bool_)
    failing = np.flatnonzero(defaulted.any(axis=0))  # in all other draws there is nothing to settle
    if failing.size:
        terms = inputs.deal.on_default
        price = contract.reference_usd_per_chip_hour * terms.relet_price_share * terms.relet_utilisation
        terms = replace(
            terms,
            termination_share=of_draws(terms.termination_share, failing),
            recovery_share=of_draws(terms.recovery_share, failing),
        )
        claim[:, failing], relet[:, failing], relet_on[:, failing] = _settled(
            terms,
            of_draws(price, failing),
            minimum[:, failing],
            relet_hours[:, failing],
            defaulted[:, failing],
            since[:, failing],
            index[:, failing],
            None if owed is None else owed[:, failing],
            None if fee is None else fee[:, failing],
            has_minimum=bool(minimum.any()),
        )
    return AfterDefault(claim, relet, relet_on)


def _settled(
    terms: Any,
    price: Number,
    minimum: FloatArray,
    relet_hours: FloatArray,
    defaulted: BoolArray,
    since: FloatArray,
    index: FloatArray,
    owed: FloatArray | None,
    agreed_fee: FloatArray | None,
    *,
    has_minimum: bool,
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return claim, re-let and whether it runs, (Q, draw), of draws in which the lab fails."""
    running = (relet_hours > 0.0) & (since > terms.relet_lag_quarters)
    relet = np.where(running, relet_hours * price * index, 0.0)
    remaining_after = _sum_after(minimum)
    owed_after = remaining_after if owed is None else owed
    hours_after = _sum_after(relet_hours)
    claim = np.zeros_like(relet)
    remaining = np.zeros(relet.shape[1])
    for quarter in range(relet.shape[0] - 1):
        failed = defaulted[quarter]
        expected = hours_after[quarter] * price * index[quarter]
        due = np.maximum(terms.termination_share * owed_after[quarter] - expected, 0.0)
        due = due if agreed_fee is None else agreed_fee[quarter]
        claim[quarter + 1] = np.where(failed, due * terms.recovery_share, 0.0)
        remaining = np.where(failed, remaining_after[quarter], remaining)
    if has_minimum:
        relet = _capped(relet, claim, remaining)
    return claim, relet, running


def _sum_after(rows: FloatArray) -> FloatArray:
    """Return (Q, draw): what comes strictly after each quarter."""
    after = np.zeros_like(rows)
    for quarter in range(rows.shape[0] - 2, -1, -1):
        after[quarter] = after[quarter + 1] + rows[quarter + 1]
    return after


def _capped(relet: FloatArray, claim: FloatArray, remaining: FloatArray) -> FloatArray:
    """Cut the re-let so that claim and re-let together stay within what remained of the contract."""
    taken = np.zeros(relet.shape[1])
    cut = np.empty_like(relet)
    for quarter in range(relet.shape[0]):
        taken = taken + claim[quarter]
        cut[quarter] = clipped(remaining - taken, 0.0, relet[quarter])
        taken = taken + cut[quarter]
    return cut


def released_sales(
    inputs: Any,
    contract: Any,
    lots: list[tuple[FloatArray, Number]],
    scale: Scale,
    index: FloatArray,
    first: int,
) -> FloatArray:
    """Return (Q, draw) USD of released capacity sold at the market after a lag (the no-equity counterfactual, E32).

    `lots` are (announced chips online (Q, draw), built share); the price is the market's: reference x index x use.
    Nobody is in distress here, so the re-let share does not apply.
    """
    if np.ndim(scale.market) == 0 and scale.market == 0.0:
        return np.zeros_like(index)
    terms = inputs.deal.on_default
    price = contract.reference_usd_per_chip_hour * terms.relet_utilisation
    hours = sum((online * built for online, built in lots), np.zeros_like(index)) * (
        inputs.fleet.availability * units.HOURS_PER_QUARTER
    )
    started = (np.arange(index.shape[0]) >= first + terms.relet_lag_quarters)[:, None]
    return np.asarray(hours * scale.market * price * index * started)
