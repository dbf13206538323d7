"""The cost table and the page of a cell: switches, filters, order, wrong values, a deal's price."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client

from planner.runs.cost_table import speeds
from planner.runs.cost_table.facts import Facts
from planner.scenarios.actions import create_scenario, share_version
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.worked_examples import template_document
from planner.teams.models import Level, User
from tests.people import People

ADDRESS = "/cost-table/"
CELL = "/cost-table/h100/llama-3-1-70b/"
SignIn = Callable[[User], Client]


def text_of(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def rows_of(page: str) -> dict[str, str]:
    """Chip -> the rest of its row, in the order of the table."""
    found = re.findall(
        r'<tr>\s*<th scope="row">\s*([^<\s]+)(.*?)</tr>', page.partition("<tbody")[2], re.DOTALL
    )
    return dict(found)


def figures_of(page: str, model: str) -> list[float]:
    """The prices of a model's column from the top."""
    found = re.findall(rf'href="/cost-table/[^/]+/{model}/[^"]*">\$([\d.,]+)<', page)
    return [float(text.replace(",", "")) for text in found]


@pytest.fixture
def version(facts: Facts, people: People) -> ScenarioVersion:
    """A deal that puts Trainium3 and GB200 under contract."""
    scenario = create_scenario(
        team=people.team, author=people.owner, name="Ours", document=template_document("amazon-openai-2026")
    )
    assert scenario.newest_version is not None
    return scenario.newest_version


def test_the_table_opens_with_a_sentence_and_has_every_chip_and_model(browser: Client, facts: Facts) -> None:
    page = text_of(browser, ADDRESS)
    assert "per 1M output tokens" in page
    assert set(rows_of(page)) == {chip.label for chip in facts.chips if chip.document}
    for model in facts.models:
        assert f">{model.label}</a>" in page
    assert "A100-40GB has prices, but the release holds no specification of it." in page


def test_before_the_first_release_it_says_what_to_do(people: People, sign_in: SignIn) -> None:
    page = text_of(sign_in(people.owner), ADDRESS)
    assert "None has been published yet." in page
    assert sign_in(people.owner).get(CELL).status_code == 404


def test_a_chip_without_the_kind_of_price_is_an_empty_row_that_says_so(browser: Client) -> None:
    row = rows_of(text_of(browser, f"{ADDRESS}?kind=spot"))["B200"]
    assert "The release holds no spot price of B200." in row
    assert "$" not in row


def test_kinds_are_never_mixed(browser: Client) -> None:
    owners, listed = (rows_of(text_of(browser, f"{ADDRESS}?kind={kind}")) for kind in ("owners_cost", "list"))
    assert "$1.30 an hour" in owners["H100"]
    assert "$2.23 an hour" in listed["H100"]
    assert "an hour" not in owners["Trainium2"]


def test_the_chip_with_a_price_of_a_kind_says_which_of_several_offers_it_is(browser: Client) -> None:
    assert "(lowest of 6)" in rows_of(text_of(browser, ADDRESS))["H100"]
    assert "(highest of 6)" in rows_of(text_of(browser, f"{ADDRESS}?pick=highest"))["H100"]


def test_input_costs_less_than_output_and_blended_lies_between(browser: Client) -> None:
    of = {
        token: figures_of(text_of(browser, f"{ADDRESS}?token={token}"), "llama-3-1-70b")[0]
        for token in ("input", "cached_input", "output", "blended")
    }
    assert of["cached_input"] < of["input"] < of["blended"] < of["output"]


def test_a_model_column_sorts_both_ways_and_says_how(browser: Client) -> None:
    up = text_of(browser, f"{ADDRESS}?sort=llama-3-1-70b")
    down = text_of(browser, f"{ADDRESS}?sort=-llama-3-1-70b")
    assert figures_of(up, "llama-3-1-70b") == sorted(figures_of(up, "llama-3-1-70b"))
    assert figures_of(down, "llama-3-1-70b") == sorted(figures_of(down, "llama-3-1-70b"), reverse=True)
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down
    assert "for Llama-3.1-70B" in up


def test_chip_names_sort_downwards(browser: Client) -> None:
    priced = [chip for chip, row in rows_of(text_of(browser, f"{ADDRESS}?sort=-chip")).items() if "$" in row]
    assert priced == sorted(priced, key=str.casefold, reverse=True)


def test_vendor_maker_and_model_filter(browser: Client) -> None:
    page = text_of(browser, f"{ADDRESS}?vendor=AMD&model=gpt-oss-120b")
    assert set(rows_of(page)) == {"MI300X", "MI325X", "MI355X"}
    assert len(re.findall(r'<th scope="col"', page)) == 2
    page = text_of(browser, f"{ADDRESS}?model=maker:OpenAI")
    assert len(re.findall(r'<th scope="col"', page)) == 3


