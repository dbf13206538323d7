"""Which processes live: each writes when it last did. Nobody asks the broker."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from planner.runs.models import Heartbeat

log = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
DEAD_AFTER = timedelta(seconds=12)


def beat(kind: str, name: str, *, slots: int = 0) -> None:
    """Writes that this process lives now; rows of processes gone for an hour are swept away."""
    Heartbeat.objects.update_or_create(kind=kind, name=name, defaults={"beat_at": Now(), "slots": slots})
    Heartbeat.objects.filter(kind=kind, beat_at__lt=Now() - timedelta(hours=1)).delete()


def leave(kind: str, name: str) -> None:
    """Takes the row away: this process ends in good order."""
    Heartbeat.objects.filter(kind=kind, name=name).delete()


def living(kind: str) -> int:
    """How many processes of this kind beat lately."""
    return Heartbeat.objects.filter(kind=kind, beat_at__gt=Now() - DEAD_AFTER).count()


def slots_alive() -> int:
    """How many chunks the living workers compute at once; 0 when none lives."""
    alive = Heartbeat.objects.filter(kind="worker", beat_at__gt=Now() - DEAD_AFTER)
    return sum(alive.values_list("slots", flat=True))


def beat_in_background(
    kind: str, name: str, *, slots: int, until: threading.Event, at_start: Callable[[], object]
) -> None:
    """Beats from a daemon thread until told to stop.

    Its connection is closed after each beat: a pool process forked meanwhile must not inherit a live one.
    """

    def keep_beating() -> None:
        begun = False
        while True:
            try:
                beat(kind, name, slots=slots)
                if not begun:
                    at_start()
                    begun = True
                if until.is_set():
                    leave(kind, name)
            except (DatabaseError, InterfaceError) as error:
                log.warning("%s %s could not say that it lives: %s", kind, name, error)
            finally:
                connection.close()
            if until.is_set():
                return
            until.wait(BEAT_SECONDS)

    threading.Thread(target=keep_beating, name="heartbeat", daemon=True).start()
