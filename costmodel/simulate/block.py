"""The ledger of one world: operations, fleet, default and equity put together as lines (engine.md 0, E32)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray, IntArray, Number
from costmodel.counted import Counted
from costmodel.ledger import Ledger
from costmodel.simulate import aftermath, book
from costmodel.simulate.estate import with_recovery
from costmodel.simulate.legs import Leg, deferral, not_yet_earned
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.simulate.scale import Scale, Scales
from costmodel.simulate.settlements import settle_contract, settle_deal
from costmodel.simulate.state import WorldRun, added


@dataclass(frozen=True, slots=True)
class Accounts:
    """One world's ledger, and what accounting adds to cash; (Q+1, draw) USD.

    `book_lost` is book value given up, less debt that is never repaid; `not_earned` cash of contracts that the books do
    not count yet, negative when they count what came earlier; None without any.
    """

    ledger: Ledger
    depreciation: FloatArray
    book_lost: FloatArray
    not_earned: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One world as told by the lab's quarter loop, and what the provider's books need of it.

    `alive` (Q, draw) is 1 while the lab pays, `paid_quarters` (draw,) in how many quarters it does.
    """

    inputs: Any
    run: WorldRun
    paths: Paths
    operations: Operations
    alive: FloatArray
    paid_quarters: IntArray

    @staticmethod
    def of(inputs: Any, run: WorldRun, paths: Paths, operations: Operations) -> "Story":
        """Return the story of one world."""
        inputs = with_recovery(inputs, run, paths, operations)
        paid_quarters = np.count_nonzero(run.alive, axis=0)
        return Story(inputs, run, paths, operations, run.alive.astype(np.float64), paid_quarters)


def keep_accounts(story: Story, scales: Scales) -> Accounts:
    """Return the ledger of one world; lines are added in the order a reader meets them."""
    ledger = Ledger(paid=story.alive)
    beside = _deal_lines(story, ledger, scales)
    _lab_lines(story, ledger)
    _exit_lines(story.run, ledger)
    return Accounts(ledger, *beside)


