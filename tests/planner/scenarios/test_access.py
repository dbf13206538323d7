"""What sharing opens and what it does not. Who reaches which address: `tests/architecture/access_table.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from planner.scenarios import actions, queries
from planner.teams.models import Level

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import Scenario, ScenarioVersion
    from tests.people import People


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
