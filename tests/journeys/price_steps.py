"""What two keepers do in a browser: one imports a price and drafts a release, the other publishes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.planner.catalog.importing.making import csv_file, row

if TYPE_CHECKING:
    from playwright.sync_api import Page


def import_a_price(keeper: Page, key: str) -> None:
    """A price known today, from a file."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    keeper.goto("/admin/catalog/catalogentry/import/")
    file = {
        "name": "prices.csv",
        "mimeType": "text/csv",
        "buffer": csv_file(row(key=key, known_since=today)),
    }
    keeper.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type] # as the library says
    keeper.get_by_role("button", name="Preview the import").click()
    keeper.get_by_role("button", name="Import 1 entry").click()
    keeper.wait_for_url(re.compile(r"/admin/catalog/catalogentry/(\?.*)?$"))


def draft_a_release(keeper: Page, name: str) -> str:
    """The address of a new draft of what is in force today; one that another journey left open is discarded."""
    keeper.goto("/prices/releases/drafts/new/")
    if "/drafts/new/" not in keeper.url:
        keeper.get_by_role("button", name="Discard the draft").click()
        keeper.goto("/prices/releases/drafts/new/")
    keeper.locator("[name=name]").fill(name)
    keeper.get_by_role("button", name="Draft the release").click()
    keeper.wait_for_url(re.compile(r"/drafts/[0-9a-f-]{36}/"))
    return keeper.url


def publish_a_release(keeper: Page, keeper2: Page, name: str) -> None:
    """Drafted and submitted by one, published by the other."""
    draft = draft_a_release(keeper, name)
    keeper.get_by_role("button", name="Submit for review").click()
    keeper2.goto(draft)
    keeper2.get_by_role("button", name="Publish the release").click()
    keeper2.wait_for_url(re.compile(r"/prices/releases/\d+/"))
