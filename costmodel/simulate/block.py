"""The ledger of one world: operations, fleet, default and equity put together as lines (engine.md 0, E32)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from costmodel import lab, units
from costmodel.arrays import FloatArray
from costmodel.ledger import Ledger, Question, Totals
from costmodel.simulate import book
from costmodel.simulate.aftermath import in_world, settle
from costmodel.simulate.legs import Leg, deferral, not_yet_earned
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.simulate.scale import Scale, Scales
from costmodel.simulate.settlements import settle_contract, settle_deal
from costmodel.simulate.state import WorldRun, added

Books: TypeAlias = Ledger | Totals


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
class ShortAccounts:
    """`Accounts` with totals of the provider in place of the ledger."""

    ledger: Totals
    depreciation: FloatArray
    book_lost: FloatArray
    not_earned: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One world as told by the lab's quarter loop, and what the provider's books need of it."""

    inputs: Any
    run: WorldRun
    paths: Paths
    operations: Operations
    alive: FloatArray
    since_default: FloatArray

    @staticmethod
    def of(inputs: Any, run: WorldRun, paths: Paths, operations: Operations) -> "Story":
        """Return the story of one world."""
        since = book.quarters_since_default(run.defaulted)
        return Story(inputs, run, paths, operations, run.alive.astype(np.float64), since)


def keep_accounts(story: Story, scales: Scales) -> Accounts:
    """Return the ledger of one world; lines are added in the order a reader meets them."""
    ledger = Ledger()
    beside = _deal_lines(story, ledger, scales)
    _lab_lines(story, ledger)
    _exit_lines(story.run, ledger)
    return Accounts(ledger, *beside)


def keep_totals(story: Story, scales: Scales, questions: Iterable[Question]) -> ShortAccounts:
    """Return the provider's answers to these questions, added up from the same lines."""
    shape = (story.alive.shape[0] + 1, story.alive.shape[1])
    totals = Totals("provider", {question: np.zeros(shape) for question in questions})
    beside = _deal_lines(story, totals, scales)
    _exit_lines(story.run, totals)
    return ShortAccounts(totals, *beside)


