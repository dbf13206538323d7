from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from planner.audit.actions import record
from planner.audit.models import AuditEntry
from planner.teams.models import User
from tests.people import People, make_user


def test_an_entry_says_who_did_what_to_which_object_of_which_team(people: People) -> None:
    entry = record(
        actor=people.owner, action="renamed", object_kind="team", object_uuid=people.team.uuid, team=people.team
    )  # fmt: skip

    assert AuditEntry.objects.get(uuid=entry.uuid).actor == people.owner
    assert (entry.team_uuid, entry.object_uuid, entry.details) == (people.team.uuid, people.team.uuid, {})


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_entry() -> None:
    def failing_act() -> None:
        with transaction.atomic():
            record(actor=None, action="tried", object_kind="test", object_uuid=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_act()

    assert not AuditEntry.objects.filter(action="tried").exists()


def test_even_a_superuser_only_reads_the_log_in_the_admin(
    people: People, sign_in: Callable[[User], Client]
) -> None:
    entry = AuditEntry.objects.latest("id")
    client = sign_in(make_user("root", is_superuser=True, is_staff=True))

    assert client.get("/admin/audit/auditentry/").status_code == 200
    assert client.get("/admin/audit/auditentry/add/").status_code == 403
    assert client.post(f"/admin/audit/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/audit/auditentry/{entry.pk}/change/", {"action": "x"}).status_code == 403


def test_a_keeper_does_not_see_the_log_of_teams(people: People, sign_in: Callable[[User], Client]) -> None:
    assert b"auditentry" not in sign_in(people.keeper).get("/admin/").content
