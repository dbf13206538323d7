"""Pages at the width of a desk and of a telephone, light and dark: nothing overflows, no policy is broken on hover.

Errors of the console, refused styles among them, fail the test in `new_context`.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

SIZES = [("light", 1280), ("dark", 390)]


def open_result(page: Page) -> None:
    page.goto("/")
    page.locator(".card").filter(has_text="Amazon x OpenAI 2026").get_by_role(
        "link", name="See the result"
    ).click()
    expect(page.locator(".sentence h1")).to_contain_text("With no IPO")


def hover_over_charts(page: Page) -> int:
    """Moves over every chart, where an HTML tooltip would break the policy; how many there are."""
    charts = page.locator("[data-chart]")
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg")).to_be_visible()
        box = chart.bounding_box()
        assert box is not None
        for share in (0.2, 0.5, 0.8):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
            page.wait_for_timeout(50)
    return charts.count()


def fits(page: Page) -> bool:
    """Whether the page itself does not scroll sideways; tables scroll in their own frames."""
    found: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_a_result_fits_and_its_charts_can_be_hovered(
    page_of: Callable[..., Page], scheme: str, width: int
) -> None:
    page = page_of("owner", color_scheme=scheme, viewport={"width": width, "height": 900})

    open_result(page)

    assert hover_over_charts(page) == 3
    assert fits(page)
    assert page.locator("[style]:not([data-chart] *):not([data-chart])").count() == 0


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_the_other_pages_fit(page_of: Callable[..., Page], scheme: str, width: int) -> None:
    page = page_of("owner", color_scheme=scheme, viewport={"width": width, "height": 900})

    for address in (
        "/",
        "/scenarios/",
        "/compare/",
        "/prices/",
        "/library/",
        "/team/",
        "/method/",
        "/method/serving/",
        "/glossary/",
    ):
        page.goto(address)
        assert fits(page), address


def test_the_switch_takes_away_what_needs_an_ipo(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")
    open_result(page)
    lines = page.locator("#cash-fan svg path, #cash-fan svg line")
    expect(lines).not_to_have_count(0)
    before = lines.count()

    page.get_by_role("switch", name="With an IPO").first.uncheck()

    expect(lines).not_to_have_count(before)
    assert lines.count() < before


def test_the_lab_s_side_has_its_own_sentence(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")
    open_result(page)

    page.get_by_role("link", name="Lab", exact=True).click()

    expect(page.locator(".sentence h1")).to_contain_text("For OpenAI")


def test_every_chart_has_its_numbers_as_a_table(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")
    open_result(page)

    page.get_by_text("The same as a table").first.click()

    expect(page.locator("details.twin[open] tbody tr").first).to_contain_text("2026-03-31")


@pytest.mark.parametrize("width", [800, 1000, 1280])
def test_no_line_of_a_strip_begins_with_a_separator(page_of: Callable[..., Page], width: int) -> None:
    page = page_of("owner", viewport={"width": width, "height": 900})
    page.goto("/cost-table/")
    box = page.locator(".strip").bounding_box()
    assert box is not None
    if width == 800:
        assert box["height"] > 50  # it wraps, or this test would show nothing
    left = {"x": box["x"] - 20, "y": box["y"], "width": 20 - 1, "height": box["height"]}
    whole = {**box, "x": box["x"] - 20}

    with_dots, strip = (page.screenshot(clip=clip) for clip in (left, whole))
    page.evaluate(
        """const sheet = new CSSStyleSheet();
        sheet.replaceSync(".strip li::before { visibility: hidden }");
        document.adoptedStyleSheets = [sheet]"""
    )
    assert page.screenshot(clip=left) == with_dots  # nothing hangs out to the left
    assert page.screenshot(clip=whole) != strip  # between items there are dots
