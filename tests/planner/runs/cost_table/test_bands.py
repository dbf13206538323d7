"""The band of a cost in words: what its ends are, and why the upper one may be far."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from planner.core.formatting import rough_price
from planner.runs.cost_table import cell

MEANING = "the cost at the ends of the 80% speed band, each at the serving point it would have."
FAR = "The upper end is far"
CELL = "/cost-table/h100/llama-3-1-70b/"


def text_of(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", unescape(client.get(address).content.decode()))


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell as one whose slow end hardly keeps within the limits."""
    computed = cell.catalog_table.cells

    def changed(*given: Any, **named: Any) -> list[dict[str, Any]]:
        return [one | {"low_factor": 0.5, "high_factor": 40.0} for one in computed(*given, **named)]

    monkeypatch.setattr(cell.catalog_table, "cells", changed)


def test_both_pages_say_what_the_band_means(browser: Client) -> None:
    assert f"Below it the 80% band: {MEANING}" in text_of(browser, "/cost-table/")
    assert f"80% band: {MEANING}" in text_of(browser, CELL)


def test_a_band_of_usual_width_needs_no_more_words(browser: Client) -> None:
    assert FAR not in text_of(browser, f"{CELL}?point=batch")


def test_a_band_whose_upper_end_is_far_says_why(browser: Client, wide: None) -> None:
    page = text_of(browser, CELL)
    assert FAR in page
    found = re.search(
        r"<strong>\$([\d.]+)</strong> at the [^,]*, 80% band (\S+) to ([^<\s]+)\.\s*</h1>", page
    )
    assert found
    usd = float(found[1])
    low, high = (float(text.strip("$").replace(",", "")) for text in (found[2], found[3]))
    assert low == pytest.approx(usd / 2.0, rel=0.06)
    assert high == pytest.approx(usd * 40.0, rel=0.06)


def test_without_a_price_there_is_no_band_to_explain(browser: Client) -> None:
    assert MEANING not in text_of(browser, "/cost-table/b200/llama-3-1-70b/?kind=spot")


@pytest.mark.parametrize(
    ("usd", "written"),
    [(0.954, "$0.95"), (41.4, "$41"), (778.1, "$780"), (1349.0, "$1,300"), (0.996, "$1.00"), (99.6, "$100")],
)
def test_an_end_has_two_digits_that_count_however_far_it_is(usd: float, written: str) -> None:
    assert rough_price(usd) == written
