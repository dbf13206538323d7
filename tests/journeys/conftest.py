"""A real browser against a whole, running Genka: web, worker, reconciler, Redis.

All journeys share one instance and run on one xdist worker (`xdist_group("journey")`, set here). Without Chromium
they skip and say so; in CI a skip is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes import Up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DEMO_PASSWORD = "journeys-only"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journey"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed. On Debian: apt install chromium")
    # Playwright keeps an event loop in this thread, so Django takes every later test here for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def genka(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running demo installation. On the pass with PostgreSQL it gets a database of its own there."""
    env = {"DEMO_PASSWORD": DEMO_PASSWORD}
    address = os.environ.get("DATABASE_URL", "")
    if address.startswith("postgres"):
        env["DATABASE_URL"] = _own_database(address)
    up = Up(tmp_path_factory.mktemp("journeys"), env=env).start()
    try:
        up.wait_until_ready(patience=180)
        yield up
    finally:
        up.stop()


def _own_database(address: str) -> str:
    import psycopg

    server, _, _name = address.rpartition("/")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS genka_journeys WITH (FORCE)")
        connection.execute("CREATE DATABASE genka_journeys")
    return f"{server}/genka_journeys"


@pytest.fixture
def allowed_complaints() -> list[str]:
    """What the console may say in this test: a page that is meant to be missing or refused is an error to a browser."""
    return ["status of 404", "status of 409", "status of 422"]


@pytest.fixture
def new_context(
    browser: Browser, genka: Up, allowed_complaints: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts whose pages fail the test when the console reports an error or a refused resource."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def made(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=genka.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield made
    for context in contexts:
        context.close()
    assert [text for text in complaints if not any(said in text for said in allowed_complaints)] == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


@pytest.fixture
def page_of(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page in which this demo account ("owner", "outsider", ...) has signed in."""

    def signed_in(username: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("form[action='/accounts/login/'] button[type=submit]")
        page.wait_for_url(lambda address: "/accounts/login/" not in address)
        return page

    return signed_in
