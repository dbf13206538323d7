"""The list of mechanisms: complete, tested by hand where it says so, and reached from the ledger."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from costmodel import evaluate
from planner.deals.mechanisms import MECHANISMS, lines_of, mechanisms_of, terms_behind
from planner.runs import engine
from planner.runs.presentation.ledger import EQUITY_KINDS, KINDS
from planner.runs.presentation.trace import behind_lines
from planner.scenarios.list_edits import term_kinds
from planner.scenarios.paths import with_values
from planner.scenarios.sentences import SENTENCES
from tests.planner.deals.every_term import one_of
from tests.planner.scenarios.small_document import small_document

ROOT = Path(__file__).resolve().parents[3]
ENGINE_TESTS = {
    node.name
    for file in (ROOT / "tests" / "costmodel").glob("test_*.py")
    for node in ast.parse(file.read_text()).body
    if isinstance(node, ast.FunctionDef)
}
TERM_KINDS = [kind for kind, _title in term_kinds()]


def every_term() -> dict[str, Any]:
    """A scenario whose deal holds a term of every kind, on one contract and two tranches."""
    raw = small_document(
        **{"deal.provider_stock": {"price_usd": 800.0, "drift_annual": 0.05, "volatility_annual": 0.3}}
    )
    there = {term["kind"] for term in raw["deal"]["terms"]}
    for kind in TERM_KINDS:
        if kind in there:
            continue
        term = one_of(kind)
        for name, key in (("contract", "trainium"), ("tranche", "paid")):
            if name in term:
                term[name] = key
        if "tranches" in term:
            term["tranches"] = ["paid"]
        raw["deal"]["terms"].append(term)
    loan = one_of("customer_loan", key="by-set-off", contract="trainium", repaid="set_off")
    warrants = one_of("warrants", key="soon", contract="trainium")
    warrants["steps"] = [{"key": "soon", "shares": 1e6, "purchases_usd": 1e8}]
    plain = {"kind": "preferred", "key": "plain", "tranches": ["convertible_note"]}
    raw["deal"]["terms"] += [loan, warrants, plain]
    return with_values(raw, {"deal.on_default.true_up_recovery_share": 0.5})


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    inputs = engine.inputs_of_json(every_term())
    found: list[dict[str, Any]] = evaluate.evaluate(inputs, 512, 1)["ledger"]["lines"]
    return found


def test_there_are_32_in_order() -> None:
    assert [one.number for one in MECHANISMS] == [f"M{number:02d}" for number in range(1, 33)]


def test_every_kind_of_term_models_one_but_the_contract_itself() -> None:
    without = [kind for kind in TERM_KINDS if not mechanisms_of([{"kind": kind}])]
    assert without == ["compute_contract"]
    assert {kind for one in MECHANISMS for kind in one.kinds} <= set(SENTENCES)


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda one: one.number)
def test_one_that_is_modelled_is_checked_by_hand_where_it_says(mechanism: Any) -> None:
    assert mechanism.is_modelled
    assert mechanism.checked_by in ENGINE_TESTS


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda one: one.number)
def test_its_payments_have_words(mechanism: Any) -> None:
    assert [line for line in mechanism.lines if line not in KINDS] == []


def test_every_line_of_a_deal_with_every_term_has_words_and_stands_in_its_purse(
    lines: list[dict[str, Any]],
) -> None:
    assert {line["kind"] for line in lines} - set(KINDS) == set()
    wrong = {line["kind"] for line in lines if (line["kind"] in EQUITY_KINDS) != (line["purse"] == "equity")}
    assert wrong == set()


def test_the_ledger_leads_to_every_mechanism(lines: list[dict[str, Any]]) -> None:
    document = every_term()
    _of_lines, terms = behind_lines(lines, document)
    reached = {mechanism.number for term in terms for mechanism in term.mechanisms}
    assert reached == {one.number for one in MECHANISMS if one.kinds}
    assert all(term.said.sentence for term in terms)


def test_a_line_of_a_term_leads_to_that_term_first(lines: list[dict[str, Any]]) -> None:
    raw = every_term()["deal"]["terms"]
    keys = {term["key"] for term in raw if term["kind"] != "compute_contract"}
    of_terms = [line for line in lines if line.get("item") in keys]
    wrong = [
        (line["kind"], line["item"])
        for line in of_terms
        if terms_behind(line["kind"], line["item"], raw)[:1] != [line["item"]]
    ]
    assert wrong == []
    assert len(of_terms) > 25


def test_a_line_of_a_contract_leads_to_the_contract_or_to_what_is_agreed_under_it(
    lines: list[dict[str, Any]],
) -> None:
    raw = every_term()["deal"]["terms"]
    behind = {
        line["kind"]: terms_behind(line["kind"], "trainium", raw)
        for line in lines
        if line["item"] == "trainium"
    }
    assert behind["compute_billed"][:2] == ["trainium", "volume_tiers"]
    assert behind["shortfall"][0] == "minimum"
    assert all(behind.values())


def test_a_preference_is_of_one_mechanism_by_whether_it_participates() -> None:
    term = one_of("preferred")
    assert [one.number for one in mechanisms_of([term])] == ["M04"]
    assert [one.number for one in mechanisms_of([{**term, "participating": False}])] == ["M03"]
    assert [one.number for one in mechanisms_of([{"kind": "preferred"}])] == ["M03"]


def test_a_line_of_a_lot_leads_to_no_term() -> None:
    raw = every_term()["deal"]["terms"]
    assert terms_behind("energy", "first", raw) == []
    assert terms_behind("chips", "first", raw) == []


def test_a_bill_leads_to_its_contract_and_to_what_moves_its_price_but_not_to_another_contract() -> None:
    raw = [
        one_of("compute_contract"),
        one_of("compute_contract", key="other"),
        one_of("volume_tiers"),
        one_of("price_steps", contract="other"),
        one_of("demand_governor"),
        one_of("revenue_share"),
    ]
    assert terms_behind("compute_billed", "c", raw) == ["c", "volume_tiers", "demand_governor"]
    assert "compute_billed" in lines_of("compute_contract")
