"""Numbers of one's own in the cost table: how they may be written, and what counts when a field is empty."""

import re
from html import unescape

import pytest
from django.test import Client

from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.forms import TableForm

TABLE = "/cost-table/"


@pytest.mark.parametrize("typed", ["4000", "4,000", " 4000 "])
def test_thousands_may_have_commas(facts: Facts, typed: str) -> None:
    form = TableForm({"input_tokens": typed}, facts=facts, deals=[])
    assert form.question().point.input_tokens == 4000.0
    assert not form.is_wrong()


@pytest.mark.parametrize("typed", ["40", "40%", "40.0 %"])
def test_a_share_may_have_its_sign(facts: Facts, typed: str) -> None:
    assert TableForm({"utilisation": typed}, facts=facts, deals=[]).question().utilisation == pytest.approx(
        0.4
    )


@pytest.mark.parametrize("typed", ["1e3", "inf", "0x10", "١٠٠٠0a", "9" * 400])
def test_what_is_no_plain_number_is_refused(facts: Facts, typed: str) -> None:
    assert TableForm({"output_tokens": typed}, facts=facts, deals=[]).is_wrong()


@pytest.mark.parametrize(("point", "prompt"), [("standard", "8,192"), ("batch", "1,024")])
def test_hints_name_the_operating_points_own_lengths_whatever_was_typed(
    browser: Client, point: str, prompt: str
) -> None:
    page = unescape(browser.get(f"{TABLE}?point={point}&input_tokens=78&utilisation=30").content.decode())
    hints = re.findall(r"If empty: ([^\s<]+)", page)
    assert hints == [prompt, "0%", "1,024", "60%"]
