"""Forking a version to a team: who may, what it says of its origin, and who learns of it."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.core.models import NeverChanged
from planner.scenarios import actions, queries
from planner.scenarios.models import Lineage, Scenario
from planner.teams.models import Level

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import ScenarioVersion
    from tests.people import People


def page(response: Any) -> str:
    return unescape(response.content.decode())


def address(version: ScenarioVersion) -> str:
    return reverse("scenarios:fork", args=[version.uuid])


@pytest.fixture
def shared(version: ScenarioVersion, people: People) -> Any:
    return actions.share_version(
        version=version, team=people.other_team, level=Level.FULL, actor=people.owner
    )


def fork(client: Client, version: ScenarioVersion, team: Any, **more: Any) -> Any:
    return client.post(address(version), {"name": "Ours now", "team": str(team.uuid), **more})


def test_a_fork_has_the_inputs_as_its_version_1_and_says_where_it_came_from(
    outsider_client: Client, version: ScenarioVersion, people: People, shared: Any
) -> None:
    assert "Amazon and OpenAI, forked" in page(outsider_client.get(address(version)))
    answer = fork(outsider_client, version, people.other_team)
    made = Scenario.objects.get(team=people.other_team)
    assert answer["Location"] == reverse("scenarios:detail", args=[made.uuid])
    assert made.newest_version is not None
    assert (made.newest_version.number, made.newest_version.parent) == (1, None)
    assert made.newest_version.digest == version.digest
    html = page(outsider_client.get(answer["Location"]))
    assert "Forked from Amazon and OpenAI, version 1, of Corporate development" in html
    assert reverse("scenarios:version", args=[version.uuid]) in html


def test_after_the_share_ends_only_what_was_true_then_is_said(
    outsider_client: Client, version: ScenarioVersion, people: People, shared: Any
) -> None:
    answer = fork(outsider_client, version, people.other_team)
    actions.unshare_version(version=version, grant=shared, actor=people.owner)
    actions.rename_scenario(scenario=version.scenario, name="A secret name", actor=people.owner)
    html = page(outsider_client.get(answer["Location"]))
    assert "Forked from Amazon and OpenAI, version 1" in html
    assert "A secret name" not in html
    assert reverse("scenarios:version", args=[version.uuid]) not in html


def test_the_source_team_learns_that_it_was_forked_and_not_by_whom(
    outsider_client: Client, owner_client: Client, version: ScenarioVersion, people: People, shared: Any
) -> None:
    fork(outsider_client, version, people.other_team)
    ours = AuditEntry.objects.get(team_uuid=people.team.uuid, action="version forked by another team")
    assert ours.actor is None
    assert ours.details == {"number": 1}
    theirs = AuditEntry.objects.get(team_uuid=people.other_team.uuid, action="scenario forked")
    assert theirs.actor == people.outsider
    html = page(owner_client.get(reverse("scenarios:detail", args=[version.scenario.uuid])))
    assert "Ours now" not in html


def test_a_version_shared_at_results_level_cannot_be_forked(
    outsider_client: Client, version: ScenarioVersion, people: People
) -> None:
    actions.share_version(version=version, team=None, level=Level.RESULTS, actor=people.owner)
    assert outsider_client.get(address(version)).status_code == 404
    assert fork(outsider_client, version, people.other_team).status_code == 404
    assert not Lineage.objects.exists()


def test_only_ones_own_teams_where_one_is_analyst_are_offered(
    owner_client: Client, version: ScenarioVersion, people: People, sign_in: Any
) -> None:
    html = page(owner_client.get(address(version)))
    assert people.team.name in html
    assert people.other_team.name not in html
    refused = fork(owner_client, version, people.other_team)
    assert refused.status_code == 422
    assert sign_in(people.viewer).get(address(version)).status_code == 404
    assert not Lineage.objects.exists()


def test_two_clicks_make_one_fork(owner_client: Client, version: ScenarioVersion, people: People) -> None:
    key = str(uuid4())
    first = fork(owner_client, version, people.team, submission_key=key)
    second = fork(owner_client, version, people.team, submission_key=key)
    assert first["Location"] == second["Location"]
    assert Lineage.objects.count() == 1
    assert Scenario.objects.count() == 2


def test_a_key_that_made_another_scenario_gives_that_one_no_lineage(
    owner_client: Client, version: ScenarioVersion, people: People
) -> None:
    key = uuid4()
    made = actions.create_scenario(
        team=people.team,
        author=people.owner,
        name="No fork",
        document=queries.raw_of_version(version),
        submission_key=key,
    )

    answer = fork(owner_client, version, people.team, submission_key=key)

    assert (answer.status_code, "made another scenario already" in page(answer)) == (422, True)
    assert not Lineage.objects.filter(scenario=made).exists()


def test_a_bad_name_is_refused_at_the_field(
    owner_client: Client, version: ScenarioVersion, people: People
) -> None:
    answer = fork(owner_client, version, people.team, name="   ")
    assert answer.status_code == 422
    assert Scenario.objects.count() == 1


def test_lineage_is_written_once(owner_client: Client, version: ScenarioVersion, people: People) -> None:
    fork(owner_client, version, people.team)
    lineage = Lineage.objects.get()
    lineage.name = "Another"
    with pytest.raises(NeverChanged):
        lineage.save()
    assert queries.lineage_of(people.owner, lineage.scenario) is not None
