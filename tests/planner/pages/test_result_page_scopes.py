"""What each figure of a result covers: the increment or the whole book, discounted or not, mean or median."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import strip_tags

from planner.runs import presentation
from planner.runs.presentation.ledger import item_words, kind_words
from planner.runs.presentation.sides import LAB
from planner.scenarios.worked_examples import template_document

SAMPLE = Path(__file__).parent / "sample_result.json"


@pytest.fixture
def result() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SAMPLE.read_text())
    return found


@pytest.fixture
def document() -> dict[str, Any]:
    return template_document("amazon-openai-2026")


def test_each_tile_says_what_it_covers(result: dict[str, Any]) -> None:
    says = [tile.says for tile in presentation.build(result)["tiles"]]

    assert says[0].startswith("what the equity adds, discounted;")
    assert says[1].startswith("what the equity adds, not discounted;")
    assert says[2].startswith("the lab, with an IPO possible;")
    assert says[3].startswith("what the equity adds, discounted;")
    assert says[4].startswith("whole book: all contracts and the equity, undiscounted;")


def test_the_lab_is_shown_its_worth_after_the_shares_and_no_rate_of_return(result: dict[str, Any]) -> None:
    tiles = presentation.build(result, side=LAB)["tiles"]

    assert tiles[0].title == "Worth to the lab, after the shares it gives"
    assert not any("rate of return" in tile.title for tile in tiles)


def test_the_way_from_the_ledger_to_the_headline_starts_at_the_ledgers_own_total(
    result: dict[str, Any],
) -> None:
    result["ledger"]["lines"] = [
        line
        for line in result["ledger"]["lines"]
        if line["kind"] in ("compute_billed", "chips", "share_sale")
    ]
    shown = presentation.build(result)

    lines = {line.title: line for line in shown["reconciliation"]}

    in_ledger = next(row.cells[-1] for row in shown["ledger"].rows if row.title == "Cash before equity")
    millions = (
        -float(in_ledger.strip("()").replace(",", ""))
        if "(" in in_ledger
        else float(in_ledger.replace(",", ""))
    )
    billions = f"${abs(millions) / 1e3:,.1f} B"
    assert lines["Cash before equity"].figure == (f"({billions})" if millions < 0 else billions)
    assert lines["Worth to the provider today"].figure == "$32.5 B"
    assert "undiscounted" in lines["Equity paid"].scope


def test_without_equity_there_is_no_way_to_a_headline(result: dict[str, Any]) -> None:
    result["outcomes"]["equity_paid_usd"]["mean"] = 0.0

    assert presentation.build(result)["reconciliation"] == []


def test_the_cost_of_a_gigawatt_year_is_said_to_be_no_margin(
    result: dict[str, Any], document: dict[str, Any]
) -> None:
    said = presentation.build(result, document=document)["tie_out"]

    assert "chips 5 years, site 20" in said
    assert "not a margin" in said


@pytest.mark.parametrize(
    ("capex", "said"), [(0.1, "contract, capex 10%, equity"), (0.07, "contract 10%, capex 7%, equity")]
)
def test_the_strip_states_the_rate_of_capital_spending(
    result: dict[str, Any], document: dict[str, Any], capex: float, said: str
) -> None:
    document["deal"]["provider_capex_rate"] = capex

    assert said in " ".join(presentation.build(result, document=document)["strip"])


def test_a_line_is_named_after_the_lot_or_the_contract_behind_it(document: dict[str, Any]) -> None:
    assert kind_words("compute_billed") == "Compute billed"
    assert item_words(document, "compute_billed", "trainium-2026") == "New Trainium contract of February 2026"
    assert item_words(document, "chips", "trainium-2026") == "Trainium3 and Trainium4 for 100 B"
    assert item_words(document, "chips", "unheard-of") == "unheard-of"


def test_the_sentence_says_that_the_books_are_not_discounted(result: dict[str, Any]) -> None:
    assert "on the books, undiscounted, in" in strip_tags(presentation.build(result)["sentence"])
