"""The scenario pages as people use them."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.urls import reverse

from planner.scenarios import queries
from planner.scenarios.models import Scenario, ScenarioVersion

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import People

DISCOUNT = "deal.terms[trainium].discount_share"


def page(response: Any) -> str:
    return unescape(response.content.decode())


def opened_form(client: Client, scenario: Scenario) -> dict[str, str]:
    """The fields of the editor as a browser without JavaScript would send them back."""
    html = client.get(reverse("scenarios:edit", args=[scenario.uuid])).content.decode()
    form = html[html.index('<form class="editor"') :]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form, re.S):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*?name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        first = re.search(r'value="([^"]*)"', options)
        fields[unescape(name)] = unescape((chosen or first)[1])  # type: ignore[index]
    return fields


def test_every_page_of_a_scenario_opens_for_a_member(member_client: Client, scenario: Scenario) -> None:
    version = scenario.newest_version
    for name, args in (
        ("list", []),
        ("new", []),
        ("detail", [scenario.uuid]),
        ("edit", [scenario.uuid]),
        ("versions", [scenario.uuid]),
        ("version", [version.uuid]),
    ):
        response = member_client.get(reverse(f"scenarios:{name}", args=args))
        assert response.status_code == 200, name
        assert name == "new" or "Amazon" in page(response), name


def test_an_untouched_form_changes_nothing(owner_client: Client, scenario: Scenario) -> None:
    form = opened_form(owner_client, scenario)
    response = owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), {**form, "do": "draft"})
    assert response.status_code == 302
    draft = queries.draft_of(scenario)
    assert draft.lock == int(form["lock"])
    assert queries.raw_of_draft(draft) == queries.raw_of_version(scenario.newest_version)


def test_a_changed_term_is_saved_as_a_version_once_though_clicked_twice(
    owner_client: Client, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.scenarios import editor_views

    asked: list[ScenarioVersion] = []
    monkeypatch.setattr(editor_views, "start_run", lambda *, version, requester: asked.append(version))
    form = {**opened_form(owner_client, scenario), DISCOUNT: "30%", "do": "run"}
    address = reverse("scenarios:edit", args=[scenario.uuid])
    first, second = owner_client.post(address, form), owner_client.post(address, form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    numbers = list(ScenarioVersion.objects.filter(scenario=scenario).values_list("number", flat=True))
    assert sorted(numbers) == [1, 2]
    newest = queries.scenario_for(scenario.created_by, scenario.uuid).newest_version
    assert newest.message == "Trainium contract: Discount 25% to 30%"
    assert queries.raw_of_version(newest)["deal"]["terms"][0]["discount_share"] == 0.3
    assert [one.number for one in asked] == [2, 2]


def test_a_value_becomes_a_range_and_back(owner_client: Client, scenario: Scenario) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    form = opened_form(owner_client, scenario)
    form |= {
        f"{DISCOUNT}~shape": "uniform",
        f"{DISCOUNT}~low": "20%",
        f"{DISCOUNT}~high": "30 %",
        "do": "draft",
    }
    owner_client.post(address, form)
    held = queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"]
    assert held == {"shape": "uniform", "low": 0.2, "high": 0.3}
    form = {
        **opened_form(owner_client, scenario),
        f"{DISCOUNT}~shape": "fixed",
        DISCOUNT: "25",
        "do": "draft",
    }
    owner_client.post(address, form)
    assert queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"] == 0.25


def test_a_wrong_draft_is_kept_and_every_error_stands_at_its_field(
    owner_client: Client, scenario: Scenario
) -> None:
    form = opened_form(owner_client, scenario)
    form |= {DISCOUNT: "140%", "model.layers": "many", "do": "run"}
    response = owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    assert response.status_code == 422
    html = page(response)
    assert html.count("Discount is 140%. It must be between 0% and 100%.") == 2
    assert html.count("Layers is “many”. It must be a whole number.") == 2
    assert 'href="#f-deal-terms-trainium-discount_share-row"' in html
    raw = queries.raw_of_draft(queries.draft_of(scenario))
    assert raw["deal"]["terms"][0]["discount_share"] == 1.4
    assert raw["model"]["layers"] == "many"
    assert ScenarioVersion.objects.filter(scenario=scenario).count() == 1
    assert 'value="140%"' in page(owner_client.get(reverse("scenarios:edit", args=[scenario.uuid])))


def test_the_second_of_two_editors_is_shown_both_values(
    owner_client: Client, member_client: Client, scenario: Scenario
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    mine, theirs = opened_form(owner_client, scenario), opened_form(member_client, scenario)
    member_client.post(address, {**theirs, DISCOUNT: "40%", "lab.opening_cash_usd": "70 B", "do": "draft"})
    response = owner_client.post(address, {**mine, DISCOUNT: "30%", "do": "draft"})
    assert response.status_code == 409
    html = page(response)
    assert "member changed this draft" in html
    assert "40%" in html
    assert 'value="30%"' in html
    assert 'value="70 B"' in html, "what the other changed and I did not stays theirs"
    assert queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"] == 0.4


def test_a_session_that_ends_while_editing_loses_nothing(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    form = {**opened_form(owner_client, scenario), DISCOUNT: "31%", "do": "draft"}
    owner_client.session.flush()
    owner_client.cookies.pop("sessionid")
    address = reverse("scenarios:edit", args=[scenario.uuid])
    response = owner_client.post(address, form)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    owner_client.force_login(people.owner, backend="django.contrib.auth.backends.ModelBackend")
    html = page(owner_client.get(address))
    assert "You were signed out while editing" in html
    assert 'value="31%"' in html
    again = {**opened_form(owner_client, scenario), "do": "draft"}
    assert owner_client.post(address, again).status_code == 302
    assert queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"] == 0.31
    assert "signed out while editing" not in page(owner_client.get(address))


def test_what_was_kept_for_one_person_is_not_shown_to_another(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    form = {**opened_form(owner_client, scenario), "message": "our secret plan"}
    owner_client.session.flush()
    owner_client.cookies.pop("sessionid")
    address = reverse("scenarios:edit", args=[scenario.uuid])
    owner_client.post(address, form)
    assert "our secret plan" in str(dict(owner_client.session))
    owner_client.force_login(people.outsider, backend="django.contrib.auth.backends.ModelBackend")
    response = owner_client.get(address)
    assert response.status_code == 404
    assert "secret plan" not in page(response)


def test_a_form_with_an_old_token_is_shown_again_and_nothing_is_saved(
    people: People, scenario: Scenario
) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.owner, backend="django.contrib.auth.backends.ModelBackend")
    form = {**opened_form(client, scenario), DISCOUNT: "33%", "do": "draft", "csrfmiddlewaretoken": "x" * 64}
    response = client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    assert response.status_code == 403
    assert 'value="33%"' in page(response)
    assert queries.draft_of(scenario).lock == int(form["lock"])


def test_a_scenario_is_made_from_a_template_once_though_clicked_twice(owner_client: Client) -> None:
    form = {"name": "Ours", "start": "amazon-openai-2026", "submission_key": str(uuid4())}
    first = owner_client.post(reverse("scenarios:new"), form)
    second = owner_client.post(reverse("scenarios:new"), form)
    assert first.status_code == 302, page(first)[-3000:]
    assert first["Location"] == second["Location"]
    made = Scenario.objects.get()
    assert (made.provider, made.lab, made.template) == ("Amazon", "OpenAI", "amazon-openai-2026")
    assert made.equity_usd == 50e9


@pytest.mark.parametrize(
    "name", ["x" * 300, "日本語の案", "🚀 deal", "<script>alert(1)</script>", "=SUM(A1)"]
)
def test_any_name_shows_safely_everywhere(owner_client: Client, scenario: Scenario, name: str) -> None:
    owner_client.post(reverse("scenarios:name", args=[scenario.uuid]), {"name": name})
    for address in ("detail", "edit", "versions"):
        html = owner_client.get(reverse(f"scenarios:{address}", args=[scenario.uuid])).content.decode()
        assert "<script>alert" not in html
        assert name in unescape(html)
    assert name in page(owner_client.get(reverse("scenarios:list")))


@pytest.mark.parametrize("name", ["", "   ", "x" * 301])
def test_a_name_of_a_wrong_length_is_refused_with_a_sentence(
    owner_client: Client, scenario: Scenario, name: str
) -> None:
    response = owner_client.post(reverse("scenarios:name", args=[scenario.uuid]), {"name": name}, follow=True)
    assert "It must have 1 to 300." in page(response)
    scenario.refresh_from_db()
    assert scenario.name == "Amazon and OpenAI"


def test_the_list_searches_sorts_and_pages_in_a_constant_number_of_queries(
    owner_client: Client,
    scenario: Scenario,
    people: People,
    document: dict[str, Any],
    django_assert_max_num_queries: Any,
) -> None:
    from planner.scenarios.actions import create_scenario

    for number in range(4):
        create_scenario(team=people.team, author=people.owner, name=f"Copy {number}", document=document)
    with django_assert_max_num_queries(9):
        html = page(owner_client.get(reverse("scenarios:list"), {"sort": "name"}))
    assert html.index("Amazon and OpenAI") < html.index("Copy 0") < html.index("Copy 3")
    assert "Copy 2" in page(owner_client.get(reverse("scenarios:list"), {"q": "copy 2 openai"}))
    assert "Copy 1" not in page(owner_client.get(reverse("scenarios:list"), {"q": "copy 2 openai"}))


def test_differences_restore_archive_and_sharing(
    owner_client: Client, scenario: Scenario, version: ScenarioVersion, people: People
) -> None:
    form = {**opened_form(owner_client, scenario), DISCOUNT: "30%", "do": "draft"}
    owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    diff = reverse("scenarios:diff", args=[scenario.uuid])
    html = page(owner_client.get(diff, {"before": version.uuid, "after": "draft"}))
    assert "25%" in html
    assert "30%" in html
    shares = reverse("scenarios:shares", args=[version.uuid])
    response = owner_client.post(shares, {"whom": people.other_team.name, "level": "1"})
    assert response.status_code == 302, page(response)[-2000:]
    assert people.other_team.name in page(owner_client.get(reverse("scenarios:version", args=[version.uuid])))
    refused = owner_client.post(shares, {"whom": "No such team", "level": "1"})
    assert refused.status_code == 422
    assert "There is no team of exactly this name." in page(refused)
    owner_client.post(reverse("scenarios:archive", args=[scenario.uuid]), {"archived": "1"})
    assert "Amazon and OpenAI" not in page(owner_client.get(reverse("scenarios:list")))
    assert "Amazon and OpenAI" in page(owner_client.get(reverse("scenarios:list"), {"archived": "1"}))
    assert json.loads(queries.draft_of(scenario).raw_text)


def test_a_new_source_is_kept_with_its_value(owner_client: Client, scenario: Scenario) -> None:
    form = {**opened_form(owner_client, scenario), DISCOUNT: "30%", "do": "draft"}
    form |= {f"{DISCOUNT}~source": "Our own negotiation", f"{DISCOUNT}~confidence": "A"}
    owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)
    evidence = queries.raw_of_draft(queries.draft_of(scenario))["evidence"]
    assert evidence == {DISCOUNT: {"source": "Our own negotiation", "confidence": "A", "note": "Judged."}}


def test_the_editor_opens_on_the_terms_of_the_new_contract(owner_client: Client) -> None:
    answer = owner_client.post(reverse("scenarios:new"), {"name": "Ours", "start": "amazon-openai-2026"})
    html = owner_client.get(answer["Location"]).content.decode()
    opened = html[html.index('id="key-terms"') : html.index('id="section-0"')]
    assert 10 <= opened.count('class="editor-field"') <= 14
    assert "deal.terms[trainium-2026].discount_share" in opened
    assert "deal.terms[aws-2025" not in opened
