"""Starts several processes, notices when one ends, and stops them all within five seconds."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from planner.core.leftovers import MARK, Record, birth_of, end_all, remove_temporary_folder, sweep

_WRAPPER = str(Path(__file__).with_name("die_with_parent.py"))
_GRACE_SECONDS = 3.0
_LAST_GRACE_SECONDS = 1.0


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent TERM. Not an Exception: no library may swallow it."""


class Supervisor:
    """Owns every child, from the first to the last. Use as a context manager; leaving it stops everything."""

    def __init__(self, run_folder: Path, *, work_folder: Path) -> None:
        run_folder.mkdir(parents=True, exist_ok=True)
        self._file = run_folder / "up.json"
        self._work_folder = work_folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def __enter__(self) -> "Supervisor":
        sweep(self._file)
        # Explicit handlers: a shell may have started us with these signals ignored, or blocked.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
        self.temporary_folder = Path(tempfile.mkdtemp(prefix="genka-", dir=_short_folder()))
        self._record = Record(secrets.token_hex(16), str(self.temporary_folder))
        self._record.write(self._file)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping = True
        self._stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise StopAsked

    def start(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path | None = None
    ) -> None:
        """Starts a child in a session of its own, so that Ctrl-C in a terminal reaches the supervisor alone."""
        output = log.open("ab") if log else None
        child = subprocess.Popen(  # noqa: S603 - commands are ours, no shell
            [sys.executable, "-I", "-S", _WRAPPER, str(os.getpid()), *command],
            env={**env, MARK: self._record.mark},
            cwd=self._work_folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        if output:
            output.close()
        self._children[name] = child
        self._record.children[child.pid] = birth_of(child.pid)
        self._record.write(self._file)

    def run(self, name: str, command: Sequence[str], *, env: Mapping[str, str]) -> int:
        """Starts a child and waits for its end. Returns its exit code. Raises StopAsked when told to stop."""
        self.start(name, command, env=env)
        while (code := self._children[name].poll()) is None:
            time.sleep(0.05)
        del self._children[name]
        return code

    def ended(self) -> tuple[str, int] | None:
        """The name and exit code of a child that ended by itself; None while all live."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                return name, code
        return None

    def watch(self) -> tuple[str, int]:
        """Waits until a child ends by itself. Raises StopAsked when told to stop."""
        while (found := self.ended()) is None:
            time.sleep(0.2)
        return found

    def _stop(self) -> None:
        """The last started is asked first; the first started (the broker) goes when nobody needs it."""
        names = list(self._children)
        for group, grace in ((names[1:], _GRACE_SECONDS), (names[:1], _LAST_GRACE_SECONDS)):
            for name in reversed(group):
                self._signal(name, signal.SIGTERM)
            until = time.monotonic() + grace
            while time.monotonic() < until and any(self._children[name].poll() is None for name in group):
                time.sleep(0.02)
            for name in group:
                self._signal(name, signal.SIGKILL)
                self._children[name].wait()
        end_all(self._record, patience=0.5)
        remove_temporary_folder(str(self.temporary_folder))
        self._file.unlink(missing_ok=True)

    def _signal(self, name: str, number: signal.Signals) -> None:
        child = self._children[name]
        try:
            if number == signal.SIGKILL:
                os.killpg(child.pid, number)
            elif child.poll() is None:
                child.send_signal(number)
        except (ProcessLookupError, PermissionError):
            pass  # the whole group is gone already


def _short_folder() -> str | None:
    """The folder for temporary folders; None means the system's. A socket path has at most about 100 characters."""
    return "/tmp" if len(tempfile.gettempdir()) > 60 else None  # noqa: S108 - mkdtemp makes it private
