"""What the tests of runs share."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from planner.runs.models import Run
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.teams.models import Team, User
from tests.people import People
from tests.planner.runs.stand_in_engine import BLOCK, StandIn


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn().install(monkeypatch.setattr)


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
