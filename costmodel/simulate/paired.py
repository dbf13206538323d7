"""Many scenarios on one block of draws: the first is computed whole, the others only where they differ from it.

Shocks are drawn once. Each step of the first notes what it reads (`reads.py`); a later scenario takes the step's result
as it is when everything the step read, and everything it was built on, is the same there. So its figures are those of
a run of its own, to the last bit.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from costmodel import capacity, randomness
from costmodel.arrays import FloatArray
from costmodel.inputs.scenario import Scenario
from costmodel.serving import Serving
from costmodel.simulate.block import Accounts, keep_accounts
from costmodel.simulate.luck import Luck, draw_lab_luck, draw_luck
from costmodel.simulate.operations import Dispatching, Ground, Operations, lay_ground
from costmodel.simulate.paths import Paths, draw_paths
from costmodel.simulate.reads import Reads
from costmodel.simulate.scale import Scales
from costmodel.simulate.state import World, WorldRun
from costmodel.simulate.worlds import Stage, Told, open_workshop, same_scales


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the first scenario: what it was built on, what it read, what came of it."""

    built_on: tuple[Any, ...]
    reads: Reads
    result: Any


@dataclass(slots=True)
class Pair:
    """One block of draws, and what is known of the first scenario on it."""

    seed: int
    block: int
    steps: dict[str, list[_Step]] = field(default_factory=dict)
    dispatches: list[tuple["_Standing", Dispatching]] = field(default_factory=list)
    first: Scenario | None = None
    """The scenario that is known, once it has been computed whole."""

    def stage(self, scenario: Scenario) -> "PairedStage":
        """Return the stage of a scenario: of the first, noting; of any other, with what need not be done again."""
        luck = draw_luck(scenario, self.seed, self.block, keeps=True)
        inputs, workshop = luck.inputs, open_workshop(scenario)
        served = (scenario.chips, scenario.model, scenario.workload, scenario.load, scenario.levers)

        def serve(of: Any) -> dict[str, Serving]:
            return {
                chip.key: workshop.chips[chip.key].serve(chip, of.model, of.workload) for chip in of.chips
            }

        paths: Paths = self.result(
            "paths", (luck.quarters,), inputs, lambda of: draw_paths(replace(luck, inputs=of))
        )
        servings: dict[str, Serving] = self.result("servings", served, inputs, serve)
        ground: Ground = self.result(
            "ground",
            (*served, paths, servings),
            inputs,
            lambda of: lay_ground(of, paths, servings, workshop.shaping),
        )
        return PairedStage(luck, paths, draw_lab_luck(luck), servings, workshop.load_table, ground, self)

    def result(self, name: str, built_on: tuple[Any, ...], inputs: Any, compute: Any) -> Any:
        """Return what `compute` makes of the inputs, or what it made of the first scenario's when that is the same."""
        known = self.steps.setdefault(name, [])
        if self.first is None:
            reads = Reads()
            known.append(_Step(built_on, reads, compute(reads.shadow(inputs))))
            return known[-1].result
        for step in known:
            if _are_same(built_on, step.built_on) and step.reads.are_same_in(inputs):
                return step.result
        return compute(inputs)

    def dispatch_of(self, standing: "_Standing", plain: Dispatching) -> Dispatching:
        """Return a dispatch that remembers what the first scenario got with the same standing."""
        if self.first is None:
            self.dispatches.append((standing, capacity.RememberedDispatch(keeps_first=True)))
            return self.dispatches[-1][1]
        return next((one for before, one in self.dispatches if standing.is_same(before)), plain)

    def close(self, scenario: Scenario) -> None:
        """Say that this scenario, the first, has been computed and measured: what was read is known now."""
        self.first = scenario
        for step in self._all():
            step.reads.closed = True

    def is_late(self) -> bool:
        """Return whether something was read that nobody knew of: what was taken over may then be wrong."""
        return any(step.reads.late for step in self._all())

    def _all(self) -> list[_Step]:
        return [step for steps in self.steps.values() for step in steps]


def _are_same(built_on: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    return len(built_on) == len(before) and all(map(_is_same, built_on, before))


def _is_same(now: Any, before: Any) -> bool:
    if now is before:
        return True
    if isinstance(now, np.ndarray):
        return isinstance(before, np.ndarray) and np.array_equal(now, before)
    if isinstance(now, _Standing):
        return isinstance(before, _Standing) and now.is_same(before)
    if isinstance(
        now, Paths | Ground | Operations | WorldRun | dict
    ):  # results: the same only when taken over
        return False
    return bool(now == before)


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """Scales, compared by their numbers."""

    scales: Scales

    def is_same(self, other: "_Standing") -> bool:
        """Return whether the same stands."""
        return self.scales.keys() == other.scales.keys() and same_scales(self.scales, other.scales)


@dataclass(frozen=True, slots=True)
class PairedStage(Stage):
    """A stage whose steps are taken over from the first scenario where they are the same."""

    pair: Pair

    def operate(self, scales: Scales, dispatch: Dispatching = capacity.dispatch) -> Operations:
        """Return operations with this much of each contract standing."""
        standing = _Standing(scales)

        def compute(inputs: Any) -> Operations:
            ground = replace(self.ground, inputs=inputs)
            if ground.agreed is not None:
                ground = replace(ground, agreed=replace(ground.agreed, inputs=inputs))
            return Stage.operate(
                replace(self, ground=ground), scales, self.pair.dispatch_of(standing, dispatch)
            )

        built_on = (self.ground, self.load_table, standing)
        found: Operations = self.pair.result("operations", built_on, self.luck.inputs, compute)
        return found

    def run(self, world: World, operations: Operations, intercepts: FloatArray) -> WorldRun:
        """Return what happens to the lab in one world. With the gate closed the odds of listing move nothing."""
        odds = intercepts if world.ipo_gate_open else None
        built_on = (world, self.paths, operations, tuple(self.lab_luck.milestones), odds)

        def compute(inputs: Any) -> WorldRun:
            return Stage.run(self._with(inputs), world, operations, intercepts)

        found: WorldRun = self.pair.result("run", built_on, self.luck.inputs, compute)
        return found

    def tell(self, world: World, operations: Operations, scales: Scales, intercepts: FloatArray) -> Told:
        """Return one world with everybody's accounts."""
        run = self.run(world, operations, intercepts)

        def compute(inputs: Any) -> Accounts:
            return keep_accounts(self._with(inputs).story(run, operations), scales)

        built_on = (run, operations, self.paths, _Standing(scales))
        accounts: Accounts = self.pair.result("accounts", built_on, self.luck.inputs, compute)
        return Told(run, accounts)

    def _with(self, inputs: Any) -> "PairedStage":
        luck: Luck = replace(self.luck, inputs=inputs)
        return replace(self, luck=luck)


def forget_shocks() -> None:
    """Let go of the shocks that a block has kept."""
    for kept in (randomness.kept_normals, randomness.kept_uniforms, randomness.kept_scores):
        kept.cache_clear()
