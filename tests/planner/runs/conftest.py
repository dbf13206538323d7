"""A small engine in the place of the real one: the same calls, a few numbers, so that the queue is tested alone."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from planner.runs import engine
from planner.runs.models import Run
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.teams.models import Team, User
from tests.people import People

BLOCK = 8192


@dataclass
class Inputs:
    name: str


class Prepared:
    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def to_json(self) -> dict[str, Any]:
        return self.found


class Summary:
    def __init__(self, figure: np.ndarray) -> None:
        self.key_figures = {"gain_usd": figure}

    def to_arrays(self) -> dict[str, np.ndarray]:
        return dict(self.key_figures)


@dataclass
class StandIn:
    """What the fake engine did, and what it should do wrong."""

    evaluated: list[int] = field(default_factory=list)
    trouble: Any = None
    """Called with the block before it is computed; may raise or change the world."""

    def evaluate_block(
        self, inputs: Inputs, prepared: Prepared, seed: int, block: int, draws: int
    ) -> Summary:
        if self.trouble:
            self.trouble(block)
        self.evaluated.append(block)
        luck = np.random.default_rng([seed, block]).normal(prepared.found["mean"], 1.0, BLOCK)
        return Summary(luck[: max(0, min(BLOCK, draws - block * BLOCK))])

    def combine(
        self, inputs: Inputs, prepared: Prepared, blocks: list[Summary], draws: int, seed: int
    ) -> dict:
        total = 0.0
        for block in blocks:
            total += float(block.key_figures["gain_usd"].sum())
        return {
            "engine_version": "stand-in",
            "draws": draws,
            "seed": seed,
            "outcomes": {"provider_npv_usd": {"mean": total / draws}, "compute_billed_usd": {"mean": 1.0}},
            "fans": {},
        }


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    made = StandIn()
    monkeypatch.setattr(engine, "engine_version", lambda: "stand-in")
    monkeypatch.setattr(engine, "inputs_of_version", lambda version: Inputs(version.document_text))
    monkeypatch.setattr(engine, "memory_bytes", lambda inputs: 1000)
    monkeypatch.setattr(engine, "prepare", lambda inputs, seed: Prepared({"mean": 3.5}))
    monkeypatch.setattr(engine, "preparation_from", Prepared)
    monkeypatch.setattr(engine, "summary_from", lambda arrays: Summary(arrays["gain_usd"]))
    monkeypatch.setattr(engine, "evaluate_block", made.evaluate_block)
    monkeypatch.setattr(engine, "combine", made.combine)
    return made


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """No test here finds a broker by accident, and stored files go to a folder of their own."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def viewer(people: People) -> User:
    return people.viewer


_numbers = itertools.count(1)


MakeVersion = Callable[..., ScenarioVersion]


@pytest.fixture
def make_version() -> MakeVersion:
    def make(team: Team, author: User, text: str = "{}") -> ScenarioVersion:
        scenario = Scenario.objects.create(team=team, name="A question", created_by=author)
        return ScenarioVersion.objects.create(
            scenario=scenario,
            number=next(_numbers),
            schema_version=1,
            document_text=text,
            digest="0" * 64,
            author=author,
        )

    return make


@pytest.fixture
def version(team: Team, owner: User, make_version: MakeVersion) -> ScenarioVersion:
    return make_version(team, owner)


@pytest.fixture
def run(version: ScenarioVersion, owner: User, stand_in: StandIn) -> Run:
    """A queued run of four blocks: four chunks."""
    from planner.runs.actions import request_run

    return request_run(version=version, requester=owner, draws=4 * BLOCK)
