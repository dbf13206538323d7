"""The table of contents: one call per stage, no formula.

prepare -> evaluate_block (any number, anywhere) -> combine. `evaluate` does all three in one process; the bytes
are the same on any number of workers because blocks are, and sums are added in block order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from costmodel import capacity, cost_table, exits, load_answers, report
from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE, block_count, draws_in_block
from costmodel.inputs.deal import EquityTerm, Preferred
from costmodel.inputs.scenario import Scenario
from costmodel.ledger import NotANumberError
from costmodel.outcomes.blocks import BlockSummary, Fold, Grids, grids_of, summarise
from costmodel.outcomes.preview import Figures, margin_of_contracts, recovery_without_ipo
from costmodel.outcomes.remains import keep
from costmodel.outcomes.statements import statements
from costmodel.outcomes.summary import Grid
from costmodel.quantities import central, realise
from costmodel.simulate.operations import Dispatching
from costmodel.simulate.worlds import Simulated, open_workshop, pilot_paths, set_stage, simulate_block

# The pilot block has its own seed, so that the fitted odds do not depend on the draws they are used for (E31).
PILOT_SEED = 20_260_331
# (quarter, draw) arrays held at the peak of a block, counted with tracemalloc: 90, and so many for each item.
_ARRAYS_HELD, _PER_LOT, _PER_CONTRACT, _PER_STAKE = 90, 2, 9, 6
_PER_FAMILY = 4
# The same for terms beside contract, minimum and stakes: lines they add, or what an early end of a contract takes.
_PER_TERM: dict[str, int] = {
    **dict.fromkeys(("most_favoured", "performance_guarantee", "backstop"), 4),
    **dict.fromkeys(("revenue_share", "profit_share", "resale_share"), 2),
    **dict.fromkeys(("prepayment", "customer_loan", "lease_guarantee"), 5),
    "chip_lease": 10,
    **dict.fromkeys(("reservation", "delivery", "termination_fee"), 24),
}
# The calls of the lab under levers, and one more dispatch for its high tier.
_LEVERS_HELD = 24


@dataclass(frozen=True, slots=True)
class Preparation:
    """What all blocks of a run share: the fitted constants of the IPO odds (Q,), and the histogram grids of block 0."""

    intercepts: FloatArray
    grids: Grids

    def to_json(self) -> dict[str, Any]:
        """Return plain lists; floats keep every bit."""
        grids = {
            name: {"low": grid.low.tolist(), "high": grid.high.tolist(), "unit": grid.unit.tolist()}
            for name, grid in (("figures", self.grids.figures), ("fans", self.grids.fans))
        }
        return {"intercepts": self.intercepts.tolist(), "grids": grids}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Preparation":
        """Return the preparation that `to_json` wrote."""
        grids = [
            Grid(*(np.asarray(stored["grids"][name][end]) for end in ("low", "high", "unit")))
            for name in ("figures", "fans")
        ]
        return cls(np.asarray(stored["intercepts"], dtype=np.float64), Grids(*grids))


def prepare(scenario: Scenario, seed: int) -> Preparation:
    """Fit the IPO odds on the pilot block and take the grids from block 0.

    Raises ValueError when the model does not fit a chip.
    """
    intercepts = _fitted_odds(scenario)
    return Preparation(intercepts, grids_of(_simulated(scenario, tuple(intercepts), seed, 0)))


def evaluate_block(
    scenario: Scenario, preparation: Preparation, seed: int, block: int, draws: int
) -> BlockSummary:
    """Simulate one block in every world and summarise the draws asked for.

    NotANumberError names a ledger line, the quarter and the draw of the run in which something is no finite number.
    """
    try:
        simulated = _simulated(scenario, tuple(preparation.intercepts), seed, block)
    except NotANumberError as error:
        raise error.in_run(block * BLOCK_SIZE) from error
    _simulated.cache_clear()  # nobody asks for it again, and it holds hundreds of megabytes
    return summarise(simulated, preparation.grids, draws_in_block(block, draws))


def combine(
    scenario: Scenario, preparation: Preparation, summaries: Iterable[BlockSummary], draws: int, seed: int
) -> dict[str, Any]:
    """Return the result document of a run from the summaries of all its blocks, in block order, read once."""
    fold = Fold(report.READ_BY_DRAW)
    for part in summaries:
        fold.add(part)
    return document(scenario, preparation, fold, draws, seed)


def document(
    scenario: Scenario, preparation: Preparation, fold: Fold, draws: int, seed: int
) -> dict[str, Any]:
    """Return the result document of a run whose blocks are folded."""
    total, parts = fold.whole, fold.parts
    lines, schedules = report.ledger_lines(total, draws), report.schedules(total, draws)
    samples = realise(scenario, seed, 0).tree
    workshop = open_workshop(scenario)
    return {
        "draws": draws,
        "seed": seed,
        "block_size": BLOCK_SIZE,
        **report.calendar(scenario),
        "outcomes": report.outcomes(total, preparation.grids),
        "ledger": {"lines": lines},
        "statements": statements(lines, schedules),
        "fans": report.fans(total, preparation.grids, scenario.timeline.quarters),
        "curves": report.curves(total, draws),
        "counts": report.tallies(total),
        "schedules": schedules,
        "tails": report.tails_of(parts),
        "prepayment": report.prepayment_of(parts, scenario),
        "hinges": report.hinges(total),
        "importance": report.importance_of(parts, scenario, seed),
        "cost_table": cost_table.rows(central(scenario), samples, workshop.chips),
        "tie_out": report.tie_out(central(scenario)),
        **report.lease_cover(central(scenario)),
        **report.efficiency(central(scenario)),
        "load": load_answers.answers(scenario, seed),
        "calibration": {"announcement_intercepts": preparation.intercepts.tolist()},
    }


def evaluate(scenario: Scenario, draws: int, seed: int) -> dict[str, Any]:
    """Return the result document, computed in this process."""
    preparation = prepare(scenario, seed)
    blocks = range(block_count(draws))
    summaries = (evaluate_block(scenario, preparation, seed, block, draws) for block in blocks)
    return combine(scenario, preparation, summaries, draws, seed)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an editor shows while somebody types: the headline's figures by draw of block 0, and the cost table."""

    figures: Figures
    cost_table: list[cost_table.CostRow]


