"""What an earlier supervisor left behind when it was killed outright: processes and its temporary folder.

The kernel kills direct children with their parent (die_with_parent.py). Their own children end by themselves a
moment later; this sweep makes sure before anything new is started. A process id alone proves nothing, since ids are
used again: a process is ours if it carries our mark in its environment, or was born at the second we noted.
"""

import json
import os
import shutil
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

MARK = "GENKA_UP"
"""The environment variable that every process started by one supervisor inherits."""


@dataclass
class Record:
    """What one supervisor started. Kept in a file from before the first child until after the last."""

    mark: str
    temporary_folder: str
    children: dict[int, str] = field(default_factory=dict)
    """Process id to birth time as /proc tells it ("" where there is no /proc)."""

    def write(self, file: Path) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(file)


def birth_of(pid: int) -> str:
    """The kernel's start time of a process; "" when it is gone or cannot be known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    after_name = stat.rpartition(")")[2].split()
    return "" if after_name[0] == "Z" else after_name[19]


def living_processes(record: Record) -> set[int]:
    """Ids of all processes of this record that still live, grandchildren included."""
    alive = {pid for pid, born in record.children.items() if born and birth_of(pid) == born}
    mark = f"{MARK}={record.mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # gone meanwhile, or another user's
        if mark in environment and birth_of(int(entry.name)):
            alive.add(int(entry.name))
    return alive - {os.getpid()}


def sweep(file: Path) -> int:
    """Ends everything the record in `file` names and removes both. Returns how many processes were ended."""
    try:
        raw = json.loads(file.read_text())
        record = Record(raw["mark"], raw["temporary_folder"], {int(k): v for k, v in raw["children"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        file.unlink(missing_ok=True)
        return 0
    ended = end_all(record)
    remove_temporary_folder(record.temporary_folder)
    file.unlink(missing_ok=True)
    return ended


def end_all(record: Record, patience: float = 2.0) -> int:
    """Kills what lives of a record and waits until it is gone, at most `patience` seconds."""
    found = living_processes(record)
    until = time.monotonic() + patience
    alive = found
    while alive and time.monotonic() < until:
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)
        alive = living_processes(record)
    return len(found)


def remove_temporary_folder(name: str) -> None:
    """Removes the folder if it is one of ours; a record is a file anybody might have edited."""
    folder = Path(name)
    if folder.name.startswith("genka-") and folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
