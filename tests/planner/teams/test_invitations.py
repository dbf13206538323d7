"""Nobody becomes a member without having said yes; an invitation is accepted once, by the person it is for."""

import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner.audit.models import AuditEntry
from planner.core.errors import Conflict
from planner.teams import invitations
from planner.teams.actions import add_member, change_role, remove_member
from planner.teams.models import Answer, Invitation, Membership, Role, User
from tests.people import PASSWORD, People, make_people

SignIn = Callable[[User], Client]
GONE = "This invitation does not hold"


def _link(people: People, user: User | None = None, role: Role = Role.ANALYST, days: int = 7) -> str:
    _made, secret = invitations.invite(team=people.team, role=role, days=days, user=user, actor=people.owner)
    return reverse("teams:invitation", args=[secret])


def _roles(user: User) -> list[int]:
    return list(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_an_owner_makes_a_link_that_is_shown_once_and_stored_as_a_digest(
    sign_in: SignIn, people: People
) -> None:
    client = sign_in(people.owner)
    address = reverse("teams:invitations", args=[people.team.uuid])

    page = client.post(address, {"username": "", "role": "2", "days": "30"})
    secret = urlsplit(page.context["link"]).path.split("/")[-2]

    made = Invitation.objects.get()
    assert (made.role, made.user, made.created_by) == (Role.ANALYST, None, people.owner)
    assert timedelta(days=29, hours=23) < made.expires_at - timezone.now() <= timedelta(days=30)
    assert f'value="http://testserver/team/invitations/{secret}/"' in page.content.decode()
    assert len(secret) >= 43
    assert secret not in client.get("/team/").content.decode()
    assert secret not in str(Invitation.objects.values())
    assert secret not in str(AuditEntry.objects.values())


def test_a_link_says_who_invites_whom_and_is_accepted_once(sign_in: SignIn, people: People) -> None:
    link, client = _link(people), sign_in(people.loner)

    page = client.get(link).content.decode()
    for said in (
        "owner invites you to join",
        "Corporate development",
        "as analyst",
        "holds until",
        "Decline",
    ):
        assert said in page
    assert _roles(people.loner) == []

    answer = client.post(f"{link}acceptance/", follow=True)
    assert "You are in Corporate development now, as analyst." in answer.content.decode()
    assert _roles(people.loner) == [Role.ANALYST]
    assert client.post(f"{link}acceptance/").status_code == 302  # the second of two clicks: they are in
    assert _roles(people.loner) == [Role.ANALYST]

    late = sign_in(people.outsider).post(f"{link}acceptance/")
    assert (late.status_code, GONE in late.content.decode()) == (404, True)
    assert "Corporate" not in late.content.decode()
    actions = AuditEntry.objects.filter(object_kind="invitation").values_list("action", flat=True)
    assert sorted(actions) == ["invitation accepted", "invitation made"]


def test_whoever_has_not_signed_in_signs_in_and_comes_back(people: People, client: Client) -> None:
    link = _link(people)

    sent_to = client.get(link)
    assert sent_to.url == f"/accounts/login/?next={link}"  # type: ignore[attr-defined]
    assert client.get("/team/invitations/unknown/").url.startswith("/accounts/login/")  # type: ignore[attr-defined]
    assert "Corporate" not in client.get(sent_to.url).content.decode()  # type: ignore[attr-defined]
    back = client.post(
        "/accounts/login/", {"login": "loner", "password": PASSWORD, "next": link}, follow=True
    )
    assert "Join Corporate development?" in back.content.decode()


def test_whoever_has_no_account_signs_up_where_that_is_open_and_comes_back(
    people: People, client: Client, settings: object
) -> None:
    link = _link(people)
    closed = client.get(f"/accounts/login/?next={link}").content.decode()
    assert "No account yet?" not in closed

    settings.ACCOUNT_SIGNUP_OPEN = True  # type: ignore[attr-defined]
    page = client.get(f"/accounts/login/?next={link}").content.decode()
    address = f"/accounts/signup/?next={link.replace('/', '%2F')}"
    assert f'href="{address}"' in page
    values = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD, "next": link}
    joined = client.post(address, values, follow=True)
    assert "Join Corporate development?" in joined.content.decode()
    client.post(f"{link}acceptance/")
    assert _roles(User.objects.get(username="newcomer")) == [Role.ANALYST]


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_up_never_leads_off_the_site(
    client: Client, people: People, settings: object, address: str
) -> None:
    settings.ACCOUNT_SIGNUP_OPEN = True  # type: ignore[attr-defined]
    values = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD, "next": address}

    assert client.post("/accounts/signup/", values).url == "/"  # type: ignore[attr-defined]


