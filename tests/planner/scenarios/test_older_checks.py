"""Versions that were saved under older checks stay readable, and say what today's checks would refuse."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from planner.catalog.actions import load_seed
from planner.core.errors import InvalidInput
from planner.scenarios.actions import create_scenario, restore_version
from planner.scenarios.documents import checks
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.paths import with_values
from planner.scenarios.worked_examples import template_document
from planner.teams.models import User
from tests.people import People


@pytest.fixture
def kept(people: People, monkeypatch: pytest.MonkeyPatch) -> ScenarioVersion:
    """A version from before layers were counted."""
    document = template_document("amazon-openai-2026")
    layers = document["model"]["layers"]
    document["model"]["experts"]["layers"] = layers + 1
    with monkeypatch.context() as before:
        before.setattr(checks, "_about_model", lambda _model: [])
        scenario = create_scenario(team=people.team, author=people.owner, name="Old", document=document)
    assert scenario.newest_version is not None
    return scenario.newest_version


def said_of(version: ScenarioVersion) -> str:
    from planner.scenarios.queries import document_of

    model = document_of(version).model
    assert model.experts is not None
    return f"Layers with experts is {model.experts.layers}. The model has {model.layers} layers."


def test_it_is_refused_today(kept: ScenarioVersion, people: People) -> None:
    from planner.scenarios.queries import raw_of_version

    with pytest.raises(InvalidInput, match="Layers with experts"):
        create_scenario(team=people.team, author=people.owner, name="New", document=raw_of_version(kept))


@pytest.mark.parametrize(
    "address", ["/scenarios/versions/{version}/", "/scenarios/{scenario}/", "/cost-table/?deal={version}"]
)
def test_its_pages_answer(
    kept: ScenarioVersion, people: People, sign_in: Callable[[User], Client], address: str
) -> None:
    load_seed()
    shown = address.format(version=kept.uuid, scenario=kept.scenario.uuid)
    assert sign_in(people.owner).get(shown).status_code == 200


def test_its_page_says_what_todays_checks_refuse(
    kept: ScenarioVersion, people: People, sign_in: Callable[[User], Client]
) -> None:
    page = unescape(sign_in(people.owner).get(f"/scenarios/versions/{kept.uuid}/").content.decode())
    assert said_of(kept) in page


def test_it_cannot_be_restored_and_says_why(kept: ScenarioVersion, people: People) -> None:
    with pytest.raises(InvalidInput, match="Layers with experts"):
        restore_version(version=kept, actor=people.owner)


def test_a_deal_that_the_engine_refuses_has_no_price_and_says_why(
    people: People, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_seed()
    draft: dict[str, Any] = {"draft_tokens": 3, "accepted_tokens": 9.0, "draft_cost_share": 0.1}
    document = with_values(template_document("amazon-openai-2026"), {"workload.speculation": draft})
    with monkeypatch.context() as before:
        before.setattr(checks, "_about_workload", lambda _workload: [])
        scenario = create_scenario(team=people.team, author=people.owner, name="Old", document=document)
    version = scenario.newest_version
    assert version is not None
    answer = sign_in(people.owner).get(f"/cost-table/?deal={version.uuid}")
    assert answer.status_code == 200
    page = unescape(answer.content.decode())
    assert "“Old”, version 1, has no deal price today: accepted_tokens is 9." in page
    assert "stand at their deal price" not in page
