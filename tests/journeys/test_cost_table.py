"""The cost table in a browser: switches and filters without a reload, a figure opened to its steps, a deal's price."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_reader_finds_what_a_token_costs_and_why(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Costs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("per 1M output tokens")

    page.get_by_role("link", name="Spot", exact=True).click()
    expect(page.get_by_role("link", name="Spot", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.locator("tr", has_text="B200").first).to_contain_text("holds no spot price of B200")
    assert "kind=spot" in page.url

    listed = page.get_by_role("link", name="On-demand list", exact=True)
    listed.click()
    expect(listed).to_have_attribute("aria-current", "true")
    page.get_by_label("Chips of").select_option("NVIDIA")
    expect(page.locator("tbody tr", has_text="MI300X")).to_have_count(0)
    expect(page.locator("tbody tr", has_text="GB200")).to_have_count(1)
    page.get_by_role("columnheader", name="Llama-3.1-70B").get_by_role("link").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Llama-3.1-70B")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Llama-3.1-70B")

    page.get_by_text("Change the request and the use of paid hours").click()
    page.get_by_label("Use of paid hours").fill("500")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Use of paid hours is “500”.")).to_be_visible()
    page.get_by_label("Use of paid hours").fill("30")
    page.keyboard.press("Tab")
    expect(page.get_by_text("30% of paid hours serve")).to_be_visible()

    row = page.locator("tr", has=page.locator("th", has_text="H100"))
    row.locator("a[href^='/cost-table/h100/llama-3-1-70b/']").click()
    expect(page.get_by_role("heading", name="From specification to dollars")).to_be_visible()
    expect(page.get_by_text("30.0%")).to_be_visible()
    expect(page.locator("#front svg")).to_be_visible()
    page.get_by_text("The same as a table").first.click()
    expect(page.locator(".twin td", has_text="chosen").first).to_be_visible()


def test_a_deals_price_stands_in_the_table_and_is_marked(page_of: Callable[..., Page]) -> None:
    page = page_of("owner")
    page.goto("/cost-table/")
    deal = page.get_by_label("Deal price")
    label = next(one for one in deal.locator("option").all_inner_texts() if one.startswith("Amazon x OpenAI"))
    deal.select_option(label=label)
    row = page.locator("tr", has=page.locator("th", has_text="Trainium3"))
    expect(row).to_contain_text("deal price")
    row.locator("a.opens").first.click()
    expect(page.get_by_text("First contract year, everything bought: Reference price")).to_be_visible()


def test_it_works_without_javascript(page_of: Callable[..., Page]) -> None:
    page = page_of("owner", java_script_enabled=False)
    page.goto("/cost-table/")
    page.get_by_label("Models", exact=True).select_option(label="gpt-oss-120b")
    page.get_by_role("button", name="Show costs").click()
    expect(page.locator("thead th")).to_have_count(2)
    page.get_by_role("link", name="Blended").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("input and output together")
    expect(page.locator("thead th")).to_have_count(2)


def test_without_javascript_the_table_stands_in_the_place_of_a_chart(page_of: Callable[..., Page]) -> None:
    page = page_of("owner", java_script_enabled=False)
    page.goto("/cost-table/h100/llama-3-1-70b/")
    expect(page.locator("#front")).to_be_hidden()
    expect(page.locator("details.twin td", has_text="chosen").first).to_be_visible()
