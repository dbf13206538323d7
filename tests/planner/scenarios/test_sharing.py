"""An approver shares a version with a team or everyone, at one of two levels, changes the level and ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.scenarios import actions, queries
from planner.teams.models import Grant, Level, Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from planner.scenarios.models import Scenario, ScenarioVersion
    from planner.teams.models import User
    from tests.people import People


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_says_what_each_level_shows_and_who_shared_what_since_when(
    version: ScenarioVersion, people: People, sign_in: Callable[[User], Client]
) -> None:
    address = reverse("scenarios:version", args=[version.uuid])
    client = sign_in(people.member)
    assert "No input, price, ledger line, note or message." in text(client, address)
    assert "Nobody outside your team." in text(client, address)

    sent = {"whom": "infrastructure STRATEGY", "level": "1"}
    client.post(reverse("scenarios:shares", args=[version.uuid]), sent)

    grant = Grant.objects.get()
    page = text(client, address)
    for said in (
        "Infrastructure strategy",
        "results only",
        f"{grant.created_at:%Y-%m-%d %H:%M}",
        "UTC</span>, by member",
    ):
        assert said in page
    assert "Show in full" in page
    for reader in (people.viewer, people.analyst):
        seen = text(sign_in(reader), address)
        assert "Infrastructure strategy" in seen
        assert "share-form" not in seen
        assert "End this share" not in seen


def test_the_level_changes_and_changing_nothing_leaves_no_trace(
    version: ScenarioVersion, people: People, sign_in: Callable[[User], Client]
) -> None:
    shares = reverse("scenarios:shares", args=[version.uuid])
    member, owner = sign_in(people.member), sign_in(people.owner)
    member.post(shares, {"whom": people.other_team.name, "level": "1"})
    owner.post(shares, {"whom": people.other_team.name, "level": "1"})
    assert Grant.objects.get().created_by == people.member

    owner.post(shares, {"whom": people.other_team.name, "level": "2"})

    grant = Grant.objects.get()
    assert (grant.level, grant.created_by) == (Level.FULL, people.owner)
    logged = AuditEntry.objects.filter(action="scenario version shared").order_by("id")
    assert [entry.details["level"] for entry in logged] == ["results", "full"]
    assert sign_in(people.outsider).get(reverse("scenarios:version", args=[version.uuid])).status_code == 200
    owner.post(shares, {"whom": people.other_team.name, "level": "1"})
    assert sign_in(people.outsider).get(reverse("scenarios:version", args=[version.uuid])).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"whom": "No such team", "level": "1"}, "There is no team of exactly this name."),
        ({"whom": "", "level": "1"}, "Name a team, or choose everyone."),
        ({"whom": "Infrastructure strategy", "everyone": "on", "level": "2"}, "not both"),
        ({"whom": "Corporate development", "level": "1"}, "Your own team sees this version already."),
        ({"whom": "Infrastructure strategy", "level": "3"}, "Select a valid choice"),
        ({"whom": "Infrastructure strategy"}, "This field is required"),
        ({"whom": "x" * 10_000, "level": "1"}, "at most 120 characters"),
        ({"whom": "a\x00b", "level": "1"}, "Null characters are not allowed"),
    ],
)
def test_a_share_that_cannot_be_made_is_explained_at_the_field(
    version: ScenarioVersion, people: People, owner_client: Client, sent: dict[str, str], said: str
) -> None:
    answer = owner_client.post(reverse("scenarios:shares", args=[version.uuid]), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Grant.objects.exists()


def test_shared_with_me_says_how_much_and_only_once(
    version: ScenarioVersion, people: People, sign_in: Callable[[User], Client]
) -> None:
    for team, level in ((None, Level.RESULTS), (people.other_team, Level.FULL)):
        actions.share_version(version=version, team=team, level=level, actor=people.owner)

    levels = {
        person: [found.is_full for found in queries.shared_with(person)]  # type: ignore[attr-defined]
        for person in (people.outsider, people.loner, people.member)
    }

    assert levels == {people.outsider: [True], people.loner: [False], people.member: []}
    assert ">full</span>" in text(sign_in(people.outsider), "/scenarios/")
    assert ">results only</span>" in text(sign_in(people.loner), "/scenarios/")
    assert ">full</span>" in text(sign_in(people.outsider), "/")


def test_a_share_in_another_teams_name_lists_nothing(version: ScenarioVersion, people: People) -> None:
    from planner.teams.actions import grant

    grant(
        object_kind="scenario_version", object_uuid=version.uuid, owner_team=people.other_team, team=None,
        level=Level.FULL, actor=people.outsider,
    )  # fmt: skip

    assert list(queries.shared_with(people.outsider)) == []


def test_sharing_ends_with_the_membership_of_the_team_it_was_shared_with(
    version: ScenarioVersion, people: People, sign_in: Callable[[User], Client]
) -> None:
    from planner.teams.actions import add_member, remove_member
    from planner.teams.models import Role

    actions.share_version(version=version, team=people.other_team, level=Level.FULL, actor=people.owner)
    joined = add_member(team=people.other_team, user=people.loner, role=Role.VIEWER, actor=people.outsider)
    client, address = sign_in(people.loner), reverse("scenarios:version", args=[version.uuid])
    assert client.get(address).status_code == 200

    remove_member(membership=joined, actor=people.outsider)

    assert client.get(address).status_code == 404


def test_a_share_in_full_opens_no_other_version_no_draft_and_no_activity(
    scenario: Scenario, version: ScenarioVersion, people: People, outsider_client: Client
) -> None:
    draft = queries.draft_of(scenario)
    changes = {"deal.lab": "Anthropic"}
    actions.save_draft(scenario=scenario, changes=changes, lock=draft.lock, editor=people.owner)
    actions.share_version(version=version, team=people.other_team, level=Level.FULL, actor=people.owner)
    draft.refresh_from_db()
    second = actions.save_version(
        scenario=scenario, lock=draft.lock, message="A later thought", author=people.owner
    )
    draft.refresh_from_db()
    actions.save_draft(
        scenario=scenario, changes={"deal.lab": "Mistral"}, lock=draft.lock, editor=people.owner
    )

    page = text(outsider_client, reverse("scenarios:version", args=[version.uuid]))
    for hidden in ("Anthropic", "Mistral", "A later thought", "viewer", str(second.uuid), str(scenario.uuid)):
        assert hidden not in page, hidden
    for address in (
        reverse("scenarios:version", args=[second.uuid]),
        reverse("api:version", args=[second.uuid]),
        reverse("api:scenario", args=[scenario.uuid]),
        reverse("scenarios:diff", args=[scenario.uuid]) + f"?before={version.uuid}&after={second.uuid}",
        f"/compare/?base={version.uuid}&other={second.uuid}",
    ):
        assert outsider_client.get(address).status_code == 404, address
    assert "scenario version saved" not in text(outsider_client, "/team/activity/")


def test_what_somebody_made_stays_under_their_name_when_they_leave(
    people: People, sign_in: Callable[[User], Client], document: dict[str, Any]
) -> None:
    made = actions.create_scenario(
        team=people.team, author=people.analyst, name="Left behind", document=document, message="Mine"
    )
    leaver = sign_in(people.analyst)
    held = Membership.objects.get(user=people.analyst)

    leaver.post(reverse("teams:removal", args=[held.uuid]))

    assert leaver.get(reverse("scenarios:detail", args=[made.uuid])).status_code == 404
    assert made.newest_version is not None
    for name, uuid in (("versions", made.uuid), ("version", made.newest_version.uuid)):
        assert "analyst" in text(sign_in(people.viewer), reverse(f"scenarios:{name}", args=[uuid]))