def preview(scenario: Scenario, seed: int) -> Preview:
    """Return the headline of block 0, from the worlds it reads alone, and the cost table.

    The figures equal those of a run's first block, draw for draw. Raises ValueError as `prepare` does.
    """
    stage = set_stage(scenario, seed, 0, keeps=True)
    if scenario.brings_equity():
        figures = recovery_without_ipo(stage)
    else:
        figures = margin_of_contracts(stage, partial(_fitted_odds, scenario, True))
    chips = open_workshop(scenario).chips
    return Preview(figures, cost_table.rows(central(scenario), stage.luck.inputs, chips))


def ledger_of_draw(
    scenario: Scenario, preparation: Preparation, seed: int, draw: int
) -> list[dict[str, Any]]:
    """Return every ledger line of one draw of the base world, recomputed from its block."""
    simulated = _simulated(scenario, tuple(preparation.intercepts), seed, draw // BLOCK_SIZE)
    _simulated.cache_clear()  # a web process must not keep it
    return report.lines_of_draw(simulated.base.accounts.ledger, draw % BLOCK_SIZE)


def memory_bytes(scenario: Scenario) -> int:
    """Return the most memory one block needs, whatever the number of draws."""
    held = _ARRAYS_HELD + _PER_LOT * len(scenario.fleet.lots)
    held += _PER_CONTRACT * len(scenario.contracts()) + _PER_STAKE * sum(
        isinstance(term, EquityTerm) and not isinstance(term, Preferred) for term in scenario.deal.terms
    )
    held += sum(_PER_TERM.get(term.kind, 0) for term in scenario.deal.terms)
    if scenario.demand.families is not None:
        held += _PER_FAMILY * len(scenario.demand.families.members)
    if not scenario.levers.are_off:
        held += _LEVERS_HELD
    return held * (scenario.timeline.quarters + 1) * BLOCK_SIZE * 8


def _fitted_odds(
    scenario: Scenario, keeps: bool = False, dispatch: Dispatching = capacity.dispatch
) -> FloatArray:
    """Return the constants (Q,) of the announcement hazard, fitted on the pilot block."""
    covariate, running = pilot_paths(scenario, PILOT_SEED, keeps=keeps, dispatch=dispatch)
    return exits.fit_announcement(central(scenario).exit, scenario.timeline, covariate, running)


@lru_cache(maxsize=1)
def _simulated(scenario: Scenario, intercepts: tuple[float, ...], seed: int, block: int) -> Simulated:
    """Simulate a block; block 0 is asked for twice in a row, by the grids and by its summary."""
    return simulate_block(scenario, np.asarray(intercepts), seed, block, keep)
