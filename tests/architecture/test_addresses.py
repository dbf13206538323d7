"""What holds for addresses, pages and the API as a whole. Who reaches which: `access_table.py`."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls.exceptions import NoReverseMatch


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_api_lists_its_addresses_and_describes_itself_as_openapi_3_1(client: Client) -> None:
    root = client.get("/api/", headers={"Accept": "application/json"})
    schema = client.get("/api/schema/?format=json")

    assert root.json()["schema"].endswith("/api/schema/")
    assert schema.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client: Client) -> None:
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_name_that_does_not_exist_is_an_error_for_us() -> None:
    from django.urls import reverse

    with pytest.raises(NoReverseMatch):
        reverse("no-such-page")
