"""The editor's fields, key terms, merging, and the draft as the page saves it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.core.documents import number
from planner.core.quantities import QuantityDocument
from planner.scenarios import queries
from planner.scenarios.changes import diff
from planner.scenarios.documents.demand import DemandDocument
from planner.scenarios.editor import key_terms, sections_of, texts_of, values_from
from planner.scenarios.figures import read, read_ends, read_list, typed
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.paths import walk, with_values
from tests.planner.scenarios.small_document import small_document
from tests.planner.scenarios.test_pages import DISCOUNT, opened_form, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.people import People

UTILISATION = "workload.utilisation"
CASH = "lab.opening_cash_usd"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234),
        ("1,234,567.5", 1234567.5),
        ("12 500", 12500),
        ("15 B", 15_000_000_000),
        ("0,5", "0,5"),
        ("1,23", "1,23"),
        ("1 5", "1 5"),
        ("1.234,56", "1.234,56"),
        ("(5)", -5),
        ("1e400", "1e400"),
        ("", None),
    ],
)
def test_a_number_is_read_exactly_or_left_for_validation_to_name(text: str, value: Any) -> None:
    assert read(text, "USD") == value


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("20% to 30%", (0.2, 0.3)),
        ("20-30%", (0.2, 0.3)),
        ("20 – 30", (0.2, 0.3)),
        ("-5% to 5%", (-0.05, 0.05)),
        ("25%", None),
        ("1e-5", None),
        ("from low to high", None),
        ("10 to 20 to 30", None),
    ],
)
def test_two_ends_in_one_text_are_a_range(text: str, ends: tuple[float, float] | None) -> None:
    assert read_ends(text, "share") == ends


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1\t2\r\n3\t4\r\n", [1, 2, 3, 4]),
        ("1,234\n5,678", [1234, 5678]),
        ("50%\n25%", [0.5, 0.25]),
        ("0,5;0,7", ["0,5", "0,7"]),
        ("1\n\n3", [1, None, 3]),
        ("1, 2, 3", [1, 2, 3]),
        ("1.5 1", [1.5, 1]),
        ("1,2,3", [1, 2, 3]),
        ("1,234", ["1,234"]),
        ("0,5", ["0,5"]),
        ("=1+1\n2", ["=1+1", 2]),
        ("  ", None),
    ],
)
def test_cells_of_a_sheet_are_read_or_left_for_validation_to_name(text: str, cells: Any) -> None:
    assert read_list(text, "") == cells


def test_a_list_with_a_wrong_cell_comes_back_as_it_was_pasted() -> None:
    pasted = "1.5\n0,5\n0"
    assert typed(read_list(pasted, ""), "") == pasted


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
    owner_client: Client, scenario: Scenario, new_input: str
) -> None:
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
    answer = owner_client.post(
        reverse("api:scenario-versions", args=[scenario.uuid]),
        json.dumps({"document": draft}),
        content_type="application/json",
    )
    assert answer.status_code in (201, 409)
    schema = owner_client.get("/api/scenario-schema/").json()
    assert schema["$defs"]["DemandDocument"]["properties"]["agent_share"]["title"] == "Share of agents"


# --- the draft, saved by the page


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