def _deal_lines(
    story: Story, ledger: Books, scales: Scales
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Add the lines between provider, lab and market; return depreciation, book given up, cash not earned, (Q+1,
    draw).
    """
    depreciation, book_lost = np.zeros((2, story.alive.shape[0] + 1, story.alive.shape[1]))
    ahead: list[FloatArray] = []
    for key, (without, because) in story.run.tranches.items():
        ledger.add("provider", "lab", "equity_tranche", without, item=key, purse="equity")
        ledger.add("provider", "lab", "equity_tranche", because, item=key, purse="equity", needs_ipo=True)
    settled: list[Leg] = []
    for contract in story.inputs.contracts():
        written_off, lost, legs = _contract_lines(story, contract, ledger, scales[contract.key])
        depreciation += written_off
        book_lost += lost
        settled += legs
        flows = story.operations.contracts[contract.key]
        if flows.earned is not None:
            ahead.append(deferral(book.on_rows(flows.shortfall - flows.earned), story.alive))
    _market_lines(ledger, story.operations, story.alive)
    deal = settle_deal(story, scales)
    depreciation += deal.depreciation
    book_lost += deal.book_lost
    every = (*story.operations.legs, *story.run.legs, *settled, *deal.legs)
    _leg_lines(ledger, every, story.alive)
    ahead += [early for leg in every if (early := not_yet_earned(leg, story.alive)) is not None]
    return depreciation, book_lost, added(ahead) if ahead else None


def _leg_lines(ledger: Books, legs: Iterable[Leg], alive: FloatArray) -> None:
    """Add one line for each flow that terms add; what a default changes joins what was contracted."""
    lines: dict[tuple[Any, ...], FloatArray] = {}
    for leg in legs:
        name = (leg.payer, leg.payee, leg.kind, leg.item, leg.needs_ipo, leg.purse)
        paid = leg.paid(alive)
        lines[name] = lines[name] + paid if name in lines else paid
    for (payer, payee, kind, item, needs_ipo, purse), paid in lines.items():
        ledger.add(payer, payee, kind, paid, item=item, needs_ipo=needs_ipo, purse=purse)


def _exit_lines(run: WorldRun, ledger: Books) -> None:
    """Add what the provider's shares bring."""
    ledger.add_quarterly(
        "outside_world", "provider", "share_sale", run.share_sales, needs_ipo=True, purse="equity"
    )
    ledger.add_quarterly("outside_world", "provider", "company_sale", run.company_sale, purse="equity")


def _contract_lines(
    story: Story, contract: Any, ledger: Books, scale: Scale
) -> tuple[FloatArray, FloatArray, list[Leg]]:
    """Add one contract's lines and its lots'; return depreciation and book given up, (Q+1, draw), and settlements."""
    inputs, index, name = story.inputs, story.paths.index, contract.key
    flows = story.operations.contracts[name]
    held = in_world(flows, story.alive)
    first = inputs.timeline.index_of(contract.starts)
    last = first + contract.quarters - 1
    lots = [lot for lot in inputs.fleet.lots if lot.contract == name]
    plans = story.operations.planned_chips
    cohorts = [book.age_chips(lot, plans[lot.key], held.paying > 0.0, last) for lot in lots]
    standing = [(counts.online[1:], lot.built_share) for counts, lot in zip(cohorts, lots, strict=True)]
    hours = sum((online * built for online, built in standing), np.zeros_like(index)) * (
        inputs.fleet.availability * units.HOURS_PER_QUARTER * scale.contract
    )
    settled = settle(story, contract, flows, hours, held)
    released = book.released_sales(inputs, contract, standing, scale, index, first)
    ledger.add_quarterly("lab", "provider", "compute_billed", flows.billed * story.alive, item=name)
    ledger.add_quarterly("lab", "provider", "shortfall", flows.shortfall * story.alive, item=name)
    ledger.add_quarterly("lab", "provider", "termination_claim", settled.claim, item=name)
    ledger.add_quarterly("outside_world", "provider", "relet_capacity", settled.relet, item=name)
    ledger.add_quarterly("outside_world", "provider", "released_capacity", released, item=name)
    use = inputs.deal.on_default.relet_utilisation
    contracted = held.paying + settled.relet_on * use
    legs = settle_contract(story, contract, flows, hours, held, settled.relet_on * use, scale)
    activity = _activity(scale, contracted, (released > 0.0).astype(np.float64), use)
    depreciation, book_lost = np.zeros((2, story.alive.shape[0] + 1, story.alive.shape[1]))
    for lot, counts in zip(lots, cohorts, strict=True):
        kept = book.keep_book(inputs, lot, counts, scale, activity, index, last)
        _lot_lines(ledger, lot.key, kept)
        depreciation += kept.depreciation
        book_lost += kept.book_lost
    return depreciation, book_lost, legs


def _lot_lines(ledger: Books, key: str, kept: book.LotBook) -> None:
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


def _activity(scale: Scale, contracted: FloatArray, released_on: FloatArray, use: Any) -> FloatArray:
    """Return (Q, draw) the share of online hours that draw power, over the contracted and the released part."""
    if np.ndim(scale.market) == 0 and (scale.contract, scale.market) == (1.0, 0.0):
        return contracted
    whole = np.maximum(scale.contract + scale.market, 1e-12)
    return (scale.contract * contracted + scale.market * use * released_on) / whole


def _market_lines(ledger: Books, operations: Operations, alive: FloatArray) -> None:
    """Add what the lab buys outside its contracts, and what that costs the provider."""
    ledger.add_quarterly("lab", "provider", "on_demand", operations.on_demand_bill * alive)
    ledger.add_quarterly("lab", "provider", "burst", operations.burst_bill * alive)
    ledger.add_quarterly("provider", "outside_world", "on_demand_cost", operations.on_demand_cost * alive)
    ledger.add_quarterly("lab", "other_clouds", "other_clouds", operations.other_clouds_bill * alive)


def _lab_lines(story: Story, ledger: Ledger) -> None:
    """Add the lab's own revenue, cost and outside financing."""
    inputs, run, operations, alive = story.inputs, story.run, story.operations, story.alive
    cost = lab.other_cost(inputs.lab, inputs.timeline.quarters, operations.revenue)
    ledger.add_quarterly("outside_world", "lab", "revenue", operations.revenue * alive)
    ledger.add_quarterly("lab", "outside_world", "other_cost", cost * alive)
    ledger.add_quarterly("lab", "outside_world", "porting", operations.porting * alive)
    ledger.add_quarterly("outside_world", "lab", "funding_round", run.rounds, purse="equity")
    ledger.add_quarterly(
        "outside_world", "lab", "ipo_proceeds", run.ipo_proceeds, purse="equity", needs_ipo=True
    )
