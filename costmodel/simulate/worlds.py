"""The worlds of one block on the same luck: with and without the equity, IPO gate open and closed (E32)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from costmodel import serving
from costmodel.arrays import FloatArray
from costmodel.inputs.scenario import Scenario
from costmodel.load import LoadTable
from costmodel.quantities import central
from costmodel.serving import Serving, ServingPoint
from costmodel.simulate.block import Accounts, keep_accounts
from costmodel.simulate.luck import LabLuck, Luck, draw_lab_luck, draw_luck
from costmodel.simulate.operations import Operations, Scale, operate
from costmodel.simulate.paths import Paths, draw_paths
from costmodel.simulate.world import World, WorldRun, run_world


@dataclass(frozen=True, slots=True)
class Workshop:
    """What is decided before any draw: the serving point of each chip, and the table of the load curve."""

    points: dict[str, ServingPoint]
    load_table: LoadTable


@dataclass(frozen=True, slots=True)
class Told:
    """One world told to the end: what happened to the lab, and everybody's money."""

    run: WorldRun
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class Simulated:
    """One block. `without` worlds are the no-equity counterfactual; None when the deal has no equity tranche."""

    luck: Luck
    paths: Paths
    servings: dict[str, Serving]
    operations: Operations
    base: Told
    closed: Told
    base_without: Told | None
    closed_without: Told | None


@lru_cache(maxsize=8)
def open_workshop(scenario: Scenario) -> Workshop:
    """Return the serving points, chosen at the median of every input, and the load table."""
    middle = central(scenario)
    points = {
        chip.key: serving.choose_serving_point(chip, middle.model, middle.workload) for chip in middle.chips
    }
    return Workshop(points, LoadTable.of(scenario.load))


def simulate_block(scenario: Scenario, intercepts: FloatArray, seed: int, block: int) -> Simulated:
    """Return all worlds of one block of draws."""
    workshop = open_workshop(scenario)
    luck = draw_luck(scenario, seed, block)
    paths, lab_luck = draw_paths(luck), draw_lab_luck(luck)
    inputs = luck.inputs
    servings = {
        chip.key: serving.serve(chip, inputs.model, inputs.workload, workshop.points[chip.key])
        for chip in inputs.chips
    }
    whole = {contract.key: Scale(1.0, 0.0) for contract in inputs.contracts()}
    operations = operate(inputs, paths, servings, workshop.load_table, whole)

    def tell(ops: Operations, scales: dict[str, Scale], equity: bool, gate: bool) -> Told:
        return _tell(
            inputs, paths, lab_luck, intercepts, ops, scales, World(equity=equity, ipo_gate_open=gate)
        )

    base, closed = tell(operations, whole, True, True), tell(operations, whole, True, False)
    if not inputs.tranches():
        return Simulated(luck, paths, servings, operations, base, closed, None, None)
    parts = {contract.key: _without_equity(contract) for contract in inputs.contracts()}
    reduced = operate(inputs, paths, servings, workshop.load_table, parts)
    return Simulated(
        luck,
        paths,
        servings,
        operations,
        base,
        closed,
        tell(reduced, parts, False, True),
        tell(reduced, parts, False, False),
    )


def pilot_paths(scenario: Scenario, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return (covariate, running), (Q, draw): pull to list and who still stands in the pilot block, gate closed."""
    workshop = open_workshop(scenario)
    luck = draw_luck(scenario, seed, 0)
    paths, inputs = draw_paths(luck), luck.inputs
    servings = {
        chip.key: serving.serve(chip, inputs.model, inputs.workload, workshop.points[chip.key])
        for chip in inputs.chips
    }
    whole = {contract.key: Scale(1.0, 0.0) for contract in inputs.contracts()}
    operations = operate(inputs, paths, servings, workshop.load_table, whole)
    world = World(equity=True, ipo_gate_open=False)
    run = run_world(inputs, world, paths, operations, draw_lab_luck(luck), np.zeros(luck.quarters))
    sold = np.logical_or.accumulate(run.company_sold, axis=0)
    sold = np.vstack([np.zeros_like(sold[:1]), sold[:-1]])
    return run.pull_to_list, (run.alive & ~sold).astype(np.float64)


def _without_equity(contract: Any) -> Scale:
    """Return what stands of a contract without the equity: all of an earlier one, else the kept share (E32)."""
    if contract.signed_earlier:
        return Scale(1.0, 0.0)
    kept = contract.kept_without_equity_share
    return Scale(kept, (1.0 - kept) * contract.built_without_equity_share)


def _tell(
    inputs: Any,
    paths: Paths,
    luck: LabLuck,
    intercepts: FloatArray,
    operations: Operations,
    scales: dict[str, Scale],
    world: World,
) -> Told:
    """Run one world and keep its accounts."""
    run = run_world(inputs, world, paths, operations, luck, intercepts)
    return Told(run, keep_accounts(inputs, run, paths, operations, scales))
