"""Scenarios and versions over the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from planner.scenarios.models import Scenario, ScenarioVersion
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import People


def post(client: Client, address: str, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(address, text, content_type="application/json")


def test_a_scenario_and_a_second_version_are_made_and_read_back(owner_client: Client) -> None:
    made = post(owner_client, "/api/scenarios/", {"name": "From the API", "document": small_document()})
    assert made.status_code == 201, made.content
    address = f"/api/scenarios/{made.json()['uuid']}/versions/"
    changed = small_document(**{"deal.terms[trainium].discount_share": 0.3})
    added = post(owner_client, address, {"document": changed, "message": "Cheaper"})
    assert added.status_code == 201, added.content
    assert added.json()["number"] == 2
    listed = owner_client.get(address).json()["results"]
    assert [row["number"] for row in listed] == [2, 1]
    one = owner_client.get(f"/api/versions/{added.json()['uuid']}/").json()
    assert one["document"]["deal"]["terms"][0]["discount_share"] == 0.3
    again = post(owner_client, address, {"document": changed})
    assert (again.status_code, again.json()["errors"][0]["message"]) == (
        409,
        "Nothing has changed since version 2.",
    )


def test_a_template_makes_a_scenario(owner_client: Client) -> None:
    made = post(owner_client, "/api/scenarios/", {"name": "Worked", "template": "contract-without-equity"})
    assert made.status_code == 201, made.content
    assert made.json()["equity_usd"] == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{", "This is not valid JSON"),
        ('{"name": "a", "name": "b"}', "given twice"),
        ('{"name": "a", "document": NaN}', "NaN is not a number"),
        ([], "must be an object"),
        ({"name": "a"}, "Give either a document or a template."),
        ({"name": "a", "template": "x"}, "There is no template “x”. It must be one of: amazon-openai-2026"),
        ({"nam": "a"}, "“nam” is not a field here."),
        ({"name": 5, "document": {}}, "Name must be a text."),
        ({"name": "a", "document": {}}, "Time is missing."),
        ({"name": "x" * 301, "document": small_document()}, "It must have 1 to 300."),
        (
            {"name": "a", "document": small_document(), "team": "x"},
            "Team must be the id of one of your teams.",
        ),
    ],
)
def test_a_wrong_body_is_a_400_with_a_sentence_and_nothing_is_saved(
    owner_client: Client, body: Any, sentence: str
) -> None:
    answer = post(owner_client, "/api/scenarios/", body)
    assert answer.status_code == 400
    assert sentence in " ".join(error["message"] for error in answer.json()["errors"])
    assert not Scenario.objects.exists()


def test_errors_of_a_document_are_told_at_once_with_their_paths(
    owner_client: Client, scenario: Scenario
) -> None:
    wrong = small_document(**{"model.layers": 0, "lab.opening_cash_usd": -1})
    answer = post(owner_client, f"/api/scenarios/{scenario.uuid}/versions/", {"document": wrong})
    assert answer.status_code == 400
    assert {error["path"] for error in answer.json()["errors"]} == {"model.layers", "lab.opening_cash_usd"}
    assert ScenarioVersion.objects.count() == 1


def test_lists_hold_only_what_is_ones_own(
    outsider_client: Client, scenario: Scenario, people: People
) -> None:
    assert outsider_client.get("/api/scenarios/").json()["results"] == []
    answer = post(
        outsider_client,
        "/api/scenarios/",
        {"name": "In their team", "document": small_document(), "team": str(people.team.uuid)},
    )
    assert answer.status_code == 400
    assert Scenario.objects.count() == 1


def test_the_schema_of_a_scenario_is_published(owner_client: Client) -> None:
    schema = owner_client.get("/api/scenario-schema/").json()
    assert schema["title"] == "ScenarioDocument"
    assert "discount_share" in json.dumps(schema)
