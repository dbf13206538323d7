"""The lab's revenue beside its plan, and the shares of model families, as a result page shows them (E10, E11)."""

import csv
from typing import Any

from planner.runs.presentation.market import PLANS, family_shares, plans, revenue_by_year

QUARTERS = [f"{year} Q{quarter}" for year in range(2029, 2031) for quarter in range(1, 5)]


def result() -> dict[str, Any]:
    fan = {
        name: [value * 1e9 * (1 + place) for place in range(9)]
        for name, value in (("p05", 2.0), ("p50", 21.0), ("p95", 60.0))
    }
    shares = {"mean": [0.4] * 4 + [0.3] * 5}
    return {
        "quarters": QUARTERS,
        "fans": {"lab_revenue_past_year": fan, "family_share.gpt": shares},
        "curves": {"family_leads.gpt": [1.0] * 8 + [0.25]},
    }


def test_the_last_quarter_of_a_year_stands_for_the_year_beside_the_plan() -> None:
    first, second = revenue_by_year(result(), "OpenAI")
    assert (first.year, first.median, first.plan, first.over_plan) == ("2029", "$105.0 B", "", "")
    assert (second.year, second.low, second.median, second.high) == (
        "2030",
        "$18.0 B",
        "$189.0 B",
        "$540.0 B",
    )
    assert (second.plan, second.over_plan, second.haircut) == ("$280.0 B", "68%", "60%")
    assert "Reuters" in second.source


def test_a_lab_without_a_plan_shows_its_revenue_alone() -> None:
    assert [one.plan for one in revenue_by_year(result(), "Somebody")] == ["", ""]
    assert revenue_by_year({"quarters": QUARTERS}, "OpenAI") == []


def test_families_are_named_as_in_the_document() -> None:
    document = {"demand": {"families": {"members": [{"key": "gpt", "label": "GPT"}]}}}
    (gpt,) = family_shares(result(), document)
    assert (gpt.name, gpt.now, gpt.in_a_year, gpt.at_the_end, gpt.leads) == (
        "GPT",
        "40%",
        "30%",
        "30%",
        "25%",
    )
    assert family_shares({"fans": {}}, {}) == []


def test_every_plan_names_its_source_and_stands_once() -> None:
    with PLANS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(plans()) == len(rows)
    for row in rows:
        assert row["source"]
        assert row["address"]
        assert row["date"]
        assert row["kind"] in ("reported", "plan")
        assert float(row["low_usd_b"]) <= float(row["high_usd_b"])
