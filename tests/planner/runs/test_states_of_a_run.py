"""What happens to a run: each change once, whoever tries, and one end with one audit entry."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from planner.audit.models import AuditEntry
from planner.core.errors import Conflict
from planner.runs import chunk_files, execution, leases, limits, reconciler, transitions
from planner.runs.actions import cancel_run, compute_in_process, request_run
from planner.runs.models import Chunk, ChunkState, Run, State
from planner.runs.queries import draws_of, progress_of, result_of

BLOCK = 8192


def ends_of(run):
    final = ("run done", "run failed", "run cancelled")
    return list(
        AuditEntry.objects.filter(object_uuid=run.uuid, action__in=final).values_list("action", flat=True)
    )


def chunk_of(run, index):
    return run.chunks.get(index=index)


@pytest.mark.django_db
def test_a_run_computed_in_one_process_ends_done_with_its_result(run):
    done = compute_in_process(run)
    assert done.state == State.DONE
    assert result_of(done)["result_digest"] == done.result_digest
    assert result_of(done)["identity"] == done.identity
    assert ends_of(run) == ["run done"]
    assert draws_of(done)["gain_usd"].shape == (4 * BLOCK,)
    assert progress_of(done).percent == 100


@pytest.mark.django_db
def test_the_order_in_which_chunks_finish_does_not_change_the_result(
    version, owner, stand_in, team, make_version
):
    forward = compute_in_process(request_run(version=version, requester=owner, draws=4 * BLOCK))
    Run.objects.filter(pk=forward.pk).update(state=State.FAILED)
    again = request_run(version=version, requester=owner, draws=4 * BLOCK)
    for index in (0, 3, 1, 2):
        execution.compute_chunk(chunk_of(again, index).uuid)
    again.refresh_from_db()
    assert again.pk != forward.pk
    assert again.result_digest == forward.result_digest


@pytest.mark.django_db
def test_other_chunks_wait_for_the_preparation_of_the_first(run):
    assert leases.claim(chunk_of(run, 1).uuid) is None
    execution.compute_chunk(chunk_of(run, 0).uuid)
    assert leases.claim(chunk_of(run, 1).uuid) is not None


@pytest.mark.django_db
def test_a_chunk_delivered_ten_times_is_computed_once(run, stand_in):
    kept = [execution.compute_chunk(chunk_of(run, 0).uuid) for _ in range(10)]
    assert kept == [True] + [False] * 9
    assert stand_in.evaluated == [0]


@pytest.mark.django_db
def test_a_late_result_after_a_lost_lease_is_dropped(run, stand_in):
    Run.objects.filter(pk=run.pk).update(preparation_text="{}")
    chunk = leases.claim(chunk_of(run, 0).uuid)
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=Now() - timedelta(seconds=1))
    reconciler.free_silent_chunks()
    other = leases.claim(chunk.uuid)
    assert leases.finish(chunk, file="late", file_digest="", seconds=1.0) is False
    assert leases.renew(chunk) is False
    assert leases.finish(other, file="in time", file_digest="", seconds=1.0) is True
    assert chunk_of(run, 0).file == "in time"


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_stops_at_the_next_block_and_leaves_no_file(run, stand_in, settings):
    stand_in.trouble = lambda block: Chunk.objects.filter(run=run, index=0).update(lease_token=uuid.uuid4())
    assert execution.compute_chunk(chunk_of(run, 0).uuid) is False
    assert chunk_of(run, 0).file == ""
    assert not list(settings.MEDIA_ROOT.rglob("*.npz"))


@pytest.mark.django_db
def test_a_chunk_that_kills_its_worker_three_times_fails_the_run_with_a_plain_reason(run):
    for attempt in range(1, limits.MOST_ATTEMPTS + 1):
        assert leases.claim(chunk_of(run, 0).uuid).attempt == attempt
        Chunk.objects.filter(run=run, index=0).update(lease_until=Now() - timedelta(seconds=1))
        reconciler.sweep()
    assert leases.claim(chunk_of(run, 0).uuid) is None
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.failure == "A part of it was tried 3 times and did not finish: the worker fell silent."
    assert ends_of(run) == ["run failed"]
    assert set(run.chunks.values_list("state", flat=True)) == {ChunkState.DROPPED}


@pytest.mark.django_db
def test_an_error_of_the_engine_fails_the_run_at_once_in_words(run, stand_in):
    def trouble(block):
        raise ValueError("demand is below zero")

    stand_in.trouble = trouble
    assert compute_in_process(run).state == State.FAILED
    run.refresh_from_db()
    assert run.failure == "The engine stopped: demand is below zero"
    assert ends_of(run) == ["run failed"]


@pytest.mark.django_db
def test_too_little_memory_fails_the_run_and_the_worker_lives_on(run, stand_in):
    def trouble(block):
        raise MemoryError

    stand_in.trouble = trouble
    assert compute_in_process(run).failure.startswith("It needs more memory than a worker has.")


@pytest.mark.django_db
def test_storage_trouble_is_tried_again_and_then_reported(run, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(chunk_files, "store", full)
    for _ in range(3):
        execution.compute_chunk(chunk_of(run, 0).uuid)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "No space left on device" in run.failure


def compute_without_ending(run, monkeypatch):
    """All chunks done, and the last worker dead before the end of the run."""
    with monkeypatch.context() as patched:
        patched.setattr(execution, "finalise", lambda run_id: False)
        assert compute_in_process(run).state == State.RUNNING


@pytest.mark.django_db
def test_a_lost_or_damaged_file_is_computed_again(run, monkeypatch):
    compute_without_ending(run, monkeypatch)
    default_storage.delete(chunk_of(run, 2).file)
    assert execution.finalise(run.pk) is False
    assert chunk_of(run, 2).state == ChunkState.WAITING
    assert execution.compute_chunk(chunk_of(run, 2).uuid)
    run.refresh_from_db()
    assert run.state == State.DONE


@pytest.mark.django_db
def test_a_queued_run_is_cancelled_at_once(run, member):
    assert cancel_run(run=run, actor=member).state == State.CANCELLED
    assert ends_of(run) == ["run cancelled"]
    assert AuditEntry.objects.get(action="run cancelled").actor == member
    assert leases.claim(chunk_of(run, 0).uuid) is None


@pytest.mark.django_db
def test_a_running_run_is_cancelled_within_one_block(version, owner, stand_in):
    run = request_run(version=version, requester=owner, draws=64 * BLOCK)
    execution.compute_chunk(chunk_of(run, 0).uuid)

    def trouble(block):
        if block == 2:
            assert cancel_run(run=run, actor=owner).state == State.CANCELLING

    stand_in.trouble = trouble
    assert chunk_of(run, 1).block_count == 4
    assert execution.compute_chunk(chunk_of(run, 1).uuid) is False
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert stand_in.evaluated == [0, 1, 2]
    assert ends_of(run) == ["run cancelled"]


@pytest.mark.django_db
def test_cancelling_what_a_dead_worker_held_ends_when_its_lease_has_passed(run, owner):
    chunk = leases.claim(chunk_of(run, 0).uuid)
    assert cancel_run(run=run, actor=owner).state == State.CANCELLING
    reconciler.sweep()
    run.refresh_from_db()
    assert run.state == State.CANCELLING
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=Now() - timedelta(seconds=1))
    reconciler.sweep()
    run.refresh_from_db()
    assert run.state == State.CANCELLED


@pytest.mark.django_db
def test_cancelling_twice_is_no_error_and_cancelling_a_finished_run_is_a_conflict(run, owner, version):
    cancel_run(run=run, actor=owner)
    assert cancel_run(run=run, actor=owner).state == State.CANCELLED
    done = compute_in_process(request_run(version=version, requester=owner, draws=4 * BLOCK))
    with pytest.raises(Conflict):
        cancel_run(run=done, actor=owner)
    assert ends_of(done) == ["run done"]


@pytest.mark.django_db
def test_only_analysts_of_the_team_cancel(run, viewer, outsider):
    for user in (viewer, outsider):
        with pytest.raises(Http404):
            cancel_run(run=run, actor=user)
    run.refresh_from_db()
    assert run.state == State.QUEUED


@pytest.mark.django_db
def test_a_run_past_its_deadline_fails(run):
    leases.claim(chunk_of(run, 0).uuid)
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(hours=2))
    reconciler.sweep()
    run.refresh_from_db()
    assert run.failure == "It took longer than the 30 minutes allowed."


@pytest.mark.django_db
def test_a_run_whose_last_worker_died_before_the_end_is_finalised_by_the_reconciler(run, monkeypatch):
    compute_without_ending(run, monkeypatch)
    reconciler.sweep()
    run.refresh_from_db()
    assert run.state == State.DONE


@pytest.mark.django_db
def test_no_change_leads_out_of_an_end(run, owner):
    compute_in_process(run)
    assert not transitions.start(run.pk)
    assert not transitions.fail(run.pk, "late")
    assert not transitions.ask_to_cancel(run.pk, owner)
    assert not transitions.settle_cancel(run.pk)
    assert not transitions.finish(run.pk, token=uuid.uuid4(), result_text="", result_digest="", timing={})
    assert ends_of(run) == ["run done"]


@pytest.mark.django_db
def test_one_of_many_reconcilers_leads_and_another_takes_over_when_it_falls_silent():
    from planner.runs.models import Leadership

    first, second = uuid.uuid4(), uuid.uuid4()
    assert leases.lead("reconciler", first)
    assert leases.lead("reconciler", first)
    assert not leases.lead("reconciler", second)
    Leadership.objects.update(until=Now() - timedelta(seconds=1))
    assert leases.lead("reconciler", second)
    assert not leases.lead("reconciler", first)


def at_the_same_moment(*works):
    together, found, trouble = threading.Barrier(len(works)), [], []

    def go(work):
        try:
            together.wait()
            found.append(work())
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    return found


@pytest.mark.django_db(transaction=True)
def test_a_run_is_finalised_once_when_two_try_at_the_same_moment(run, monkeypatch):
    compute_without_ending(run, monkeypatch)
    found = at_the_same_moment(*[lambda: execution.finalise(run.pk)] * 4)
    assert sorted(found) == [False, False, False, True]
    assert ends_of(run) == ["run done"]


@pytest.mark.django_db(transaction=True)
def test_of_a_cancel_and_an_end_at_the_same_moment_exactly_one_wins(version, owner, stand_in, monkeypatch):
    for seed in range(10):
        run = request_run(version=version, requester=owner, draws=BLOCK, seed=seed)
        compute_without_ending(run, monkeypatch)

        def cancel(run=run):
            try:
                return cancel_run(run=run, actor=owner).state
            except Conflict:
                return "too late"

        at_the_same_moment(cancel, lambda run=run: execution.finalise(run.pk))
        reconciler.settle_cancels()
        run.refresh_from_db()
        assert ends_of(run) == [f"run {run.state}"]
        assert bool(run.result_digest) == (run.state == State.DONE)
