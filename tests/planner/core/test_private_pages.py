"""No cache keeps what somebody saw signed in."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("address", ["/", "/team/", "/prices/", "/api/", "/nowhere/"])
def test_pages_of_somebody_signed_in_are_not_stored(owner_client: Client, address: str) -> None:
    said = owner_client.get(address).headers["Cache-Control"]

    assert "private" in said
    assert "no-store" in said


def test_a_stranger_is_answered_all_the_same(client: Client, db: None) -> None:
    assert client.get(reverse("account_login")).status_code == 200
