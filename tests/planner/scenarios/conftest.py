"""A scenario of the team, and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from planner.scenarios.models import Scenario, ScenarioVersion
    from tests.people import People


@pytest.fixture
def document() -> dict[str, Any]:
    return small_document()


@pytest.fixture
def scenario(people: People) -> Scenario:
    from planner.scenarios.actions import create_scenario

    return create_scenario(
        team=people.team,
        author=people.owner,
        name="Amazon and OpenAI",
        document=small_document(),
        message="First",
    )


@pytest.fixture
def version(scenario: Scenario) -> ScenarioVersion:
    assert scenario.newest_version is not None
    return scenario.newest_version
