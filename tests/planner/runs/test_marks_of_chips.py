"""A mark is checked against the calibration: typing “calibrated” beside numbers of one's own does nothing."""

import json
from typing import Any

import pytest

from planner.runs.cost_table.printing import printed_table
from planner.runs.presentation.costs import cost_groups
from planner.runs.presentation.marks import marks_of
from planner.scenarios.paths import with_values
from planner.scenarios.worked_examples import FOLDER
from tests.planner.scenarios.small_document import small_document

FITTED = "chips[gb200].memory_efficiency"


@pytest.fixture
def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "amazon-openai-2026.json").read_text(encoding="utf-8"))
    return found


def efficiency(document: dict[str, Any]) -> float:
    return float(next(chip for chip in document["chips"] if chip["key"] == "gb200")["memory_efficiency"])


def test_chips_of_a_worked_example_keep_the_word_of_the_calibration(example: dict[str, Any]) -> None:
    assert marks_of(example) == {chip["key"]: chip["calibration"] for chip in example["chips"]}


@pytest.mark.parametrize(("factor", "is_own"), [(0.995, False), (1.005, False), (0.98, True), (1.02, True)])
def test_more_than_one_percent_from_the_calibration_is_ones_own(
    example: dict[str, Any], factor: float, is_own: bool
) -> None:
    moved = with_values(
        example, {FITTED: efficiency(example) * factor, "chips[gb200].calibration": "calibrated"}
    )
    assert marks_of(moved)["gb200"] == ("own" if is_own else marks_of(example)["gb200"])


@pytest.mark.parametrize(
    "name", ["compute_efficiency", "memory_efficiency", "layer_microseconds", "collective_microseconds"]
)
def test_every_number_of_the_calibration_is_compared(example: dict[str, Any], name: str) -> None:
    moved = with_values(example, {f"chips[gb200].{name}": 0.9})
    assert marks_of(moved)["gb200"] == "own"


def test_the_calibrations_word_stands_against_a_better_one_that_was_typed(example: dict[str, Any]) -> None:
    worst = {chip["key"]: chip["calibration"] for chip in example["chips"]}
    for key, word in worst.items():
        typed = with_values(example, {f"chips[{key}].calibration": "calibrated"})
        assert marks_of(typed)[key] == word
    assert marks_of(with_values(example, {"chips[gb200].calibration": "own"}))["gb200"] == "own"


def test_a_chip_nobody_knows_cannot_be_calibrated() -> None:
    unknown = {"chips[gb300].label": "Nobody's chip"}
    assert marks_of(small_document(**unknown))["gb300"] == "specification_only"
    assert marks_of(small_document(**unknown, **{"chips[gb300].calibration": "calibrated"}))["gb300"] == "own"


def test_the_command_and_the_pages_show_it() -> None:
    document = small_document(
        **{"chips[gb300].calibration": "calibrated", "chips[gb300].memory_efficiency": 1.0}
    )
    rows = [row for row in printed_table(document)["rows"] if row["chip"] == "gb300"]
    assert {row["status"] for row in rows} == {"own"}
    row = {"chip": "gb300", "model": "frontier", "price_basis": "on_demand", "calibration": "calibrated"}
    (group,) = cost_groups({"cost_table": [row]}, document)
    assert group.rows[0].mark == "your own efficiencies"
