"""Fixtures for every test that needs them: people, signed-in browsers-in-memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.outside_files import OUTSIDE_FILE
from tests.people import People, make_people

if TYPE_CHECKING:
    from django.test import Client

    from planner.teams.models import Team, User


# The same examples in every CI run, so that a red run is about the change; elsewhere new ones are tried each time.
# No example is judged by the clock there: the machine is noisy.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long texts are named by their length: a test's name must stay readable."""
    return f"{argname} of {len(val)} characters" if isinstance(val, str) and len(val) > 60 else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: there everything that a test needs can be installed, but for outside files."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    is_controller = not hasattr(session.config, "workerinput")
    if os.environ.get("CI") != "true" or not is_controller or not reporter:
        return
    if any(
        not str(one.longrepr).rstrip("')").endswith(OUTSIDE_FILE) for one in reporter.stats.get("skipped", [])
    ):
        reporter.write_line("A test was skipped. In CI that is a failure.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def owner(people: People) -> User:
    return people.owner


@pytest.fixture
def member(people: People) -> User:
    return people.member


@pytest.fixture
def outsider(people: People) -> User:
    return people.outsider


@pytest.fixture
def keeper(people: People) -> User:
    return people.keeper


@pytest.fixture
def team(people: People) -> Team:
    return people.team


@pytest.fixture
def other_team(people: People) -> Team:
    return people.other_team


@pytest.fixture
def sign_in(people: People) -> Callable[[User], Client]:
    """A client in which this person is signed in."""

    def signed_in(user: User) -> Client:
        from django.test import Client

        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def owner_client(sign_in: Callable[[User], Client], owner: User) -> Client:
    return sign_in(owner)


@pytest.fixture
def member_client(sign_in: Callable[[User], Client], member: User) -> Client:
    return sign_in(member)


@pytest.fixture
def outsider_client(sign_in: Callable[[User], Client], outsider: User) -> Client:
    return sign_in(outsider)
