"""The editor's fields, key terms, merging, and the draft as the page saves it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.core.documents import number
from planner.core.quantities import QuantityDocument
from planner.scenarios import editor_views, queries
from planner.scenarios.changes import diff
from planner.scenarios.documents.demand import DemandDocument
from planner.scenarios.editor import key_terms, sections_of, texts_of, values_from
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.paths import walk, with_values
from tests.planner.scenarios.small_document import small_document
from tests.planner.scenarios.test_draft_saving import discount
from tests.planner.scenarios.test_pages import DISCOUNT, opened_form, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.people import People

UTILISATION = "workload.utilisation"
CASH = "lab.opening_cash_usd"


def test_a_range_keeps_its_coverage_and_shared_factors_and_both_can_be_edited() -> None:
    held = {"shape": "normal", "low": 0.2, "high": 0.3, "coverage": 0.8, "loadings": {"chips": 0.5}}
    raw = with_values(small_document(), {DISCOUNT: held})
    texts = texts_of(raw)
    assert texts[f"{DISCOUNT}~factors"] == "chips 0.5"
    assert texts[f"{DISCOUNT}~inside"] == "80%"
    assert values_from(raw, texts, texts) == {}
    posted = {**texts, f"{DISCOUNT}~factors": "chips -0.25; demand 0.3", f"{DISCOUNT}~inside": "90%"}
    changed = {**held, "coverage": 0.9, "loadings": {"chips": -0.25, "demand": 0.3}}
    assert values_from(raw, posted, texts) == {DISCOUNT: changed}


def test_shared_factors_that_cannot_be_read_are_named_at_the_field() -> None:
    raw = with_values(small_document(), {DISCOUNT: {"shape": "uniform", "low": 0.2, "high": 0.3}})
    texts = texts_of(raw)
    wrong = with_values(raw, values_from(raw, {**texts, f"{DISCOUNT}~factors": "a lot"}, texts))
    from planner.scenarios.editor import problems_of

    sections = sections_of(wrong, texts_of(wrong), problems_of(wrong))
    field = next(one for section in sections for one in section.fields if one.leaf.path == DISCOUNT)
    assert field.errors == ["Shared factors need a name and a number from -1 to 1 each, such as “chips 0.5”."]
    assert field.factors == "a lot"


# --- key terms


def test_the_editor_opens_on_twelve_inputs_the_measured_ones_first() -> None:
    leaves = walk(small_document())
    hinges = [(UTILISATION, -0.3), ("gone.path", 0.2), (CASH, 0.1), ("demand.growth_now_annual", 0.004)]
    usual, measured = key_terms(leaves), key_terms(leaves, hinges)
    assert len(usual) == len(measured) == len(set(measured)) == 12
    assert measured[:2] == [UTILISATION, CASH]
    assert DISCOUNT in measured


def test_the_newest_finished_run_says_which_inputs_matter(
    owner_client: Client, scenario: Scenario, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.runs.actions import request_run
    from planner.runs.models import Run, State
    from planner.scenarios.running import hinges

    version = scenario.newest_version
    assert version is not None
    assert hinges(people.owner, version) == []
    run = request_run(version=version, requester=people.owner)
    text = json.dumps({"hinges": [{"path": UTILISATION, "gap": -0.05}, {"path": CASH, "gap": 0.4}]})
    Run.objects.filter(pk=run.pk).update(state=State.DONE, result_text=text, result_digest="0" * 64)
    assert hinges(people.owner, version) == [(CASH, 0.4), (UTILISATION, -0.05)]
    assert hinges(people.outsider, version) == []
    html = page(owner_client.get(reverse("scenarios:edit", args=[scenario.uuid])))
    opened = html[html.index('id="key-terms"') : html.index('id="section-0"')]
    assert opened.index(f'data-path="{CASH}"') < opened.index(f'data-path="{UTILISATION}"')
    assert "moves the headline by 40 points" in opened


# --- drawn from the schema


@pytest.fixture
def new_input() -> Iterator[str]:
    """An input that somebody adds to the documents later: declared in its class, and nowhere else."""
    declared: QuantityDocument = number(
        "Share of agents", "share", 0.0, 1.0, "Tokens that no person waits for.", default=0.5
    )
    fields = DemandDocument.model_fields
    from planner.scenarios.documents import ScenarioDocument

    DemandDocument.__annotations__["agent_share"] = QuantityDocument
    declared.annotation = float  # type: ignore[attr-defined] # what the metaclass would set
    fields["agent_share"] = declared  # type: ignore[assignment]
    DemandDocument.model_rebuild(force=True)
    ScenarioDocument.model_rebuild(force=True)
    yield "demand.agent_share"
    del fields["agent_share"]
    del DemandDocument.__annotations__["agent_share"]
    DemandDocument.model_rebuild(force=True)
    ScenarioDocument.model_rebuild(force=True)


def test_an_input_added_to_a_document_is_in_the_editor_the_diff_and_the_api(
    owner_client: Client, scenario: Scenario, new_input: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor_views, "start_run", lambda *, version, requester: None)
    address = reverse("scenarios:edit", args=[scenario.uuid])
    html = page(owner_client.get(address))
    assert f'data-path="{new_input}"' in html
    assert "Share of agents" in html
    form = {**opened_form(owner_client, scenario), new_input: "140%", "do": "draft"}
    owner_client.post(address, form)
    assert "Share of agents is 140%. It must be between 0% and 100%." in page(owner_client.get(address))
    form = {**opened_form(owner_client, scenario), new_input: "70%", "do": "draft"}
    owner_client.post(address, form)
    draft = queries.raw_of_draft(queries.draft_of(scenario))
    assert [one.sentence for one in diff(small_document(), draft)] == ["Share of agents 50% to 70%"]
    owner_client.post(address, {**opened_form(owner_client, scenario), "do": "run"})
    saved = owner_client.get(f"/api/scenarios/{scenario.uuid}/versions/").json()["results"][0]
    document = owner_client.get(f"/api/versions/{saved['uuid']}/").json()["document"]
    assert document["demand"]["agent_share"] == 0.7
    schema = owner_client.get("/api/scenario-schema/").json()
    assert schema["$defs"]["DemandDocument"]["properties"]["agent_share"]["title"] == "Share of agents"


def test_pages_of_the_editor_ask_few_questions(
    owner_client: Client, scenario: Scenario, django_assert_max_num_queries: Any
) -> None:
    for number_of_versions in range(2):
        with django_assert_max_num_queries(8):
            owner_client.get(reverse("scenarios:edit", args=[scenario.uuid]))
        with django_assert_max_num_queries(10):
            owner_client.get(reverse("scenarios:versions", args=[scenario.uuid]))
        form = {**opened_form(owner_client, scenario), DISCOUNT: f"{30 + number_of_versions}%", "do": "run"}
        owner_client.post(reverse("scenarios:edit", args=[scenario.uuid]), form)


# --- resets, discarding, message


def test_one_input_goes_back_to_its_default_or_to_the_version_without_script(
    owner_client: Client, scenario: Scenario
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    form = {**opened_form(owner_client, scenario), DISCOUNT: "31%", "do": "draft"}
    owner_client.post(address, form)
    html = page(owner_client.get(address))
    assert f'value="saved {DISCOUNT}"' in html
    assert "1 changed since version 1" in re.sub(r"<[^>]+>|\s+", " ", html).replace("  ", " ")
    owner_client.post(address, {**opened_form(owner_client, scenario), "reset": f"saved {DISCOUNT}"})
    assert discount(scenario) == 0.25
    owner_client.post(address, {**opened_form(owner_client, scenario), "reset": f"default {DISCOUNT}"})
    assert discount(scenario) == 0.0
    assert owner_client.post(address, {"reset": "default no.such.path", "lock": "2"}).status_code == 302


def test_a_message_of_ones_own_is_kept_and_a_suggested_one_follows(
    owner_client: Client, scenario: Scenario
) -> None:
    address = reverse("scenarios:edit", args=[scenario.uuid])
    owner_client.post(address, {**opened_form(owner_client, scenario), DISCOUNT: "31%", "do": "draft"})
    form = opened_form(owner_client, scenario)
    assert form["message"] == form["suggested"] == "Trainium contract: Discount 25% to 31%"
    owner_client.post(address, {**form, DISCOUNT: "32%", "do": "run"})
    form = opened_form(owner_client, scenario)
    owner_client.post(address, {**form, DISCOUNT: "33%", "message": "Our last offer", "do": "run"})
    said = list(ScenarioVersion.objects.filter(scenario=scenario).order_by("number"))
    assert [one.message for one in said[1:]] == ["Trainium contract: Discount 25% to 32%", "Our last offer"]


# --- versions and what differs


def test_two_versions_differ_in_words_and_every_input_is_shown_when_asked(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    from planner.scenarios.actions import add_version

    first = scenario.newest_version
    assert first is not None
    second = add_version(
        scenario=scenario,
        document=small_document(**{DISCOUNT: 0.3}),
        message="",
        author=people.owner,
    )
    address = reverse("scenarios:diff", args=[scenario.uuid])
    two = {"before": str(first.uuid), "after": str(second.uuid)}
    html = page(owner_client.get(address, two))
    assert "One input differs." in html
    assert "Opening cash" not in html
    html = page(owner_client.get(address, {**two, "all": "1"}))
    assert "One input differs." in html
    assert "Opening cash" in html


def test_a_long_list_that_changed_is_one_line() -> None:
    shares = [at / 9 for at in range(10)]
    before = with_values(
        small_document(), {"load.exceedance_share": shares, "load.load_over_mean": [2.0] * 10}
    )
    after = with_values(before, {"load.load_over_mean": [2.4] * 4 + [2.0] * 6})
    [change] = diff(before, after)
    assert change.before == "10 values, 2 to 2"
    assert change.after == "10 values, 4 of them changed, 2 to 2.4"


def test_digests_stand_in_the_history_and_the_receipt_only(owner_client: Client, scenario: Scenario) -> None:
    version = scenario.newest_version
    assert version is not None
    short = version.digest[:12]
    assert short in page(owner_client.get(reverse("scenarios:versions", args=[scenario.uuid])))
    for name in ("detail", "edit"):
        assert short not in page(owner_client.get(reverse(f"scenarios:{name}", args=[scenario.uuid])))
    html = page(owner_client.get(reverse("scenarios:version", args=[version.uuid])))
    assert html.index("Receipt") < html.index(short)
