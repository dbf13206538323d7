from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from planner.audit.models import AuditEntry
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
    assert "/removal/" in as_owner
    assert "/removal/" not in as_member


def test_an_owner_adds_changes_and_removes_a_member(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.owner)

    client.post(reverse("teams:members", args=[people.team.uuid]), {"username": "loner", "role": "1"})
    added = Membership.objects.get(user=people.loner)
    client.post(reverse("teams:role", args=[added.uuid]), {"role": "2"})
    added.refresh_from_db()
    assert (added.team, added.role) == (people.team, Role.ANALYST)

    client.post(reverse("teams:removal", args=[added.uuid]))
    assert not Membership.objects.filter(user=people.loner).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"username": "nobody", "role": "1"}, "Nobody has this user name"),
        ({"username": "member", "role": "1"}, "already a member"),
        ({"username": "loner", "role": "9"}, "Select a valid choice"),
    ],
)
def test_a_member_who_cannot_be_added_is_explained_at_the_field(
    sign_in: SignIn, people: People, values: dict[str, str], said: str
) -> None:
    answer = sign_in(people.owner).post(reverse("teams:members", args=[people.team.uuid]), values)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_belongs_to_another_team_is_not_found(sign_in: SignIn, people: People) -> None:
    theirs = Membership.objects.get(user=people.viewer)
    client = sign_in(people.outsider)

    assert (
        client.post(
            reverse("teams:members", args=[people.team.uuid]), {"username": "loner", "role": "1"}
        ).status_code
        == 404
    )
    assert client.post(reverse("teams:role", args=[theirs.uuid]), {"role": "4"}).status_code == 404
    assert client.post(reverse("teams:removal", args=[theirs.uuid])).status_code == 404
    assert client.post(reverse("teams:choice", args=[people.team.uuid])).status_code == 404
    assert Membership.objects.get(pk=theirs.pk).role == Role.VIEWER


def test_somebody_without_a_team_makes_their_first_one(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.loner)

    assert client.get("/team/").url == "/team/first/"  # type: ignore[attr-defined]
    assert client.post("/team/first/", {"name": "Corporate development"}).status_code == 422
    assert client.post("/team/first/", {"name": "<script>原価</script>"}).status_code == 302
    assert Team.objects.get(memberships__user=people.loner).name == "<script>原価</script>"
    assert "<script>原価" not in client.get("/team/").content.decode()


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
