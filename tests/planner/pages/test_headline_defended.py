"""The table behind "The headline defended" is that of the document installed here, and of this engine."""

import json
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from planner.runs.headline_defence import table
from planner.runs.headline_defence.page import defence
from planner.runs.headline_defence.variants import VARIANTS, Variant, times, to

if TYPE_CHECKING:
    from django.test import Client

SIGMAS = 4.5


def test_the_table_is_of_the_worked_example_as_it_is_installed() -> None:
    """When this fails: `manage.py defend_headline` computes it again."""
    held = table.stored()
    assert held["document_digest"] == table.document_digest(table.document())
    assert [row["key"] for row in held["rows"]] == [one.key for one in VARIANTS]


@pytest.mark.timeout(300)
def test_the_first_row_comes_out_again_within_its_error() -> None:
    held = table.stored()["rows"][0]
    draws = 2048
    result = table.result_of(VARIANTS[0], table.document(), draws)
    again = table.row_of(held["key"], result, table.document())
    for name in table.SHARES:
        spread = (held[f"{name}_error"] ** 2 + again[f"{name}_error"] ** 2) ** 0.5
        assert abs(again[name] - held[name]) < SIGMAS * spread, name
    assert again["average_gw"] == pytest.approx(held["average_gw"], rel=1e-6)


def test_each_variant_changes_what_it_says_and_nothing_else() -> None:
    raw = table.document()
    for one in VARIANTS:
        changed = one.of(raw)
        assert (changed == raw) == (not one.changes), one.key
    before = json.dumps(raw, sort_keys=True)
    VARIANTS[-1].of(raw)
    assert json.dumps(raw, sort_keys=True) == before


def test_a_range_is_moved_as_a_whole_and_a_value_is_fixed() -> None:
    raw = table.document()
    path = "fleet.lots[trainium-2026].it_capex_usd_per_chip"
    low = raw["fleet"]["lots"][1]["it_capex_usd_per_chip"]["low"]
    moved = Variant("a", "a", ((path, times(2.0)),)).of(raw)["fleet"]["lots"][1]["it_capex_usd_per_chip"]
    assert moved["low"] == 2.0 * low
    assert moved["coverage"] == 0.9
    fixed = Variant("b", "b", ((path, to(7.0)),)).of(raw)["fleet"]["lots"][1]["it_capex_usd_per_chip"]
    assert fixed == 7.0


def test_what_is_asked_for_moves_the_way_it_should() -> None:
    """Dearer chips are never better, cheaper never worse; a lab that fails less fails less."""
    rows = {row["key"]: row for row in table.stored()["rows"]}
    assert rows["capex_dear"]["cash"] < rows["as_it_is"]["cash"] < rows["capex_cheap"]["cash"]
    assert rows["default_never"]["default"] < rows["as_it_is"]["default"] < rows["default_often"]["default"]
    assert rows["built_60"]["average_gw"] < rows["as_it_is"]["average_gw"] < rows["built_100"]["average_gw"]
    assert rows["sceptic"]["cash"] < rows["as_it_is"]["cash"] < rows["believer"]["cash"]
    assert rows["sceptic"]["books"] < rows["as_it_is"]["books"] < rows["believer"]["books"]


def test_the_method_page_shows_cash_and_books_side_by_side(member_client: "Client") -> None:
    said = member_client.get(reverse("pages:method")).content.decode()
    told = defence()
    assert "The headline of Amazon x OpenAI defended" in said
    assert len(told.rows) == len(VARIANTS)
    assert all(row.cash and row.books and row.worth for row in told.rows)
    assert told.drivers
    assert told.sentence in said.replace("&#x27;", "'")
