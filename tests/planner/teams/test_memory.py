"""Memberships are read once a request, and a change counts with the very next one."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from planner.teams import access
from planner.teams.actions import add_member, change_role, create_team, remove_member
from planner.teams.invitations import invite
from planner.teams.memory import MembershipsOnce
from planner.teams.models import Membership, Role
from planner.teams.tokens import make_token
from tests.people import People, make_user

PAGES = ("/", "/scenarios/", "/scenarios/new/", "/runs/", "/compare/", "/library/", "/prices/", "/team/")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_reads_who_is_asking_in_three_queries(owner_client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = owner_client.get(address)

    assert answer.status_code == 200
    asked = [one["sql"] for one in queries.captured_queries]
    for fixed in ('"django_session" WHERE', '"teams_user" WHERE', 'WHERE "teams_membership"."user_id"'):
        assert len([sql for sql in asked if fixed in sql]) == 1, (fixed, asked)


def _within_a_request(do: Callable[[], None]) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        do()
        return HttpResponse()

    MembershipsOnce(view)(HttpRequest())


def test_a_write_asks_the_database_again(people: People) -> None:
    def somebody_else_removes_the_member() -> None:
        assert access.has_role(people.member, people.team, Role.APPROVER)
        Membership.objects.filter(user=people.member).update(
            role=Role.VIEWER
        )  # in another process: no signal
        assert access.has_role(people.member, people.team, Role.APPROVER)
        with pytest.raises(Http404):
            access.require_role(people.member, people.team, Role.APPROVER)

    _within_a_request(somebody_else_removes_the_member)

    assert access.role_in(people.member, people.team) == Role.VIEWER


def test_a_change_made_in_the_request_itself_counts_in_it(people: People) -> None:
    membership = Membership.objects.get(user=people.member)

    def change_and_remove() -> None:
        assert access.role_in(people.member, people.team) == Role.APPROVER
        change_role(membership=membership, role=Role.ANALYST, actor=people.owner)
        assert access.role_in(people.member, people.team) == Role.ANALYST
        remove_member(membership=membership, actor=people.owner)
        assert access.role_in(people.member, people.team) is None

    _within_a_request(change_and_remove)


def test_removal_counts_with_the_very_next_request(member_client: Client, people: People) -> None:
    token = {"Authorization": f"Token {make_token(user=people.member)}"}
    assert AuthToken.objects.filter(user=people.member).exists()
    member_client.post(f"/team/{people.team.uuid}/choice/")
    assert "Corporate development" in member_client.get("/team/").content.decode()

    remove_member(membership=Membership.objects.get(user=people.member), actor=people.owner)

    assert member_client.get("/team/").status_code == 302
    assert "Corporate development" not in member_client.get("/scenarios/").content.decode()
    assert Client().get("/api/scenarios/", headers=token).json()["results"] == []


@pytest.mark.parametrize("address", ["/team/", "/team/activity/", "/team/new/", "/team/tokens/"])
def test_a_team_page_asks_at_most_eight_times_however_many_rows(people: People, address: str) -> None:
    client = Client()
    client.force_login(people.owner, backend="django.contrib.auth.backends.ModelBackend")
    asked = []
    for _more in range(2):
        for _each in range(6):
            make_token(user=people.owner)
            name = f"person{len(asked)}{_each}"
            add_member(team=people.team, user=make_user(name), role=Role.VIEWER, actor=people.owner)
            invite(team=people.team, role=Role.VIEWER, days=1, actor=people.owner)
            theirs = create_team(name=name, owner=people.outsider)
            invite(team=theirs, role=Role.VIEWER, days=1, actor=people.outsider, user=people.owner)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 8
