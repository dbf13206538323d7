"""An empty place of the table gives its true reason and leads to where there is a figure."""

import re
from html import unescape

from django.test import Client

from planner.runs.cost_table.next_steps import kind_step

TABLE = "/cost-table/"


def page_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def no_price(page: str, chip: str) -> str:
    found = re.search(rf'<th scope="row">\s*{chip}\s.*?<td class="no-price"[^>]*>(.*?)</td>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_list_is_offered_before_other_kinds_and_nothing_when_nothing_is_known() -> None:
    step = kind_step(["owners_cost", "list", "spot"])
    assert step is not None
    assert (step.words, step.key) == ("Show on-demand list", "list")
    assert kind_step([]) is None


def test_a_row_without_a_price_of_the_kind_leads_to_one_and_keeps_the_rest_of_the_question(
    browser: Client,
) -> None:
    cell = no_price(page_of(browser, f"{TABLE}?kind=spot&token=input"), "B200")
    assert "The release holds no spot price of B200." in cell
    assert 'href="?token=input&kind=list">Show on-demand list</a>' in cell


def test_a_chip_without_any_price_says_that_a_deals_can_stand_in(browser: Client) -> None:
    page = page_of(browser, TABLE)
    assert "A deal's price can stand in:" in no_price(page, "Trainium3")
    assert 'href="#id_deal"' in no_price(page, "Trainium3")
    assert 'id="id_deal"' in page


def test_a_request_too_long_for_a_model_is_said_to_be_that_and_explained_in_the_legend(
    browser: Client,
) -> None:
    page = page_of(browser, f"{TABLE}?input_tokens=100000")
    assert re.search(r">context too short</a>", page)
    assert ">too long<" not in page
    legend = page.partition("heat-legend")[2]
    for words in ("context too short: ", "too slow: ", "does not fit: "):
        assert words in legend


def test_a_cell_too_slow_here_leads_to_the_points_that_are_served_and_drops_ones_own_lengths(
    browser: Client,
) -> None:
    page = page_of(browser, f"{TABLE}h100/mistral-7b/?input_tokens=100000&kind=rental")
    assert 'href="?kind=rental&point=batch">Show at Batch</a>' in page
    batch = page_of(browser, f"{TABLE}h100/mistral-7b/?kind=rental&point=batch")
    assert "Show at" not in batch


def test_a_cell_that_is_served_nowhere_offers_no_point(browser: Client) -> None:
    assert "Show at" not in page_of(browser, f"{TABLE}h100/kimi-k2-5/")


def test_a_cell_without_a_price_leads_to_a_kind_that_is_known(browser: Client) -> None:
    page = page_of(browser, f"{TABLE}b200/llama-3-1-70b/?kind=spot")
    assert 'href="?kind=list">Show on-demand list</a>' in page


def test_models_that_no_chip_serves_stand_last(browser: Client) -> None:
    page = page_of(browser, f"{TABLE}?input_tokens=100000")
    heads = [name for name in re.findall(r'id="sort-([^"]+)"', page) if name != "chip"]
    empty = [name for name in heads if not re.search(rf'href="/cost-table/[^/]+/{name}/[^"]*">\$', page)]
    assert empty
    assert heads[-len(empty) :] == empty
    assert heads != sorted(heads)
