"""The scenario editor in a real browser: saved as one types, taken back, found, chosen between two people, pasted."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

DISCOUNT = "deal.terms[trainium-2026].discount_share"
UTILISATION = "workload.utilisation"
CASH = "lab.opening_cash_usd"
OPERATIONS = "fleet.lots[trainium-2026].operations_usd_per_chip_hour"
CURVE = "load.load_over_mean"


def field(page: Page, name: str) -> Locator:
    return page.locator(f'form.editor [name="{name}"]')


def row(page: Page, path: str) -> Locator:
    return page.locator(f'.editor-field[data-path="{path}"]')


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('.editor-section').forEach(fold => { fold.open = true })")


@pytest.fixture
def editor(page_of: Callable[..., Page]) -> Page:
    """The editor of a new scenario from the first template, as the owner sees it."""
    page = page_of("owner")
    page.goto("/scenarios/new/")
    page.locator("[name=name]").fill(f"Edited {uuid4()}")
    page.locator("[name=start]").first.check()
    page.get_by_role("button", name="Make the scenario").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_contain_text("Draft saved")


def test_what_is_typed_is_saved_without_a_button_and_stays_as_typed_when_wrong(editor: Page) -> None:
    expect(page_changes(editor)).to_have_text("No changes since version 1")
    field(editor, f"{DISCOUNT}~low").fill("20")
    saved(editor)
    expect(page_changes(editor)).to_have_text("1 change since version 1")
    expect(field(editor, "message")).to_have_value(
        "New Trainium contract of February 2026: Discount 15%–35% to 20%–35%"
    )
    field(editor, f"{DISCOUNT}~low").blur()
    expect(field(editor, f"{DISCOUNT}~low")).to_have_value("20%")
    field(editor, f"{DISCOUNT}~low").fill("50%")
    expect(row(editor, DISCOUNT).locator(".error")).to_contain_text("Low must be below high")
    assert field(editor, f"{DISCOUNT}~low").get_attribute("aria-invalid") == "true"
    editor.reload()
    expect(field(editor, f"{DISCOUNT}~low")).to_have_value("50%")
    field(editor, f"{DISCOUNT}~low").fill("20%")
    expect(row(editor, DISCOUNT).locator(".error")).to_have_count(0)
    row(editor, DISCOUNT).get_by_role("button", name="Put back").click()
    expect(page_changes(editor)).to_have_text("No changes since version 1")
    expect(field(editor, f"{DISCOUNT}~low")).to_be_focused()


def page_changes(page: Page) -> Locator:
    return page.locator("[data-changes-words]")


def test_a_range_typed_as_one_text_becomes_a_range_and_undo_takes_every_step_back(editor: Page) -> None:
    open_everything(editor)
    for text in ("30%", "35%"):
        field(editor, f"{DISCOUNT}~high").fill(text)
        field(editor, f"{DISCOUNT}~high").press("Enter")
    field(editor, OPERATIONS).fill("0.05 to 0.1")
    field(editor, OPERATIONS).press("Enter")
    saved(editor)
    field(editor, OPERATIONS).blur()
    expect(field(editor, f"{OPERATIONS}~low")).to_have_value("0.05")
    expect(field(editor, f"{OPERATIONS}~shape")).to_have_value("lognormal")
    expect(row(editor, OPERATIONS).locator("svg.curve")).to_be_visible()
    undo = editor.get_by_role("button", name="Undo")
    undo.click()
    expect(field(editor, OPERATIONS)).to_have_value("0.08")
    undo.click()
    expect(field(editor, f"{DISCOUNT}~high")).to_have_value("30%")
    editor.get_by_role("button", name="Redo").click()
    expect(field(editor, f"{DISCOUNT}~high")).to_have_value("35%")
    saved(editor)
    expect(page_changes(editor)).to_have_text("No changes since version 1")


def test_inputs_are_found_by_words_and_the_keyboard_reaches_search_and_list(editor: Page) -> None:
    editor.locator("body").press("/")
    search = editor.locator("#input-search")
    expect(search).to_be_focused()
    search.fill("opening cash")
    expect(row(editor, CASH)).to_be_visible()
    expect(editor.locator("[data-found]")).to_have_text(re.compile(r"^1 of \d+ inputs$"))
    expect(row(editor, DISCOUNT)).to_be_hidden()
    search.press("Escape")
    expect(search).to_have_value("")
    expect(row(editor, CASH)).to_be_hidden()
    expect(field(editor, f"{DISCOUNT}~low")).to_be_visible()
    search.blur()
    editor.locator("body").press("?")
    expect(editor.get_by_role("dialog")).to_be_visible()
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("dialog")).to_be_hidden()


def test_two_people_keep_both_changes_and_choose_where_they_disagree(
    editor: Page, page_of: Callable[..., Page]
) -> None:
    other = page_of("member")
    other.goto(editor.url)
    field(other, f"{DISCOUNT}~low").fill("10%")
    field(other, f"{UTILISATION}~high").fill("60%")
    saved(other)
    field(editor, f"{DISCOUNT}~low").fill("22%")
    expect(editor.locator(".contests")).to_contain_text("changed this draft at")
    expect(editor.locator(".contests")).to_contain_text("Theirs: 10% to 35%")
    expect(editor.locator(".contests")).to_contain_text("Yours: 22% to 35%")
    expect(field(editor, f"{UTILISATION}~high")).to_have_value("60%")
    expect(editor.locator("[data-contests] .notice")).to_contain_text("Use of paid hours")
    editor.locator("button[name=do][value=run]").click()
    expect(editor.locator(".contests")).to_be_focused()
    editor.get_by_label("Yours: 22% to 35%").click()
    saved(editor)
    expect(editor.locator(".contests")).to_have_count(0)
    field(other, f"{DISCOUNT}~low").fill("11%")
    expect(other.locator(".contests")).to_contain_text("Theirs: 22% to 35%")
    other.get_by_label("Theirs: 22% to 35%").click()
    expect(field(other, f"{DISCOUNT}~low")).to_have_value("22%")
    expect(other.locator(".contests")).to_have_count(0)


def test_cells_are_pasted_from_a_sheet_and_a_wrong_one_is_named(editor: Page) -> None:
    open_everything(editor)
    cells = field(editor, CURVE)
    count = len(cells.input_value().split())
    cells.fill("\n".join(str(count - at) for at in range(count)))
    saved(editor)
    expect(row(editor, CURVE).locator("[data-cells]")).to_have_text(f"{count} values")
    expect(row(editor, CURVE).locator("svg.curve")).to_be_visible()
    expect(row(editor, CURVE).locator(".error")).to_have_count(0)
    cells.fill("\n".join(["1,234", "0,5", *(["0.1"] * (count - 2))]))
    expect(row(editor, CURVE).locator(".error").first).to_contain_text("Cell 2")
    expect(row(editor, CURVE).locator(".error").first).to_contain_text("Write decimals with a point")


def test_an_ended_session_keeps_what_was_typed(editor: Page) -> None:
    editor.context.clear_cookies(name="sessionid")
    field(editor, f"{DISCOUNT}~low").fill("21%")
    expect(editor.locator("[data-status]")).to_contain_text("you are signed out")
    # As slow as a hand: leaving the field saves once more, and must not take the button away from under it.
    editor.get_by_role("button", name="Sign in and keep my values").click(delay=400)
    editor.wait_for_url(re.compile("/accounts/login/"))
    editor.fill("input[name=login]", "owner")
    editor.fill("input[name=password]", "journeys-only")
    editor.click("form[action='/accounts/login/'] button[type=submit]")
    editor.wait_for_url(re.compile(r"/edit/$"))
    expect(field(editor, f"{DISCOUNT}~low")).to_have_value("21%")
    saved(editor)


def test_without_a_connection_nothing_is_lost(editor: Page, allowed_complaints: list[str]) -> None:
    allowed_complaints.append("ERR_INTERNET_DISCONNECTED")
    editor.context.set_offline(True)
    field(editor, f"{DISCOUNT}~low").fill("23%")
    expect(editor.locator("[data-status]")).to_contain_text("Not saved: no connection")
    editor.context.set_offline(False)
    saved(editor)
    editor.reload()
    expect(field(editor, f"{DISCOUNT}~low")).to_have_value("23%")


def test_a_draft_is_discarded_only_after_saying_what_is_lost(editor: Page) -> None:
    field(editor, f"{DISCOUNT}~low").fill("24%")
    saved(editor)
    editor.locator(".discard > summary").click()
    expect(editor.locator("[data-lost]")).to_contain_text("15%–35% to 24%–35%")
    editor.get_by_role("button", name="Discard these changes").click()
    expect(page_changes(editor)).to_have_text("No changes since version 1")
    expect(field(editor, f"{DISCOUNT}~low")).to_have_value("15%")
