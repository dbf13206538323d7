"""Only keepers import: for others the pages do not exist, and no button says that they do."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from planner.teams.models import User

ADDRESSES = [reverse(f"admin:catalog_catalogentry_import{tail}") for tail in ("", "_confirm", "_template")]
ENTRIES = reverse("admin:catalog_catalogentry_changelist")


@pytest.mark.parametrize("right", [None, "view_catalogentry", "add_catalogentry", "change_catalogentry"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_staff_without_both_rights_get_a_404_and_no_button(
    db: None, signed_in: Callable[[User], Client], address: str, right: str | None
) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename=right))
    client = signed_in(clerk)

    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert "Import entries" not in client.get(ENTRIES).content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_those_who_are_no_staff_are_sent_to_sign_in(
    owner: User, signed_in: Callable[[User], Client], address: str
) -> None:
    for client in (Client(), signed_in(owner)):
        assert client.get(address).status_code == 302
        assert client.post(address).status_code == 302


def test_a_keeper_finds_the_button(desk: Client) -> None:
    assert f'href="{ADDRESSES[0]}"' in desk.get(ENTRIES).content.decode()
    assert desk.get(ADDRESSES[0]).status_code == 200
    assert desk.get(ADDRESSES[1]).headers["Location"] == ADDRESSES[0]


@pytest.mark.parametrize("address", ADDRESSES[:2])
def test_a_form_from_elsewhere_is_refused(keeper: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(keeper)

    assert client.post(address, {"carried": "x"}).status_code == 403
