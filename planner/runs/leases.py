"""Who computes a chunk: claimed with a random token, kept by renewing, finished only with the token.

All times are by the clock of the database. Conditions are on the chunk's own columns, never through a join: of two
workers that claim at once PostgreSQL re-checks only those.
"""

import uuid
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from planner.runs import transitions
from planner.runs.limits import MOST_ATTEMPTS, lease
from planner.runs.models import WANTED, Chunk, ChunkState, Leadership, Run, State


@transaction.atomic
def claim(chunk_uuid: UUID) -> Chunk | None:
    """The chunk, now ours under `lease_token`. None: done, held by another, not ready, or no longer wanted."""
    token = uuid.uuid4()
    free = Q(state=ChunkState.WAITING) | Q(state=ChunkState.RUNNING, lease_until__lt=Now())
    ready = Q(index=0) | Q(run__in=Run.objects.exclude(preparation_text=""))
    claimed = Chunk.objects.filter(
        free,
        ready,
        uuid=chunk_uuid,
        attempt__lt=MOST_ATTEMPTS,
        run__in=Run.objects.filter(state__in=WANTED),
    ).update(
        state=ChunkState.RUNNING,
        lease_token=token,
        lease_until=Now() + lease(),
        attempt=F("attempt") + 1,
        blocks_done=0,
    )
    if not claimed:
        return None
    chunk = Chunk.objects.select_related("run__version", "run__team").get(uuid=chunk_uuid)
    transitions.start(chunk.run_id)
    return chunk


def renew(chunk: Chunk, *, blocks_done: int | None = None) -> bool:
    """Holds the lease longer. False: the lease is lost or the run is no longer wanted, so stop computing."""
    values = {} if blocks_done is None else {"blocks_done": blocks_done}
    kept = _mine(chunk).update(lease_until=Now() + lease(), **values)
    return kept == 1 and Run.objects.filter(pk=chunk.run_id, state__in=WANTED).exists()


def finish(chunk: Chunk, *, file: str, file_digest: str, seconds: float) -> bool:
    """Keeps what was computed. False: the lease was lost, another has or will have the result, drop ours.

    Nothing is kept before the run has its preparation: the other chunks wait for it and would wait for ever.
    """
    prepared = Run.objects.exclude(preparation_text="")
    mine = _mine(chunk).filter(run__in=prepared)
    kept = mine.update(
        state=ChunkState.DONE,
        file=file,
        file_digest=file_digest,
        seconds=seconds,
        blocks_done=chunk.block_count,
        lease_until=None,
        trouble="",
    )
    return kept == 1


def give_back(chunk: Chunk, trouble: str) -> bool:
    """Ends our lease at once, so that another attempt need not wait for it to pass."""
    return _free(_mine(chunk), trouble) == 1


def free_expired(chunk_id: int) -> bool:
    """Takes a chunk from a worker that has been silent for longer than the lease."""
    silent = Chunk.objects.filter(pk=chunk_id, state=ChunkState.RUNNING, lease_until__lt=Now())
    return _free(silent, "the worker fell silent") == 1


def reopen(chunk_id: int, file: str, trouble: str) -> bool:
    """Has a done chunk computed again, because its stored file is gone or damaged."""
    lost = Chunk.objects.filter(pk=chunk_id, state=ChunkState.DONE, file=file)
    return _free(lost, trouble) == 1


def claim_finalising(run_id: int) -> UUID | None:
    """The token to finish the run with. None: chunks are missing, it is not running, or another is at it."""
    token = uuid.uuid4()
    undone = Chunk.objects.filter(run_id=run_id).exclude(state=ChunkState.DONE)
    if undone.exists():
        return None
    free = Q(finaliser_until__isnull=True) | Q(finaliser_until__lt=Now())
    claimed = Run.objects.filter(free, pk=run_id, state=State.RUNNING).update(
        finaliser_token=token, finaliser_until=Now() + lease() * 6
    )
    return token if claimed else None


def end_finalising(run_id: int, token: UUID) -> None:
    """Lets another finalise at once (a stored file was lost)."""
    Run.objects.filter(pk=run_id, finaliser_token=token).update(finaliser_until=None)


def lead(duty: str, token: UUID) -> bool:
    """True while this process is the one that does the duty; the lead passes on when it falls silent."""
    free = Q(token=token) | Q(until__lt=Now())
    if Leadership.objects.filter(free, duty=duty).update(token=token, until=Now() + lease()):
        return True
    _row, is_new = Leadership.objects.get_or_create(
        duty=duty, defaults={"token": token, "until": Now() + lease()}
    )
    return is_new


def _mine(chunk: Chunk) -> QuerySet[Chunk]:
    return Chunk.objects.filter(pk=chunk.pk, state=ChunkState.RUNNING, lease_token=chunk.lease_token)


def _free(chunks: QuerySet[Chunk], trouble: str) -> int:
    return chunks.update(
        state=ChunkState.WAITING,
        lease_token=None,
        lease_until=None,
        blocks_done=0,
        published_at=None,
        published_count=0,
        trouble=trouble,
    )
