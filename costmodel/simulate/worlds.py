"""The worlds of one block on the same luck: as it is, without the equity, without the deal; each with the IPO gate open
and closed (E32)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from costmodel import capacity, serving
from costmodel.arrays import FloatArray
from costmodel.inputs.deal import WITHOUT_CONTRACT
from costmodel.inputs.scenario import Scenario
from costmodel.levers import Shaping, shaped
from costmodel.load import LoadTable
from costmodel.quantities import central
from costmodel.serving import Serving, TunedChip
from costmodel.simulate.block import Accounts, Story, keep_accounts
from costmodel.simulate.luck import LabLuck, Luck, draw_lab_luck, draw_luck
from costmodel.simulate.operations import Dispatching, Ground, Operations, lay_ground, operate
from costmodel.simulate.paths import Paths, draw_paths
from costmodel.simulate.scale import DEAL, Scale, Scales
from costmodel.simulate.state import World, WorldRun
from costmodel.simulate.world import run_world


@dataclass(frozen=True, slots=True)
class Workshop:
    """What is decided before any draw: where each chip serves and how that follows its speed; the load curve.

    `shaping` is what the levers make of the load; None where every lever is off.
    """

    chips: dict[str, TunedChip]
    load_table: LoadTable
    shaping: Shaping | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One world told to the end: what happened to the lab, and everybody's money."""

    run: WorldRun
    accounts: Accounts


WorldName: TypeAlias = Literal["base", "no_ipo", "no_equity", "no_equity_no_ipo", "no_deal", "no_deal_no_ipo"]
Keeping: TypeAlias = Callable[[Any, WorldName, Told], Any]
"""What stays of a world, from the realised inputs, its name and all that was told of it."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One block. `worlds` holds those the deal has: no "no_equity" without a tranche, no "no_deal" without a new term.

    "no_..._no_ipo" is a world with the IPO gate closed. `operations` are those of the base. `kept` holds what stays of
    the worlds that were let go of; `worlds` is the base alone then.
    """

    luck: Luck
    paths: Paths
    servings: dict[str, Serving]
    operations: Operations
    worlds: dict[WorldName, Told]
    kept: dict[WorldName, Any] = field(default_factory=dict)

    @property
    def base(self) -> Told:
        """Return the deal as it is, an IPO possible."""
        return self.worlds["base"]

    @property
    def closed(self) -> Told:
        """Return the deal as it is, the IPO gate closed: do(no IPO)."""
        return self.worlds["no_ipo"]

    @property
    def base_without(self) -> Told | None:
        """Return the base without the equity; None when the deal has no equity tranche."""
        return self.worlds.get("no_equity")

    @property
    def closed_without(self) -> Told | None:
        """Return do(no IPO) without the equity; None when the deal has no equity tranche."""
        return self.worlds.get("no_equity_no_ipo")


@lru_cache(maxsize=64)
def open_workshop(scenario: Scenario) -> Workshop:
    """Return the chips tuned at the median of every input, and the load table."""
    middle = central(scenario)
    chips = {chip.key: serving.tune(chip, middle.model, middle.workload) for chip in middle.chips}
    if scenario.levers.are_off:
        return Workshop(chips, LoadTable.of(scenario.load))
    shaping = shaped(scenario.load, scenario.levers)
    return Workshop(chips, LoadTable.of(shaping.shape), shaping)


@dataclass(frozen=True, slots=True)
class Stage:
    """What every world of one block stands on."""

    luck: Luck
    paths: Paths
    lab_luck: LabLuck
    servings: dict[str, Serving]
    load_table: LoadTable
    ground: Ground

    def operate(self, scales: Scales, dispatch: Dispatching = capacity.dispatch) -> Operations:
        """Return operations with this much of each contract standing."""
        return operate(self.ground, self.load_table, scales, dispatch)

    def run(self, world: World, operations: Operations, intercepts: FloatArray) -> WorldRun:
        """Return what happens to the lab in one world."""
        return run_world(self.luck.inputs, world, self.paths, operations, self.lab_luck, intercepts)

    def tell(self, world: World, operations: Operations, scales: Scales, intercepts: FloatArray) -> Told:
        """Return one world with everybody's accounts."""
        run = self.run(world, operations, intercepts)
        return Told(run, keep_accounts(self.story(run, operations), scales))

    def story(self, run: WorldRun, operations: Operations) -> Story:
        """Return what the books need of one world."""
        return Story.of(self.luck.inputs, run, self.paths, operations)


def set_stage(scenario: Scenario, seed: int, block: int, *, keeps: bool = False) -> Stage:
    """Return the stage of one block; `keeps` as in `Luck`."""
    workshop = open_workshop(scenario)
    luck = draw_luck(scenario, seed, block, keeps=keeps)
    inputs = luck.inputs
    servings = {
        chip.key: workshop.chips[chip.key].serve(chip, inputs.model, inputs.workload) for chip in inputs.chips
    }
    paths = draw_paths(luck)
    ground = lay_ground(inputs, paths, servings, workshop.shaping)
    return Stage(luck, paths, draw_lab_luck(luck), servings, workshop.load_table, ground)


