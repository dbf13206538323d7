"""Runs over the API: start, list, watch, cancel, read, each by whom and with which answer."""

import uuid

import pytest
from rest_framework.test import APIClient

from planner.runs.actions import compute_in_process, request_run
from planner.runs.models import Run, State
from planner.teams.actions import grant, revoke_grant
from planner.teams.models import Level
from tests.planner.runs.stand_in_engine import BLOCK

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(people):
    def client_of(name):
        client = APIClient()
        if name:
            client.force_authenticate(getattr(people, name))
        return client

    return client_of


@pytest.fixture
def start_at(version):
    return f"/api/versions/{version.uuid}/runs/"


@pytest.fixture
def done(run):
    return compute_in_process(run)


@pytest.fixture
def shared(people, version):
    """Shares the version with the outsider's team at a level; returns the grant."""

    def share(level):
        return grant(
            object_kind="scenario_version",
            object_uuid=version.uuid,
            owner_team=people.team,
            team=people.other_team,
            level=level,
            actor=people.owner,
        )

    return share


def test_a_run_is_started_once_and_found_again(as_, start_at, stand_in, version):
    first = as_("analyst").post(start_at, {"draws": BLOCK, "seed": 3}, format="json")
    again = as_("member").post(start_at, {"draws": BLOCK, "seed": 3}, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["state"] == "queued"
    assert first.json()["version"] == str(version.uuid)
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"draws": 10**12}, "draws"),
        ({"draws": 100}, "draws"),
        ({"seed": -1}, "seed"),
        ({"draws": "x"}, "draws"),
    ],
)
def test_bad_numbers_are_a_400_that_names_the_field(as_, start_at, stand_in, body, path):
    answer = as_("owner").post(start_at, body, format="json")
    assert answer.status_code == 400
    assert path in answer.content.decode()
    assert not Run.objects.exists()


def test_nobody_else_can_start_see_cancel_or_read_a_run(as_, start_at, run, stand_in):
    address = f"/api/runs/{run.uuid}/"
    for name in ("outsider", "loner", "keeper"):
        client = as_(name)
        assert client.post(start_at, {}, format="json").status_code == 404
        assert client.get(address).status_code == 404
        assert client.post(f"{address}cancellation/").status_code == 404
        assert client.get(f"{address}result/").status_code == 404
        assert client.get("/api/runs/").json()["results"] == []
    assert as_(None).get(address).status_code in (401, 403)
    assert as_("owner").get(f"/api/runs/{uuid.uuid4()}/").status_code == 404
    assert Run.objects.get().state == State.QUEUED


def test_a_viewer_reads_and_does_not_start_or_cancel(as_, start_at, run):
    client = as_("viewer")
    assert client.get(f"/api/runs/{run.uuid}/").json()["draws_done"] == 0
    assert client.get("/api/runs/").json()["results"][0]["uuid"] == str(run.uuid)
    assert client.post(start_at, {}, format="json").status_code == 404
    assert client.post(f"/api/runs/{run.uuid}/cancellation/").status_code == 404


def test_cancelling_answers_200_again_200_and_409_after_the_end(as_, run, version, owner):
    client, address = as_("member"), f"/api/runs/{run.uuid}/cancellation/"
    assert client.post(address).json()["state"] == "cancelled"
    assert client.post(address).status_code == 200
    done = compute_in_process(request_run(version=version, requester=owner, draws=4 * BLOCK))
    late = client.post(f"/api/runs/{done.uuid}/cancellation/")
    assert late.status_code == 409
    assert "already ended" in late.json()["errors"][0]["message"]


def test_the_result_is_a_409_with_a_sentence_until_it_is_there(as_, run):
    address = f"/api/runs/{run.uuid}/result/"
    early = as_("viewer").get(address)
    assert early.status_code == 409
    assert early.json()["errors"][0]["message"] == "Run 1 is queued. There is no result to read."
    done = compute_in_process(run)
    found = as_("viewer").get(address).json()
    assert found["result_digest"] == done.result_digest
    assert found["ledger"]["lines"]


def test_the_results_level_shows_the_allow_list_and_nothing_else(as_, done, shared):
    address = f"/api/runs/{done.uuid}/result/"
    given = shared(Level.RESULTS)
    found = as_("outsider").get(address).json()
    assert set(found) == {"engine_version", "quarters", "opening", "outcomes", "fans"}
    assert set(found["outcomes"]) == {"provider_npv_usd"}, "what was billed is not on the list"
    assert as_("outsider").get(f"/api/runs/{done.uuid}/").status_code == 404
    revoke_grant(grant=given, actor=given.created_by)
    assert as_("outsider").get(address).status_code == 404


def test_the_results_level_of_an_unfinished_run_does_not_exist(as_, run, shared):
    shared(Level.RESULTS)
    assert as_("outsider").get(f"/api/runs/{run.uuid}/result/").status_code == 404


def test_the_full_level_shows_the_result_and_lets_nobody_run_it(as_, done, shared, start_at):
    shared(Level.FULL)
    assert as_("outsider").get(f"/api/runs/{done.uuid}/result/").json()["identity"] == done.identity
    assert as_("outsider").post(start_at, {}, format="json").status_code == 404
    assert as_("outsider").post(f"/api/runs/{done.uuid}/cancellation/").status_code == 404
