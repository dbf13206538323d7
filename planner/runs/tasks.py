"""The Celery shell: one task that takes the public id of a chunk, and what a worker does when it starts."""

import os
import socket
import threading
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down

from planner.runs import engine, execution, feeding, lives, reconciler

_leaving = threading.Event()


@shared_task(name=feeding.TASK, ignore_result=True)
def compute_chunk(chunk_uuid: str) -> None:
    """Computes one chunk if it is still to be had, then wakes workers for what comes next."""
    execution.compute_chunk(UUID(chunk_uuid), heartbeat=True)
    feeding.feed()


@worker_init.connect
def load(**_signal: Any) -> None:
    """Imports the engine before the pool is forked: its processes share it and start at once."""
    engine.load()


@worker_ready.connect
def begin(sender: Any = None, **_signal: Any) -> None:
    """Looks for work left over by others, and says from now on that this worker lives."""
    slots = int(getattr(getattr(sender, "controller", None), "concurrency", None) or 1)
    lives.beat_in_background(
        "worker",
        f"{socket.gethostname()}:{os.getpid()}",
        slots=slots,
        until=_leaving,
        at_start=reconciler.sweep,
    )


@worker_shutting_down.connect
def end(**_signal: Any) -> None:
    _leaving.set()