def test_the_request_and_the_use_of_paid_hours_can_be_changed(browser: Client) -> None:
    plain = figures_of(text_of(browser, ADDRESS), "llama-3-1-70b")[0]
    page = text_of(browser, f"{ADDRESS}?utilisation=30")
    assert figures_of(page, "llama-3-1-70b")[0] == pytest.approx(2 * plain, rel=5e-3)
    assert "30% of paid hours serve" in page
    page = text_of(browser, f"{ADDRESS}?input_tokens=2000&output_tokens=100&cached_share=50")
    assert "2,000 tokens in (50% of them cached), 100 out" in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("kind=cheap", "“cheap” is not a choice here."),
        ("token=words", "“words” is not a choice here."),
        ("point=slow", "“slow” is not a choice here."),
        ("vendor=Nobody", "“Nobody” is not one of the choices."),
        ("model=gpt-9", "“gpt-9” is not one of the choices."),
        ("deal=mine", "“mine” is not one of the choices."),
        ("utilisation=0", "Use of paid hours is “0”. It must be a number between 1% and 100%."),
        ("utilisation=much", "Use of paid hours is “much”."),
        ("cached_share=100", "Cached share of the prompt is “100”. It must be a number between 0% and 99%."),
        ("input_tokens=-5", "Prompt is “-5”. It must be a whole number between 1 and 1,000,000 tokens."),
        ("input_tokens=10.5", "Prompt is “10.5”. It must be a whole number"),
        ("input_tokens=4.000", "Prompt is “4.000”, which can be read in two ways. Write 4 or 4,000."),
        ("input_tokens=4,00", "Prompt is “4,00”."),
        ("output_tokens=nan", "Answer is “nan”."),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_counts_as_not_asked(
    browser: Client, query: str, says: str
) -> None:
    page = text_of(browser, f"{ADDRESS}?{query}", status=422)
    assert says in page
    assert figures_of(page, "llama-3-1-70b") == figures_of(text_of(browser, ADDRESS), "llama-3-1-70b")


@pytest.mark.parametrize("sort", ["x" * 500, "%00", "-", "--chip", "a\nb"])
def test_an_order_nobody_knows_is_no_error(browser: Client, sort: str) -> None:
    text_of(browser, f"{ADDRESS}?sort={sort}")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("calibrated", "calibrated"),
        ("transferred", "transferred"),
        ("specification_only", "specification only"),
    ],
)
def test_the_mark_of_a_cell_has_its_words_beside_its_sign(status: str, words: str) -> None:
    mark = render_to_string("cost_table/_mark.html", {"status": status})
    assert f'<span class="visually-hidden">{words}</span>' in mark


def test_an_unknown_order_counts_as_none(browser: Client) -> None:
    assert list(rows_of(text_of(browser, f"{ADDRESS}?sort=nothing"))) == list(
        rows_of(text_of(browser, ADDRESS))
    )


def test_lengths_beyond_a_models_context_leave_its_cells_empty_with_the_reason(browser: Client) -> None:
    page = text_of(browser, f"{ADDRESS}?input_tokens=100000")
    assert figures_of(page, "mistral-7b") == []
    page = text_of(browser, "/cost-table/h100/mistral-7b/?input_tokens=100000")
    assert "Mistral-7B holds 32,768 tokens of context" in page


def test_htmx_is_given_the_changing_part_alone(browser: Client) -> None:
    part = text_of(browser, f"{ADDRESS}?kind=spot", **{"HX-Request": "true"})
    assert "<html" not in part
    assert "no spot price of B200" in part
    assert "“x” is not a choice" in text_of(browser, f"{ADDRESS}?kind=x", **{"HX-Request": "true"})