def simulate_block(
    scenario: Scenario, intercepts: FloatArray, seed: int, block: int, keep: Keeping | None = None
) -> Simulated:
    """Return all worlds of one block of draws; `keep` as in `simulate_stage`."""
    return simulate_stage(set_stage(scenario, seed, block), intercepts, keep)


def simulate_stage(stage: Stage, intercepts: FloatArray, keep: Keeping | None = None) -> Simulated:
    """Return all worlds on a stage; with `keep`, each but the base is let go of once told, but for what `keep` returns.

    The base is told last: its lines, which stay, are then not held while the others are told.
    """
    inputs = stage.luck.inputs
    whole, without, nothing = with_equity(inputs), without_equity(inputs), without_deal(inputs)
    worlds: dict[WorldName, Any] = {}

    def both(name: WorldName, twin: WorldName, equity: bool, scales: Scales) -> Operations:
        operations = stage.operate(scales)
        for which, gate in ((twin, False), (name, True)):
            told = stage.tell(World(equity=equity, ipo_gate_open=gate), operations, scales, intercepts)
            worlds[which] = told if keep is None or which == "base" else keep(inputs, which, told)
            del told
        return operations

    if inputs.brings_equity():
        both("no_equity", "no_equity_no_ipo", False, without)
    if inputs.brings_equity() and same_scales(without, nothing):  # whoever keeps no contract has no deal left
        worlds["no_deal"], worlds["no_deal_no_ipo"] = worlds["no_equity"], worlds["no_equity_no_ipo"]
    elif not same_scales(whole, nothing):
        both("no_deal", "no_deal_no_ipo", False, nothing)
    operations = both("base", "no_ipo", True, whole)
    if keep is None:
        return Simulated(stage.luck, stage.paths, stage.servings, operations, worlds)
    base: dict[WorldName, Told] = {"base": worlds.pop("base")}
    return Simulated(stage.luck, stage.paths, stage.servings, operations, base, worlds)


def pilot_paths(
    scenario: Scenario, seed: int, *, keeps: bool = False, dispatch: Dispatching = capacity.dispatch
) -> tuple[FloatArray, FloatArray]:
    """Return (covariate, running), (Q, draw): pull to list and who still stands in the pilot block, gate closed."""
    stage = set_stage(scenario, seed, 0, keeps=keeps)
    return waiting_to_list(pilot_run(stage, dispatch))


def pilot_run(stage: Stage, dispatch: Dispatching = capacity.dispatch) -> WorldRun:
    """Return the deal as it is with the gate closed, on the pilot block's stage."""
    operations = stage.operate(with_equity(stage.luck.inputs), dispatch)
    return stage.run(World(equity=True, ipo_gate_open=False), operations, np.zeros(stage.luck.quarters))


def waiting_to_list(run: WorldRun) -> tuple[FloatArray, FloatArray]:
    """Return (covariate, running), (Q, draw): pull to list, and 1 while neither sold nor in default."""
    sold = np.logical_or.accumulate(run.company_sold, axis=0)
    sold = np.vstack([np.zeros_like(sold[:1]), sold[:-1]])
    return run.pull_to_list, (run.alive & ~sold).astype(np.float64)


def with_equity(inputs: Any) -> Scales:
    """Return what stands of each contract in the deal as it is: all of it."""
    return {contract.key: Scale(1.0, 0.0) for contract in inputs.contracts()} | _of_deal(inputs, 1.0)


def without_equity(inputs: Any) -> Scales:
    """Return what stands of each contract without the equity: all of an earlier one, else the kept share (E32)."""
    return {contract.key: _kept(contract) for contract in inputs.contracts()} | _of_deal(inputs, 0.0)


def without_deal(inputs: Any) -> Scales:
    """Return what stands of each contract without the deal: all of an earlier one, nothing of a new one (E32).

    What the provider would have built all the same is sold at the market index.
    """
    return {
        contract.key: Scale(1.0, 0.0)
        if contract.signed_earlier
        else Scale(0.0, contract.built_without_equity_share)
        for contract in inputs.contracts()
    } | _of_deal(inputs, 0.0)


def same_scales(first: Scales, second: Scales) -> bool:
    """Return whether the same stands of every contract in every draw."""
    return all(
        np.array_equal(first[key].contract, second[key].contract)
        and np.array_equal(first[key].market, second[key].market)
        for key in first
    )


def _of_deal(inputs: Any, stands: float) -> Scales:
    """Return how much stands of the terms that name no contract; nothing to say when there is none."""
    return {DEAL: Scale(stands, 0.0)} if inputs.terms_of(WITHOUT_CONTRACT) else {}


def _kept(contract: Any) -> Scale:
    if contract.signed_earlier:
        return Scale(1.0, 0.0)
    kept = contract.kept_without_equity_share
    return Scale(kept, (1.0 - kept) * contract.built_without_equity_share)
