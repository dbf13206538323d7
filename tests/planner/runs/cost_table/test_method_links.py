"""Words that stand on the fit lead to the page that explains it, and the two kinds of band are told apart."""

import re
from html import unescape

from django.test import Client

FIT = "/method/serving/#fit"
MARKS = "/method/serving/#marks"
CELL = "/cost-table/h100/llama-3-1-70b/"


def page_of(browser: Client, address: str) -> str:
    return unescape(browser.get(address).content.decode())


def test_the_legend_of_the_marks_leads_to_what_they_mean(browser: Client) -> None:
    legend = page_of(browser, "/cost-table/").partition('class="heat-legend"')[2]
    assert f'href="{MARKS}"' in legend.partition("</dt>")[0]


def test_the_tag_of_a_cell_leads_to_what_it_means(browser: Client) -> None:
    assert re.search(rf'<a href="{MARKS}">\s*<span class="tag">', page_of(browser, CELL))


def test_a_fitted_step_leads_to_the_fit_and_ones_own_use_is_called_that(browser: Client) -> None:
    trace = page_of(browser, CELL).partition("ledger trace")[2]
    assert f'<a href="{FIT}">fit to measurements, see the method</a>' in trace
    assert "your use of paid hours" in trace


def test_the_table_says_why_its_band_is_not_that_of_a_result(browser: Client) -> None:
    assert "what 90% of its futures lie inside" in page_of(browser, "/cost-table/")


def test_the_addressed_parts_are_there(browser: Client) -> None:
    page = page_of(browser, "/method/serving/")
    for anchor in ("fit", "marks"):
        assert f'id="{anchor}"' in page
