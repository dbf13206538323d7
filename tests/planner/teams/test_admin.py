"""What the admin may do with people and teams."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from planner.audit.models import AuditEntry
from planner.teams.invitations import invite
from planner.teams.models import Answer, Membership, Role, Team, User
from planner.teams.tokens import make_token
from tests.people import PASSWORD, People, make_user


@pytest.fixture
def root(people: People) -> User:
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def root_client(root: User) -> Client:
    client = Client()
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _team_form(team: Team | None, *members: dict[str, object]) -> dict[str, object]:
    """What the admin's page of a team sends: its name and the rows of its members."""
    sent: dict[str, object] = {
        "name": team.name if team else "Treasury",
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": len([row for row in members if row["id"]]),
    }
    for place, row in enumerate(members):
        sent |= {f"memberships-{place}-{name}": value for name, value in row.items() if value != ""}
    return sent


def _row(membership: Membership, **changes: object) -> dict[str, object]:
    held = {
        "id": membership.pk,
        "team": membership.team_id,
        "user": membership.user_id,
        "role": membership.role,
    }
    return {**held, **changes}


@pytest.mark.parametrize("change", [{"role": Role.VIEWER.value}, {"DELETE": "on"}])
def test_the_last_owner_is_neither_removed_nor_demoted(
    root_client: Client, people: People, change: dict[str, object]
) -> None:
    last = Membership.objects.get(team=people.team, user=people.owner)
    other = Membership.objects.get(team=people.team, user=people.member)
    address = reverse("admin:teams_team_change", args=[people.team.pk])

    answer = root_client.post(address, _team_form(people.team, _row(last, **change), _row(other)))

    assert answer.status_code == 200
    assert "A team keeps at least one owner" in answer.content.decode()
    last.refresh_from_db()
    assert last.role == Role.OWNER


def test_members_changed_in_the_admin_are_in_the_audit_log(
    root_client: Client, people: People, root: User
) -> None:
    of = {held.user.username: held for held in Membership.objects.filter(team=people.team)}
    rows = [
        _row(of["owner"]),
        _row(of["member"], role=Role.OWNER.value),
        _row(of["viewer"], DELETE="on"),
        {"id": "", "team": people.team.pk, "user": people.loner.pk, "role": Role.VIEWER.value},
    ]
    rows.sort(key=lambda row: not row["id"])

    answer = root_client.post(
        reverse("admin:teams_team_change", args=[people.team.pk]), _team_form(people.team, *rows)
    )

    assert answer.status_code == 302
    entries = AuditEntry.objects.filter(actor=root, object_kind="membership")
    assert {(entry.action, entry.details["user"]) for entry in entries} == {
        ("member added", "loner"),
        ("role changed", "member"),
        ("member removed", "viewer"),
    }


def test_a_team_made_in_the_admin_needs_an_owner(root_client: Client, people: People) -> None:
    address = reverse("admin:teams_team_add")
    row = {"id": "", "team": "", "user": people.loner.pk, "role": Role.VIEWER.value}

    assert root_client.post(address, _team_form(None, row)).status_code == 200
    assert root_client.post(address, _team_form(None)).status_code == 200
    assert not Team.objects.filter(name="Treasury").exists()
    assert root_client.post(address, _team_form(None, {**row, "role": Role.OWNER.value})).status_code == 302


def test_a_password_set_in_the_admin_ends_the_persons_tokens(
    root_client: Client, people: People, root: User
) -> None:
    make_token(user=people.member)
    make_token(user=people.owner)
    address = reverse("admin:auth_user_password_change", args=[people.member.pk])
    fresh = "another correct horse battery staple"

    refused = root_client.post(
        address, {"password1": fresh, "password2": PASSWORD, "usable_password": "true"}
    )
    assert refused.status_code == 200
    assert AuthToken.objects.count() == 2
    root_client.post(address, {"password1": fresh, "password2": fresh, "usable_password": "true"})

    people.member.refresh_from_db()
    assert people.member.check_password(fresh)
    assert list(AuthToken.objects.values_list("user__username", flat=True)) == ["owner"]
    entry = AuditEntry.objects.get(action="password changed")
    assert (entry.actor, entry.object_uuid) == (root, people.member.uuid)


def test_accounts_are_switched_off_not_deleted(root_client: Client, people: People) -> None:
    User.objects.filter(pk=people.loner.pk).update(password=make_password(None))

    assert root_client.post(reverse("admin:teams_user_delete", args=[people.loner.pk])).status_code == 403


def test_invitations_are_seen_and_not_changed(root_client: Client, people: People) -> None:
    made, _secret = invite(team=people.team, role=Role.VIEWER, days=1, actor=people.owner)
    page = root_client.get(reverse("admin:teams_invitation_change", args=[made.pk]))

    assert page.status_code == 200
    assert made.digest not in page.content.decode()
    assert root_client.get(reverse("admin:teams_invitation_add")).status_code == 403


@pytest.mark.parametrize("change", [{"role": Role.APPROVER.value}, {"DELETE": "on"}])
def test_what_an_owner_handed_out_ends_with_their_ownership(
    root_client: Client, people: People, change: dict[str, object]
) -> None:
    former = Membership.objects.get(team=people.team, user=people.owner)
    other = Membership.objects.get(team=people.team, user=people.member)
    made, _secret = invite(team=people.team, role=Role.OWNER, days=30, actor=people.owner)
    address = reverse("admin:teams_team_change", args=[people.team.pk])

    sent = _team_form(people.team, _row(former, **change), _row(other, role=Role.OWNER.value))
    assert root_client.post(address, sent).status_code == 302

    made.refresh_from_db()
    assert made.answer == Answer.REVOKED
