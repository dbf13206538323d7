"""The sentence, the tiles and the tables of a result, and what a results-level share leaves out."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import strip_tags

from planner.runs import presentation
from planner.runs.presentation.sentences import HINGES
from planner.runs.presentation.sides import LAB, PROVIDER, Side

HERE = Path(__file__).parent
TEMPLATES = Path(presentation.__file__).parent.parent.parent / "scenarios" / "template_documents"


@cache
def _sample() -> str:
    return (HERE / "sample_result.json").read_text()


@pytest.fixture
def result() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_sample())
    return found


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEMPLATES / "amazon-openai-2026.json").read_text())
    return found


def without_equity(result: dict[str, Any]) -> dict[str, Any]:
    for name, outcome in result["outcomes"].items():
        if name in ("provider_moic", "lab_npv_usd", "lab_irr") or name.startswith(
            ("recovered", "second", "recovery")
        ):
            outcome.update(
                dict.fromkeys(("mean", "standard_error", "p05", "p25", "p50", "p75", "p95")),
                defined_share=0.0,
            )
        if name in ("equity_paid_usd", "share_sale_proceeds_usd"):
            outcome.update(dict.fromkeys(("mean", "standard_error", "p05", "p25", "p50", "p75", "p95"), 0.0))
    result["ledger"]["lines"] = [one for one in result["ledger"]["lines"] if "equity" not in one["kind"]]
    return result


def without_anything(result: dict[str, Any]) -> dict[str, Any]:
    for outcome in result["outcomes"].values():
        outcome.update(
            dict.fromkeys(("mean", "standard_error", "p05", "p25", "p50", "p75", "p95")), defined_share=0.0
        )
    return {
        **result,
        "ledger": {"lines": []},
        "fans": {},
        "curves": {},
        "hinges": [],
        "cost_table": [],
        "tie_out": {},
    }


def one_quarter(result: dict[str, Any]) -> dict[str, Any]:
    result["quarters"] = result["quarters"][:1]
    for line in result["ledger"]["lines"]:
        line["mean_by_quarter_usd"] = line["mean_by_quarter_usd"][:2]
    for fan in result["fans"].values():
        fan.update({band: values[:2] for band, values in fan.items() if isinstance(values, list)})
    result["curves"] = {name: values[:2] for name, values in result["curves"].items()}
    return result


def one_draw(result: dict[str, Any]) -> dict[str, Any]:
    for outcome in result["outcomes"].values():
        outcome["standard_error"] = None
    return {**result, "draws": 1, "hinges": []}


def words_of(value: Any) -> str:
    """Everything a page would show, as one text."""
    return strip_tags(repr(value))


@pytest.mark.parametrize("side", [PROVIDER, LAB])
def test_the_sentence_has_at_most_35_words_and_three_numbers(
    result: dict[str, Any], document: dict[str, Any], side: Side
) -> None:
    said = strip_tags(presentation.build(result, document=document, side=side)["sentence"])

    assert len(said.split()) <= 35
    assert 1 <= len(re.findall(r"\d[\d,.]*", said)) <= 3


def test_the_sentence_names_the_money_both_shares_and_the_hinge(
    result: dict[str, Any], document: dict[str, Any]
) -> None:
    said = strip_tags(presentation.build(result, document=document)["sentence"])

    assert said == (
        "With no IPO, the $15.0 B, and what is called later, is back in cash in 35% of futures,"
        " on the books, undiscounted, in 76%; it hinges on what would be built without the equity."
    )


def test_the_sentence_names_no_later_call_where_every_tranche_is_paid(
    result: dict[str, Any], document: dict[str, Any]
) -> None:
    deal = document["deal"]
    deal["terms"] = [term for term in deal["terms"] if term.get("state") != "uncalled"]

    said = strip_tags(presentation.build(result, document=document)["sentence"])

    assert "the $15.0 B is back" in said
    assert "called later" not in said


@pytest.mark.parametrize("clause", HINGES.values())
def test_every_hinge_fits_into_the_sentence(
    result: dict[str, Any], document: dict[str, Any], clause: str
) -> None:
    field = next(name for name, words in HINGES.items() if words == clause)
    result["hinges"][0]["path"] = f"somewhere.{field}"

    said = strip_tags(presentation.build(result, document=document)["sentence"])

    assert clause in said
    assert len(said.split()) <= 35


def test_no_hinge_is_named_when_none_stands_out(result: dict[str, Any], document: dict[str, Any]) -> None:
    result["hinges"][0]["gap"] = 0.30

    assert "hinges" not in presentation.build(result, document=document)["sentence"]


@pytest.mark.parametrize("change", [without_equity, without_anything, one_quarter, one_draw])
@pytest.mark.parametrize("side", [PROVIDER, LAB])
def test_a_page_has_words_where_there_is_no_figure(
    result: dict[str, Any], document: dict[str, Any], change: Any, side: Side
) -> None:
    shown = presentation.build(change(result), document=document, side=side)

    assert len(shown["tiles"]) <= 5
    for nonsense in ("nan", "None", "inf)", "{"):
        assert nonsense not in words_of(
            [shown["sentence"], [(t.title, t.value, t.says) for t in shown["tiles"]]]
        )
    assert strip_tags(shown["sentence"]).endswith(".")


def test_without_equity_nothing_is_said_to_come_back(
    result: dict[str, Any], document: dict[str, Any]
) -> None:
    shown = presentation.build(without_equity(result), document=document)

    assert "There is no equity to win back" in shown["sentence"]
    assert "back in cash" not in shown["sentence"]
    assert shown["recovery"] is None


def test_the_ledger_foots(result: dict[str, Any]) -> None:
    shown = presentation.build(result)["ledger"]

    def figure(text: str) -> float:
        number = float(text.strip("()").replace(",", "")) if text != "–" else 0.0
        return -number if text.startswith("(") else number

    total = figure(shown.rows[-1].cells[-1])
    parts = sum(figure(row.cells[-1]) for row in shown.rows if not row.is_total)
    assert shown.rows[-1].title == "All cash"
    assert total == pytest.approx(parts, abs=len(shown.rows))
    assert total == pytest.approx(sum(figure(cell) for cell in shown.rows[-1].cells[:-1]), abs=20)


def test_both_sides_of_a_payment_show_it_with_opposite_signs(result: dict[str, Any]) -> None:
    provider = {row.title: row.cells[-1] for row in presentation.build(result)["ledger"].rows}
    lab = {row.title: row.cells[-1] for row in presentation.build(result, side=LAB)["ledger"].rows}

    assert lab["Compute billed"] == f"({provider['Compute billed']})"


def test_the_results_level_lets_nothing_else_through(result: dict[str, Any]) -> None:
    clean = presentation.build_results_level(copy.deepcopy(result))
    for key in list(result):
        if isinstance(result[key], str) and key not in ("engine_version", "opening"):
            result[key] = "CANARY"
    result["hinges"][0]["path"] = "CANARY"
    result["cost_table"][0].update(chip="CANARY", item="CANARY", usd_per_1m_input=777_777.0)
    result["ledger"]["lines"][0].update(kind="CANARY", item="CANARY", mean_total_usd=777_777.0)
    result["notes"] = ["CANARY"]
    result["unheard_of"] = {"CANARY": "CANARY"}
    result["outcomes"]["canary_CANARY"] = {**result["outcomes"]["ipo_by_horizon"]}
    for private in ("equity_paid_usd", "compute_billed_usd", "shortfall_usd", "margin_cash_pv_usd"):
        result["outcomes"][private].update(mean=777_777.0, p50=777_777.0)
    for private in ("lab_cash", "lab_revenue_annual"):
        result["fans"][private]["p50"] = [777_777.0] * 41

    shown = presentation.build_results_level(result)

    assert "CANARY" not in words_of(shown)
    assert "777777" not in words_of(shown).replace("_", "")
    assert shown == clean
    assert "$15.0 B" not in shown["sentence"]
    assert "hinges" not in shown["sentence"]