def test_an_invitation_that_does_not_hold_confirms_nothing(sign_in: SignIn, people: People) -> None:
    link, client = _link(people), sign_in(people.loner)
    secret = link.split("/")[-2]
    swapped = secret.swapcase()
    with time_machine.travel(timezone.now() - timedelta(days=8), tick=True):
        expired = _link(people)
    revoked = _link(people)
    invitations.revoke(invitation=Invitation.objects.latest("id"), actor=people.owner)
    declined = _link(people)
    sign_in(people.keeper).post(f"{declined}refusal/")
    others = _link(people, user=people.outsider)
    by_id = reverse("teams:invitation", args=[Invitation.objects.first().uuid])  # type: ignore[union-attr]
    wrong = [
        f"/team/invitations/{key}/"
        for key in (swapped, secret[:-1], secret + "A", "x", "x" * 5000, "%00", "é")
    ]

    pages = set()
    for address in (expired, revoked, declined, others, by_id, *wrong):
        for answer in (
            client.get(address),
            client.post(f"{address}acceptance/"),
            client.post(f"{address}refusal/"),
        ):
            assert answer.status_code == 404, address
            assert "Corporate" not in answer.content.decode(), address
            pages.add(answer.content.decode().partition("<main")[2])
    assert len(pages) == 1
    assert _roles(people.loner) == []
    assert client.get(link).status_code == 200


def test_who_is_invited_by_name_sees_it_and_answers_without_the_link(sign_in: SignIn, people: People) -> None:
    owner, outsider = sign_in(people.owner), sign_in(people.outsider)
    sent = {"username": "outsider", "role": "3", "days": "7"}
    owner.post(reverse("teams:invitations", args=[people.team.uuid]), sent)
    assert _roles(people.outsider) == [Role.OWNER]

    assert "You are invited to join Corporate development." in outsider.get("/").content.decode()
    for address in ("/team/", "/team/new/"):
        page = outsider.get(address).content.decode()
        assert "You are invited" in page
        assert "owner invites you to join" in page
    assert "You are invited" not in sign_in(people.loner).get("/team/new/").content.decode()

    made = Invitation.objects.get()
    joined = outsider.post(reverse("teams:invitation-acceptance", args=[made.uuid]), follow=True)
    assert sorted(_roles(people.outsider)) == [Role.APPROVER, Role.OWNER]
    assert "You are invited" not in joined.content.decode()


