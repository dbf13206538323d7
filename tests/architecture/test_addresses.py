"""Every address answers somebody who has not signed in with sign-in, 401 or 404, except those listed here."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch

OPEN_TO_EVERYONE = {
    "accounts/login/",
    "accounts/signup/",
    "accounts/inactive/",
    "api/",
    "api/schema/",
    "health/",
}
VALUES = {
    "uuid": UUID("00000000-0000-4000-8000-000000000000"),
    "int": 1,
    "str": "x",
    "slug": "x",
    "path": "x",
}


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def _filled(route: str) -> str:
    """A concrete address for a route: "<uuid:uuid>" becomes an id that does not exist."""
    filled = route
    while "<" in filled:
        begin, end = filled.index("<"), filled.index(">")
        kind = filled[begin + 1 : end].split(":")[0]
        filled = filled[:begin] + str(VALUES.get(kind, "x")) + filled[end + 1 :]
    return filled.replace("^", "").replace("$", "").replace("\\Z", "")


def _addresses() -> list[str]:
    return sorted({_filled(route) for route in _routes(get_resolver()) if "(?P" not in route})


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sees_anything_without_signing_in(client: Client, method: str) -> None:
    open_addresses = []
    for address in _addresses():
        if address in OPEN_TO_EVERYONE:
            continue
        answer = getattr(client, method)(f"/{address}")
        if answer.status_code not in {302, 401, 404, 405}:
            open_addresses.append(f"{method} /{address}: {answer.status_code}")
        elif answer.status_code == 302:
            assert answer.url.startswith(("/accounts/login/", "/admin/")), address
    assert open_addresses == []


def test_the_list_of_open_addresses_holds_nothing_that_is_gone() -> None:
    assert set(_addresses()) >= OPEN_TO_EVERYONE - {"health/"}


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
