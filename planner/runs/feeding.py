"""Which chunks workers are woken for next: a few at a time, one team after the other.

Redis only carries these wake-up calls. Each is repeated, at growing intervals, until the chunk is claimed; a call
that is lost, repeated or late does no harm.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, zip_longest
from uuid import UUID

import redis
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from planner.celery import app
from planner.runs import lives
from planner.runs.models import WANTED, Chunk, ChunkState, Run

log = logging.getLogger(__name__)

TASK = "planner.runs.tasks.compute_chunk"
BROKER_PATIENCE_SECONDS = 0.3
LONGEST_SILENCE = 5
"""Repeat a call after 3, 6, 12, 24 seconds, then every 48."""


def feed() -> int:
    """Wakes workers for what should run next. Returns how many calls were sent; 0: nothing due, or no broker."""
    wanted = _next_chunks()
    if not wanted or not broker_answers():
        return 0
    sent = 0
    for chunk in wanted:
        if _mark_published(chunk):
            if not _publish(chunk.uuid):
                break
            sent += 1
    return sent


def broker_answers() -> bool:
    """Whether the broker says anything within a blink; never raises, never hangs."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_PATIENCE_SECONDS,
        socket_timeout=BROKER_PATIENCE_SECONDS,
        retry=None,
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def _next_chunks() -> list[Chunk]:
    """Claimable chunks whose call is due, at most two per worker slot with those already under way, fair by team."""
    under_way = Chunk.objects.filter(
        Q(state=ChunkState.RUNNING) | Q(state=ChunkState.WAITING, published_at__isnull=False),
        run__state__in=WANTED,
    ).count()
    room = max(0, 2 * max(lives.slots_alive(), 2) - under_way)
    repeats = [chunk for chunk in _claimable().filter(published_at__isnull=False) if _is_due(chunk)]
    return repeats + _one_team_after_the_other(room)


def _claimable() -> QuerySet[Chunk]:
    ready = Q(index=0) | ~Q(run__preparation_text="")
    return Chunk.objects.filter(ready, state=ChunkState.WAITING, run__state__in=WANTED)


def _is_due(chunk: Chunk) -> bool:
    return Chunk.objects.filter(
        pk=chunk.pk, published_at__lt=Now() - _silence(chunk.published_count)
    ).exists()


def _silence(published_count: int) -> timedelta:
    return timedelta(seconds=3 * 2 ** min(published_count - 1, LONGEST_SILENCE - 1))


def _one_team_after_the_other(room: int) -> list[Chunk]:
    """Up to `room` chunks that were never called for: the first of every team, then the second of every team, ..."""
    if room == 0:
        return []
    fresh = _claimable().filter(published_at__isnull=True)
    teams = Run.objects.filter(pk__in=fresh.values("run_id")).order_by().values_list("team_id", flat=True)
    queues: list[Iterable[Chunk]] = [
        fresh.filter(run__team_id=team).order_by("run__created_at", "run_id", "index")[:room]
        for team in sorted(set(teams), key=_chunks_running_of)
    ]
    in_turn = (chunk for chunk in chain.from_iterable(zip_longest(*queues)) if chunk is not None)
    return [chunk for chunk, _place in zip(in_turn, range(room), strict=False)]


def _chunks_running_of(team_id: int) -> int:
    return Chunk.objects.filter(run__team_id=team_id, state=ChunkState.RUNNING).count()


def _mark_published(chunk: Chunk) -> bool:
    """Takes the right to call, before calling: of two processes that feed at once, one does."""
    same = Chunk.objects.filter(pk=chunk.pk, state=ChunkState.WAITING, published_count=chunk.published_count)
    return same.update(published_at=Now(), published_count=F("published_count") + 1) == 1


def _publish(chunk_uuid: UUID) -> bool:
    options = {
        **app.conf.broker_transport_options,
        "socket_timeout": BROKER_PATIENCE_SECONDS,
        "socket_connect_timeout": BROKER_PATIENCE_SECONDS,
        "max_retries": 0,
    }
    try:
        with app.connection_for_write(transport_options=options) as connection:
            app.send_task(
                TASK, args=[str(chunk_uuid)], connection=connection, retry=False, ignore_result=True
            )
    except Exception as error:  # any broker trouble: the row is the queue, the reconciler calls again
        log.warning("The broker did not take a call for chunk %s: %s", chunk_uuid, error)
        return False
    return True