def _deal_lines(
    story: Story, ledger: Ledger, scales: Scales
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Add the lines between provider, lab and market; return depreciation, book given up, cash not earned, (Q+1,
    draw).
    """
    shape = (story.alive.shape[0] + 1, story.alive.shape[1])
    depreciation, book_lost = np.zeros(shape), np.zeros(shape)
    ahead: list[FloatArray] = []
    for key, (without, because) in story.run.tranches.items():
        ledger.add("provider", "lab", "equity_tranche", without, item=key, purse="equity")
        ledger.add("provider", "lab", "equity_tranche", because, item=key, purse="equity", needs_ipo=True)
    settled: list[Leg] = []
    for contract in story.inputs.contracts():
        books, legs = _contract_lines(story, contract, ledger, scales[contract.key])
        for kept in books:
            kept.depreciation.add_to(depreciation)
            kept.book_lost.add_to(book_lost)
        settled += legs
        flows = story.operations.contracts[contract.key]
        if flows.earned is not None:
            ahead.append(deferral(flows.shortfall, flows.earned, story.alive))
    _market_lines(ledger, story.operations)
    deal = settle_deal(story, scales)
    if isinstance(deal.depreciation, np.ndarray):
        depreciation += deal.depreciation
        book_lost += deal.book_lost
    every = (*story.operations.legs, *story.run.legs, *settled, *deal.legs)
    _leg_lines(ledger, every, story.alive)
    ahead += [early for leg in every if (early := not_yet_earned(leg, story.alive)) is not None]
    return depreciation, book_lost, added(ahead) if ahead else None


def _leg_lines(ledger: Ledger, legs: Iterable[Leg], alive: FloatArray) -> None:
    """Add one line for each flow that terms add; what a default changes joins what was contracted."""
    by_name: dict[tuple[Any, ...], list[Leg]] = {}
    for leg in legs:
        name = (leg.payer, leg.payee, leg.kind, leg.item, leg.needs_ipo, leg.purse)
        by_name.setdefault(name, []).append(leg)
    for (payer, payee, kind, item, needs_ipo, purse), parts in by_name.items():
        if len(parts) == 1:
            flows, cut = parts[0].flows, parts[0].while_lab_pays
        else:
            flows, cut = added([leg.paid(alive) for leg in parts]), False
        ledger.add(payer, payee, kind, flows, item=item, needs_ipo=needs_ipo, purse=purse, while_lab_pays=cut)


def _exit_lines(run: WorldRun, ledger: Ledger) -> None:
    """Add what the provider's shares bring."""
    ledger.add_quarterly(
        "outside_world", "provider", "share_sale", run.share_sales, needs_ipo=True, purse="equity"
    )
    ledger.add_quarterly("outside_world", "provider", "company_sale", run.company_sale, purse="equity")


def _contract_lines(
    story: Story, contract: Any, ledger: Ledger, scale: Scale
) -> tuple[list[book.LotBook], list[Leg]]:
    """Add one contract's lines and its lots'; return the books of its lots, and settlements."""
    inputs, index, name = story.inputs, story.paths.index, contract.key
    flows, plans = story.operations.contracts[name], story.operations.planned_chips
    first = inputs.timeline.index_of(contract.starts)
    last = first + contract.quarters - 1
    lots = [lot for lot in inputs.fleet.lots if lot.contract == name]
    late = any(plans[lot.key].ndim > 1 for lot in lots)
    held = aftermath.in_world(flows, story.alive, story.paid_quarters, each_draw=late)
    cohorts = [_cohorts(lot, plans[lot.key], held, last) for lot in lots]
    announced = _hours(story, lots, cohorts, held, 1.0)
    hours = _hours(story, lots, cohorts, held, scale.contract)
    settled = aftermath.settle(story, contract, flows, hours, held)
    released = aftermath.released_sales(inputs, contract, announced, scale, index, first)
    ledger.add_quarterly("lab", "provider", "compute_billed", flows.billed, item=name, while_lab_pays=True)
    ledger.add_quarterly("lab", "provider", "shortfall", flows.shortfall, item=name, while_lab_pays=True)
    ledger.add_quarterly("lab", "provider", "termination_claim", settled.claim, item=name)
    ledger.add_quarterly("outside_world", "provider", "relet_capacity", settled.relet, item=name)
    ledger.add_quarterly("outside_world", "provider", "released_capacity", released, item=name)
    activity = aftermath.activity(inputs, contract, scale, held, settled.relet_on, first)
    books = []
    for lot, counts in zip(lots, cohorts, strict=True):
        kept = book.keep_book(inputs, lot, counts, held.number, scale, activity, index, last)
        _lot_lines(ledger, lot.key, kept)
        books.append(kept)
    return books, settle_contract(story, contract, flows, hours, held, settled.relet_on, scale)


def _cohorts(lot: Any, planned: FloatArray, held: aftermath.InWorld, last: int) -> book.Cohorts:
    """Return the counts of a lot, a column for each of the contract's."""
    if held.number is held.paid_quarters:
        return book.aged(lot, planned, last)
    return book.age_chips(lot, planned, held.pays > 0.0, last)


def _hours(
    story: Story, lots: list[Any], cohorts: list[book.Cohorts], held: aftermath.InWorld, share: Number
) -> Counted:
    """Return the chip-hours, Q rows, of this share of a contract's lots as they are built."""
    each = story.inputs.fleet.availability * units.HOURS_PER_QUARTER * share
    parts = [(counts.online[1:], lot.built_share * each) for lot, counts in zip(lots, cohorts, strict=True)]
    return Counted(held.number, tuple(parts) or ((np.zeros_like(held.pays), 0.0),))


def _lot_lines(ledger: Ledger, key: str, kept: book.LotBook) -> None:
    """Add the lines of one lot of chips."""
    ledger.add("provider", "chip_vendor", "chips", kept.it_capex, item=key, purse="capex")
    if kept.network_capex is not None:
        ledger.add("provider", "outside_world", "network", kept.network_capex, item=key, purse="capex")
    ledger.add("provider", "outside_world", "site_and_power", kept.site_capex, item=key, purse="capex")
    ledger.add_quarterly("provider", "outside_world", "energy", kept.energy, item=key)
    if kept.colocation is not None:
        ledger.add_quarterly("provider", "outside_world", "colocation", kept.colocation, item=key)
    ledger.add_quarterly("provider", "outside_world", "operations", kept.operations, item=key)
    ledger.add("outside_world", "provider", "residual", kept.residual, item=key, purse="capex")


def _market_lines(ledger: Ledger, operations: Operations) -> None:
    """Add what the lab buys outside its contracts, and what that costs the provider."""
    told = operations
    ledger.add_quarterly("lab", "provider", "on_demand", told.on_demand_bill, while_lab_pays=True)
    ledger.add_quarterly("lab", "provider", "burst", told.burst_bill, while_lab_pays=True)
    ledger.add_quarterly(
        "provider", "outside_world", "on_demand_cost", told.on_demand_cost, while_lab_pays=True
    )
    ledger.add_quarterly("lab", "other_clouds", "other_clouds", told.other_clouds_bill, while_lab_pays=True)


def _lab_lines(story: Story, ledger: Ledger) -> None:
    """Add the lab's own revenue, cost and outside financing."""
    run, operations = story.run, story.operations
    ledger.add_quarterly("outside_world", "lab", "revenue", operations.revenue, while_lab_pays=True)
    ledger.add_quarterly("lab", "outside_world", "other_cost", operations.other_cost, while_lab_pays=True)
    ledger.add_quarterly("lab", "outside_world", "porting", operations.porting, while_lab_pays=True)
    ledger.add_quarterly("outside_world", "lab", "funding_round", run.rounds, purse="equity")
    ledger.add_quarterly(
        "outside_world", "lab", "ipo_proceeds", run.ipo_proceeds, purse="equity", needs_ipo=True
    )
