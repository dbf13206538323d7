"""Signing in and passwords."""

from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from planner.audit.models import AuditEntry
from planner.teams.tokens import make_token
from tests.people import PASSWORD, People


def test_signing_in_says_nothing_that_the_page_does_not_show(client: Client, people: People) -> None:
    sent = {"login": "owner", "password": PASSWORD}

    page = client.post(reverse("account_login"), sent, follow=True)

    assert page.status_code == 200
    assert not list(page.context["messages"])
    assert "Successfully" not in page.content.decode()


def test_a_changed_password_ends_all_tokens_and_is_recorded(owner_client: Client, people: People) -> None:
    make_token(user=people.owner)
    make_token(user=people.owner)
    make_token(user=people.member)
    fresh = "another correct horse battery staple"
    sent = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert "API tokens" in owner_client.get(reverse("account_change_password")).content.decode()

    owner_client.post(reverse("account_change_password"), sent)

    people.owner.refresh_from_db()
    assert people.owner.check_password(fresh)
    assert list(AuthToken.objects.values_list("user__username", flat=True)) == ["member"]
    entry = AuditEntry.objects.get(action="password changed")
    assert (entry.actor, entry.details) == (people.owner, {"tokens revoked": 2})
