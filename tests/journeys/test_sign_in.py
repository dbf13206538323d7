"""Somebody arrives for the first time."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_the_front_page_leads_to_sign_in_and_back(page: Page) -> None:
    page.goto("/team/")

    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/team/$"))
    for account in ("owner", "member", "outsider", "keeper", "keeper2"):
        expect(page.get_by_text(account, exact=True).first).to_be_visible()


def test_an_owner_signs_in_sees_the_team_and_makes_a_token(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")

    page.goto("/team/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Corporate development")
    page.goto("/team/tokens/")
    page.get_by_role("button", name="Make a token").click()

    expect(page.locator("#new-token")).to_be_visible()
    page.get_by_role("button", name="Revoke token").first.click()
    expect(page.get_by_text("The token no longer works.")).to_be_visible()
