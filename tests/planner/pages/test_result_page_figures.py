"""The Money back tables, the lab's side and the statements of a result page, from counts worked out by hand."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from planner.runs import presentation
from planner.runs.presentation import at_stake, lab_tables, money_back
from planner.runs.presentation.figures import FigureTable
from planner.runs.presentation.sides import LAB, PROVIDER
from planner.runs.presentation.statement import statement, to_the_cent

SAMPLE = json.loads((Path(__file__).parent / "sample_result.json").read_text())


@pytest.fixture
def result() -> dict[str, Any]:
    return copy.deepcopy(SAMPLE)


def table(result: dict[str, Any], key: str) -> FigureTable:
    return next(one for one in (*money_back.tables(result), *lab_tables.tables(result)) if one.key == key)


def cells(result: dict[str, Any], key: str) -> dict[str, list[str]]:
    return {row.title: row.cells for row in table(result, key).rows}


def test_the_three_probabilities_stand_together_with_the_futures_behind_each(result: dict[str, Any]) -> None:
    result["counts"]["ipo_and_recovery"] = {
        "listed_back": 100, "listed_not_back": 900, "unlisted_back": 300, "unlisted_not_back": 2700,
    }  # fmt: skip
    for name, mean in (
        ("recovered_do_no_ipo_cash", 0.36),
        ("recovered_do_no_ipo_accounting", 0.6),
        ("recovered_not_needing_ipo_cash", 0.1),
        ("recovered_given_no_ipo_cash", 0.1),
    ):
        result["outcomes"][name]["mean"] = mean
    assert cells(result, "three-answers") == {
        "No IPO can happen": ["36%", "60%", "4,000"],
        "Only money that needs no IPO": ["10%", "", "4,000"],
        "No IPO did happen": ["10%", "", "3,000"],
    }
    assert [row.is_main for row in table(result, "three-answers").rows] == [True, False, False]


def test_the_fates_are_shares_of_all_futures(result: dict[str, Any]) -> None:
    result["counts"]["fate"] = {
        "stays": 50,
        "reversed_by_tranche": 30,
        "reversed_by_losses": 0,
        "not_yet": 120,
    }
    assert cells(result, "fates") == {
        "Back and stays": ["25%", "50"],
        "Reversed by a later tranche": ["15%", "30"],
        "Reversed by losses": ["0%", "–"],
        "Not yet": ["60%", "120"],
    }


def test_the_two_by_two_counts_every_future_once(result: dict[str, Any]) -> None:
    result["counts"]["ipo_and_recovery"] = {
        "listed_back": 10, "listed_not_back": 40, "unlisted_back": 20, "unlisted_not_back": 30,
    }  # fmt: skip
    assert cells(result, "two-by-two") == {
        "The lab lists": ["10 (10%)", "40 (40%)"],
        "The lab does not list": ["20 (20%)", "30 (30%)"],
    }


def test_both_counterfactuals_and_the_contract_alone_are_shown(result: dict[str, Any]) -> None:
    found = table(result, "counterfactuals")
    assert [row.title for row in found.rows] == [
        "Over the same deal without the equity",
        "By the contracts alone",
        "Over no deal at all",
    ]
    assert found.rows[0].is_main


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (1.8, "Yes: what needs no IPO is expected to bring 1.80 times what an IPO is expected to bring."),
        (0.25, "In part: for each dollar an IPO is expected to bring, $0.25 comes without one (ratio 0.25)."),
        (
            -0.1,
            "Not at all: for each dollar an IPO is expected to bring, what needs no IPO costs $0.10 more than it"
            " brings.",
        ),
        (None, "No future brings money through an IPO, so there is nothing that could be paid in advance."),
    ],
)  # fmt: skip
def test_the_prepayment_ratio_is_said_in_words(ratio: float | None, said: str) -> None:
    assert money_back.prepayment_words(ratio) == said


def test_a_rate_of_return_says_where_there_is_none_and_where_several() -> None:
    held = {"found": 90, "several_roots": 5, "no_root": 3, "all_lost": 2, "outside_grid": 0}
    assert at_stake.reasons(held) == (
        "Of all futures: several rates fit in 5%, the one nearest zero is taken; none fits in 3%;"
        " everything is lost in 2%, counted as (100%)."
    )
    assert at_stake.reasons({"found": 7}) == "Every future has exactly one."


def test_a_result_without_equity_asks_no_question_about_it(result: dict[str, Any]) -> None:
    for name in ("equity_paid_usd", "provider_moic", "lab_npv_usd"):
        result["outcomes"][name]["mean"] = 0.0 if name == "equity_paid_usd" else None
    result["prepayment"] = None
    keys = [one.key for one in money_back.tables(result)]
    assert keys == ["counterfactuals", "the-ipo", "when-wrong", "returns"]
    assert [row.title for row in table(result, "counterfactuals").rows] == ["Over no deal at all"]
    assert table(result, "counterfactuals").rows[0].cells[0] == ""


def test_a_result_of_an_older_engine_has_a_page(result: dict[str, Any]) -> None:
    for name in ("counts", "tails", "prepayment", "schedules", "statements", "importance"):
        del result[name]
    for name in [name for name in result["outcomes"] if "no_deal" in name or name.startswith("listing")]:
        del result["outcomes"][name]
    shown = presentation.build(result)
    assert [one.key for one in shown["figures"]] == ["counterfactuals"]
    assert shown["statement"] is None
    assert shown["treasury"] is None
    assert shown["drives"] == ""


@pytest.mark.parametrize("side", [PROVIDER, LAB])
@pytest.mark.parametrize("by_quarter", [False, True])
def test_what_the_statement_shows_adds_up_to_the_cent(
    result: dict[str, Any], side: Any, by_quarter: bool
) -> None:
    shown = statement(result, side=side, by_quarter=by_quarter, is_exact=True)
    assert shown is not None
    assert len(shown.heads) == (40 if by_quarter else 11) + 1 + (shown.heads[0] == result["opening"])

    def cents(text: str) -> int:
        digits = int(text.strip("()").replace(",", "").replace(".", "")) if text != "–" else 0
        return -digits if text.startswith("(") else digits

    on_screen = [[cents(cell) for cell in row.cells] for row in shown.rows]
    assert all(sum(amounts[:-1]) == amounts[-1] for amounts in on_screen)
    assert [amounts[-1] for amounts in on_screen] == [
        round(row["total_usd"] * 100) for row in result["statements"][side]
    ]


def test_years_are_the_sums_of_their_quarters(result: dict[str, Any]) -> None:
    years = statement(result, side=PROVIDER, is_exact=True)
    quarters = statement(result, side=PROVIDER, by_quarter=True, is_exact=True)
    assert years is not None
    assert quarters is not None
    assert [row.cells[-1] for row in years.rows] == [row.cells[-1] for row in quarters.rows]
    held = next(row for row in result["statements"]["provider"] if row["name"] == "free_cash")
    year = years.heads.index("2028")
    places = [place for place, label in enumerate(result["quarters"], start=1) if label.startswith("2028")]
    row = next(row for row in years.rows if row.title == "Free cash")
    assert row.cells[year] == to_the_cent(sum(round(held["by_quarter_usd"][place] * 100) for place in places))


def test_cents_are_written_with_parentheses_and_a_dash() -> None:
    assert [to_the_cent(amount) for amount in (0, 5, -123_456_789)] == ["–", "0.05", "(1,234,567.89)"]


def test_the_schedule_names_year_ends(result: dict[str, Any]) -> None:
    for name in ("backlog_usd", "minimum_next_year_usd", "callable_usd"):
        result["schedules"][name] = [1e6 * (40 - place) for place in range(41)]
    found = cells(result, "schedule")
    assert list(found)[:3] == ["2026-03-31", "2026 Q4", "2027 Q4"]
    assert found["2026 Q4"] == ["37", "37", "37"]


def test_what_an_input_explains_alone_is_a_dash_within_the_noise(result: dict[str, Any]) -> None:
    path = Path(presentation.__file__).parents[2] / "scenarios/template_documents/amazon-openai-2026.json"
    document = json.loads(path.read_text())
    known = [one["path"] for one in result["hinges"]][:2]
    result["importance"] = {
        "draws": 4096, "noise": 0.01,
        "rows": [
            {"path": known[1], "headline": 0.4, "provider_npv": 0.02},
            {"path": known[0], "headline": 0.005, "provider_npv": 0.1},
        ],
    }  # fmt: skip
    shown = presentation.build(result, document=document)
    assert [(one.alone, one.value_alone) for one in shown["assumptions"][:1]] == [("40.0%", "2.0%")]
    assert ("–", "10.0%") in [(one.alone, one.value_alone) for one in shown["assumptions"]]
    assert shown["drives"].startswith(
        "Each on its own, the uncertain inputs explain 40% of whether the money is back and 12% of what the deal is"
        " worth."
    )
