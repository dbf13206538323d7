"""What somebody may send to harm a scenario is refused before it is stored; what is stored is readable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from planner.core.errors import InvalidInput
from planner.scenarios import actions, queries
from planner.scenarios.models import Draft, Scenario, ScenarioVersion
from tests.planner.scenarios.small_document import small_document
from tests.planner.scenarios.test_pages import DISCOUNT, opened_form, page

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import People

LABEL = "deal.terms[trainium].label"
DISCOUNT_SOURCE = f"{DISCOUNT}~source"


def post(client: Client, address: str, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(address, text, content_type="application/json")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (LABEL, "a\x00b", "A text holds a NUL character."),
        (LABEL, "x" * 1_200_000, "At most"),
        (LABEL, "x" * 30_000, "At most"),
        (DISCOUNT_SOURCE, "a\x00b", "A text holds a NUL character."),
    ],
)
def test_a_draft_that_could_not_be_read_again_is_refused_and_the_field_is_named(
    owner_client: Client, scenario: Scenario, field: str, text: str, sentence: str
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    before = queries.draft_of(scenario).raw_text
    answer = owner_client.post(address, {**opened_form(owner_client, scenario), field: text, "do": "draft"})
    assert answer.status_code == 422
    assert sentence in page(answer)
    assert 'href="#f-deal-terms-trainium-' in page(answer)
    assert queries.draft_of(scenario).raw_text == before
    assert owner_client.get(address).status_code == 200


@pytest.mark.parametrize("text", ["a\x00b", "x" * 1_200_000])
def test_a_draft_stored_before_such_texts_were_refused_is_shown_and_can_be_discarded(
    owner_client: Client, scenario: Scenario, text: str
) -> None:
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    raw["deal"]["terms"][0]["label"] = text
    Draft.objects.filter(scenario=scenario).update(raw_text=json.dumps(raw))
    for name in ("detail", "edit", "versions"):
        assert owner_client.get(reverse(f"scenarios:{name}", args=[scenario.uuid])).status_code == 200
    lock = queries.draft_of(scenario).lock
    owner_client.post(reverse("scenarios:draft_discard", args=[scenario.uuid]), {"lock": lock})
    held = queries.raw_of_draft(queries.draft_of(scenario))
    assert held == queries.raw_of_version(scenario.newest_version)


def test_more_evidence_than_a_document_holds_is_refused(owner_client: Client) -> None:
    document = {**small_document(), "evidence": {f"e{number}": {} for number in range(40_000)}}
    answer = post(owner_client, "/api/scenarios/", {"name": "Heavy", "document": document})
    assert answer.status_code == 400
    assert "2000" in answer.json()["errors"][0]["message"]
    assert not Scenario.objects.exists()


def test_a_version_that_grows_beyond_what_can_be_read_is_refused(owner_client: Client) -> None:
    evidence = {f"e{number}": {"note": "n" * 440} for number in range(1_990)}
    document = {**small_document(), "evidence": evidence}
    assert len(json.dumps(document)) < 1_000_000
    answer = post(owner_client, "/api/scenarios/", {"name": "Heavy", "document": document})
    assert answer.status_code == 400
    assert "At most 1,000,000 are allowed." in answer.json()["errors"][0]["message"]
    assert not ScenarioVersion.objects.exists()


@pytest.mark.parametrize("opened", ["[" * 100_000, '{"a":' * 100_000, "[]", "null"])
def test_a_strange_word_on_what_was_opened_counts_as_nothing_opened(
    owner_client: Client, scenario: Scenario, opened: str
) -> None:
    form = {**opened_form(owner_client, scenario), "opened": opened, DISCOUNT: "31%", "do": "draft"}
    assert owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form).status_code == 302
    assert queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"] == 0.31


@pytest.mark.parametrize("question", ["limit=99999999999999999999", "limit=-1", "limit=x", "offset=9" * 1])
@pytest.mark.parametrize("address", ["/api/scenarios/", "/api/runs/"])
def test_any_limit_answers(owner_client: Client, scenario: Scenario, address: str, question: str) -> None:
    assert owner_client.get(f"{address}?{question}").status_code == 200
    assert owner_client.get(f"{address}?offset={'9' * 30}&limit=2").status_code == 200


def test_a_page_of_the_api_holds_at_most_two_hundred_rows(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    rows = [Scenario(team=people.team, name="x", created_by=people.owner) for _n in range(210)]
    Scenario.objects.bulk_create(rows)
    Scenario.objects.filter(name="x").update(newest_version=scenario.newest_version)
    assert len(owner_client.get("/api/scenarios/?limit=100000").json()["results"]) == 200


@pytest.mark.parametrize("address", ["/scenarios/", "/library/fleets/", "/api/scenarios/"])
def test_a_search_for_characters_nobody_can_type_leaves_them_out(
    owner_client: Client, scenario: Scenario, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.core import texts

    assert texts.searched_words("Ama\x00zon\u202e  \ud800\x1b") == "Amazon"
    answer = owner_client.get(address, {"q": "Ama\x00zon"})
    assert answer.status_code == 200
    assert address == "/library/fleets/" or "Amazon and OpenAI" in page(answer)


@pytest.mark.parametrize("message", ["a\x00b", "a\u202eb", "a\x1b[31mb", "a\u2066b"])
def test_a_message_with_characters_that_deceive_is_refused(
    people: People, scenario: Scenario, message: str
) -> None:
    changed = small_document(**{DISCOUNT: 0.3})
    with pytest.raises(InvalidInput, match="Message holds a character that cannot be shown"):
        actions.add_version(scenario=scenario, document=changed, message=message, author=people.owner)


@pytest.mark.parametrize("name", ["👨‍👩‍👧 plan", "نمی‌خواهم"])
def test_names_with_joiners_are_names(people: People, scenario: Scenario, name: str) -> None:
    renamed = actions.rename_scenario(scenario=scenario, name=name, actor=people.owner)
    assert renamed.name == name


@pytest.mark.parametrize("name", ["a\u202eb", "a\u2067b", "a\x07b", "a\u200eb", "\u200d\u200c"])
def test_names_with_controls_or_nothing_visible_are_refused(
    people: People, scenario: Scenario, name: str
) -> None:
    with pytest.raises(InvalidInput):
        actions.rename_scenario(scenario=scenario, name=name, actor=people.owner)


def test_a_stranger_without_a_session_stores_nothing(client: Client, people: People) -> None:
    answer = client.post(reverse("scenarios:edit", args=[uuid4()]), {"message": "x" * 200_000})
    assert answer.status_code == 302
    client.cookies["opened_editor"] = "1:forged"
    client.post(reverse("scenarios:edit", args=[uuid4()]), {"message": "x" * 200_000})
    assert not Session.objects.exists()


def test_more_than_a_form_can_hold_is_not_kept(owner_client: Client, scenario: Scenario) -> None:
    form = opened_form(owner_client, scenario)
    owner_client.session.flush()
    owner_client.cookies.pop("sessionid")
    owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), {**form, "message": "é" * 130_000})
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("claim", "path"),
    [
        ({"catalog_release": {"number": 999, "digest": "0" * 64}}, "catalog_release"),
        ({"origins": {"fleet": {"uuid": str(uuid4()), "name": "Theirs", "number": 1}}}, "origins.fleet"),
    ],
)
def test_provenance_that_is_not_there_is_refused(
    owner_client: Client, claim: dict[str, Any], path: str
) -> None:
    answer = post(owner_client, "/api/scenarios/", {"name": "a", "document": {**small_document(), **claim}})
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert not Scenario.objects.exists()


def test_a_fleet_of_the_library_may_be_named_as_the_origin(people: People, scenario: Scenario) -> None:
    from planner.scenarios.library import keep_part

    document = queries.document_of(scenario.newest_version)
    kept = keep_part(
        shelf="fleets", document=document, team=people.team, author=people.owner, name="Ours", message=""
    )
    origin = {"uuid": str(kept.uuid), "name": "Ours", "number": 1}
    told = {**small_document(), "origins": {"fleet": origin}}
    added = actions.add_version(scenario=scenario, document=told, message="", author=people.owner)
    assert queries.raw_of_version(added)["origins"]["fleet"] == origin


def test_a_value_that_is_wrong_is_not_part_of_the_suggested_message(
    owner_client: Client, scenario: Scenario
) -> None:
    form = opened_form(owner_client, scenario)
    form |= {DISCOUNT: "banana", "lab.opening_cash_usd": "70 B", "do": "draft"}
    owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    html = page(owner_client.get(reverse("scenarios:edit", args=[scenario.uuid])))
    message = html[html.index('id="message"') :]
    suggestion = message.split('value="')[1].split('"')[0]
    assert "banana" not in suggestion
    assert "$70 B" in suggestion
