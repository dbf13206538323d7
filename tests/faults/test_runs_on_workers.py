"""Runs with a real redis-server and real workers, which are killed: nothing lost, nothing doubled, the same bytes."""

import itertools
import json
import signal

import pytest
from django.db import connection

from planner.audit.models import AuditEntry
from planner.runs.actions import cancel_run, compute_in_process, request_run
from planner.runs.models import Chunk, ChunkState, Run, State
from planner.scenarios.models import Scenario, ScenarioVersion
from tests.faults.run_workers import Machines, wait_until
from tests.planner.runs.stand_in_engine import BLOCK, StandIn

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

LEASE_SECONDS = 10
_numbers = itertools.count(1)


def database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    account = f"{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}"
    return f"postgres://{account}/{found['NAME']}"


@pytest.fixture
def machines(tmp_path, settings, db):
    made = Machines(tmp_path, database_url())
    settings.REDIS_URL = made.redis_url
    settings.MEDIA_ROOT = tmp_path / "files"
    from planner.celery import app

    app.conf.broker_url = made.redis_url.replace("unix://", "redis+socket://")
    yield made
    made.close()


@pytest.fixture
def stand_in(monkeypatch):
    return StandIn().install(monkeypatch.setattr)


@pytest.fixture
def version(people):
    scenario = Scenario.objects.create(team=people.team, name="A question", created_by=people.owner)
    return ScenarioVersion.objects.create(
        scenario=scenario,
        number=next(_numbers),
        schema_version=1,
        document_text="{}",
        digest="0" * 64,
        author=people.owner,
    )


def state_of(run):
    return Run.objects.get(pk=run.pk).state


def has_ended(run):
    return lambda: state_of(run) in (State.DONE, State.FAILED, State.CANCELLED)


def is_under_way(run):
    return Chunk.objects.filter(run=run, state=ChunkState.RUNNING).exists()


def assert_whole(*runs):
    """Each run ended once, every chunk is done once, nobody holds a lease."""
    for run in runs:
        run.refresh_from_db()
        final = AuditEntry.objects.filter(
            object_uuid=run.uuid, action__in=("run done", "run failed", "run cancelled")
        )
        assert [entry.action for entry in final] == [f"run {run.state}"]
        assert run.state == State.DONE, run.failure
        assert set(run.chunks.values_list("state", flat=True)) == {ChunkState.DONE}
    assert not Chunk.objects.filter(state=ChunkState.RUNNING).exists()


def digest_without_faults(run, version, owner):
    """The digest of the same computation in this process, as another run; a worker still up may take part in it."""
    Run.objects.filter(pk=run.pk).update(identity="another")
    other = request_run(version=version, requester=owner, draws=run.draws, seed=run.seed)
    compute_in_process(other)
    wait_until(has_ended(other), 30, lambda: f"state {state_of(other)}")
    other.refresh_from_db()
    return other.result_digest


def test_a_worker_computes_a_run_without_a_reconciler_and_with_the_same_bytes(
    machines, stand_in, version, owner
):
    machines.start_redis()
    machines.start_worker()
    run = request_run(version=version, requester=owner)
    wait_until(has_ended(run), 30, machines.said)
    assert_whole(run)
    assert digest_without_faults(run, version, owner) == run.result_digest


def test_a_run_asked_for_while_redis_is_away_starts_when_it_is_back(machines, stand_in, version, owner):
    machines.start_reconciler()
    run = request_run(version=version, requester=owner, draws=2 * BLOCK)
    assert state_of(run) == State.QUEUED
    machines.start_redis()
    machines.start_worker()
    wait_until(has_ended(run), 40, machines.said)
    assert_whole(run)


def test_a_run_survives_the_killing_of_its_worker_with_all_its_children(machines, stand_in, version, owner):
    machines.start_redis()
    machines.start_reconciler()
    worker = machines.start_worker(SLOW_SECONDS="0.7")
    run = request_run(version=version, requester=owner)
    wait_until(
        lambda: run.chunks.filter(state=ChunkState.DONE).exists() and is_under_way(run), 30, machines.said
    )
    machines.kill(worker)
    machines.start_worker()
    wait_until(has_ended(run), LEASE_SECONDS + 30, machines.said)
    assert_whole(run)
    assert max(run.chunks.values_list("attempt", flat=True)) > 1
    assert digest_without_faults(run, version, owner) == run.result_digest


