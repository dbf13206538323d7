import threading
import time
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from planner.audit.models import AuditEntry
from planner.core.errors import Conflict, InvalidInput
from planner.teams import actions
from planner.teams.actions import add_member, change_role, create_team, grant, remove_member, revoke_grant
from planner.teams.models import Grant, Level, Membership, Role, Team, User
from tests.people import People, make_people


def test_a_new_team_has_its_maker_as_owner_and_an_audit_entry(people: People) -> None:
    team = create_team(name="  Finance   Tokyo ", owner=people.loner)

    assert team.name == "Finance Tokyo"
    assert Membership.objects.get(team=team).role == Role.OWNER
    assert AuditEntry.objects.filter(team_uuid=team.uuid, action="team created", actor=people.loner).exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "corporate DEVELOPMENT"])
def test_an_empty_long_or_taken_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_team(name=name, owner=people.loner)

    assert Team.objects.count() == 2


def test_only_an_owner_manages_members(people: People) -> None:
    membership = Membership.objects.get(user=people.viewer)

    for actor in (people.member, people.outsider):
        with pytest.raises(Http404):
            add_member(team=people.team, user=people.loner, role=Role.OWNER, actor=actor)
        with pytest.raises(Http404):
            change_role(membership=membership, role=Role.OWNER, actor=actor)
        with pytest.raises(Http404):
            remove_member(membership=membership, actor=actor)


def test_a_member_is_added_once(people: People) -> None:
    with pytest.raises(Conflict):
        add_member(team=people.team, user=people.member, role=Role.OWNER, actor=people.owner)

    assert Membership.objects.get(team=people.team, user=people.member).role == Role.APPROVER


def test_the_last_owner_stays_owner(people: People) -> None:
    last = Membership.objects.get(team=people.team, user=people.owner)

    with pytest.raises(Conflict):
        change_role(membership=last, role=Role.VIEWER, actor=people.owner)
    with pytest.raises(Conflict):
        remove_member(membership=last, actor=people.owner)

    change_role(membership=Membership.objects.get(user=people.member), role=Role.OWNER, actor=people.owner)
    remove_member(membership=last, actor=people.owner)
    assert not Membership.objects.filter(user=people.owner).exists()


def test_every_change_of_members_is_in_the_audit_log(people: People) -> None:
    membership = Membership.objects.get(user=people.viewer)
    change_role(membership=membership, role=Role.ANALYST, actor=people.owner)
    remove_member(membership=membership, actor=people.owner)

    actions = (
        AuditEntry.objects.filter(object_uuid=membership.uuid).order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["member added", "role changed", "member removed"]


def test_a_name_taken_at_the_same_moment_in_another_case_is_refused_by_the_database(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Team.objects.create(name="CORPORATE development")

    with patch("django.db.models.query.QuerySet.exists", return_value=False), pytest.raises(InvalidInput):
        create_team(name="CORPORATE development", owner=people.loner)


def test_a_role_that_was_changed_meanwhile_counts_when_the_last_owner_leaves(people: People) -> None:
    first = Membership.objects.get(team=people.team, user=people.owner)
    second = Membership.objects.get(team=people.team, user=people.member)
    change_role(membership=second, role=Role.OWNER, actor=people.owner)
    read_as_viewer = Membership.objects.get(team=people.team, user=people.viewer)
    change_role(membership=read_as_viewer, role=Role.OWNER, actor=people.owner)
    for membership in (first, second):
        Membership.objects.filter(pk=membership.pk).update(role=Role.VIEWER)
    read_as_viewer.role = Role.VIEWER  # read before it became the last owner

    with pytest.raises(Conflict):
        remove_member(membership=read_as_viewer, actor=people.viewer)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_leave_one() -> None:
    people = make_people()
    first = Membership.objects.get(team=people.team, user=people.owner)
    second = Membership.objects.get(team=people.team, user=people.member)
    change_role(membership=second, role=Role.OWNER, actor=people.owner)
    start = threading.Barrier(2)
    refusals: list[Exception] = []

    def demote(membership: Membership, actor: User) -> None:
        try:
            start.wait(10)
            change_role(membership=membership, role=Role.VIEWER, actor=actor)
        except (Conflict, Http404) as error:
            refusals.append(error)
        finally:
            connection.close()

    def slowly(membership: Membership) -> None:
        refuse(membership)
        time.sleep(0.3)  # between counting and writing: where the other one would slip in

    refuse = actions._refuse_for_last_owner
    with patch.object(actions, "_refuse_for_last_owner", slowly):
        threads = [
            threading.Thread(target=demote, args=pair)
            for pair in ((second, people.owner), (first, people.member))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert Membership.objects.filter(team=people.team, role=Role.OWNER).count() == 1
    assert len(refusals) == 1


def test_a_share_ended_twice_is_recorded_once(people: People) -> None:
    shared = grant(
        object_kind="thing",
        object_uuid=uuid4(),
        owner_team=people.team,
        team=people.other_team,
        level=Level.RESULTS,
        actor=people.owner,
    )
    again = Grant.objects.get(pk=shared.pk)
    revoke_grant(grant=shared, actor=people.owner)

    with patch("django.db.models.query.QuerySet.exists", return_value=True), pytest.raises(Http404):
        revoke_grant(grant=again, actor=people.owner)

    assert AuditEntry.objects.filter(action="thing share ended").count() == 1
