"""Whatever happens in whatever order, a run ends once, and only with all of its chunks."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.audit.models import AuditEntry
from planner.core.errors import Conflict
from planner.runs import execution, leases, reconciler
from planner.runs.actions import cancel_run, request_run
from planner.runs.models import FINAL, Chunk, ChunkState, Run, State
from tests.planner.runs.stand_in_engine import BLOCK

CHUNKS = 3
EVENTS = (
    "compute",
    "claim",
    "finish_late",
    "fall_silent",
    "kill_its_worker",
    "sweep",
    "cancel",
    "finalise",
    "lose_a_file",
)


class World:
    """One run, and workers that hold chunks without computing them."""

    def __init__(self, run, canceller):
        self.run, self.canceller, self.held = run, canceller, []

    def chunk(self, index):
        return self.run.chunks.get(index=index)

    def compute(self, index):
        execution.compute_chunk(self.chunk(index).uuid)

    def claim(self, index):
        claimed = leases.claim(self.chunk(index).uuid)
        self.held += [claimed] if claimed else []

    def finish_late(self, _index):
        for chunk in self.held:
            leases.finish(chunk, file="of nobody", file_digest="", seconds=0.0)

    def fall_silent(self, index):
        self.silence(index=index)

    def kill_its_worker(self, index):
        self.claim(index)
        self.silence(index=index)
        reconciler.free_silent_chunks()

    def sweep(self, _index):
        reconciler.sweep()

    def cancel(self, _index):
        try:
            cancel_run(run=self.run, actor=self.canceller)
        except Conflict:
            pass

    def finalise(self, _index):
        execution.finalise(self.run.pk)

    def lose_a_file(self, index):
        chunks = Chunk.objects.filter(run=self.run, index=index, state=ChunkState.DONE)
        chunks.update(file_digest="damaged")

    def silence(self, **which):
        running = Chunk.objects.filter(run=self.run, state=ChunkState.RUNNING, **which)
        running.update(lease_until=Now() - timedelta(seconds=1))

    def end(self):
        """All workers die, then one healthy worker and the reconciler go on until the run has ended."""
        self.silence()
        for _round in range(10 * CHUNKS):
            reconciler.sweep()
            for index in range(CHUNKS):
                execution.compute_chunk(self.chunk(index).uuid)
        self.run.refresh_from_db()

    def final_entries(self):
        final = [f"run {state.value}" for state in FINAL]
        return list(
            AuditEntry.objects.filter(object_uuid=self.run.uuid, action__in=final).values_list(
                "action", flat=True
            )
        )


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(events=[("kill_its_worker", 0)] * 3, seed=0)
@example(events=[("claim", 0), ("finish_late", 0)], seed=0)  # a first chunk kept without the preparation
@example(events=[("claim", 0), ("cancel", 0), ("finish_late", 0), ("compute", 1)], seed=0)
@given(
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, CHUNKS - 1)), max_size=25),
    seed=st.integers(0, 3),
)
def test_a_run_ends_once_and_only_with_all_of_its_chunks(version, owner, stand_in, events, seed):
    with transaction.atomic():
        world = World(request_run(version=version, requester=owner, draws=CHUNKS * BLOCK, seed=seed), owner)
        ended_as = None
        for event, index in events:
            getattr(world, event)(index)
            state = Run.objects.get(pk=world.run.pk).state
            assert ended_as in (None, state), f"{ended_as} became {state} at {event}"
            ended_as = state if state in FINAL else None
            assert world.final_entries() == ([f"run {state}"] if ended_as else [])
        world.end()
        assert world.run.state in FINAL
        assert world.final_entries() == [f"run {world.run.state}"]
        if world.run.state == State.DONE:
            assert set(world.run.chunks.values_list("state", flat=True)) == {ChunkState.DONE}
            assert world.run.result_digest
        if world.run.state == State.FAILED:
            assert world.run.failure
        assert not Chunk.objects.filter(run=world.run, state=ChunkState.RUNNING).exists()
        transaction.set_rollback(True)
