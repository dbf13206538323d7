"""A cost built from parts that leaves something out: never picked where a complete one is known, and always named."""

from dataclasses import replace
from html import unescape

import pytest
from django.test import Client

from planner.runs.cost_table import views
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.prices import PICKS, prices_of

OWNERS = "/cost-table/?kind=owners_cost"
CELL = "/cost-table/gb200/llama-3-1-70b/?kind=owners_cost"
LEFT_OUT = "without operations and the network between servers"


def without_published(facts: Facts, chip: str) -> Facts:
    """The release as if nobody had published an owner's cost of this chip."""
    kept = tuple(
        entry for entry in facts.prices if (entry.subject, entry.price_kind) != (chip, "owners_cost")
    )
    return replace(facts, prices=kept)


def row_of(client: Client, chip: str) -> str:
    page = unescape(client.get(OWNERS).content.decode())
    return next(
        row
        for row in page.split("<tr>")
        if row.lstrip().startswith(f'<th scope="row">\n              {chip}\n')
    )


@pytest.mark.parametrize("pick", PICKS)
def test_a_complete_published_cost_wins_over_a_lower_incomplete_one(facts: Facts, pick: str) -> None:
    prices = prices_of(facts, pick=pick)
    for chip in ("GB200", "H100"):
        assert any(hour.without for hour in prices.hours(chip, "owners_cost"))  # both are known
        hour = prices.hour(chip, "owners_cost")
        assert hour is not None
        assert hour.without == ""
    lowest = prices_of(facts).hour("GB200", "owners_cost")
    assert lowest is not None
    assert lowest.usd == 2.21


def test_an_incomplete_cost_stands_where_there_is_no_other(facts: Facts) -> None:
    hour = prices_of(without_published(facts, "GB200")).hour("GB200", "owners_cost")
    assert hour is not None
    assert f"without {hour.without}" == LEFT_OUT


def test_the_table_takes_the_complete_cost_and_counts_only_those(browser: Client) -> None:
    row = row_of(browser, "GB200")
    assert "$2.21 an hour" in row
    assert "(lowest of 2)" in row
    assert "incomplete" not in row


def test_a_row_on_an_incomplete_cost_says_what_it_leaves_out(
    browser: Client, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "facts_of", lambda _release: without_published(facts, "GB200"))
    row = row_of(browser, "GB200")
    assert "$1.98 an hour" in row
    assert f"incomplete: {LEFT_OUT}" in row
    assert (
        "Without operations and the network between servers: no entry holds them."
        in (unescape(browser.get(CELL).content.decode()).partition('class="tag"')[2].partition("</p>")[0])
    )


def test_the_page_of_a_cell_lists_both_and_says_which_is_taken(browser: Client) -> None:
    page = unescape(browser.get(CELL).content.decode())
    assert "at the owner's cost" in page
    assert "All 3 offers of this kind; the table takes the lowest that is complete" in page
    assert f"incomplete: {LEFT_OUT}" in page
