"""Several scenarios in one run on the same draws, each with the result of a run of its own, to the last bit.

For tornado charts and comparisons: the shocks are drawn once, and a scenario is computed only where it differs from the
first (`costmodel.simulate.paired`). Put the scenario the others are variants of first.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import evaluate, exits, report
from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE, block_count, draws_in_block
from costmodel.inputs.scenario import Scenario
from costmodel.ledger import NotANumberError
from costmodel.outcomes.blocks import BlockSummary, Fold, Grids, grids_of, summarise
from costmodel.outcomes.remains import keep
from costmodel.quantities import central
from costmodel.simulate.paired import Pair, forget_shocks
from costmodel.simulate.worlds import Simulated, pilot_run, simulate_stage, waiting_to_list


@dataclass(slots=True)
class _Variant:
    """One scenario on its way through the blocks."""

    scenario: Scenario
    intercepts: FloatArray
    fold: Fold
    grids: Grids | None = None


def evaluate_variants(scenarios: list[Scenario], draws: int, seed: int) -> list[dict[str, Any]]:
    """Return the result document of each scenario, as `evaluate.evaluate` would, computed in this process.

    Raises ValueError and NotANumberError as a run does.
    """
    odds = _odds(scenarios)
    variants = [
        _Variant(scenario, intercepts, Fold(report.READ_BY_DRAW))
        for scenario, intercepts in zip(scenarios, odds, strict=True)
    ]
    for block in range(block_count(draws)):
        pair = Pair(seed, block)
        for variant in variants:
            variant.fold.add(_summary(pair, variant, draws_in_block(block, draws)))
        forget_shocks()
    return [_document(variant, draws, seed) for variant in variants]


def _odds(scenarios: list[Scenario]) -> list[FloatArray]:
    """Return the fitted constants of each scenario's IPO odds; fitted again only where the pilot's luck differs."""
    pair, first_run = Pair(evaluate.PILOT_SEED, 0), None
    found: list[FloatArray] = []
    for scenario in scenarios:
        run = pilot_run(pair.stage(scenario))
        if first_run is None:
            first_run = run
            pair.close(scenario)
        same = run is first_run and (scenario.exit, scenario.timeline) == (
            scenarios[0].exit,
            scenarios[0].timeline,
        )
        if same and found:
            found.append(found[0])
        else:
            found.append(
                exits.fit_announcement(central(scenario).exit, scenario.timeline, *waiting_to_list(run))
            )
    forget_shocks()
    return found


def _summary(pair: Pair, variant: _Variant, draws: int) -> BlockSummary:
    """Return the summary of one block of one scenario."""
    scenario = variant.scenario
    told = _summarised(variant, _simulated(pair, variant), draws)
    if pair.first is None:
        pair.close(scenario)
    elif pair.is_late():  # something taken over was read in a way nobody knew of: do without
        told = _summarised(variant, _simulated(Pair(pair.seed, pair.block), variant), draws)
    return told


def _simulated(pair: Pair, variant: _Variant) -> Simulated:
    try:
        return simulate_stage(pair.stage(variant.scenario), np.asarray(variant.intercepts), keep)
    except NotANumberError as error:
        raise error.in_run(pair.block * BLOCK_SIZE) from error


def _summarised(variant: _Variant, simulated: Simulated, draws: int) -> BlockSummary:
    if variant.grids is None:
        variant.grids = grids_of(simulated)
    return summarise(simulated, variant.grids, draws)


def _document(variant: _Variant, draws: int, seed: int) -> dict[str, Any]:
    assert variant.grids is not None
    preparation = evaluate.Preparation(variant.intercepts, variant.grids)
    return evaluate.document(variant.scenario, preparation, variant.fold, draws, seed)
