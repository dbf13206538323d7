"""Asking for a run: one row per question and team, quickly, whatever the broker does."""

import socket
import threading
import time

import pytest
from django.db import connection
from django.http import Http404

from planner.audit.models import AuditEntry
from planner.core.errors import InvalidInput
from planner.runs.actions import compute_in_process, request_run
from planner.runs.models import Chunk, Run, State
from planner.runs.queries import latest_done_run

BLOCK = 8192


@pytest.mark.django_db
def test_a_run_its_chunks_and_its_audit_entry_are_written_together(run, owner):
    assert run.state == State.QUEUED
    assert [(c.first_block, c.block_count) for c in run.chunks.all()] == [(0, 1), (1, 1), (2, 1), (3, 1)]
    entry = AuditEntry.objects.get(object_uuid=run.uuid)
    assert (entry.action, entry.actor) == ("run requested", owner)


@pytest.mark.django_db
def test_every_block_is_in_exactly_one_chunk_whatever_the_size(version, owner, stand_in):
    for blocks in (1, 2, 16, 40, 128):
        run = request_run(version=version, requester=owner, draws=blocks * BLOCK)
        held = [block for chunk in run.chunks.order_by("index") for block in chunk.blocks]
        assert held == list(range(blocks))


@pytest.mark.django_db
def test_the_same_question_twice_is_one_run(version, owner, member, stand_in):
    first = request_run(version=version, requester=owner)
    second = request_run(version=version, requester=member)
    assert first == second
    assert Run.objects.count() == 1
    assert first.draws == 65_536


@pytest.mark.django_db
def test_a_finished_run_is_shown_from_store_also_for_another_version_with_equal_inputs(
    version, owner, team, stand_in, make_version
):
    done = compute_in_process(request_run(version=version, requester=owner, draws=BLOCK))
    again = make_version(team, owner)
    assert request_run(version=again, requester=owner, draws=BLOCK) == done
    assert latest_done_run(owner, again) == done
    assert stand_in.evaluated == [0]


