"""A half-configured installation refuses to start, in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
KEY = "k" * 60


def _check(tmp_path: Path, *extra: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if k
        not in {
            "SECRET_KEY",
            "ALLOWED_HOSTS",
            "DATABASE_URL",
            "DJANGO_SETTINGS_MODULE",
            "DJANGO_ALLOW_ASYNC_UNSAFE",
        }
    }
    own = {"DJANGO_SETTINGS_MODULE": "planner.settings.production", "GENKA_VAR": str(tmp_path), **env}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check", *extra],
        env={**kept, **own},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ALLOWED_HOSTS": "genka.example"}, "SECRET_KEY is missing"),
        (
            {"ALLOWED_HOSTS": "genka.example", "SECRET_KEY": "short"},
            "SECRET_KEY is missing or shorter than 50",
        ),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS is missing"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": " "}, "ALLOWED_HOSTS is missing"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "genka.example,*"}, "ALLOWED_HOSTS allows every host"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "genka.example"}, "DATABASE_URL is missing"),
    ],
)
def test_production_refuses_to_start_half_configured(tmp_path: Path, env: dict[str, str], said: str) -> None:
    found = _check(tmp_path, **env)

    assert found.returncode != 0
    assert found.stderr.startswith(said)
    assert len(found.stderr.strip().splitlines()) == 1


def test_production_passes_djangos_own_deployment_check(tmp_path: Path) -> None:
    key = "".join(chr(33 + (7 * i) % 90) for i in range(64))
    found = _check(
        tmp_path, "--deploy", "--fail-level", "WARNING",
        SECRET_KEY=key, ALLOWED_HOSTS="genka.example", GENKA_ALLOW_SQLITE="1",
    )  # fmt: skip

    assert found.returncode == 0, found.stderr


def test_production_shows_no_demo_accounts_and_knows_its_proxies(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings; print(settings.DEMO_MODE, settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    )
    own = {
        "DJANGO_SETTINGS_MODULE": "planner.settings.production",
        "GENKA_VAR": str(tmp_path),
        "GENKA_DEMO": "1",
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "genka.example",
        "DATABASE_URL": "postgres://genka@db.example/genka",
        "TRUSTED_PROXY_COUNT": "2",
    }

    found = subprocess.run(
        [sys.executable, "-c", asked], env={**os.environ, **own}, cwd=ROOT, capture_output=True, text=True
    )

    assert found.stdout.split() == ["False", "2"], found.stderr


def test_an_embedded_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    from planner.settings.secret_key import secret_key_of

    key = secret_key_of(tmp_path)

    assert secret_key_of(tmp_path) == key
    assert len(key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_the_wrong_python_is_told_in_one_sentence() -> None:
    pretend = (
        "import sys; sys.version_info = (3, 9, 0); sys.argv = ['manage.py']; exec(open('manage.py').read())"
    )
    found = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True)

    assert found.returncode != 0
    assert found.stderr.startswith("Genka needs Python 3.11, and this is Python 3.9.0.")
    assert len(found.stderr.strip().splitlines()) == 1
