"""Signing in and passwords."""

from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD, People


def test_signing_in_says_nothing_that_the_page_does_not_show(client: Client, people: People) -> None:
    sent = {"login": "owner", "password": PASSWORD}

    page = client.post(reverse("account_login"), sent, follow=True)

    assert page.status_code == 200
    assert not list(page.context["messages"])
    assert "Successfully" not in page.content.decode()
