"""htmx is given the changing part of a page; going back, and everybody else, is given the whole page."""

from collections.abc import Callable

import pytest
from django.test import Client

from planner.catalog import actions
from planner.scenarios.models import Scenario
from planner.teams.models import User
from tests.people import People
from tests.planner.scenarios.small_document import small_document

HTMX = {"HX-Request": "true"}
DECIDES = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
WHOLE = [{}, HTMX | {"HX-History-Restore-Request": "true"}, HTMX | {"HX-Boosted": "true"}]


@pytest.fixture
def scenario(people: People) -> Scenario:
    from planner.scenarios.actions import create_scenario

    return create_scenario(team=people.team, author=people.owner, name="Ours", document=small_document())


@pytest.mark.parametrize(
    "address", ["/prices/", "/cost-table/", "/scenarios/", "/runs/preview/{}/", "/runs/tie-out/{}/"]
)
def test_both_answers_of_an_address(
    people: People, sign_in: Callable[[User], Client], scenario: Scenario, address: str
) -> None:
    actions.load_seed()
    client, address = sign_in(people.owner), address.format(scenario.uuid)
    for headers in [HTMX, *WHOLE]:
        answer = client.get(address, headers=headers)
        assert answer.status_code == 200
        assert ("<html" in answer.content.decode()) == (headers != HTMX)
        assert {name.strip() for name in answer["Vary"].split(",")} >= set(DECIDES)


def test_a_wrong_day_sends_htmx_to_the_whole_page_but_not_who_goes_back(
    people: People, sign_in: Callable[[User], Client]
) -> None:
    client, address = sign_in(people.owner), "/prices/?valid_on=2026-02-30"
    assert "HX-Redirect" in client.get(address, headers=HTMX)
    assert client.get(address, headers=WHOLE[1]).status_code == 422
