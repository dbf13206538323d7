"""A whole Genka in processes of its own: `manage.py up` on a free port, with a var folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Up:
    """One started supervisor. `env` is added to the environment; DATABASE_URL and REDIS_URL are taken out of it."""

    var: Path
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict)
    ignoring_signals: bool = False

    def start(self) -> Up:
        self.var.mkdir(parents=True, exist_ok=True)
        self.log = self.var / "up.log"
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        }
        own = {"GENKA_VAR": str(self.var), "PORT": str(self.port), "RUN_DEFAULT_DRAWS": "8192"}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "up"],
                env={**kept, **own, **self.env},
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.var,
                start_new_session=True,
                preexec_fn=_ignore_signals if self.ignoring_signals else None,
            )
        return self

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_ready(self, patience: float = 120) -> Up:
        until = time.monotonic() + patience
        while "Genka is ready" not in self.said():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"Genka did not start:\n{self.said()}")
            time.sleep(0.05)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM, patience: float = 15) -> float:
        """Sends the signal and returns how many seconds the supervisor took to end."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(patience)
        return time.monotonic() - began

    def processes(self) -> list[str]:
        """Command lines of living processes that know this var folder from their environment."""
        mark, found = f"GENKA_VAR={self.var}".encode(), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def temporary_folder(self) -> Path:
        import json

        return Path(json.loads((self.var / "run" / "up.json").read_text())["temporary_folder"])


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
