"""The three steps of somebody new: where they stand, when they are gone, and the words explained beside them."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from planner.pages.words import WORDS
from planner.scenarios.actions import save_draft, save_version
from planner.scenarios.models import Scenario
from planner.teams.models import Team, User
from tests.people import People
from tests.planner.compare.conftest import finished_run

STEPS = "in three steps"


def states(client: Client) -> list[str]:
    return [step.state for step in client.get("/").context["steps"]]


def start_from(client: Client, template: str) -> Scenario:
    form = {"name": "My question", "start": template, "submission_key": uuid4()}
    assert client.post(reverse("scenarios:new"), form).status_code == 302
    return Scenario.objects.get(name="My question")


def test_each_step_is_done_next_or_later_and_only_the_next_has_a_button(
    owner_client: Client, owner: User
) -> None:
    assert states(owner_client) == ["next", "later", "later"]

    scenario = start_from(owner_client, "blank")
    assert states(owner_client) == ["done", "next", "later"]
    assert reverse("scenarios:edit", args=[scenario.uuid]) in owner_client.get("/").content.decode()

    save_draft(scenario=scenario, lock=2, changes={"deal.lab": "Our lab"}, editor=owner)
    version = save_version(scenario=scenario, lock=3, message="", author=owner)
    assert states(owner_client) == ["done", "done", "next"]

    finished_run(version, owner, seed=7)
    assert states(owner_client) == []
    assert STEPS not in owner_client.get("/").content.decode()


def test_a_second_scenario_does_not_bring_the_steps_back(owner_client: Client, owner: User) -> None:
    first = start_from(owner_client, "blank")
    finished_run(first.newest_version, owner, seed=7)
    Scenario.objects.filter(pk=first.pk).update(name="Another name")

    start_from(owner_client, "blank")

    assert states(owner_client) == []


def test_steps_sent_away_stay_away_after_the_next_sign_in_and_for_that_person_only(
    owner_client: Client, owner: User, member: User
) -> None:
    assert STEPS in owner_client.get("/").content.decode()

    owner_client.post(reverse("pages:start-dismissal"))

    for person, shown in ((owner, False), (member, True), (owner, False)):
        owner_client.post(reverse("account_logout"))
        owner_client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert (STEPS in owner_client.get("/").content.decode()) is shown


def test_somebody_who_may_not_make_scenarios_is_shown_no_steps(
    sign_in: Callable[[User], Client], people: People
) -> None:
    assert STEPS not in sign_in(people.viewer).get("/").content.decode()


def test_new_scenario_offers_every_template_as_a_card_with_its_question(owner_client: Client) -> None:
    answer = owner_client.get(reverse("scenarios:new"))

    titles = [template.title for _radio, template in answer.context["cards"]]
    assert titles == [
        "Amazon x OpenAI 2026",
        "Amazon x Anthropic 2026",
        "Google x Anthropic 2026",
        "AMD x OpenAI warrants",
        "Contract without equity",
        "NVIDIA-only fleet",
        "Amazon x OpenAI 2026, families compete",
        "Blank",
    ]
    assert "Is the money back if the lab never lists?" in answer.content.decode()


def test_a_blank_scenario_is_valid_and_says_which_figures_are_placeholders(owner_client: Client) -> None:
    scenario = start_from(owner_client, "blank")
    document: dict[str, Any] = json.loads(scenario.newest_version.document_text)  # type: ignore[union-attr]

    assert len(document["deal"]["terms"]) == len(document["fleet"]["lots"]) == 1
    evidence = document["evidence"]["deal.terms[contract-1].reference_usd_per_chip_hour"]
    assert evidence["source"].startswith("Placeholder")
    assert "OpenAI" not in scenario.newest_version.document_text  # type: ignore[union-attr]


def test_a_blank_scenario_is_no_worked_example(owner_client: Client) -> None:
    start_from(owner_client, "blank")

    assert "blank" not in [card.template.name for card in owner_client.get("/").context["home"].examples]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.anchor)
def test_a_term_leads_to_its_place_in_the_glossary_and_carries_its_meaning(word: Any, db: None) -> None:
    drawn = Template("{% load glossary %}{% term anchor shown %}")

    text = drawn.render(Context({"anchor": word.anchor, "shown": "<b>these</b>"}))

    assert f'href="/glossary/#{word.anchor}"' in text
    assert "data-term=" in text
    assert "&lt;b&gt;these&lt;/b&gt;" in text


def test_a_word_the_glossary_does_not_hold_is_found_at_once(db: None, team: Team) -> None:
    with pytest.raises(KeyError):
        Template("{% load glossary %}{% term 'no-such' %}").render(Context())
