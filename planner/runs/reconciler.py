"""Puts right whatever was left half done: silent workers, lost calls, unfinished ends, deadlines, cancels.

Runs as a process of its own (`manage.py reconcile`); any number may run, one leads. It is also swept once when a web
or worker process starts. Each step is safe to repeat and safe against everybody else.
"""

import logging
import threading
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from planner.runs import execution, feeding, leases, transitions
from planner.runs.limits import MOST_ATTEMPTS, deadline
from planner.runs.models import WANTED, Chunk, ChunkState, Run, State

log = logging.getLogger(__name__)


def sweep() -> None:
    """One round over everything that is not final."""
    free_silent_chunks()
    give_up_hopeless_chunks()
    settle_cancels()
    enforce_deadlines()
    finalise_complete_runs()
    feeding.feed()


def sweep_in_background() -> None:
    """One round from a thread of its own, when a web process starts: what was asked for before goes on at once."""

    def sweep_once() -> None:
        try:
            sweep()
        except (DatabaseError, InterfaceError) as error:  # a first start, before `migrate`
            log.warning("The round at the start was left out: %s", error)
        finally:
            connection.close()

    threading.Thread(target=sweep_once, name="sweep", daemon=True).start()


def lead_and_sweep(token: UUID) -> bool:
    """One round if this process leads; False when another does."""
    if not leases.lead("reconciler", token):
        return False
    sweep()
    return True


def free_silent_chunks() -> None:
    """Takes back what workers held that have said nothing for longer than the lease."""
    silent = Chunk.objects.filter(state=ChunkState.RUNNING, lease_until__lt=Now())
    for chunk_id in list(silent.values_list("pk", flat=True)):
        leases.free_expired(chunk_id)


def give_up_hopeless_chunks() -> None:
    """Fails runs with a chunk that stopped its worker too often."""
    hopeless = Chunk.objects.filter(
        state=ChunkState.WAITING, attempt__gte=MOST_ATTEMPTS, run__state__in=WANTED
    )
    for chunk in list(hopeless):
        execution.give_up_if_tried_enough(chunk)


def settle_cancels() -> None:
    """Ends cancelled runs that nobody works on any more."""
    for run_id in list(Run.objects.filter(state=State.CANCELLING).values_list("pk", flat=True)):
        transitions.settle_cancel(run_id)


def enforce_deadlines() -> None:
    """Fails runs that started longer ago than a run may take."""
    late = Run.objects.filter(state=State.RUNNING, started_at__lt=Now() - deadline())
    minutes = int(deadline().total_seconds() // 60)
    for run_id in list(late.values_list("pk", flat=True)):
        transitions.fail(
            run_id, _("It took longer than the %(minutes)d minutes allowed.") % {"minutes": minutes}
        )


def finalise_complete_runs() -> None:
    """Ends runs whose last worker died between its chunk and the end of the run."""
    undone = Chunk.objects.filter(run=OuterRef("pk")).exclude(state=ChunkState.DONE)
    complete = Run.objects.filter(~Exists(undone), state=State.RUNNING)
    for run_id in list(complete.values_list("pk", flat=True)):
        execution.finalise(run_id)
