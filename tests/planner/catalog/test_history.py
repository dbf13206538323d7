"""The values a key has had: as a sentence, as steps of a chart, as a table and as CSV."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from planner.catalog.history import history
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

SignIn = Callable[[User], Client]
Add = Callable[..., CatalogEntry]
KEY = "market.h100.rental_index"
TODAY = date(2026, 11, 25)


@pytest.fixture
def rows(seeded: CatalogRelease, add_row: Add) -> list[CatalogEntry]:
    """10 from 2023, 1.7 from October 2025 (corrected to 1.9), 2.35 from March 2026."""
    add_row(
        key=KEY,
        value=1.9,
        low=1.6,
        high=2.1,
        valid_from=date(2025, 10, 1),
        valid_to=date(2026, 3, 1),
        known_since=date(2026, 11, 24),
    )
    return list(CatalogEntry.objects.filter(key=KEY))


def test_the_chart_has_the_steps_that_stand_and_those_that_were_corrected(rows: list[CatalogEntry]) -> None:
    told = history(rows, valid_on=TODAY, known_on=TODAY)
    assert told.data is not None
    assert [
        (step["begin"], step["end"], step["value"], step["low"], step["high"]) for step in told.data["steps"]
    ] == [
        ("2023-01-01", "2025-10-01", 10.0, 8.0, 12.0),
        ("2025-10-01", "2026-03-01", 1.9, 1.6, 2.1),
        ("2026-03-01", "2026-11-26", 2.35, 2.35, 2.35),
    ]
    assert [(step["value"], step["known"]) for step in told.data["corrected"]] == [(1.7, "2026-11-23")]
    assert told.finding == "2.35 USD per chip-hour since 2026-03-01, 23.7% higher than 1.9 before"
    assert {row.entry.value: row.state for row in told.rows} == {
        10: "ended",
        1.7: "corrected on 2026-11-24",
        1.9: "ended",
        2.35: "in force",
    }


def test_before_the_correction_was_known_the_chart_shows_the_first_figure(rows: list[CatalogEntry]) -> None:
    told = history(rows, valid_on=date(2026, 1, 1), known_on=date(2026, 11, 23))
    assert told.data is not None
    assert [step["value"] for step in told.data["steps"]] == [10.0, 1.7, 2.35]
    assert told.data["corrected"] == []
    assert told.finding == "1.7 USD per chip-hour since 2025-10-01, 83.0% lower than 10 before"


def test_figures_of_another_price_kind_are_in_the_table_only(rows: list[CatalogEntry], add_row: Add) -> None:
    days = {"valid_from": date(2024, 1, 1), "valid_to": date(2024, 2, 1)}
    add_row(key=KEY, value=99, high=None, price_kind="list", **days)
    found = list(CatalogEntry.objects.filter(key=KEY))
    told = history(found, valid_on=TODAY, known_on=TODAY)
    assert told.data is not None
    assert 99 not in [step["value"] for step in told.data["steps"]]
    assert "of another price kind are in the table only" in told.foot
    assert 99 in [row.entry.value for row in told.rows]


def test_one_value_is_said_and_not_drawn(seeded: CatalogRelease, owner: User, signed_in: SignIn) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    page = signed_in(owner).get(reverse("catalog:entry", args=(entry.uuid,))).content.decode()
    assert "700 W since" in page
    assert "data-chart" not in page
    assert "echarts" not in page


def test_the_page_has_the_chart_and_its_twin(
    rows: list[CatalogEntry], owner: User, signed_in: SignIn
) -> None:
    page = signed_in(owner).get(reverse("catalog:entry", args=(rows[0].uuid,))).content.decode()
    assert 'data-chart="steps"' in page
    assert "corrected on 2026-11-24" in page
    assert reverse("catalog:history", args=(rows[0].uuid,)) in page


def test_the_csv_holds_every_row_and_no_formula(
    rows: list[CatalogEntry], owner: User, signed_in: SignIn
) -> None:
    texts = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")
    for text in texts:
        CatalogEntry.objects.filter(pk=rows[0].pk).update(source_title=text, notes=text, value=-2.5, low=None)
        answer = signed_in(owner).get(reverse("catalog:history", args=(rows[0].uuid,)))
        assert answer["Content-Type"].startswith("text/csv")
        assert 'filename="genka-market.h100.rental_index.csv"' in answer["Content-Disposition"]
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert [line["valid_from"] for line in lines] == [
            "2023-01-01",
            "2025-10-01",
            "2025-10-01",
            "2026-03-01",
        ]
        newest = lines[-1]
        assert (newest["source_title"], newest["notes"]) == (f"'{text}", f"'{text}")
        assert newest["value"] == "-2.5"
