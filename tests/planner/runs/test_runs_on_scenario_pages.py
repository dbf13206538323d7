"""What the pages of a scenario say about the runs of its versions, and under which version a ledger is exported."""

import csv
import io
import json

import pytest
from django.urls import reverse

from planner.runs.actions import compute_in_process, request_run
from planner.scenarios.actions import add_version, create_scenario
from tests.planner.runs.stand_in_engine import BLOCK
from tests.planner.scenarios.small_document import small_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def scenario(people):
    return create_scenario(
        team=people.team, author=people.owner, name="A question", document=small_document()
    )


def test_the_overview_says_that_a_run_is_under_way_and_then_offers_its_result_first(
    owner_client, people, scenario, stand_in
):
    address = reverse("scenarios:detail", args=[scenario.uuid])
    assert "is under way" not in owner_client.get(address).content.decode()
    run = request_run(version=scenario.newest_version, requester=people.owner, draws=BLOCK)
    said = owner_client.get(address).content.decode()
    assert f"Run {run.number} is under way" in said
    assert f'href="/runs/{run.uuid}/"' in said
    compute_in_process(run)
    said = owner_client.get(address).content.decode()
    assert "is under way" not in said
    assert f'<a class="button" href="/runs/{run.uuid}/results/">See the result</a>' in said
    assert 'class="button second"\n              name="do"\n              value="run"' in said


def test_the_history_links_every_version_to_its_newest_result_in_one_query(
    owner_client, people, scenario, stand_in, django_assert_max_num_queries
):
    runs = []
    for seed in (1, 2):
        runs.append(
            request_run(version=scenario.newest_version, requester=people.owner, draws=BLOCK, seed=seed)
        )
        compute_in_process(runs[-1])
    for discount in (0.3, 0.31, 0.32):
        changed = small_document(**{"deal.terms[trainium].discount_share": discount})
        add_version(scenario=scenario, document=changed, message="", author=people.owner)
    with django_assert_max_num_queries(10):
        said = owner_client.get(reverse("scenarios:versions", args=[scenario.uuid])).content.decode()
    assert said.count(">Result</a>") == 1
    assert f"/runs/{runs[1].uuid}/results/" in said


def test_a_ledger_names_the_version_through_which_it_is_seen(outsider_client, people, make_version, stand_in):
    from planner.teams.actions import grant
    from planner.teams.models import Level

    hidden = make_version(people.team, people.owner)
    shown = make_version(people.team, people.owner)
    done = compute_in_process(request_run(version=hidden, requester=people.owner, draws=BLOCK))
    assert request_run(version=shown, requester=people.owner, draws=BLOCK) == done
    grant(
        object_kind="scenario_version",
        object_uuid=shown.uuid,
        owner_team=people.team,
        team=people.other_team,
        level=Level.FULL,
        actor=people.owner,
    )
    found = json.loads(outsider_client.get(f"/runs/{done.uuid}/ledger.json").content)
    assert found["version"] == shown.number != hidden.number
    told = outsider_client.get(f"/runs/{done.uuid}/draws/5/ledger.csv").content.decode("utf-8-sig")
    assert ["version", str(shown.number)] in list(csv.reader(io.StringIO(told)))
