"""`manage.py reconcile`: the process that puts right whatever was left half done."""

import logging
import os
import signal
import socket
import threading
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext_lazy as _

from planner.runs import lives, reconciler

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sweeps about once a second until it is told to end."""

    help = str(
        _(
            "Wakes workers, retries lost work and ends runs, about once a second. Any number may run; one leads."
        )
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help=str(_("one round, then end")))
        parser.add_argument("--every", type=float, default=1.0, help=str(_("seconds between rounds")))

    def handle(self, *_args: Any, once: bool, every: float, **_options: Any) -> None:
        if once:
            reconciler.sweep()
            return
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        name, token = f"{socket.gethostname()}:{os.getpid()}", uuid.uuid4()
        while not ended.is_set():
            self._round(name, token)
            ended.wait(every)
        lives.leave("reconciler", name)

    def _round(self, name: str, token: uuid.UUID) -> None:
        """One round; trouble with the database is noted and the next round tries again."""
        try:
            lives.beat("reconciler", name)
            reconciler.lead_and_sweep(token)
        except (DatabaseError, InterfaceError) as error:
            log.warning("A round was left out: %s", error)
            connection.close()
        except Exception:
            log.exception("A round failed")