def test_speeds_are_computed_once_for_a_release_and_a_request(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    text_of(browser, ADDRESS)

    def again(*_given: Any) -> Any:
        raise AssertionError("computed twice")

    monkeypatch.setattr(speeds, "_computed", again)
    text_of(browser, f"{ADDRESS}?kind=rental&token=input&utilisation=40&sort=chip")
    with pytest.raises(AssertionError):
        browser.get(f"{ADDRESS}?input_tokens=77")


def test_a_new_fit_is_not_shown_with_speeds_of_the_old_one(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    text_of(browser, ADDRESS)
    monkeypatch.setattr(speeds, "constants_digest", lambda: "f" * 64)
    asked: list[Any] = []
    computed = speeds._computed
    monkeypatch.setattr(speeds, "_computed", lambda *given: asked.append(given) or computed(*given))
    text_of(browser, ADDRESS)
    assert len(asked) == 1


class TestADealsPrice:
    def test_stands_for_chips_under_contract_and_is_marked(
        self, browser: Client, version: ScenarioVersion
    ) -> None:
        plain, dealt = (
            rows_of(text_of(browser, f"{ADDRESS}{query}")) for query in ("", f"?deal={version.uuid}")
        )
        # Medians: a reference of (1.9 x 2.3)^0.5 less a quarter, and 3.30.
        assert "$1.57 an hour" in dealt["Trainium3"]
        assert "$3.30 an hour" in dealt["GB200"]
        assert "deal price" in dealt["Trainium3"]
        assert "The release holds no on-demand list price of Trainium3." in plain["Trainium3"]
        # The scale of the map may move, prices of other chips may not.
        prices = [re.findall(r"\$[0-9.,]+", row) for row in (dealt["H100"], plain["H100"])]
        assert prices[0] == prices[1] != []

    def test_its_steps_stand_on_the_page_of_a_cell(self, browser: Client, version: ScenarioVersion) -> None:
        page = text_of(browser, f"/cost-table/trainium3/llama-3-1-70b/?deal={version.uuid}")
        assert "at the deal price" in page
        assert "Reference price $2.09" in page
        assert "Discount ($0.52" in page

    def test_of_a_version_that_is_not_shared_is_not_there(
        self, facts: Facts, people: People, sign_in: SignIn, version: ScenarioVersion
    ) -> None:
        outsider = sign_in(people.outsider)
        for address in (ADDRESS, CELL):
            assert outsider.get(f"{address}?deal={version.uuid}").status_code == 404
            assert outsider.get(f"{address}?deal={uuid4()}").status_code == 404
        assert "Ours" not in text_of(outsider, ADDRESS)

    def test_of_a_version_shared_as_results_is_not_there_but_shared_whole_it_is(
        self, facts: Facts, people: People, sign_in: SignIn, version: ScenarioVersion
    ) -> None:
        outsider = sign_in(people.outsider)
        share_version(version=version, team=people.other_team, level=Level.RESULTS, actor=people.owner)
        assert outsider.get(f"{ADDRESS}?deal={version.uuid}").status_code == 404
        assert "Ours" not in text_of(outsider, ADDRESS)
        share_version(version=version, team=people.other_team, level=Level.FULL, actor=people.owner)
        assert "$1.57 an hour" in text_of(outsider, f"{ADDRESS}?deal={version.uuid}")
        assert "Ours, version 1" in text_of(outsider, ADDRESS)

    @pytest.mark.parametrize("way", ["{}", "urn:uuid:{}", "{{{}}}"])
    def test_is_found_however_its_id_is_written(
        self, browser: Client, version: ScenarioVersion, way: str
    ) -> None:
        page = text_of(browser, f"{ADDRESS}?deal={way.format(str(version.uuid).upper())}")
        assert "$1.57 an hour" in page
        assert f'<option value="{version.uuid}" selected>' in page
        assert str(version.uuid).upper() not in page


class TestACell:
    def test_shows_every_step_to_dollars_with_links_to_the_catalog(
        self, browser: Client, facts: Facts
    ) -> None:
        page = text_of(browser, CELL)
        for key in ("chip.h100.fp8_dense_tflops", "chip.h100.hbm_bandwidth_tb_s", "chip.h100.hbm_gb"):
            assert f'href="/prices/{facts.by_key[key].uuid}/"' in page
        assert f'href="/prices/{facts.by_key["model.llama-3-1-70b.total_params_b"].uuid}/"' in page
        for words in ("Cache of one request", "Share of paid hours that serve requests", "1M output tokens"):
            assert words in page

    def test_agrees_with_the_table(self, browser: Client) -> None:
        listed = figures_of(text_of(browser, f"{ADDRESS}?vendor=NVIDIA"), "llama-3-1-70b")
        found = re.search(r"<strong>\$([\d.]+)</strong>", text_of(browser, CELL))
        assert found
        assert float(found[1]) in listed

    def test_the_bill_adds_up(self, browser: Client) -> None:
        page = text_of(browser, f"{CELL}?cached_share=50")
        table = page.partition('class="ledger bill"')[2].partition("</table>")[0]
        usd = [
            float(cells[2].strip("$"))
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
            if len(cells := re.findall(r'<td class="n">([^<]*)</td>', row)) == 4
        ]
        assert len(usd) == 4
        assert sum(usd[:3]) == pytest.approx(usd[3], rel=5e-3)

    def test_without_a_price_of_the_kind_it_still_shows_speed_and_other_prices(self, browser: Client) -> None:
        page = text_of(browser, "/cost-table/b200/llama-3-1-70b/?kind=spot")
        assert "B200 serves Llama-3.1-70B, but the release holds no spot price of it." in page
        assert "Tokens a second for each user" in page
        assert "On-demand list" in page

    def test_that_cannot_be_served_says_why(self, browser: Client) -> None:
        page = text_of(browser, "/cost-table/h100/kimi-k2-5/")
        assert "Kimi-K2.5 does not fit on H100" in page

    def test_says_what_is_missing_to_build_an_owners_cost(self, browser: Client) -> None:
        page = text_of(browser, "/cost-table/gaudi3/llama-3-1-70b/")
        assert "the release does not hold the power provisioned per chip." in page

    @pytest.mark.parametrize("address", ["nochip/llama-3-1-70b", "h100/nomodel", "a100-40gb/llama-3-1-70b"])
    def test_of_what_is_not_in_the_table_is_not_there(self, browser: Client, address: str) -> None:
        assert browser.get(f"{ADDRESS}{address}/").status_code == 404
