"""The preview beside the editor follows what is typed, and is gone from when the value is back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

LOW = "deal.terms[trainium-2026].discount_share~low"


def test_the_preview_shows_a_change_and_none_once_the_value_is_typed_back(
    page_of: Callable[..., Page],
) -> None:
    page = page_of("owner", viewport={"width": 1280, "height": 900})
    page.goto("/scenarios/new/")
    page.locator("[name=name]").fill("A question of the preview")
    page.get_by_role("button", name="Make the scenario").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    preview = page.locator("#preview")
    expect(preview.get_by_text("Change a value and see what it does.")).to_be_visible(timeout=60_000)
    expect(preview.get_by_text("no change").first).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
    field = page.locator(f"[name='{LOW}']").first
    before = field.input_value()

    field.fill("1%")
    field.blur()

    expect(
        preview.locator(".preview-figures").get_by_text(re.compile(r"[+−]\d+\.\d points")).first
    ).to_be_visible()

    field.fill(before)
    field.blur()

    expect(preview.get_by_text("Change a value and see what it does.")).to_be_visible()
    expect(preview.get_by_text(re.compile(r"[+−]\d"))).to_have_count(0)


def test_a_preview_that_failed_says_so_and_is_tried_again(
    page_of: Callable[..., Page], allowed_complaints: list[str]
) -> None:
    allowed_complaints += ["502", "ERR_FAILED", "htmx:sendError", "htmx:afterRequest"]
    page = page_of("owner", viewport={"width": 1280, "height": 900})
    page.goto("/scenarios/new/")
    page.locator("[name=name]").fill("A question whose preview fails")
    answers = [502, 0]

    def answer(route: Route) -> None:
        """A gateway's error, then no answer at all, then what the server says."""
        if not answers:
            route.continue_()
        elif status := answers.pop(0):
            route.fulfill(status=status, body="bad gateway")
        else:
            route.abort()

    page.route("**/preview/*/", answer)
    page.get_by_role("button", name="Make the scenario").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    preview = page.locator("#preview")
    for left in (1, 0):
        expect(preview.get_by_text("The preview could not be computed.")).to_be_visible()
        expect(preview.get_by_text("is being computed")).to_have_count(0)
        assert len(answers) == left
        preview.get_by_role("button", name="Try again").click()
    expect(preview.get_by_text("Change a value and see what it does.")).to_be_visible(timeout=60_000)
