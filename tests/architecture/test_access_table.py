"""Every address, method, account and kind of object answers as `access_table.py` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.access_table import ACCOUNTS, ANONYMOUS, FULL, GROUPS, LINES, RESULTS, Line
from tests.architecture.access_world import NONE, PRIVATE, Arguments, World, make_world

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LET_IN = {200, 201, 202, 302, 400, 409, 422}
"""What somebody who may is answered, according to what they sent."""


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Made once, and taken back at the end; every request is taken back, too."""
    lines = [{"payer": "lab", "payee": "provider", "kind": "compute", "item": "x", "needs_ipo": False}]
    ledger = [{**line, "by_quarter_usd": [0.0] * 41} for line in lines]
    away = {"REDIS_URL": "redis://127.0.0.1:1/0", "MEDIA_ROOT": tmp_path_factory.mktemp("files")}
    with (
        django_db_blocker.unblock(),
        override_settings(**away),
        patch("planner.runs.queries.ledger_of_draw", return_value=ledger),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


def _address(route: str, arguments: Arguments) -> str:
    """The address of a route for an object; "?" holds what stands behind it."""
    named = {name: value for name, value in arguments.items() if name != "?"}
    return reverse(route, kwargs=named) + arguments.get("?", "")


def _ask(client: Client, address: str, line: Line, method: str = "") -> HttpResponse:
    """The answer to one request, whose traces in the database are taken back."""
    sends: dict[str, Any] = {"data": line.sends}
    if address.startswith("/api/"):
        sends["content_type"] = "application/json"
    method = method or line.method
    with transaction.atomic():
        answer = getattr(client, method.lower())(address, **({} if method == "GET" else sends))
        transaction.set_rollback(True)
    return answer


def _may(line: Line, account: str, sharing: str) -> bool:
    if sharing == NONE:
        return False
    opened = {RESULTS: {RESULTS, FULL}, FULL: {FULL}}.get(line.shared, set())
    return account in line.may or (account == "outsider" and sharing in opened)


def _is_sent_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 401 or (
        answer.status_code == 302
        and answer.headers["Location"].startswith(("/accounts/login/", "/admin/login/"))
    )


def _is_turned_away(line: Line, answer: HttpResponse) -> bool:
    """404; where there is no object, also a sentence in the API, or the page that makes a first team."""
    if answer.status_code == 404:
        return True
    return not line.about and (answer.status_code == 400 or answer.headers.get("Location") == "/team/new/")


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_account_is_answered_as_the_table_says(line: Line, world: World) -> None:
    wrong = []
    for sharing, arguments in world.arguments[line.about].items():
        address = _address(line.route, arguments)
        for account in ACCOUNTS:
            answer = _ask(world.clients[account], address, line)
            may = _may(line, account, sharing)
            right = answer.status_code in LET_IN if may else _is_turned_away(line, answer)
            if not right or _is_sent_to_sign_in(answer):
                wrong.append((account, sharing, "may" if may else "may not", answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("line", LINES, ids=str)
def test_who_has_not_signed_in_is_sent_to_sign_in(line: Line, world: World) -> None:
    for arguments in world.arguments[line.about].values():
        answer = _ask(Client(), _address(line.route, arguments), line)
        if ANONYMOUS in line.may:
            assert answer.status_code in LET_IN | {503}
        else:
            assert _is_sent_to_sign_in(answer), answer.status_code


@pytest.mark.parametrize("line", [line for line in LINES if line.about], ids=str)
def test_what_is_not_shared_looks_like_what_does_not_exist(line: Line, world: World) -> None:
    """Not only the number: not a word of the page differs."""
    of = world.arguments[line.about]
    if _may(line, "outsider", PRIVATE) or PRIVATE not in of:
        return
    said = [
        _ask(world.clients["outsider"], _address(line.route, of[sharing]), line).content.decode()
        for sharing in (PRIVATE, NONE)
    ]
    assert said[0].partition("<main")[2] == said[1].partition("<main")[2]
    if line.route.startswith("api:"):
        assert said[0] == said[1]


@pytest.mark.parametrize("route", sorted({line.route for line in LINES}))
def test_a_method_that_is_not_in_the_table_is_not_there(route: str, world: World) -> None:
    lines = [line for line in LINES if line.route == route]
    known = {line.method for line in lines}
    address = _address(route, next(iter(world.arguments[lines[0].about].values())))
    answered = {
        method: _ask(world.clients["owner"], address, lines[0], method).status_code
        for method in METHODS
        if method not in known
    }
    assert {method: code for method, code in answered.items() if code not in {404, 405}} == {}


def _routes(resolver: URLResolver, address: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Address and name with its namespace of every route."""
    for entry in resolver.url_patterns:
        here = address + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _routes(entry, here, inner)
        elif isinstance(entry, URLPattern):
            yield here, f"{space}{entry.name}"


def test_every_route_is_in_the_table_and_every_line_has_a_route() -> None:
    routes = {name for address, name in _routes(get_resolver()) if not address.startswith(GROUPS)}

    assert routes - {line.route for line in LINES} == set(), (
        "add a line to tests/architecture/access_table.py"
    )
    assert {line.route for line in LINES} - routes == set(), "no such route: take the line out"
    assert len({(line.route, line.method) for line in LINES}) == len(LINES)


def _group(prefix: str) -> list[str]:
    """Concrete addresses of a group, with ids that may or may not exist."""
    found = []
    for address, _name in _routes(get_resolver()):
        if address.startswith(prefix) and "(?P" not in address:
            filled = address.replace("([^/]+)", "1").replace("^", "").replace("$", "")
            while "<" in filled:
                before, _, rest = filled.partition("<")
                filled = before + "1" + rest.partition(">")[2]
            found.append("/" + filled)
    return sorted(set(found))


def test_the_admin_is_for_staff_alone(world: World) -> None:
    """Somebody else is sent back to its sign-in page, which is a 404 for whoever is signed in."""
    line = Line("admin", "GET", "", frozenset())
    for address in _group("admin/"):
        asked = _ask(Client(), address, line)
        assert _is_sent_to_sign_in(asked) or asked.status_code == 404, (address, asked.status_code)
        for account in ("owner", "outsider", "loner"):
            answer = _ask(world.clients[account], address, line)
            back = answer.headers.get("Location", "").startswith("/admin/")
            assert back or answer.status_code == 404, (address, account, answer.status_code)
        seen = _ask(world.clients["keeper"], address, line).status_code
        assert seen in {200, 302, 403, 404, 405}, (address, seen)


def test_of_the_pages_of_accounts_only_signing_in_and_up_are_open(world: World) -> None:
    line = Line("accounts", "GET", "", frozenset())
    asked = {address: _ask(Client(), address, line) for address in _group("accounts/")}
    opened = {address for address, answer in asked.items() if not _is_sent_to_sign_in(answer)}

    assert opened == {"/accounts/login/", "/accounts/signup/", "/accounts/inactive/"}
