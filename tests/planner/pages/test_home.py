"""Home, method and glossary."""

import json
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from planner.runs.models import Run
from planner.scenarios.actions import create_scenario, share_version
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.worked_examples import template_document
from planner.teams.models import Level, Team, User
from tests.people import People
from tests.planner.compare.conftest import MakeRun, finished_run, make_run

__all__ = ["make_run"]


def test_somebody_who_has_not_signed_in_is_sent_to_the_sign_in_page(client: Client, db: None) -> None:
    assert client.get("/").headers["Location"] == reverse("account_login")


def test_a_team_without_scenarios_is_offered_a_button(owner_client: Client) -> None:
    answer = owner_client.get("/")

    assert answer.status_code == 200
    assert reverse("scenarios:new") in answer.content.decode()


def test_a_scenario_shows_its_headline(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    make_run(team, owner, "Amazon and OpenAI")

    (line,) = owner_client.get("/").context["home"].lines

    assert line.scenario.name == "Amazon and OpenAI"
    assert (line.headline.title, line.headline.figure) == ("Back in cash, no IPO", "35%")


def test_home_shows_nothing_of_another_team_until_it_is_shared(
    outsider_client: Client, team: Team, other_team: Team, owner: User, make_run: MakeRun
) -> None:
    version = make_run(team, owner, "A secret question").version
    assert "A secret question" not in outsider_client.get("/").content.decode()

    share_version(version=version, team=other_team, level=Level.RESULTS, actor=owner)

    assert "A secret question" in outsider_client.get("/").content.decode()


def test_home_shows_no_figure_of_a_results_level_share_that_its_page_would_not_show(
    outsider_client: Client, team: Team, other_team: Team, owner: User, make_run: MakeRun
) -> None:
    run = make_run(team, owner, "A question")
    result = json.loads(run.result_text)
    result["outcomes"]["equity_paid_usd"]["mean"] = 0.0  # then a whole result is headed by its margin
    for equity in ("provider_moic", "provider_irr"):
        del result["outcomes"][equity]
    Run.objects.filter(pk=run.pk).update(result_text=json.dumps(result))
    share = share_version(version=run.version, team=other_team, level=Level.RESULTS, actor=owner)

    (seen,) = outsider_client.get("/").context["home"].shared

    assert (seen.is_full, seen.headline.title) == (False, "Worth to the provider today")
    share.delete()
    share_version(version=run.version, team=other_team, level=Level.FULL, actor=owner)
    (seen,) = outsider_client.get("/").context["home"].shared
    assert (seen.is_full, seen.headline.title) == (True, "Compute margin in cash, today's value")


def test_method_and_glossary_open_for_everyone_signed_in(outsider_client: Client) -> None:
    for name in ("pages:method", "pages:glossary"):
        assert outsider_client.get(reverse(name)).status_code == 200


def test_the_glossary_says_each_word_once(outsider_client: Client) -> None:
    words = outsider_client.get(reverse("pages:glossary")).context["words"]

    assert len({str(word.term) for word in words}) == len(words)


def test_a_results_level_page_shows_outcomes_and_no_inputs(
    outsider_client: Client, team: Team, other_team: Team, owner: User, make_run: MakeRun
) -> None:
    run = make_run(team, owner, "Shared question")
    share_version(version=run.version, team=other_team, level=Level.RESULTS, actor=owner)

    text = outsider_client.get(reverse("runs:results", args=[run.uuid])).content.decode()

    assert "With no IPO, the equity is back in cash" in text
    for private in (
        "$15.0 B",
        "Trainium",
        "hinges",
        "USD per chip-hour",
        run.identity,
        run.result_digest,
        "Receipt",
    ):
        assert private not in text


def test_the_whole_result_page_shows_both_sides(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    run = make_run(team, owner)
    page = reverse("runs:results", args=[run.uuid])

    assert "the $15.0 B, and what is called later, is back in cash" in owner_client.get(page).content.decode()
    assert "For OpenAI, the deal is worth" in owner_client.get(page + "?side=lab").content.decode()


def test_a_full_share_shows_the_whole_result_and_no_way_to_the_scenario_around_it(
    outsider_client: Client, team: Team, other_team: Team, owner: User, make_run: MakeRun
) -> None:
    run = make_run(team, owner)
    share_version(version=run.version, team=other_team, level=Level.FULL, actor=owner)

    text = outsider_client.get(reverse("runs:results", args=[run.uuid])).content.decode()

    assert "What tokens cost" in text
    assert reverse("scenarios:detail", args=[run.version.scenario.uuid]) not in text


def _made_from_example(team: Team, author: User, name: str) -> Scenario:
    template = "amazon-openai-2026"
    return create_scenario(
        team=team, author=author, name=name, document=template_document(template), template=template
    )


def test_an_example_shows_the_first_scenario_made_from_it_whatever_copies_say(
    owner_client: Client, team: Team, owner: User
) -> None:
    first = _made_from_example(team, owner, "The worked one")
    run = finished_run(first.newest_version, owner, seed=7)
    copy = _made_from_example(team, owner, "With other terms")
    finished_run(copy.newest_version, owner, seed=7)

    home = owner_client.get("/")

    (card,) = [one for one in home.context["home"].examples if one.template.name == "amazon-openai-2026"]
    assert (card.scenario, card.run) == (first, run.uuid)
    assert card.headline.figure == "35%"
    assert [title for title, _figure in card.beside] == [
        "Lab defaults under contract",
        "Worth to the provider today",
    ]
    assert "?from=amazon-openai-2026" in home.content.decode()


def test_an_example_keeps_the_result_of_its_first_version(
    owner_client: Client, team: Team, owner: User
) -> None:
    scenario = _made_from_example(team, owner, "The worked one")
    run = finished_run(scenario.versions.get(number=1), owner, seed=7)
    other = ScenarioVersion.objects.create(
        scenario=scenario,
        number=2,
        schema_version=1,
        document_text=scenario.newest_version.document_text,
        digest="d" * 64,
        author=owner,
    )
    Scenario.objects.filter(pk=scenario.pk).update(newest_version=other)

    cards = owner_client.get("/").context["home"].examples

    assert [card.run for card in cards if card.scenario] == [run.uuid]


def test_home_leads_to_all_runs(owner_client: Client, team: Team, owner: User, make_run: MakeRun) -> None:
    make_run(team, owner)

    assert f'href="{reverse("runs:list")}"' in owner_client.get("/").content.decode()


def test_a_keeper_without_a_team_lands_on_the_prices(
    sign_in: Callable[[User], Client], keeper: User, people: People
) -> None:
    assert sign_in(keeper).get("/").headers["Location"] == reverse("catalog:entries")
    assert sign_in(people.loner).get("/").headers["Location"] == reverse("teams:new")
