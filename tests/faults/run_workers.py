"""Real processes around one test database: a redis-server, Celery workers and reconcilers, started and killed at will.

Run as a program it is a worker or, told `reconcile`, a reconciler whose engine is the stand-in. SLOW_SECONDS
makes each block take that long, POISON_BLOCK kills the process that computes that block.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Machines:
    """Everything a run needs beside the web process. `close()` leaves nothing behind."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.sockets = tempfile.TemporaryDirectory(prefix="genka-t-")
        self.redis_url = f"unix://{self.sockets.name}/redis.sock?db=0"
        self.children: list[subprocess.Popen[bytes]] = []
        self.env = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            "DJANGO_SETTINGS_MODULE": "planner.settings.test",
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "GENKA_VAR": str(folder),
            "PYTHONPATH": str(ROOT),
        }

    def start_redis(self) -> subprocess.Popen[bytes]:
        from planner.core import embedded_redis

        socket_file = Path(self.sockets.name) / "redis.sock"
        executable = embedded_redis.redis_executable()
        assert executable
        command = embedded_redis.redis_command(
            executable, socket_file=socket_file, data_folder=self.folder / "redis"
        )
        started = self._start(command)
        assert embedded_redis.answers(socket_file)
        return started

    def start_worker(self, *, stand_in: bool = True, **env: str) -> subprocess.Popen[bytes]:
        program = [str(Path(__file__))] if stand_in else ["-m", "celery"]
        command = [sys.executable, "-W", "ignore", *program, "--quiet", "--app", "planner", "worker"]
        return self._start([*command, "--concurrency", "2", "--loglevel", "WARNING"], **env)

    def start_reconciler(self, *, stand_in: bool = True) -> subprocess.Popen[bytes]:
        """With the engine of the workers: whoever comes first adds the parts of a run up."""
        program = Path(__file__) if stand_in else ROOT / "manage.py"
        return self._start([sys.executable, str(program), "reconcile", "--every", "0.3"])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of the process and all its children at once."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended by itself
        process.wait()
        self.children.remove(process)

    def close(self) -> None:
        for process in list(self.children):
            self.kill(process)
        self.sockets.cleanup()

    def said(self) -> str:
        return (self.folder / "processes.log").read_text(errors="replace")[-8000:]

    def _start(self, command: list[str], **env: str) -> subprocess.Popen[bytes]:
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                command, env={**self.env, **env}, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        self.children.append(process)
        return process


def wait_until(true: Callable[[], object], patience: float, said: Callable[[], str]) -> None:
    until = time.monotonic() + patience
    while not true():
        assert time.monotonic() < until, f"waited {patience} s\n{said()}"
        time.sleep(0.05)


def _trouble(block: int) -> None:
    time.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
    if os.environ.get("POISON_BLOCK") == str(block):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    import django

    django.setup()
    from celery.bin.celery import main
    from django.core.management import execute_from_command_line

    from tests.planner.runs.stand_in_engine import StandIn

    StandIn(trouble=_trouble).install(setattr)
    if sys.argv[1] == "reconcile":
        execute_from_command_line(sys.argv)
    else:
        sys.exit(main())
