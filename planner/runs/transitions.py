"""Every change of a run's state: one conditional UPDATE each, so that of two rivals exactly one wins.

Each returns True when it was the one that made the change. A final change writes its audit entry and drops the
chunks nobody needs any more, in the same transaction.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce, Now

from planner.audit.actions import record
from planner.runs.models import ACTIVE, WANTED, Chunk, ChunkState, Run, State
from planner.teams.models import User


def start(run_id: int) -> bool:
    """queued -> running, when its first chunk is claimed."""
    changed = Run.objects.filter(pk=run_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=Coalesce("started_at", Now())
    )
    return changed == 1


@transaction.atomic
def ask_to_cancel(run_id: int, actor: User) -> bool:
    """queued or running -> cancelling; chunks not yet claimed are dropped at once."""
    changed = Run.objects.filter(pk=run_id, state__in=WANTED).update(
        state=State.CANCELLING, cancelled_by=actor
    )
    if changed:
        _drop_waiting(run_id)
    return changed == 1


@transaction.atomic
def settle_cancel(run_id: int) -> bool:
    """cancelling -> cancelled, once no chunk is being computed under a live lease."""
    alive = Chunk.objects.filter(run_id=run_id, state=ChunkState.RUNNING, lease_until__gt=Now())
    if alive.exists():
        return False
    return _end(run_id, (State.CANCELLING,), State.CANCELLED)


@transaction.atomic
def finish(run_id: int, *, token: UUID, result_text: str, result_digest: str, timing: dict[str, Any]) -> bool:
    """running -> done, with the result; only for the holder of the finaliser's lease."""
    return _end(
        run_id,
        (State.RUNNING,),
        State.DONE,
        only={"finaliser_token": token},
        result_text=result_text,
        result_digest=result_digest,
        timing=timing,
    )


@transaction.atomic
def fail(run_id: int, reason: str) -> bool:
    """queued or running -> failed, with the reason in plain words; cancelling -> cancelled instead."""
    if _end(run_id, WANTED, State.FAILED, failure=reason):
        return True
    return settle_cancel(run_id)


def _end(
    run_id: int, before: tuple[State, ...], after: State, only: dict[str, Any] | None = None, **values: Any
) -> bool:
    assert set(before) <= set(ACTIVE)
    found = Run.objects.filter(pk=run_id, state__in=before, **(only or {}))
    if found.update(state=after, finished_at=Now(), **values) != 1:
        return False
    _drop_waiting(run_id)
    run = Run.objects.select_related("team", "cancelled_by").get(pk=run_id)
    record(
        actor=run.cancelled_by if after == State.CANCELLED else None,
        action=f"run {after.value}",
        object_kind="run",
        object_uuid=run.uuid,
        team=run.team,
        details={"number": run.number, "result_digest": run.result_digest, "failure": run.failure},
    )
    return True


def _drop_waiting(run_id: int) -> None:
    Chunk.objects.filter(run_id=run_id, state=ChunkState.WAITING).update(state=ChunkState.DROPPED)
