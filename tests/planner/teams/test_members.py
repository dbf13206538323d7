import pytest
from django.http import Http404

from planner.audit.models import AuditEntry
from planner.core.errors import Conflict, InvalidInput
from planner.teams.actions import add_member, change_role, create_team, remove_member
from planner.teams.models import Membership, Role, Team
from tests.people import People


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
