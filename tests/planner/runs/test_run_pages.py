"""The pages of runs: what each shows, to whom, and what a double click does."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from planner.runs import leases, lives, queries, views
from planner.runs.actions import compute_in_process
from planner.runs.models import Chunk, Run, State
from planner.teams.actions import grant
from planner.teams.models import Level
from tests.planner.runs.stand_in_engine import BLOCK
from tests.planner.scenarios.small_document import small_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(run):
    return compute_in_process(run)


@pytest.fixture
def viewer_client(sign_in, people):
    return sign_in(people.viewer)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_running_a_version_leads_to_its_run_and_a_double_click_to_the_same(owner_client, version, stand_in):
    address = f"/runs/versions/{version.uuid}/"
    first = owner_client.post(address, {"draws": BLOCK})
    second = owner_client.post(address, {"draws": BLOCK})
    run = Run.objects.get()
    assert first.url == second.url == f"/runs/{run.uuid}/"
    compute_in_process(run)
    assert owner_client.post(address, {"draws": BLOCK}).url == f"/runs/{run.uuid}/results/"


def test_numbers_out_of_range_come_back_to_the_version_with_a_sentence(owner_client, version, stand_in):
    answer = owner_client.post(f"/runs/versions/{version.uuid}/", {"draws": 10**12})
    assert answer.url == f"/scenarios/versions/{version.uuid}/" or "versions" in answer.url
    assert not Run.objects.exists()


def test_a_queued_run_says_that_no_worker_is_alive_or_its_place(owner_client, run):
    said = page(owner_client, f"/runs/{run.uuid}/")
    assert "no worker is alive" in said
    assert "every 700ms" in said
    lives.beat("worker", "one", slots=2)
    assert "place 1" in page(owner_client, f"/runs/{run.uuid}/progress/")


def test_a_run_whose_worker_is_dead_is_not_called_running(owner_client, run):
    lives.beat("worker", "one", slots=2)
    chunk = leases.claim(run.chunks.get(index=0).uuid)
    assert "Running" in page(owner_client, f"/runs/{run.uuid}/progress/")
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=Now() - timedelta(seconds=1))
    said = page(owner_client, f"/runs/{run.uuid}/progress/")
    assert "Running" not in said
    assert "Waiting" in said


def test_an_ended_run_stops_asking(owner_client, done):
    said = page(owner_client, f"/runs/{done.uuid}/progress/")
    assert "hx-trigger" not in said
    assert f"/runs/{done.uuid}/results/" in said


def test_a_failed_run_says_why_safely(owner_client, run):
    Run.objects.filter(pk=run.pk).update(state=State.FAILED, failure="<script>alert(1)</script> is wrong")
    said = page(owner_client, f"/runs/{run.uuid}/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is wrong" in said
    assert "<script>alert" not in said


def test_cancelling_by_the_button(owner_client, viewer_client, run):
    assert "/cancellation/" in page(owner_client, f"/runs/{run.uuid}/")
    assert "/cancellation/" not in page(viewer_client, f"/runs/{run.uuid}/")
    assert viewer_client.post(f"/runs/{run.uuid}/cancellation/").status_code == 404
    assert owner_client.get(f"/runs/{run.uuid}/cancellation/").status_code == 405
    assert owner_client.post(f"/runs/{run.uuid}/cancellation/").url == f"/runs/{run.uuid}/"
    assert Run.objects.get().state == State.CANCELLED


def test_the_result_of_an_unfinished_run_leads_to_its_progress(owner_client, run):
    assert owner_client.get(f"/runs/{run.uuid}/results/").url == f"/runs/{run.uuid}/"


def test_the_ledger_of_one_future_adds_up_to_zero_and_is_exported(owner_client, done):
    said = page(owner_client, f"/runs/{done.uuid}/draws/5/")
    assert "1.5" in said
    answer = owner_client.get(f"/runs/{done.uuid}/draws/5/ledger.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["result_digest", done.result_digest] in rows
    assert rows[-1][3] == "'=SUM(A1)", "a cell of a spreadsheet never starts a formula"
    assert float(rows[-1][5]) == 1_500_005.0
    found = json.loads(owner_client.get(f"/runs/{done.uuid}/draws/5/ledger.json").content)
    assert found["lines"][0]["by_quarter_usd"] == [0.0, 1_500_005.0]
    assert json.loads(owner_client.get(f"/runs/{done.uuid}/ledger.json").content)["run"] == done.number


def test_each_line_of_a_future_leads_to_its_term_and_the_terms_sentence(owner_client, done, monkeypatch):
    line = {"payer": "lab", "payee": "provider", "needs_ipo": False, "by_quarter_usd": [0.0, 1.0]}
    found = [
        {**line, "kind": "compute_billed", "item": "trainium"},
        {**line, "kind": "shortfall", "item": "trainium"},
        {**line, "kind": "energy", "item": "first"},
    ]
    monkeypatch.setattr(queries, "ledger_of_draw", lambda _run, _draw: found)
    monkeypatch.setattr(views, "raw_of_version", lambda _version: small_document())
    said = page(owner_client, f"/runs/{done.uuid}/draws/5/")
    assert '<a href="#term-trainium">Trainium contract</a>' in said
    assert '<a href="#term-minimum">minimum</a>' in said
    assert said.count('id="term-') == 2
    assert "OpenAI pays at least $100.0 B over 32 quarters from 2026 Q2, whether it uses it or not." in said
    assert '<a href="/mechanisms/#M17">M17</a>' in said


def test_a_future_that_does_not_exist_and_an_unknown_form_are_404(owner_client, done):
    for end in (f"draws/{done.draws}/", "draws/-1/", "draws/5/ledger.exe", "ledger.xml"):
        assert owner_client.get(f"/runs/{done.uuid}/{end}").status_code == 404


def test_outsiders_see_no_page_of_a_run(outsider_client, done):
    for end in ("", "progress/", "results/", "draws/0/", "draws/0/ledger.csv", "ledger.json"):
        assert outsider_client.get(f"/runs/{done.uuid}/{end}").status_code == 404
    assert str(done.uuid) not in page(outsider_client, "/runs/")


def test_the_results_level_opens_the_result_alone(outsider_client, done, version, people):
    grant(
        object_kind="scenario_version",
        object_uuid=version.uuid,
        owner_team=people.team,
        team=people.other_team,
        level=Level.RESULTS,
        actor=people.owner,
    )
    for end in ("", "progress/", "draws/0/", "draws/0/ledger.csv", "ledger.json"):
        assert outsider_client.get(f"/runs/{done.uuid}/{end}").status_code == 404


def test_signed_out_people_are_sent_to_sign_in(client, run):
    assert client.get(f"/runs/{run.uuid}/").url.startswith("/accounts/login/")


def test_the_list_shows_the_runs_of_my_teams(owner_client, run):
    assert str(run.uuid) in page(owner_client, "/runs/")
