"""The draft as the open editor and the form save it: what changed, merged with what others changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.scenarios import queries
from planner.scenarios.models import Scenario, ScenarioVersion
from tests.planner.scenarios.test_pages import DISCOUNT, opened_form, page

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import People

UTILISATION = "workload.utilisation"
CASH = "lab.opening_cash_usd"


def save(client: Client, scenario: Scenario, lock: int, texts: Any, opened: Any = None, **more: Any) -> Any:
    body = {"lock": lock, "texts": texts, "opened": opened or {}, **more}
    address = reverse("scenarios:draft", args=[scenario.uuid])
    return client.post(address, json.dumps(body), content_type="application/json")


def discount(scenario: Scenario) -> Any:
    return queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"]


def test_the_page_saves_only_what_changed_and_is_told_what_follows(
    owner_client: Client, scenario: Scenario
) -> None:
    answer = save(owner_client, scenario, 2, {DISCOUNT: "30"}, {DISCOUNT: "25%"})
    assert answer.status_code == 200
    said = answer.json()
    assert said["texts"] == {DISCOUNT: "30%"}
    assert said["changes"] == 1
    assert said["message"] == "Trainium contract: Discount 25% to 30%"
    assert said["lost"] == ["Trainium contract: Discount 25% to 30%"]
    assert said["save_label"] == "Save as version 2 and run"
    assert said["moved"] == ""
    assert discount(scenario) == 0.3
    again = save(owner_client, scenario, said["lock"], {DISCOUNT: "30"}, {DISCOUNT: "25%"}).json()
    assert again["lock"] == said["lock"], "an answer that was lost may be asked for again"


def test_a_wrong_text_is_kept_as_typed_and_named_at_its_field(
    owner_client: Client, scenario: Scenario
) -> None:
    said = save(owner_client, scenario, 2, {DISCOUNT: "140%", CASH: "70 B"}, {DISCOUNT: "25%"}).json()
    assert said["problems"] == [
        {
            "id": "f-deal-terms-trainium-discount_share",
            "message": "Discount is 140%. It must be between 0% and 100%.",
        }
    ]
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    assert (discount(scenario), raw["lab"]["opening_cash_usd"]) == (1.4, 70e9)
    assert "140%" not in said["message"]


def test_changes_of_two_people_to_different_inputs_are_both_kept(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    save(member_client, scenario, 2, {CASH: "70 B"}, {CASH: "60 B"})
    said = save(owner_client, scenario, 2, {DISCOUNT: "30%"}, {DISCOUNT: "25%"}).json()
    assert "member changed this draft" in said["moved"]
    assert said["texts"][CASH] == "70 B"
    assert said["contests"] == []
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    assert (discount(scenario), raw["lab"]["opening_cash_usd"]) == (0.3, 70e9)


def test_an_input_two_people_changed_is_contested_until_somebody_chooses(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    save(member_client, scenario, 2, {DISCOUNT: "40%"}, {DISCOUNT: "25%"})
    answer = save(owner_client, scenario, 2, {DISCOUNT: "30%", CASH: "70 B"}, {DISCOUNT: "25%", CASH: "60 B"})
    assert answer.status_code == 409
    said = answer.json()
    assert discount(scenario) == 0.4
    assert queries.raw_of_draft(queries.draft_of(scenario))["lab"]["opening_cash_usd"] == 70e9
    assert "Theirs: 40%" in said["panel"]
    assert "Yours: 30%" in said["panel"]
    [contest] = said["contests"]
    assert contest["key"] == DISCOUNT
    chosen = save(owner_client, scenario, said["lock"], {DISCOUNT: "30%"}, contest["seen"])
    assert chosen.status_code == 200
    assert discount(scenario) == 0.3


def test_a_choice_about_what_was_not_seen_is_contested_again(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    lock = save(member_client, scenario, 2, {DISCOUNT: "40%"}, {DISCOUNT: "25%"}).json()["lock"]
    seen = save(owner_client, scenario, 2, {DISCOUNT: "30%"}, {DISCOUNT: "25%"}).json()["contests"][0]["seen"]
    save(member_client, scenario, lock, {DISCOUNT: "41%"}, {DISCOUNT: "40%"})
    answer = save(owner_client, scenario, lock, {DISCOUNT: "30%"}, seen)
    assert answer.status_code == 409
    assert discount(scenario) == 0.41


def test_without_script_each_contested_input_is_chosen_in_the_form(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    mine, theirs = opened_form(owner_client, scenario), opened_form(member_client, scenario)
    member_client.post(
        address, {**theirs, DISCOUNT: "40%", f"{UTILISATION}~shape": "fixed", UTILISATION: "44%"}
    )
    answer = owner_client.post(address, {**mine, DISCOUNT: "30%", CASH: "71 B", "do": "run"})
    assert answer.status_code == 409
    form = form_of(answer)
    assert f"choice~{DISCOUNT}" in form
    del form[f"choice~{DISCOUNT}"]
    assert owner_client.post(address, {**form, "do": "draft"}).status_code == 409, "nothing was chosen"
    assert discount(scenario) == 0.4
    assert owner_client.post(address, {**form, f"choice~{DISCOUNT}": "theirs"}).status_code == 302
    assert discount(scenario) == 0.4
    assert owner_client.post(address, {**form, f"choice~{DISCOUNT}": "yours"}).status_code == 302
    assert discount(scenario) == 0.3
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    assert (raw["lab"]["opening_cash_usd"], raw["workload"]["utilisation"]) == (71e9, 0.44)


def form_of(answer: Any) -> dict[str, str]:
    """The form of an answer, by the reader of `opened_form`."""

    class Once:
        def get(self, _address: str) -> Any:
            return answer

    class Named:
        uuid = "00000000-0000-0000-0000-000000000000"

    return opened_form(Once(), Named())  # type: ignore[arg-type]


def test_what_another_changed_is_shown_before_it_is_run_with(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    mine, theirs = opened_form(owner_client, scenario), opened_form(member_client, scenario)
    member_client.post(address, {**theirs, CASH: "70 B", "do": "draft"})
    answer = owner_client.post(address, {**mine, DISCOUNT: "30%", "do": "run"})
    assert answer.status_code == 409
    assert "member changed this draft" in page(answer)
    assert "Opening cash $60 B → $70 B" in page(answer)
    assert ScenarioVersion.objects.filter(scenario=scenario).count() == 1
    assert discount(scenario) == 0.3


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "not valid JSON"),
        ("[]", "object with named fields"),
        ('{"lock": 2, "texts": []}', "object of texts"),
        ('{"lock": 2, "texts": {"lab.opening_cash_usd": 70}}', "object of texts"),
        ('{"lock": 2, "texts": {"lab.opening_cash_usd": "1\\u0000"}}', "NUL"),
        ('{"lock": 2, "texts": {"a": "1", "a": "2"}}', "given twice"),
    ],
)
def test_a_body_that_is_no_draft_is_refused_with_a_sentence(
    owner_client: Client, scenario: Scenario, body: str, sentence: str
) -> None:
    before = queries.draft_of(scenario).raw_text
    address = reverse("scenarios:draft", args=[scenario.uuid])
    answer = owner_client.post(address, body, content_type="application/json")
    assert answer.status_code == 422
    assert sentence in answer.json()["message"]
    assert queries.draft_of(scenario).raw_text == before


def test_a_text_too_long_to_keep_is_refused_and_the_others_are_saved(
    owner_client: Client, scenario: Scenario
) -> None:
    label = "deal.terms[trainium].label"
    said = save(owner_client, scenario, 2, {label: "x" * 30_000, CASH: "70 B"}, {CASH: "60 B"}).json()
    assert said["refused"] == [label]
    assert "At most" in said["problems"][0]["message"]
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    assert raw["lab"]["opening_cash_usd"] == 70e9


def test_an_archived_scenario_and_a_stranger_save_nothing(
    owner_client: Client, outsider_client: Client, client: Client, scenario: Scenario, people: People
) -> None:
    from planner.scenarios.actions import archive_scenario

    assert save(outsider_client, scenario, 2, {CASH: "1"}).status_code == 404
    assert save(client, scenario, 2, {CASH: "1"}).status_code == 302
    archive_scenario(scenario=scenario, actor=people.owner)
    assert save(owner_client, scenario, 2, {CASH: "1"}).status_code == 409


def test_the_second_tab_of_one_person_says_so(owner_client: Client, scenario: Scenario) -> None:
    save(owner_client, scenario, 2, {DISCOUNT: "40%"}, {DISCOUNT: "25%"})
    answer = save(owner_client, scenario, 2, {DISCOUNT: "30%"}, {DISCOUNT: "25%"})
    assert answer.status_code == 409
    assert "You changed this draft in another tab" in answer.json()["panel"]


# --- forms as people and programs send them


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"message": "   "}, 302),
        ({"message": "m" * 10_000}, 422),
        ({"message": "<script>alert(1)</script>{{7*7}}%s%n'\"--"}, 302),
        ({"next": "//evil.example"}, 302),
        ({"lock": "x" * 500}, 302),
        ({"submission_key": "not a key"}, 302),
        ({f"no.such.input[{number_of}]": "1" for number_of in range(1001)}, 302),
        ({f"no.such.input[{number_of}]": "1" for number_of in range(10_001)}, 400),
        ({f"choice~{DISCOUNT}": "theirs", f"seen~{DISCOUNT}": "[" * 1000}, 302),
        ({f"choice~{DISCOUNT}": "somebody else's"}, 302),
        ({"reset": "default " + "x" * 1000}, 302),
    ],
    ids=str.__name__ and (lambda held: str(held)[:40]),
)
def test_any_form_is_answered(
    owner_client: Client, scenario: Scenario, more: dict[str, str], status: int
) -> None:
    form = {**opened_form(owner_client, scenario), DISCOUNT: "30%", "do": "run", **more}
    answer = owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    assert answer.status_code == status
    assert "evil.example" not in answer.get("Location", "")
    assert "<script>alert" not in answer.content.decode()


def test_a_form_of_a_scenario_archived_meanwhile_is_not_saved(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    from planner.scenarios.actions import archive_scenario

    form = {**opened_form(owner_client, scenario), DISCOUNT: "30%", "do": "draft"}
    archive_scenario(scenario=scenario, actor=people.owner)
    answer = owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form, follow=True)
    assert "This scenario is archived." in page(answer)
    assert discount(scenario) == 0.25