def test_who_declines_is_not_asked_again(sign_in: SignIn, people: People) -> None:
    _link(people, user=people.loner)
    client = sign_in(people.loner)
    made = Invitation.objects.get()

    client.post(reverse("teams:invitation-refusal", args=[made.uuid]))

    made.refresh_from_db()
    assert (made.answer, made.answered_by) == (Answer.DECLINED, people.loner)
    assert "You are invited" not in client.get("/team/new/").content.decode()
    assert _roles(people.loner) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"username": "nobody"}, "Nobody has the user name “nobody”"),
        ({"username": "member"}, "member is already a member"),
        ({"username": "outsider"}, "outsider is invited already"),
        ({"role": "9"}, "Select a valid choice"),
        ({"days": "365"}, "Select a valid choice"),
        ({"username": "x" * 10_000}, "at most 150 characters"),
    ],
)
def test_an_invitation_that_cannot_be_made_is_explained_at_the_field(
    sign_in: SignIn, people: People, values: dict[str, str], said: str
) -> None:
    _link(people, user=people.outsider)
    sent = {"username": "loner", "role": "1", "days": "7", **values}

    answer = sign_in(people.owner).post(reverse("teams:invitations", args=[people.team.uuid]), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_an_owner_sees_the_open_invitations_and_revokes_one(sign_in: SignIn, people: People) -> None:
    link = _link(people, user=people.loner, role=Role.VIEWER)
    made = Invitation.objects.get()
    address = reverse("teams:invitation-revocation", args=[made.uuid])
    owner = sign_in(people.owner)
    assert address in owner.get("/team/").content.decode()
    assert address not in sign_in(people.member).get("/team/").content.decode()

    for person in (people.member, people.outsider, people.loner):
        assert sign_in(person).post(address).status_code == 404
    said = owner.post(address, follow=True).content.decode()

    assert "The invitation no longer holds." in said
    assert address not in said
    assert sign_in(people.loner).get(link).status_code == 404
    assert "revoked already" in owner.post(address, follow=True).content.decode()


def test_what_a_former_owner_handed_out_no_longer_opens_the_team(sign_in: SignIn, people: People) -> None:
    change_role(membership=Membership.objects.get(user=people.member), role=Role.OWNER, actor=people.owner)
    link = _link(people, role=Role.OWNER)

    held = Membership.objects.get(user=people.owner)
    change_role(membership=held, role=Role.APPROVER, actor=people.member)
    assert sign_in(people.loner).get(link).status_code == 404
    change_role(membership=held, role=Role.OWNER, actor=people.member)
    assert sign_in(people.loner).get(link).status_code == 404  # nobody could see it meanwhile, nor revoke it
    link = _link(people, role=Role.OWNER)
    remove_member(membership=held, actor=people.member)

    assert sign_in(people.owner).post(f"{link}acceptance/").status_code == 404
    assert _roles(people.owner) == []
    add_member(team=people.team, user=people.owner, role=Role.OWNER, actor=people.member)
    assert sign_in(people.loner).get(link).status_code == 404
    assert AuditEntry.objects.filter(action="invitation revoked", actor=people.member).count() == 2


def test_a_member_who_opens_a_link_leaves_it_for_whom_it_is(sign_in: SignIn, people: People) -> None:
    link = _link(people, role=Role.OWNER)

    said = sign_in(people.member).post(f"{link}acceptance/", follow=True).content.decode()

    assert "member is already a member of this team." in said
    assert _roles(people.member) == [Role.APPROVER]
    assert sign_in(people.loner).get(link).status_code == 200


def test_at_most_fifty_invitations_are_open(people: People) -> None:
    for _each in range(50):
        _link(people)

    with pytest.raises(Conflict, match="50 invitations are open"):
        _link(people)


def test_the_actions_check_for_themselves(people: People) -> None:
    made, _secret = invitations.invite(
        team=people.team, role=Role.VIEWER, days=1, user=people.loner, actor=people.owner
    )

    for refused in (
        lambda: invitations.invite(team=people.team, role=Role.VIEWER, days=1, actor=people.member),
        lambda: invitations.accept(invitation=made, user=people.outsider),
        lambda: invitations.decline(invitation=made, user=people.outsider),
        lambda: invitations.revoke(invitation=made, actor=people.member),
    ):
        with pytest.raises(Http404):
            refused()
    add_member(team=people.team, user=people.loner, role=Role.VIEWER, actor=people.owner)
    with pytest.raises(Conflict):
        invitations.accept(invitation=made, user=people.loner)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_accept_at_once_one_joins_and_the_other_is_told() -> None:
    people = make_people()
    made, _secret = invitations.invite(team=people.team, role=Role.VIEWER, days=1, actor=people.owner)
    start = threading.Barrier(2)
    told: list[str] = []

    def accept(user: User) -> None:
        try:
            start.wait(10)
            invitations.accept(invitation=made, user=user)
        except Http404:
            told.append(user.username)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(user,)) for user in (people.loner, people.outsider)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    joined = Membership.objects.filter(team=people.team, user__in=(people.loner, people.outsider))
    assert joined.count() == 1
    assert len(told) == 1