def test_a_run_survives_an_emptied_and_a_killed_redis(machines, stand_in, version, owner):
    redis_server = machines.start_redis()
    machines.start_reconciler()
    machines.start_worker(SLOW_SECONDS="0.3")
    runs = [request_run(version=version, requester=owner, draws=4 * BLOCK, seed=seed) for seed in range(3)]
    wait_until(lambda: is_under_way(runs[0]), 30, machines.said)
    import redis

    redis.Redis.from_url(machines.redis_url).flushall()
    wait_until(has_ended(runs[0]), 40, machines.said)
    machines.kill(redis_server)
    machines.start_redis()
    for run in runs:
        wait_until(has_ended(run), 60, machines.said)
    assert_whole(*runs)


def test_a_chunk_that_kills_whoever_computes_it_fails_its_run_and_no_other(
    machines, stand_in, version, owner, settings
):
    machines.env["RUN_LEASE_SECONDS"] = "2"
    settings.RUN_LEASE_SECONDS = 2
    machines.start_redis()
    machines.start_reconciler()
    machines.start_worker(POISON_BLOCK="3")
    poisoned = request_run(version=version, requester=owner, draws=4 * BLOCK)
    healthy = request_run(version=version, requester=owner, draws=2 * BLOCK)
    wait_until(has_ended(poisoned), 60, machines.said)
    wait_until(has_ended(healthy), 30, machines.said)
    assert state_of(poisoned) == State.FAILED
    poisoned.refresh_from_db()
    assert "tried 3 times" in poisoned.failure
    assert_whole(healthy)


def test_a_cancelled_run_stops_within_a_block(machines, stand_in, version, owner):
    machines.start_redis()
    machines.start_worker(SLOW_SECONDS="0.5")
    run = request_run(version=version, requester=owner, draws=64 * BLOCK)
    wait_until(lambda: is_under_way(run), 30, machines.said)
    cancel_run(run=run, actor=owner)
    wait_until(has_ended(run), 5, machines.said)
    assert state_of(run) == State.CANCELLED


def test_asking_with_a_frozen_redis_answers_within_a_second(machines, stand_in, version, owner):
    import time

    redis_server = machines.start_redis()
    redis_server.send_signal(signal.SIGSTOP)
    began = time.perf_counter()
    run = request_run(version=version, requester=owner)
    seconds = time.perf_counter() - began
    redis_server.send_signal(signal.SIGCONT)
    assert seconds < 1.0
    assert state_of(run) == State.QUEUED


def test_the_reconciler_ends_in_good_order_when_told_to(machines, stand_in, version):
    from planner.runs import lives

    reconciler = machines.start_reconciler()
    wait_until(lambda: lives.living("reconciler") == 1, 20, machines.said)
    reconciler.terminate()
    assert reconciler.wait(5) == 0
    assert lives.living("reconciler") == 0


def test_the_real_engine_gives_the_same_digest_on_a_worker_and_in_this_process(machines, version, people):
    from planner.runs.computing import result_of_inputs
    from planner.runs.engine import inputs_of_version
    from tests.planner.scenarios.small_document import small_document

    real = ScenarioVersion.objects.create(
        scenario=version.scenario,
        number=next(_numbers),
        schema_version=1,
        document_text=json.dumps(small_document(**{"timeline.quarters": 36})),
        digest="0" * 64,
        author=people.owner,
    )
    machines.start_redis()
    machines.start_worker(stand_in=False)
    run = request_run(version=real, requester=people.owner, draws=2 * BLOCK)
    wait_until(has_ended(run), 60, machines.said)
    assert_whole(run)
    here = result_of_inputs(inputs_of_version(real), draws=run.draws, seed=run.seed)
    assert (here["result_digest"], here["identity"]) == (run.result_digest, run.identity)
