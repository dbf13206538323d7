"""Bars of a chip-hour: parts that foot as written, one scale, and a kind for what is rented."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from costmodel.chip_hour import PARTS as ENGINE_PARTS
from costmodel.inputs.rented import PRICE_KINDS as ENGINE_KINDS
from costmodel.terms.price import StepName
from planner.catalog.models import PriceKind
from planner.runs import engine
from planner.runs.presentation.chip_hours import (
    PARTS,
    PRICE_KINDS,
    STEPS,
    footing,
    hour_bar,
    result_bars,
    steps_in_words,
)
from planner.scenarios.worked_examples import template_document
from tests.planner.scenarios.small_document import small_document

SAMPLE = Path(__file__).parents[1] / "pages" / "sample_result.json"
HOUR = {"it_capital_usd": 1.0, "network_usd": 0.25, "colocation_usd": 0.5, "power_usd": 0.25}


def sample() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SAMPLE.read_text())
    return found


def test_parts_stand_one_after_the_other_on_the_scale() -> None:
    bar = hour_bar("a", "B200", "owners_cost", HOUR, 2.0, 4.0)
    assert [(part.label, part.usd, part.share) for part in bar.parts] == [
        ("Chips, capital", "$1.00", "50.0%"),
        ("Network, capital", "$0.25", "12.5%"),
        ("Colocation rent", "$0.50", "25.0%"),
        ("Power", "$0.25", "12.5%"),
    ]
    assert [(part.x, part.width) for part in bar.parts] == [
        ("0.000%", "25.000%"),
        ("25.000%", "6.250%"),
        ("31.250%", "12.500%"),
        ("43.750%", "6.250%"),
    ]
    assert (bar.total, bar.kind, bar.is_split) == ("$2.00", "owner's cost", True)


def test_a_rented_hour_is_one_part_with_its_kind() -> None:
    bar = hour_bar("a", "H100", "spot", {}, 2.5, 5.0)
    assert [(part.label, part.usd, part.width) for part in bar.parts] == [("spot price", "$2.50", "50.000%")]
    assert not bar.is_split


def test_parts_that_are_not_the_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="The parts of B200 do not add up to 3"):
        hour_bar("a", "B200", "owners_cost", HOUR, 3.0, 4.0)


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=6), st.integers(0, 4))
def test_what_is_written_adds_up_to_the_rounded_sum(amounts: list[float], decimals: int) -> None:
    written = [float(text.replace(",", "")) for text in footing(amounts, decimals)]
    assert sum(written) == pytest.approx(round(sum(amounts), decimals), abs=0.51 * 10**-decimals)
    assert round(sum(written) * 10**decimals) == round(sum(amounts) * 10**decimals)
    assert all(abs(one - two) <= 10**-decimals for one, two in zip(written, amounts, strict=True))


def test_a_result_has_a_bar_for_each_lot_contract_and_on_demand_with_its_name() -> None:
    bars = result_bars(sample(), template_document("amazon-openai-2026"))
    assert [bar.kind for bar in bars] == [
        "owner's cost",
        "owner's cost",
        "contract price",
        "contract price",
        "on-demand price",
    ]
    assert all(bar.title and bar.behind for bar in bars[:4])
    assert len({bar.anchor for bar in bars}) == 5
    widths = [sum(float(part.width.rstrip("%")) for part in bar.parts) for bar in bars]
    assert max(widths) == pytest.approx(100.0, abs=0.01)
    assert result_bars({}) == []


def test_the_table_below_a_bar_says_the_same_as_the_bar() -> None:
    bar = hour_bar("one", "B200", "owners_cost", HOUR, 2.0, 2.0, "Lot 7")
    drawn = render_to_string("components/chip_hour_bar.html", {"bar": bar})
    assert drawn.count("<tr>") == 1 + len(bar.parts)
    assert "style=" not in drawn
    for said in ("B200", "Lot 7", "$2.00", "2. Network, capital", "$0.25", "12.5%"):
        assert said in drawn
    rented = render_to_string(
        "components/chip_hour_bar.html", {"bar": hour_bar("two", "H100", "list", {}, 1.0, 2.0)}
    )
    assert "<table" not in rented
    assert "list price" in rented


def test_every_part_and_kind_of_the_engine_and_of_the_catalog_has_words() -> None:
    assert tuple(PARTS) == ENGINE_PARTS
    assert tuple(PRICE_KINDS) == ENGINE_KINDS
    assert set(PriceKind.values) <= set(ENGINE_KINDS)


def test_the_steps_of_a_deal_price_are_said_in_words_and_add_up() -> None:
    (price,) = engine.deal_prices(engine.inputs_of_json(small_document()), 0)
    told = steps_in_words(price)
    assert told == [("Reference price", 2.5), ("Discount", -0.625)]
    assert sum(usd for _words, usd in told) == price["usd_per_chip_hour"]
    assert set(STEPS) == set(get_args(StepName))
