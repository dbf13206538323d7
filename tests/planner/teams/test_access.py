from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from planner.teams import access
from planner.teams.actions import add_member, grant, revoke_grant
from planner.teams.models import Grant, Level, Role
from tests.people import People, make_user

KIND = "scenario_version"


def _level(people: People, viewer: object, uuid: object) -> Level | None:
    return access.level_of(viewer, object_kind=KIND, object_uuid=uuid, owner_team=people.team)  # type: ignore[arg-type]


def test_roles_are_ordered_and_each_includes_the_former(people: People) -> None:
    for user, role in (
        (people.viewer, Role.VIEWER),
        (people.analyst, Role.ANALYST),
        (people.member, Role.APPROVER),
        (people.owner, Role.OWNER),
    ):
        assert access.role_in(user, people.team) == role
        for asked in Role:
            assert access.has_role(user, people.team, asked) is (asked <= role)


def test_strangers_have_no_role(people: People) -> None:
    for stranger in (people.outsider, people.loner, people.keeper, AnonymousUser()):
        assert access.role_in(stranger, people.team) is None
        with pytest.raises(Http404):
            access.require_role(stranger, people.team, Role.VIEWER)


def test_a_superuser_sees_nothing_of_a_team(people: People) -> None:
    root = make_user("root", is_superuser=True, is_staff=True)

    assert _level(people, root, uuid4()) is None
    assert not access.teams_of(root).exists()


def test_an_account_that_is_switched_off_sees_nothing(people: People) -> None:
    people.owner.is_active = False

    assert access.role_in(people.owner, people.team) is None
    assert not access.teams_of(people.owner).exists()


def test_members_see_everything_and_others_what_was_granted(people: People) -> None:
    shared, private = uuid4(), uuid4()
    grant(
        object_kind=KIND, object_uuid=shared, owner_team=people.team, team=people.other_team,
        level=Level.RESULTS, actor=people.member,
    )  # fmt: skip

    assert _level(people, people.viewer, private) is Level.FULL
    assert _level(people, people.outsider, shared) is Level.RESULTS
    assert _level(people, people.outsider, private) is None
    assert _level(people, people.loner, shared) is None


def test_a_grant_to_everyone_reaches_whoever_signs_in(people: People) -> None:
    shared = uuid4()
    grant(
        object_kind=KIND,
        object_uuid=shared,
        owner_team=people.team,
        team=None,
        level=Level.FULL,
        actor=people.owner,
    )

    assert _level(people, people.loner, shared) is Level.FULL
    assert _level(people, AnonymousUser(), shared) is None


def test_the_highest_grant_counts_and_ending_it_counts_at_once(people: People) -> None:
    shared = uuid4()
    words = {"object_kind": KIND, "object_uuid": shared, "owner_team": people.team, "actor": people.owner}
    grant(**words, team=None, level=Level.RESULTS)
    full = grant(**words, team=people.other_team, level=Level.FULL)

    assert _level(people, people.outsider, shared) is Level.FULL

    revoke_grant(grant=full, actor=people.owner)

    assert _level(people, people.outsider, shared) is Level.RESULTS


def test_a_grant_in_another_teams_name_opens_nothing(people: People) -> None:
    """Whoever shares names their own team as owner; the object's real owner decides what counts."""
    foreign = uuid4()
    grant(
        object_kind=KIND, object_uuid=foreign, owner_team=people.other_team, team=None,
        level=Level.FULL, actor=people.outsider,
    )  # fmt: skip

    assert _level(people, people.outsider, foreign) is None


def test_sharing_twice_changes_the_level_and_makes_no_second_row(people: People) -> None:
    words = {"object_kind": KIND, "object_uuid": uuid4(), "owner_team": people.team, "actor": people.owner}
    grant(**words, team=None, level=Level.RESULTS)
    grant(**words, team=None, level=Level.FULL)

    assert [shared.level for shared in Grant.objects.all()] == [Level.FULL]


def test_an_analyst_may_not_share(people: People) -> None:
    with pytest.raises(Http404):
        grant(
            object_kind=KIND, object_uuid=uuid4(), owner_team=people.team, team=None,
            level=Level.RESULTS, actor=people.analyst,
        )  # fmt: skip


def test_rows_of_my_teams_leaves_out_all_others(people: People) -> None:
    from planner.teams.models import Membership

    mine = access.rows_of_my_teams(people.outsider, Membership.objects.all())

    assert [row.user for row in mine] == [people.outsider]


def test_the_current_team_is_the_first_unless_another_of_mine_is_chosen(people: People, rf: object) -> None:
    add_member(team=people.other_team, user=people.owner, role=Role.VIEWER, actor=people.outsider)
    request = rf.get("/")  # type: ignore[attr-defined]
    request.user, request.session = people.owner, {}

    assert access.current_team(request) == people.team

    request.session["team"] = str(people.other_team.uuid)
    assert access.current_team(request) == people.other_team

    request.user = people.member
    assert access.current_team(request) == people.team

    request.user = people.loner
    assert access.current_team(request) is None
