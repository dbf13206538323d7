"""The main job: change a term, save and run, read, share with another team that compares, take it back."""

import json
import re
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.processes import Up

WORKED_EXAMPLE = "Amazon x OpenAI 2026"


def open_worked_example(page: Page) -> None:
    page.goto("/scenarios/")
    page.get_by_role("link", name=WORKED_EXAMPLE, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WORKED_EXAMPLE)


def save_and_run_with(page: Page, field: str, value: str) -> None:
    """Changes one field in the editor, opens its section when folded, and saves as a version and runs."""
    page.get_by_role("link", name="Edit the draft").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    control = page.locator(f"[name='{field}']")
    expect(control).to_be_attached()
    page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
    control.fill(value)
    page.locator("button[name=do][value=run]").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]+/(results/)?$"))


def make_and_run_a_scenario(page: Page) -> str:
    """A scenario of one's own from a template, run. Returns the address of its first version."""
    page.goto("/scenarios/new/")
    page.locator("[name=name]").fill("Our own question")
    page.locator("[name=start]").first.check()
    page.get_by_role("button", name="Make the scenario").click()
    page.wait_for_url(re.compile(r"/scenarios/[0-9a-f-]{36}/"))
    page.goto("/scenarios/")
    page.get_by_role("link", name="Our own question").first.click()
    page.get_by_role("button", name="Run version 1").click()
    page.get_by_role("link", name="See the result").click(timeout=90_000)
    return str(page.locator("main a[href^='/scenarios/versions/']").first.get_attribute("href"))


def id_in(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def test_a_term_is_changed_saved_and_run_and_its_result_is_shared_and_taken_back(
    page_of: Callable[..., Page], genka: Up
) -> None:
    page = page_of("owner")
    open_worked_example(page)
    expect(page.get_by_role("link", name="See the result")).to_be_visible()

    save_and_run_with(page, "deal.terms[aws-2025].discount_share", "7%")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Run \d+"))
    page.get_by_role("link", name="See the result").click(timeout=90_000)

    expect(page).to_have_url(re.compile(r"/results/$"))
    expect(page.get_by_text("of futures").first).to_be_visible()
    result_address = page.url
    page.goto(result_address.replace("/results/", "/draws/5/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("The ledger of future 5")

    open_worked_example(page)
    page.get_by_role("link", name="All versions").click()
    page.wait_for_url(re.compile(r"/versions/$"))
    version_address = page.locator("main a[href^='/scenarios/versions/']").first.get_attribute("href")
    assert version_address
    outsider = page_of("outsider")
    assert outsider.goto(result_address).status == 404
    assert outsider.goto(version_address).status == 404

    page.goto(version_address)
    form = page.locator("#share-form")
    form.locator("[name=whom]").fill("Infrastructure strategy")
    form.get_by_label("Results:").check()
    form.get_by_role("button").click()
    expect(page.get_by_text("Infrastructure strategy").first).to_be_visible()

    own_address = make_and_run_a_scenario(outsider)
    comparison = f"/compare/?base={id_in(version_address)}&other={id_in(own_address)}"
    assert outsider.goto(comparison).status == 200
    expect(outsider.get_by_role("heading", name="Outcomes")).to_be_visible()
    expect(outsider.get_by_text("Unpaired")).to_have_count(0)
    assert "Discount" not in outsider.locator("main").inner_text()
    assert page.goto(comparison).status == 404, "the outsider's version was not shared with the owner"

    page.goto(version_address)
    assert outsider.goto(result_address).status == 200
    expect(outsider.get_by_text("of futures").first).to_be_visible()
    said = outsider.locator("main").inner_text()
    assert "Discount" not in said
    assert "Ledger" not in said
    for hidden in ("ledger.csv", "draws/5/", "progress/"):
        assert outsider.request.get(result_address.replace("results/", hidden)).status == 404

    page.get_by_role("button", name="End this share").click()
    assert outsider.goto(result_address).status == 404
    assert outsider.goto(comparison).status == 404
    assert health_of(genka)["status"] == "ok"


def test_a_run_is_cancelled_from_its_page(page_of: Callable[..., Page]) -> None:
    page = page_of("member")
    open_worked_example(page)
    page.get_by_role("link", name="All versions").click()
    page.wait_for_url(re.compile(r"/versions/$"))
    version = page.locator("main a[href^='/scenarios/versions/']").first.get_attribute("href")
    assert version
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    answer = page.request.post(
        f"/runs/versions/{id_in(version)}/",
        form={"draws": "1048576", "csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    )
    page.goto(answer.url)
    page.get_by_role("button", name=re.compile(r"Cancel run \d+")).click()
    expect(page.get_by_text("Cancelled. It has no result.")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("progressbar")).to_be_visible()


def health_of(genka: Up) -> dict[str, object]:
    request = urllib.request.Request(f"{genka.address}/health/", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        found: dict[str, object] = json.load(answer)
    return found
