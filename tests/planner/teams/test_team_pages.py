from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from knox.models import AuthToken

from planner.audit.models import AuditEntry
from planner.teams.actions import add_member
from planner.teams.models import Membership, Role, Team, User
from tests.people import PASSWORD, People

SignIn = Callable[[User], Client]


def test_signing_in_goes_where_one_wanted_to_go(client: Client, people: People) -> None:
    wanted = client.get("/team/")

    assert wanted.status_code == 302
    assert wanted.url == "/accounts/login/?next=/team/"  # type: ignore[attr-defined]

    answer = client.post(wanted.url, {"login": "owner", "password": PASSWORD, "next": "/team/"})  # type: ignore[attr-defined]

    assert (answer.status_code, answer.url) == (302, "/team/")  # type: ignore[attr-defined]
    assert SESSION_KEY in client.session
    assert AuditEntry.objects.filter(action="signed in", actor=people.owner).count() == 1


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_site(client: Client, people: People, address: str) -> None:
    answer = client.post("/accounts/login/", {"login": "owner", "password": PASSWORD, "next": address})

    assert answer.status_code == 302
    assert "evil" not in answer.url  # type: ignore[attr-defined]
    assert "javascript" not in answer.url  # type: ignore[attr-defined]


def test_a_wrong_password_says_so_and_signs_nobody_in(client: Client, people: People) -> None:
    answer = client.post("/accounts/login/", {"login": "owner", "password": "wrong"})

    assert answer.status_code == 200
    assert SESSION_KEY not in client.session


def test_the_demo_accounts_are_offered_in_demo_mode_only(
    client: Client, people: People, settings: object
) -> None:
    settings.DEMO_MODE = False  # type: ignore[attr-defined]
    assert b"outsider" not in client.get("/accounts/login/").content

    settings.DEMO_MODE = True  # type: ignore[attr-defined]
    assert b"outsider" in client.get("/accounts/login/").content


def test_sign_up_is_closed_unless_the_installation_opens_it(
    client: Client, people: People, settings: object
) -> None:
    values = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", values)
    assert not User.objects.filter(username="newcomer").exists()

    settings.ACCOUNT_SIGNUP_OPEN = True  # type: ignore[attr-defined]
    client.post("/accounts/signup/", values)
    assert User.objects.filter(username="newcomer").exists()


def test_the_admin_has_no_sign_in_page_of_its_own(client: Client, sign_in: SignIn, people: People) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")

    assert sign_in(people.owner).get("/admin/", follow=True).status_code == 404
    assert sign_in(people.keeper).get("/admin/").status_code == 200


def test_the_team_page_lists_members_and_only_an_owner_may_change_them(
    sign_in: SignIn, people: People
) -> None:
    as_owner = sign_in(people.owner).get("/team/").content.decode()
    as_member = sign_in(people.member).get("/team/").content.decode()

    for page in (as_owner, as_member):
        assert "Corporate development" in page
        assert "analyst" in page
        assert "outsider" not in page
        assert ">the team</span></a>" in page
    for offered in (">analyst</span></a>", "Change role", "Invite somebody", "Rename the team"):
        assert offered in as_owner
        assert offered not in as_member


def test_an_owner_changes_and_removes_a_member_after_a_page_that_says_what_stays(
    sign_in: SignIn, people: People
) -> None:
    client = sign_in(people.owner)
    held = Membership.objects.get(user=people.viewer)

    said = client.post(reverse("teams:role", args=[held.uuid]), {"role": "2"}, follow=True)
    held.refresh_from_db()
    assert held.role == Role.ANALYST
    assert "viewer is analyst now." in said.content.decode()

    asked = client.get(reverse("teams:removal", args=[held.uuid])).content.decode()
    assert "stay with the team, under their name" in asked
    assert Membership.objects.filter(pk=held.pk).exists()

    client.post(reverse("teams:removal", args=[held.uuid]))
    assert not Membership.objects.filter(user=people.viewer).exists()


def test_a_member_leaves_and_the_last_owner_may_not(sign_in: SignIn, people: People) -> None:
    of = {name: Membership.objects.get(user__username=name) for name in ("owner", "member", "analyst")}
    member, owner = sign_in(people.member), sign_in(people.owner)

    assert (
        "Leave Corporate development?"
        in member.get(reverse("teams:removal", args=[of["member"].uuid])).content.decode()
    )
    assert member.get(reverse("teams:removal", args=[of["analyst"].uuid])).status_code == 404
    assert member.post(reverse("teams:removal", args=[of["analyst"].uuid])).status_code == 404
    refused = owner.post(reverse("teams:removal", args=[of["owner"].uuid]))
    assert refused.status_code == 409
    assert "A team keeps at least one owner" in refused.content.decode()

    left = member.post(reverse("teams:removal", args=[of["member"].uuid]), follow=True)
    assert "You have left Corporate development." in left.content.decode()
    assert member.get("/team/").url == "/team/new/"  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="member left", actor=people.member).count() == 1


