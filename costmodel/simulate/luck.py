"""All luck of one block: realised inputs and the shocks of every quarter, each from its own named stream.

Every world (with and without equity, IPO gate open or closed) reads the same luck: that pairs them.
"""

from dataclasses import dataclass
from typing import Any

from costmodel import randomness
from costmodel.arrays import FloatArray
from costmodel.exits import ExitLuck
from costmodel.inputs.equity_terms import Warrants
from costmodel.inputs.quantity import is_stated
from costmodel.inputs.scenario import Scenario
from costmodel.quantities import realise


@dataclass(frozen=True, slots=True)
class Luck:
    """The realised scenario, the score behind each uncertain input, and where its shocks come from.

    `keeps` is for a block that is asked for again and again: its shocks stay in memory, some 60 MB for 40 quarters.
    """

    inputs: Any
    scores: dict[str, FloatArray]
    seed: int
    block: int
    quarters: int
    keeps: bool = False

    def normals(self, name: str) -> FloatArray:
        """Return the (Q, draw) standard normals of a named shock."""
        draw = randomness.kept_normals if self.keeps else randomness.normals
        return draw(self.seed, f"path.{name}", self.block, self.quarters)

    def uniforms(self, name: str) -> FloatArray:
        """Return the (Q, draw) uniforms of a named shock."""
        draw = randomness.kept_uniforms if self.keeps else randomness.uniforms
        return draw(self.seed, f"path.{name}", self.block, self.quarters)


@dataclass(frozen=True, slots=True)
class LabLuck:
    """The shocks of the lab and its exit, (Q, draw) each."""

    round_open: FloatArray
    default: FloatArray
    filing: FloatArray
    announcement: FloatArray
    resolution: FloatArray
    withdrawal: FloatArray
    retry: FloatArray
    sale: FloatArray
    sale_premium: FloatArray
    book_building: FloatArray
    first_day: FloatArray
    report: FloatArray
    report_size: FloatArray
    milestones: dict[str, FloatArray]

    def of_exit(self, quarter: int) -> ExitLuck:
        """Return the uniforms that move the exit in one quarter."""
        return ExitLuck(
            filing=self.filing[quarter],
            announcement=self.announcement[quarter],
            resolution=self.resolution[quarter],
            withdrawal=self.withdrawal[quarter],
            retry=self.retry[quarter],
            sale=self.sale[quarter],
        )


def draw_luck(scenario: Scenario, seed: int, block: int, *, keeps: bool = False) -> Luck:
    """Return the luck of one block."""
    realised = realise(scenario, seed, block, keeps=keeps)
    return Luck(realised.tree, realised.scores, seed, block, scenario.timeline.quarters, keeps)


def draw_lab_luck(luck: Luck) -> LabLuck:
    """Return the lab's shocks; milestones are named by tranche and trigger key, so a new term moves no other stream."""
    return LabLuck(
        round_open=luck.uniforms("lab.round_open"),
        default=luck.uniforms("lab.default"),
        filing=luck.uniforms("exit.filing"),
        announcement=luck.uniforms("exit.announcement"),
        resolution=luck.uniforms("exit.resolution"),
        withdrawal=luck.uniforms("exit.withdrawal"),
        retry=luck.uniforms("exit.retry"),
        sale=luck.uniforms("exit.sale"),
        sale_premium=luck.normals("exit.sale_premium"),
        book_building=luck.normals("exit.book_building"),
        first_day=luck.normals("exit.first_day"),
        report=luck.uniforms("exit.report"),
        report_size=luck.normals("exit.report_size"),
        milestones={
            f"{tranche.key}.{trigger.key}": luck.uniforms(f"milestone.{tranche.key}.{trigger.key}")
            for tranche in luck.inputs.tranches()
            for trigger in tranche.triggers
            if trigger.event == "milestone"
        }
        | {
            f"{term.key}.{step.key}": luck.uniforms(f"milestone.{term.key}.{step.key}")
            for term in luck.inputs.all_of(Warrants)
            for step in term.steps
            if is_stated(step.condition_hazard_annual)
        },
    )
