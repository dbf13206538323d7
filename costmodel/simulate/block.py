"""The ledger of one world: operations, fleet, default and equity put together as lines (engine.md 0, E32)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import lab, units
from costmodel.arrays import FloatArray
from costmodel.ledger import Ledger
from costmodel.simulate import book
from costmodel.simulate.operations import Operations, Scale
from costmodel.simulate.paths import Paths
from costmodel.simulate.world import WorldRun


@dataclass(frozen=True, slots=True)
class Accounts:
    """One world's ledger, and what accounting adds to cash; (Q+1, draw) USD."""

    ledger: Ledger
    depreciation: FloatArray
    book_lost: FloatArray


def keep_accounts(
    inputs: Any,
    run: WorldRun,
    paths: Paths,
    operations: Operations,
    scales: dict[str, Scale],
    *,
    of_provider_only: bool = False,
) -> Accounts:
    """Return the ledger of one world; lines are added in the order a reader meets them.

    `of_provider_only` leaves out the lab's dealings with others, for who reads the provider's money alone.
    """
    ledger = Ledger()
    alive = run.alive.astype(np.float64)
    shape = (inputs.timeline.quarters + 1, alive.shape[1])
    depreciation, book_lost = np.zeros(shape), np.zeros(shape)
    for key, (without, because) in run.tranches.items():
        ledger.add("provider", "lab", "equity_tranche", without, item=key, purse="equity")
        ledger.add("provider", "lab", "equity_tranche", because, item=key, purse="equity", needs_ipo=True)
    story = Story(inputs, run, paths, operations, alive, book.quarters_since_default(run.defaulted))
    for contract in inputs.contracts():
        written_off, lost = _contract_lines(story, contract, ledger, scales[contract.key])
        depreciation, book_lost = depreciation + written_off, book_lost + lost
    _market_lines(ledger, operations, alive)
    if not of_provider_only:
        _lab_lines(inputs, ledger, run, operations, alive)
    ledger.add(
        "outside_world", "provider", "share_sale", _opened(run.share_sales), needs_ipo=True, purse="equity"
    )
    ledger.add("outside_world", "provider", "company_sale", _opened(run.company_sale), purse="equity")
    return Accounts(ledger, depreciation, book_lost)


@dataclass(frozen=True, slots=True)
class Story:
    """One world as told by the lab's quarter loop, and what the provider's books need of it."""

    inputs: Any
    run: WorldRun
    paths: Paths
    operations: Operations
    alive: FloatArray
    since_default: FloatArray


def _contract_lines(
    story: Story, contract: Any, ledger: Ledger, scale: Scale
) -> tuple[FloatArray, FloatArray]:
    """Add one contract's lines and its lots'; return depreciation and book given up, (Q+1, draw)."""
    inputs, index, name = story.inputs, story.paths.index, contract.key
    flows = story.operations.contracts[name]
    first = inputs.timeline.index_of(contract.starts)
    last = first + contract.quarters - 1
    lots = [lot for lot in inputs.fleet.lots if lot.contract == name]
    plans = story.operations.planned_chips
    cohorts = [book.age_chips(lot, plans[lot.key], story.run.alive, last) for lot in lots]
    standing = [(counts.online[1:], lot.built_share) for counts, lot in zip(cohorts, lots, strict=True)]
    hours = sum((online * built for online, built in standing), np.zeros_like(index)) * (
        inputs.fleet.availability * units.HOURS_PER_QUARTER * scale.contract
    )
    settled = book.settle_default(
        inputs, contract, flows.minimum, hours, story.run.defaulted, story.since_default, index
    )
    released = book.released_sales(inputs, contract, standing, scale, index, first)
    ledger.add("lab", "provider", "compute_billed", _opened(flows.billed * story.alive), item=name)
    ledger.add("lab", "provider", "shortfall", _opened(flows.shortfall * story.alive), item=name)
    ledger.add("lab", "provider", "termination_claim", _opened(settled.claim), item=name)
    ledger.add("outside_world", "provider", "relet_capacity", _opened(settled.relet), item=name)
    ledger.add("outside_world", "provider", "released_capacity", _opened(released), item=name)
    use = inputs.deal.on_default.relet_utilisation
    contracted = story.alive + settled.relet_on * use
    activity = _activity(scale, contracted, (released > 0.0).astype(np.float64), use)
    depreciation, book_lost = np.zeros((2, *_opened(story.alive).shape))
    for lot, counts in zip(lots, cohorts, strict=True):
        kept = book.keep_book(inputs, lot, counts, scale, activity, index, last)
        _lot_lines(ledger, lot.key, kept)
        depreciation, book_lost = depreciation + kept.depreciation, book_lost + kept.book_lost
    return depreciation, book_lost


def _lot_lines(ledger: Ledger, key: str, kept: book.LotBook) -> None:
    """Add the lines of one lot of chips."""
    ledger.add("provider", "chip_vendor", "chips", kept.it_capex, item=key, purse="capex")
    ledger.add("provider", "outside_world", "site_and_power", kept.site_capex, item=key, purse="capex")
    ledger.add("provider", "outside_world", "energy", kept.energy, item=key)
    ledger.add("provider", "outside_world", "operations", kept.operations, item=key)
    ledger.add("outside_world", "provider", "residual", kept.residual, item=key, purse="capex")


def _activity(scale: Scale, contracted: FloatArray, released_on: FloatArray, use: Any) -> FloatArray:
    """Return (Q, draw) the share of online hours that draw power, over the contracted and the released part."""
    whole = np.maximum(scale.contract + scale.market, 1e-12)
    return (scale.contract * contracted + scale.market * use * released_on) / whole


def _market_lines(ledger: Ledger, operations: Operations, alive: FloatArray) -> None:
    """Add what the lab buys outside its contracts, and what that costs the provider."""
    ledger.add("lab", "provider", "on_demand", _opened(operations.on_demand_bill * alive))
    ledger.add("lab", "provider", "burst", _opened(operations.burst_bill * alive))
    ledger.add("provider", "outside_world", "on_demand_cost", _opened(operations.on_demand_cost * alive))
    ledger.add("lab", "other_clouds", "other_clouds", _opened(operations.other_clouds_bill * alive))


def _lab_lines(inputs: Any, ledger: Ledger, run: WorldRun, operations: Operations, alive: FloatArray) -> None:
    """Add the lab's own revenue, cost and outside financing."""
    cost = lab.other_cost(inputs.lab, inputs.timeline.quarters, operations.revenue)
    ledger.add("outside_world", "lab", "revenue", _opened(operations.revenue * alive))
    ledger.add("lab", "outside_world", "other_cost", _opened(cost * alive))
    ledger.add("lab", "outside_world", "porting", _opened(operations.porting * alive))
    ledger.add("outside_world", "lab", "funding_round", _opened(run.rounds), purse="equity")
    ledger.add(
        "outside_world", "lab", "ipo_proceeds", _opened(run.ipo_proceeds), purse="equity", needs_ipo=True
    )


def _opened(quarterly: FloatArray) -> FloatArray:
    """Put a row of zeros for the opening date on top of (Q, draw)."""
    return np.vstack([np.zeros((1, quarterly.shape[1])), quarterly])
