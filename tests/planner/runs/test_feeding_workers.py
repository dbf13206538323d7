"""Which chunks workers are woken for: a few at a time, in turn between teams, again until they are claimed."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from planner.runs import execution, feeding, leases, lives
from planner.runs.actions import request_run
from planner.runs.models import Chunk, Heartbeat

BLOCK = 8192


@pytest.fixture
def calls(monkeypatch):
    """Calls that a broker in good health would have got."""
    made = []
    monkeypatch.setattr(feeding, "broker_answers", lambda: True)
    monkeypatch.setattr(feeding, "_publish", lambda uuid: made.append(uuid) or True)
    return made


@pytest.mark.django_db
def test_only_the_first_chunk_is_called_for_until_the_preparation_is_there(run, calls):
    assert feeding.feed() == 1
    assert calls == [run.chunks.get(index=0).uuid]
    execution.compute_chunk(calls[0])
    feeding.feed()
    assert calls == [chunk.uuid for chunk in run.chunks.order_by("index")]


@pytest.mark.django_db
def test_a_call_is_repeated_when_nobody_claimed_and_not_before(run, calls):
    feeding.feed()
    feeding.feed()
    assert len(calls) == 1
    Chunk.objects.filter(run=run, index=0).update(published_at=Now() - timedelta(seconds=4))
    feeding.feed()
    assert len(calls) == 2
    Chunk.objects.filter(run=run, index=0).update(published_at=Now() - timedelta(seconds=4))
    feeding.feed()
    assert len(calls) == 2, "the second silence is longer than the first"


@pytest.mark.django_db
def test_a_team_with_one_run_waits_for_one_round_behind_a_team_with_many(
    version, owner, outsider, make_version, stand_in, calls
):
    for seed in range(20):
        request_run(version=version, requester=owner, draws=BLOCK, seed=seed)
    theirs = make_version(outsider.teams.get(), outsider)
    small = request_run(version=theirs, requester=outsider, draws=BLOCK)
    feeding.feed()
    assert len(calls) == 4, "two for each of the two slots assumed at least"
    assert small.chunks.get().uuid in calls[:2]


@pytest.mark.django_db
def test_more_workers_are_fed_more_chunks(version, owner, stand_in, calls):
    for seed in range(20):
        request_run(version=version, requester=owner, draws=BLOCK, seed=seed)
    lives.beat("worker", "one", slots=4)
    lives.beat("worker", "two", slots=3)
    Heartbeat.objects.create(kind="worker", name="dead", slots=90, beat_at=Now() - timedelta(minutes=5))
    feeding.feed()
    assert len(calls) == 14


@pytest.mark.django_db
def test_a_call_the_broker_refused_leaves_the_chunk_to_be_called_for_again(run, monkeypatch):
    monkeypatch.setattr(feeding, "broker_answers", lambda: True)
    monkeypatch.setattr(feeding, "_publish", lambda _uuid: False)
    assert feeding.feed() == 0
    Chunk.objects.filter(run=run, index=0).update(published_at=Now() - timedelta(seconds=4))
    made = []
    monkeypatch.setattr(feeding, "_publish", lambda uuid: made.append(uuid) or True)
    assert feeding.feed() == 1


@pytest.mark.django_db
def test_a_chunk_given_back_is_called_for_at_once(run, calls):
    feeding.feed()
    chunk = leases.claim(calls[0])
    leases.give_back(chunk, "stopped")
    assert feeding.feed() == 1
