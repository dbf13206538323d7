"""Who reaches which scenario address: members by role, others only what was shared, the rest is a 404."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.urls import reverse

from planner.scenarios import actions, queries
from planner.teams.models import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from planner.scenarios.models import Scenario, ScenarioVersion
    from planner.teams.models import User
    from tests.people import People

# address, method, what: (viewer, analyst, approver) of the team; the outsider gets a 404 everywhere.
ROUTES = [
    ("scenarios:detail", "get", "scenario", (200, 200, 200)),
    ("scenarios:edit", "get", "scenario", (404, 200, 200)),
    ("scenarios:edit", "post", "scenario", (404, 302, 302)),
    ("scenarios:versions", "get", "scenario", (200, 200, 200)),
    ("scenarios:version", "get", "version", (200, 200, 200)),
    ("scenarios:restoration", "post", "version", (404, 302, 302)),
    ("scenarios:shares", "post", "version", (404, 404, 422)),
    ("scenarios:archive", "post", "scenario", (404, 302, 302)),
    ("scenarios:name", "post", "scenario", (404, 302, 302)),
    ("scenarios:draft_discard", "post", "scenario", (404, 302, 302)),
    ("library-keep", "post", "version", (404, 302, 302)),
    ("api:scenario", "get", "scenario", (200, 200, 200)),
    ("api:scenario-versions", "get", "scenario", (200, 200, 200)),
    ("api:scenario-versions", "post", "scenario", (404, 409, 409)),
    ("api:version", "get", "version", (200, 200, 200)),
]


def ask(client: Client, name: str, method: str, uuid: object, document: object) -> int:
    address = reverse(name, args=[uuid])
    if name.startswith("api:") and method == "post":
        return client.post(address, {"document": document}, content_type="application/json").status_code
    if method == "get":
        return client.get(address).status_code
    fields = {"lock": "99", "name": "N", "shelf": "deals", "level": "1", "archived": "0"}
    return client.post(address, fields).status_code


@pytest.mark.parametrize(("name", "method", "what", "expected"), ROUTES)
def test_each_role_reaches_what_the_table_says(
    name: str,
    method: str,
    what: str,
    expected: tuple[int, int, int],
    scenario: Scenario,
    version: ScenarioVersion,
    people: People,
    sign_in: Callable[[User], Client],
    document: object,
) -> None:
    uuid = scenario.uuid if what == "scenario" else version.uuid
    for person, code in zip((people.viewer, people.analyst, people.member), expected, strict=True):
        assert ask(sign_in(person), name, method, uuid, document) == code, (name, method, person)


@pytest.mark.parametrize(("name", "method", "what", "_expected"), ROUTES)
def test_the_outsider_cannot_tell_a_real_address_from_an_invented_one(
    name: str,
    method: str,
    what: str,
    _expected: object,
    scenario: Scenario,
    version: ScenarioVersion,
    outsider_client: Client,
    sign_in: Callable[[User], Client],
    people: People,
    document: object,
) -> None:
    real = scenario.uuid if what == "scenario" else version.uuid
    assert ask(outsider_client, name, method, real, document) == 404
    assert ask(outsider_client, name, method, uuid4(), document) == 404
    assert ask(sign_in(people.keeper), name, method, real, document) == 404


def test_a_share_at_results_level_opens_no_input_anywhere_and_ends_at_once(
    version: ScenarioVersion, people: People, outsider_client: Client
) -> None:
    addresses = [
        reverse("scenarios:version", args=[version.uuid]),
        reverse("api:version", args=[version.uuid]),
    ]
    grant = actions.share_version(
        version=version, team=people.other_team, level=Level.RESULTS, actor=people.owner
    )
    assert queries.version_for(people.outsider, version.uuid, Level.RESULTS)[1] == Level.RESULTS
    assert [outsider_client.get(address).status_code for address in addresses] == [404, 404]
    listed = outsider_client.get(reverse("scenarios:list")).content.decode()
    assert version.scenario.name in listed
    assert "Trainium" not in listed
    assert "25%" not in listed
    actions.unshare_version(version=version, grant=grant, actor=people.owner)
    assert version.scenario.name not in outsider_client.get(reverse("scenarios:list")).content.decode()


def test_a_share_in_full_opens_the_version_and_nothing_around_it(
    scenario: Scenario, version: ScenarioVersion, people: People, outsider_client: Client
) -> None:
    actions.share_version(version=version, team=people.other_team, level=Level.FULL, actor=people.owner)
    html = outsider_client.get(reverse("scenarios:version", args=[version.uuid])).content.decode()
    assert "Reference price" in html
    assert reverse("scenarios:versions", args=[scenario.uuid]) not in html
    assert reverse("scenarios:shares", args=[version.uuid]) not in html
    for name in ("detail", "edit", "versions"):
        assert outsider_client.get(reverse(f"scenarios:{name}", args=[scenario.uuid])).status_code == 404
    offered = outsider_client.get(f"{reverse('scenarios:new')}?from={version.uuid}")
    assert offered["Location"] == reverse("scenarios:fork", args=[version.uuid])


def test_nobody_without_a_session_reads_an_editor(client: Client, scenario: Scenario) -> None:
    for method in ("get", "post"):
        answer = getattr(client, method)(reverse("scenarios:edit", args=[scenario.uuid]))
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")
