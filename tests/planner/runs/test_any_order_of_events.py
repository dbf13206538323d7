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
