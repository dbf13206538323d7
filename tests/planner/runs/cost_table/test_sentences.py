"""The sentence above the table: an order is claimed only where the bands leave no doubt."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from planner.runs.cost_table.facts import Subject
from planner.runs.cost_table.forms import Question
from planner.runs.cost_table.grid import Grid, Priced
from planner.runs.cost_table.owning import Owned
from planner.runs.cost_table.points import POINTS
from planner.runs.cost_table.prices import Hour
from planner.runs.cost_table.sentences import sentence, why_this_model
from planner.runs.cost_table.speeds import Speed, bill_of


@dataclass
class _Model:
    total_parameters_b: float


MODEL = Subject("m", "M", "", {}, _Model(70.0), "")
LARGE, SMALL = (
    Subject(key, key.title(), "", {}, _Model(size), "") for key, size in (("large", 90.0), ("small", 8.0))
)


def priced(chip: str, usd: float, low: float = 0.8, high: float = 1.25) -> Priced:
    speed = Speed(
        chip, "m", "fp8", "calibrated", "", "TP8", 8.0, 30.0, 1.0, 100.0, low, high, {"output": 1.0}, ""
    )
    return Priced(Subject(chip.lower(), chip, "", {}, None, ""), Hour("list", 1.0, "offer"), speed, usd)


def said(*found: Priced, **changes: Any) -> str:
    return str(sentence(Grid([MODEL], [], {"m": list(found)}), asked(**changes)))


def asked(**changes: Any) -> Question:
    given: dict[str, Any] = {
        "kind": "list",
        "token": "output",
        "point": POINTS["standard"],
        "vendor": "",
        "maker": "",
        "model": "",
        "pick": "lowest",
        "deal": "",
        "utilisation": 0.6,
        "sort": "",
    }
    return Question(**{**given, **changes})


def test_chips_whose_bands_do_not_touch_are_put_in_an_order() -> None:
    assert said(priced("A", 1.0), priced("B", 2.0)) == (
        "The cheapest chip for M at “standard” is A: <strong>$1.00</strong> per 1M output tokens"
        " at the on-demand list price, 80% band $0.80 to $1.2. Next is B at <strong>$2.00</strong>."
    )


def test_chips_whose_bands_overlap_are_not() -> None:
    text = said(priced("A", 1.0), priced("B", 1.2), priced("C", 9.0))
    assert "cheapest chip" not in text
    assert "The lowest figure for M at “standard” is A's" in text
    assert "Its band overlaps that of 1 other chip (B, $1.20): which" in text


def test_a_chip_that_stands_alone_is_said_to() -> None:
    assert said(priced("A", 1.0)).startswith("Only A is priced for M at “standard”")


def test_a_deals_price_among_prices_of_a_kind_is_said_to_be_one_and_so_is_the_other() -> None:
    dealt = replace(priced("A", 1.0), hour=Hour("deal", 1.0, "contract"))
    text = said(dealt, priced("B", 2.0))
    assert "per 1M output tokens at the deal price, 80% band" in text
    assert "Next is B at <strong>$2.00</strong> at the on-demand list price." in text


class TestAnIncompleteSum:
    """Owners' costs that were built without a part of what owning costs."""

    def incomplete(self, chip: str, usd: float) -> Priced:
        owned = Owned(chip, (("power_usd", 1.0),), 1.0, (), "the network")
        return replace(priced(chip, usd), hour=Hour("owners_cost", 1.0, "built", owned=owned))

    def test_is_never_named_before_a_complete_price(self) -> None:
        text = said(self.incomplete("A", 0.1), priced("B", 1.0), priced("C", 2.0))
        assert text.startswith("The cheapest chip for M at “standard” is B: <strong>$1.00</strong>")
        assert "Next is C" in text

    def test_beside_one_complete_price_leaves_that_alone(self) -> None:
        assert said(self.incomplete("A", 0.1), priced("B", 1.0)).startswith(
            "Only B has a complete price for M at “standard”: <strong>$1.00</strong>"
        )

    def test_where_there_is_no_other_says_what_it_leaves_out(self) -> None:
        assert said(self.incomplete("A", 0.1)).startswith("Only A (without the network) is priced for M")


def test_nothing_to_say_is_said() -> None:
    assert said() == (
        "No chip shown has a price of this kind (on-demand list price) and serves a model at “standard”."
    )


def test_a_model_one_sorts_or_filters_by_is_named_when_it_has_no_price() -> None:
    grid = Grid([MODEL, SMALL], [], {"m": [priced("A", 1.0)], "small": []})
    for question in (asked(sort="-small"), asked(model="small")):
        assert "serves Small at “standard”" in str(sentence(grid, question))
        assert why_this_model(grid, question) == ""


def test_with_no_model_asked_for_it_speaks_of_the_largest_of_those_with_most_chips_and_says_so() -> None:
    two = [priced("A", 1.0), priced("B", 2.0)]
    grid = Grid([SMALL, LARGE, MODEL], [], {"small": two, "large": two[:1], "m": two})
    assert "for M at" in str(sentence(grid, asked()))
    assert why_this_model(grid, asked()).startswith(
        "Of the models shown, M is the largest of those that most chips"
    )


def test_a_bill_adds_up_and_its_blended_price_is_its_mean() -> None:
    point = POINTS["standard"].model_copy(update={"cached_share": 0.25})
    bill = bill_of({"input": 100.0, "cached_input": 10.0, "output": 900.0}, point, 3.6, 0.5)
    assert bill.usd_per_1m["input"] == pytest.approx(100.0 * 3.6 / 3600.0 / 0.5)
    assert sum(bill.usd.values()) == pytest.approx(bill.request_usd)
    assert bill.usd_per_1m["blended"] * (8192 + 1024) / 1e6 == pytest.approx(bill.request_usd)
