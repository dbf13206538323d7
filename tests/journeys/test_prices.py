"""From a file of prices to a release that new scenarios use, by two keepers; a team is told in between."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.price_steps import draft_a_release, import_a_price


def test_two_keepers_publish_what_one_imported(page_of: Callable[..., Page]) -> None:
    keeper, keeper2, owner = page_of("keeper"), page_of("keeper2"), page_of("owner")
    import_a_price(keeper, "offer.journey.h100.list")

    owner.goto("/")
    expect(owner.get_by_text(re.compile(r"\d+ price changes? (is|are) not in any release"))).to_be_visible()

    draft = draft_a_release(keeper, "A journey")
    expect(keeper.get_by_text("H100 from Test").first).to_be_visible()
    keeper.get_by_role("button", name="Submit for review").click()
    expect(keeper.get_by_role("button", name="Publish the release")).to_have_count(0)
    keeper2.goto(draft)
    keeper2.get_by_role("button", name="Publish the release").click()
    expect(keeper2.get_by_role("heading", level=1)).to_contain_text("A journey")

    owner.goto("/")
    expect(owner.get_by_text("not in any release")).to_have_count(0)
