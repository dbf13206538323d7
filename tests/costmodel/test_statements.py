"""Statements by quarter add up to the cent, and are the ledger's own lines (engine.md 9.9)."""

from typing import Any

import pytest

from costmodel.evaluate import evaluate
from costmodel.outcomes.statements import statements
from tests.costmodel.scenarios import SEED, TERMS, small_scenario

NO_BOOKS = {"depreciation_usd": [0.0, 0.0, 0.0], "book_given_up_usd": [0.0, 0.0, 0.0]}


def line(payer: str, payee: str, kind: str, *amounts: float, purse: str = "contract") -> dict[str, Any]:
    held = {"payer": payer, "payee": payee, "kind": kind, "item": "", "needs_ipo": False, "purse": purse}
    return {**held, "mean_by_quarter_usd": list(amounts)}


def cents(amounts: list[float]) -> list[int]:
    return [round(amount * 100) for amount in amounts]


def test_a_statement_by_hand() -> None:
    lines = [
        line("lab", "provider", "compute_billed", 0.0, 10.0, 12.0),
        line("provider", "outside_world", "energy", 0.0, 3.0, 3.5),
        line("provider", "chip_vendor", "chips", 20.0, 0.0, 0.0, purse="capex"),
        line("outside_world", "provider", "residual", 0.0, 0.0, 4.0, purse="capex"),
        line("provider", "lab", "equity_tranche", 7.0, 0.0, 0.0, purse="equity"),
        line("outside_world", "lab", "revenue", 0.0, 30.0, 31.0),
        line("lab", "outside_world", "other_cost", 0.0, 5.0, 5.0),
    ]
    books = {"depreciation_usd": [0.0, 8.0, 8.0], "book_given_up_usd": [0.0, 0.0, 4.0]}
    told = statements(lines, books)
    provider = {row["name"]: row["by_quarter_usd"] for row in told["provider"]}
    assert list(provider) == [
        "compute_billed", "revenue_total", "energy", "cash_margin", "depreciation", "result_of_sales",
        "margin_on_books", "chips", "residual", "free_cash", "equity_tranche", "all_cash",
    ]  # fmt: skip
    assert provider["cash_margin"] == [0.0, 7.0, 8.5]
    assert provider["margin_on_books"] == [0.0, -1.0, 0.5]
    assert provider["free_cash"] == [-20.0, 7.0, 12.5]
    assert provider["all_cash"] == [-27.0, 7.0, 12.5]
    lab = {row["name"]: row["by_quarter_usd"] for row in told["lab"]}
    assert lab["compute_total"] == [0.0, -10.0, -12.0]
    assert lab["free_cash"] == [0.0, 15.0, 14.0]
    assert lab["financing_total"] == [7.0, 0.0, 0.0]
    assert lab["all_cash"] == [7.0, 15.0, 14.0]


def test_thirds_of_a_cent_still_add_up() -> None:
    told = statements([line("lab", "provider", "compute_billed", 1 / 3, 1 / 3, 1 / 3)], NO_BOOKS)
    assert told["provider"][0]["by_quarter_usd"] == [0.33, 0.33, 0.33]
    assert told["provider"][0]["total_usd"] == 0.99


def test_nobody_moves_money_in_an_empty_statement() -> None:
    told = statements([], NO_BOOKS)
    assert all(row["total_usd"] == 0.0 for side in told.values() for row in side)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("terms", [TERMS, TERMS[:5]], ids=["with equity", "without"])
def test_quarters_add_up_to_totals_and_rows_to_subtotals_to_the_cent(terms: Any) -> None:
    result = evaluate(small_scenario(terms=terms), 256, SEED)
    for side, rows in result["statements"].items():
        for row in rows:
            assert sum(cents(row["by_quarter_usd"])) == round(row["total_usd"] * 100), (side, row["name"])
            assert all(round(amount, 2) == amount for amount in row["by_quarter_usd"])
        leaves = [
            row
            for row in rows
            if not row["is_total"] and row["name"] not in ("not_earned", "depreciation", "result_of_sales")
        ]
        by_quarter = [
            sum(amounts) for amounts in zip(*(cents(row["by_quarter_usd"]) for row in leaves), strict=True)
        ]
        assert by_quarter == cents(rows[-1]["by_quarter_usd"]), side
        lines = [held for held in result["ledger"]["lines"] if side in (held["payer"], held["payee"])]
        whole = sum(held["mean_total_usd"] * (1 if held["payee"] == side else -1) for held in lines)
        assert rows[-1]["total_usd"] == pytest.approx(whole, abs=1.0)


@pytest.mark.usefixtures("small_blocks")
def test_the_margin_on_the_books_is_that_of_the_whole_book() -> None:
    result = evaluate(small_scenario(terms=TERMS[:5]), 256, SEED)
    rows = {row["name"]: row["total_usd"] for row in result["statements"]["provider"]}
    assert rows["margin_on_books"] == pytest.approx(
        result["outcomes"]["margin_accounting_usd"]["mean"], abs=1.0
    )
