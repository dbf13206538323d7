"""`manage.py up`: everything on one machine, in one terminal: database, Redis, web, worker, reconciler."""

import fcntl
import hashlib
import http.client
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from planner.core import embedded_redis
from planner.core.supervision import StopAsked, Supervisor
from planner.pages import demo

_HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Starts Genka with an embedded database and Redis, and demo data. Ctrl-C stops everything."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        port = _port()
        os.umask(0o077)  # what we and our children write is ours alone
        run_folder = settings.VAR_DIR / "run"
        run_folder.mkdir(parents=True, exist_ok=True)
        lock = _only_one(run_folder)
        try:
            with Supervisor(run_folder, work_folder=settings.BASE_DIR) as supervisor:
                self._start_all(supervisor, port)
                name, code = supervisor.watch()
                raise CommandError(
                    f"The {name} stopped by itself (exit code {code}), so everything was stopped."
                )
        except StopAsked:
            self.stdout.write("Genka has stopped.")
        finally:
            lock.close()

    def _start_all(self, supervisor: Supervisor, port: int) -> None:
        _refuse_used_port(port)
        env = {**os.environ, **_environment(port)}
        env["REDIS_URL"] = _start_redis(supervisor, env)
        _prepare_data(supervisor, env)
        supervisor.start("worker", [sys.executable, *_WORKER], env=env)
        supervisor.start("reconciler", _manage("reconcile"), env=env)
        supervisor.start("web", [sys.executable, *_web_command(port)], env={**env, **_KEEPS_ITS_MEMORY})
        _wait_until_served(supervisor, port)
        self._greet(port)

    def _greet(self, port: int) -> None:
        lines = [f"Genka is ready: http://localhost:{port}/", *demo.account_lines()]
        self.stdout.write(
            "\n".join([*lines, "Ctrl-C stops everything. Data stays in " + str(settings.VAR_DIR)])
        )
        self.stdout.flush()


_KEEPS_ITS_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(512 * 2**20),
}
"""For glibc, in web processes: a preview asks for the same megabytes at every pause in typing, and giving them back
to the system in between costs a quarter of its time."""

_WORKER = [
    *(
        "-W",
        "ignore",
        "-m",
        "celery",
        "--quiet",
        "--app",
        "planner",
        "worker",
        "--pool",
        "prefork",
        "--concurrency",
        "2",
    ),
    *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
]


def _web_command(port: int) -> list[str]:
    memory = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108 - never holds data
    return [
        *("-m", "gunicorn", "planner.wsgi:application", "--bind", f"{_HOST}:{port}", "--workers", "2"),
        *("--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "2"),
        *("--no-control-socket", "--log-level", "warning", *memory),
    ]


def _manage(*words: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]


def _prepare_data(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Migrations and demo data, unless this very code has already done it to this very database."""
    stamp = settings.VAR_DIR / "run" / "prepared"
    wanted = _digest_of_sources()
    if _database_exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    if code := supervisor.run("demo data", _manage("demo_data", "--migrate"), env=env):
        raise CommandError(f"The data could not be prepared (exit code {code}).")
    stamp.write_text(wanted)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is “{text}”. It must be a number between 1 and 65535.")
    return int(text)


def _refuse_used_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Choose another, for example PORT={port % 65535 + 1}."
            ) from error


def _only_one(run_folder: Path) -> IO[str]:
    """Holds the folder for this supervisor. The kernel lets go of it when we end, also by kill -9."""
    lock = (run_folder / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(
            "Genka is already running with this var folder. Stop it first, or set GENKA_VAR."
        ) from error
    return lock


def _environment(port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "planner.settings.development"),
        "DEBUG": "0",
        "GENKA_DEMO": "1",
        "CSRF_TRUSTED_ORIGINS": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def _start_redis(supervisor: Supervisor, env: dict[str, str]) -> str:
    """Starts the embedded server and returns its address; else the REDIS_URL that is set, else says what to do."""
    executable = embedded_redis.redis_executable()
    if executable is None:
        if env.get("REDIS_URL"):
            return env["REDIS_URL"]
        raise CommandError(
            "There is no redis-server. Run 'apt install redis-server', or set REDIS_URL to a running one."
        )
    socket_file = supervisor.temporary_folder / "redis.sock"
    data_folder = settings.VAR_DIR / "redis"
    command = embedded_redis.redis_command(executable, socket_file=socket_file, data_folder=data_folder)
    supervisor.start("redis-server", command, env=env, log=settings.VAR_DIR / "run" / "redis.log")
    if not embedded_redis.answers(socket_file):
        raise CommandError(f"redis-server did not start. Its log: {settings.VAR_DIR / 'run' / 'redis.log'}")
    return f"unix://{socket_file}?db=0"


def _database_exists() -> bool:
    """Whether this is the embedded database and it is there. Of any other database we know nothing."""
    database = settings.DATABASES["default"]
    return bool(database["ENGINE"].endswith("sqlite3")) and Path(str(database["NAME"])).exists()


def _digest_of_sources() -> str:
    """Changes with anything that migrations or demo data depend on."""
    state = hashlib.sha256(os.environ.get("DEMO_PASSWORD", "").encode())
    for folder in ("planner", "costmodel", "requirements"):
        for file in sorted((settings.BASE_DIR / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                state.update(str(file).encode() + file.read_bytes())
    return state.hexdigest()


def _wait_until_served(supervisor: Supervisor, port: int, patience: float = 60.0) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if found := supervisor.ended():
            raise CommandError(f"The {found[0]} did not start (exit code {found[1]}).")
        try:
            connection = http.client.HTTPConnection(_HOST, port, timeout=20)
            connection.request("GET", "/accounts/login/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise CommandError("The web server started but does not answer.")