def test_who_is_removed_falls_back_to_another_team_at_once(sign_in: SignIn, people: People) -> None:
    add_member(team=people.other_team, user=people.member, role=Role.VIEWER, actor=people.outsider)
    client = sign_in(people.member)
    client.post(reverse("teams:choice", args=[people.team.uuid]))
    assert '<h1 class="long-name">Corporate development' in client.get("/team/").content.decode()

    sign_in(people.owner).post(
        reverse("teams:removal", args=[Membership.objects.get(user=people.member, team=people.team).uuid])
    )

    page = client.get("/team/").content.decode()
    assert "Infrastructure strategy" in page
    assert "Corporate development" not in page


def test_what_belongs_to_another_team_is_not_found(sign_in: SignIn, people: People) -> None:
    theirs = Membership.objects.get(user=people.viewer)
    sent = {"username": "loner", "role": "4", "days": "7", "name": "Ours"}

    for person in (people.outsider, people.keeper, people.loner):
        client = sign_in(person)
        assert client.get(reverse("teams:removal", args=[theirs.uuid])).status_code == 404
        for name, uuid in (
            ("invitations", people.team.uuid),
            ("choice", people.team.uuid),
            ("name", people.team.uuid),
            ("role", theirs.uuid),
            ("removal", theirs.uuid),
        ):
            assert client.post(reverse(f"teams:{name}", args=[uuid]), sent).status_code == 404, (person, name)
    assert Membership.objects.get(pk=theirs.pk).role == Role.VIEWER


def test_a_member_below_owner_may_not_manage(sign_in: SignIn, people: People) -> None:
    theirs = Membership.objects.get(user=people.viewer)
    sent = {"username": "loner", "role": "4", "days": "7", "name": "Ours"}
    client = sign_in(people.member)

    for name, uuid in (("invitations", people.team.uuid), ("name", people.team.uuid), ("role", theirs.uuid)):
        assert client.post(reverse(f"teams:{name}", args=[uuid]), sent).status_code == 404, name
    assert client.post(reverse("teams:role", args=[theirs.uuid]), {"role": "9"}).status_code == 404


def test_an_owner_renames_the_team(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.owner)
    address = reverse("teams:name", args=[people.team.uuid])

    for name, said in (
        ("   ", "Give the team a name."),
        ("x" * 10_000, "at most 120 characters"),
        ("infrastructure STRATEGY", "already a team of this name"),
        ("a\u202eb", "only characters that can be seen"),
        ("\u200d", "1 to 120 characters"),
        ("a\x00b", "Null characters are not allowed"),
    ):
        answer = client.post(address, {"name": name})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), name
    assert client.post(address, {"name": "Corporate Development"}).status_code == 302
    people.team.refresh_from_db()
    assert people.team.name == "Corporate Development"
    assert AuditEntry.objects.get(action="team renamed").details == {
        "before": "Corporate development",
        "after": "Corporate Development",
    }


@pytest.mark.parametrize("name", ["<script>原価</script>", "{{7*7}}", "%s%n", "'\"--", "Łódź & Sons"])
def test_a_strange_name_is_kept_and_shown_as_it_is(sign_in: SignIn, people: People, name: str) -> None:
    client = sign_in(people.loner)

    assert client.get("/team/").url == "/team/new/"  # type: ignore[attr-defined]
    assert client.post("/team/new/", {"name": "Corporate development"}).status_code == 422
    assert client.post("/team/new/", {"name": name}).status_code == 302
    assert Team.objects.get(memberships__user=people.loner).name == name
    assert f'<h1 class="long-name">{escape(name)}</h1>' in client.get("/team/").content.decode()


def test_anybody_makes_another_team_and_works_in_it(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.member)

    assert "Make another team" in client.get("/team/new/").content.decode()
    client.post("/team/new/", {"name": "Treasury"})
    assert ">Treasury</h1>" in client.get("/team/").content.decode()

    client.post(reverse("teams:choice", args=[people.team.uuid]))
    assert ">Corporate development</h1>" in client.get("/team/").content.decode()


def test_the_activity_of_a_team_has_a_page(sign_in: SignIn, people: People) -> None:
    page = sign_in(people.viewer).get("/team/activity/").content.decode()

    assert "member added" in page
    assert sign_in(people.loner).get("/team/activity/").url == "/team/new/"  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["/", "/team/", "/accounts/login/"])
def test_a_forged_host_is_refused(sign_in: SignIn, people: People, address: str) -> None:
    answer = sign_in(people.owner).get(address, headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


def test_a_token_is_shown_once_and_stored_as_a_digest(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.owner)

    page = client.post("/team/tokens/")
    token = page.context["made"]

    assert token in page.content.decode()
    assert token not in client.get("/team/tokens/").content.decode()
    assert not AuthToken.objects.filter(digest=token).exists()
    assert Client().get("/api/", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_revoked_token_is_dead_and_nobody_revokes_anothers(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.owner)
    token = client.post("/team/tokens/").context["made"]
    address = reverse("teams:token-revocation", args=[AuthToken.objects.get().token_key])
    header = {"Authorization": f"Token {token}"}

    assert sign_in(people.member).post(address).status_code == 404
    assert client.post(address).status_code == 302
    assert Client().get("/api/", headers=header).status_code == 401
    assert list(AuditEntry.objects.filter(object_kind="token").values_list("action", flat=True)) == [
        "API token revoked",
        "API token made",
    ]
