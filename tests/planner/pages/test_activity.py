"""What the team's page says was done, and to what."""

from django.test import Client
from django.urls import reverse

from planner.runs.actions import request_run
from planner.teams.models import Team, User
from tests.planner.compare.conftest import MakeRun, make_run

__all__ = ["make_run"]


def test_activity_names_the_scenario_the_version_the_run_and_the_member(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    version = make_run(team, owner, "Amazon and OpenAI").version
    run = request_run(version=version, requester=owner, draws=8192, seed=99)

    page = owner_client.get(reverse("teams:activity")).content.decode()

    assert '<td class="better">Amazon and OpenAI</td>' in page
    assert "Amazon and OpenAI · version 1</td>" in page
    assert f"Run {run.number} of Amazon and OpenAI · version 1" in page
    assert '<td class="better">analyst</td>' in page


def test_activity_of_another_team_is_not_named(
    outsider_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    make_run(team, owner, "A secret question")

    assert "A secret question" not in outsider_client.get(reverse("teams:activity")).content.decode()