@pytest.mark.django_db
def test_other_draws_another_seed_or_other_inputs_are_another_run(
    version, owner, team, stand_in, make_version
):
    base = request_run(version=version, requester=owner, draws=BLOCK)
    others = [
        request_run(version=version, requester=owner, draws=2 * BLOCK),
        request_run(version=version, requester=owner, draws=BLOCK, seed=7),
        request_run(version=make_version(team, owner, '{"x":1}'), requester=owner, draws=BLOCK),
    ]
    assert len({base.identity, *(run.identity for run in others)}) == 4
    assert sorted(Run.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_another_teams_identical_run_is_its_own(version, owner, outsider, stand_in, make_version):
    ours = compute_in_process(request_run(version=version, requester=owner, draws=BLOCK))
    theirs_version = make_version(outsider.teams.get(), outsider)
    theirs = request_run(version=theirs_version, requester=outsider, draws=BLOCK)
    assert theirs.identity == ours.identity
    assert (theirs.pk, theirs.state, theirs.number) != (ours.pk, State.DONE, ours.number)
    assert theirs.state == State.QUEUED
    assert latest_done_run(outsider, version) is None


@pytest.mark.django_db
def test_another_teams_identical_run_is_computed_anew_and_says_nothing_of_the_first(
    version, owner, outsider, stand_in, make_version, outsider_client
):
    for seed in (5, 6):
        request_run(version=version, requester=owner, draws=BLOCK, seed=seed)
    ours = compute_in_process(request_run(version=version, requester=owner, draws=2 * BLOCK))
    before = len(stand_in.evaluated)

    theirs = request_run(
        version=make_version(outsider.teams.get(), outsider), requester=outsider, draws=2 * BLOCK
    )
    assert (ours.number, theirs.number) == (3, 1)
    assert not theirs.chunks.exclude(file="").exists(), "no stored block of another team is taken over"
    theirs = compute_in_process(theirs)

    assert len(stand_in.evaluated) == 2 * before, "nothing is faster because somebody else asked before"
    assert theirs.result_digest == ours.result_digest
    for address in (
        "/runs/",
        f"/runs/{theirs.uuid}/",
        f"/api/runs/{theirs.uuid}/",
        "/api/runs/",
        "/team/activity/",
    ):
        said = outsider_client.get(address).content.decode()
        for hidden in (
            str(ours.uuid),
            str(version.uuid),
            "Run 3",
            "run 3",
            "Corporate development",
            ">owner<",
        ):
            assert hidden not in said, (address, hidden)


@pytest.mark.django_db
def test_more_draws_extend_a_finished_run_and_give_what_they_would_alone(version, owner, stand_in):
    short = compute_in_process(request_run(version=version, requester=owner, draws=2 * BLOCK))
    longer = request_run(version=version, requester=owner, draws=40 * BLOCK)
    assert [block for chunk in longer.chunks.order_by("index") for block in chunk.blocks] == list(range(40))
    longer = compute_in_process(longer)
    assert stand_in.evaluated == list(range(40)), "each block once"
    assert longer.state == State.DONE
    for run in (short, longer):
        Run.objects.filter(pk=run.pk).update(identity=f"another {run.pk}", streams="another")
    alone = compute_in_process(request_run(version=version, requester=owner, draws=40 * BLOCK))
    assert alone.result_digest == longer.result_digest
    other_seed = request_run(version=version, requester=owner, draws=40 * BLOCK, seed=7)
    assert not other_seed.chunks.exclude(file="").exists()


@pytest.mark.django_db
def test_a_failed_or_cancelled_run_does_not_stand_in_the_way_of_a_new_one(run, version, owner):
    Run.objects.filter(pk=run.pk).update(state=State.FAILED)
    assert request_run(version=version, requester=owner, draws=4 * BLOCK) != run


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draws", "seed", "said"),
    [
        (0, None, "Draws is 0. It must be between 8,192 and 1,048,576."),
        (10**12, None, "Draws is 1,000,000,000,000. It must be between 8,192 and 1,048,576."),
        (10_000, None, "Draws is 10,000. It must be a multiple of 8,192."),
        (BLOCK, -1, "Seed is -1. It must be between 0 and 9,223,372,036,854,775,807."),
    ],
)
def test_draws_and_seed_out_of_range_are_refused_in_one_sentence(version, owner, stand_in, draws, seed, said):
    with pytest.raises(InvalidInput) as refused:
        request_run(version=version, requester=owner, draws=draws, seed=seed)
    assert [problem.message for problem in refused.value.problems] == [said]
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_a_run_that_needs_too_much_memory_is_refused_before_queueing(version, owner, stand_in, settings):
    settings.RUN_MEMORY_BYTES = 10
    with pytest.raises(InvalidInput):
        request_run(version=version, requester=owner)
    assert not Chunk.objects.exists()


@pytest.mark.django_db
def test_viewers_and_outsiders_cannot_run_a_version(version, viewer, outsider, stand_in):
    for user in (viewer, outsider):
        with pytest.raises(Http404):
            request_run(version=version, requester=user)
    assert not Run.objects.exists()


@pytest.fixture
def silent_broker(settings):
    """A port that takes connections and never says a word, like a frozen server."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=50)
    settings.REDIS_URL = f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
    yield
    listening.close()


@pytest.mark.django_db(transaction=True)
def test_with_a_dead_broker_the_answer_comes_within_a_second_and_the_run_is_queued(version, owner, stand_in):
    began = time.perf_counter()
    run = request_run(version=version, requester=owner)
    assert time.perf_counter() - began < 1.0
    assert Run.objects.get(pk=run.pk).state == State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_with_a_frozen_broker_the_answer_comes_within_a_second_and_the_run_is_queued(
    version, owner, stand_in, silent_broker
):
    began = time.perf_counter()
    run = request_run(version=version, requester=owner)
    assert time.perf_counter() - began < 1.0
    assert Run.objects.get(pk=run.pk).state == State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_the_same_moment_make_one_run(version, owner, stand_in):
    together, found, trouble = threading.Barrier(10), [], []

    def click():
        try:
            together.wait()
            found.append(request_run(version=version, requester=owner).pk)
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(10)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert trouble == []
    assert len(found) == 10
    assert len(set(found)) == 1
    assert Run.objects.count() == 1
