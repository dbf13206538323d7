"""`manage.py up` with real processes: it starts, stops clean, survives kill -9, and explains itself."""

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import Up, free_port

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("supervisor")]


@dataclass(frozen=True)
class Prepared:
    """A var folder that one supervisor has already filled, how long that took, and what was in it after."""

    var: Path
    seconds: float
    counts: dict[str, int]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    up = Up(tmp_path_factory.mktemp("var"))
    began = time.monotonic()
    up.start().wait_until_ready()
    seconds = time.monotonic() - began
    up.stop()
    return Prepared(up.var, seconds, _counts(up.var))


@pytest.fixture
def var(prepared: Prepared) -> Path:
    return prepared.var


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for up in started:
        if up.process.poll() is None:
            up.stop(signal.SIGTERM)


def _counts(var: Path) -> dict[str, int]:
    with closing(sqlite3.connect(var / "genka.sqlite3")) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in tables
            if "session" not in table and "lease" not in table and "heartbeat" not in table
        }


def _wait_until_gone(up: Up, patience: float) -> None:
    until = time.monotonic() + patience
    while up.processes() and time.monotonic() < until:
        time.sleep(0.05)
    assert up.processes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_five_seconds_and_leaves_nothing(
    var: Path, ups: list[Up], number: signal.Signals
) -> None:
    up = Up(var).start()
    ups.append(up)
    up.wait_until_ready()
    folder = up.temporary_folder()
    assert (folder / "redis.sock").exists()
    names = " ".join(up.processes())
    for part in ("redis-server", "celery", "gunicorn"):
        assert part in names

    seconds = up.stop(number)

    assert seconds < 5
    assert up.process.returncode == 0
    assert up.processes() == []
    assert not folder.exists()
    assert not (var / "run" / "up.json").exists()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", up.port))


def test_it_stops_although_it_inherited_ignored_signals(var: Path, ups: list[Up]) -> None:
    up = Up(var, ignoring_signals=True).start()
    ups.append(up)
    up.wait_until_ready()

    assert up.stop(signal.SIGTERM) < 5
    assert up.processes() == []


def test_a_second_start_keeps_all_data_and_is_quicker(prepared: Prepared, ups: list[Up]) -> None:
    began = time.monotonic()
    second = Up(prepared.var).start()
    ups.append(second)
    second.wait_until_ready()

    assert time.monotonic() - began < prepared.seconds
    second.stop()
    assert _counts(prepared.var) == prepared.counts
    assert prepared.counts["teams_user"] == 5


def test_after_kill_9_nothing_lives_on_and_the_next_start_is_clean(var: Path, ups: list[Up]) -> None:
    killed = Up(var).start()
    ups.append(killed)
    killed.wait_until_ready()
    before, folder = _counts(var), killed.temporary_folder()

    killed.stop(signal.SIGKILL)
    _wait_until_gone(killed, patience=5)
    again = Up(var, port=killed.port).start()
    ups.append(again)
    again.wait_until_ready()

    assert not folder.exists()
    again.stop()
    assert _counts(var) == before
    assert again.processes() == []


def test_when_one_child_dies_it_says_which_and_stops_the_rest(var: Path, ups: list[Up]) -> None:
    up = Up(var).start()
    ups.append(up)
    up.wait_until_ready()

    for entry in Path("/proc").glob("[0-9]*"):
        if _is_worker_of(up, entry):
            os.kill(int(entry.name), signal.SIGKILL)
            break
    up.process.wait(15)

    assert up.process.returncode == 1
    assert "The worker stopped by itself" in up.said()
    assert up.processes() == []


def _is_worker_of(up: Up, entry: Path) -> bool:
    try:
        is_ours = f"GENKA_VAR={up.var}".encode() in (entry / "environ").read_bytes().split(b"\0")
        is_child = f"PPid:\t{up.process.pid}\n" in (entry / "status").read_text()
        return is_ours and is_child and b"celery" in (entry / "cmdline").read_bytes()
    except OSError:
        return False


def test_a_used_port_is_one_clear_sentence(var: Path, ups: list[Up]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = Up(var, port=taken.getsockname()[1]).start()
        ups.append(up)
        up.process.wait(20)

    assert up.process.returncode != 0
    assert up.said().strip().startswith(f"CommandError: Port {up.port} cannot be used")
    assert "\n" not in up.said().strip()
    assert up.processes() == []


@pytest.mark.parametrize("text", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_one_clear_sentence(var: Path, ups: list[Up], text: str) -> None:
    up = Up(var, env={"PORT": text}).start()
    ups.append(up)
    up.process.wait(20)

    assert up.process.returncode != 0
    assert "It must be a number between 1 and 65535." in up.said()


def test_a_second_supervisor_on_the_same_data_is_refused(var: Path, ups: list[Up]) -> None:
    first = Up(var).start()
    ups.append(first)
    first.wait_until_ready()
    second = Up(var, port=free_port())
    second_log_before = first.said()

    second.start()
    second.process.wait(20)

    assert second.process.returncode != 0
    assert "already running" in second.said()
    assert "Genka is ready" in second_log_before
    assert first.process.poll() is None
