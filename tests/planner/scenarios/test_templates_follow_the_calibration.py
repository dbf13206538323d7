"""The chips of every template hold what the calibration gives: a new fit may not forget them."""

import json
from pathlib import Path

import pytest

from planner.core.documents import read_document
from planner.runs.engine.inputs import to_inputs
from planner.runs.serving_checks import templates
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.paths import with_values
from planner.scenarios.worked_examples import FOLDER

FILES = sorted(FOLDER.glob("*.json"))
HOW = "The calibration has moved. Run `manage.py calibrate --templates`, then look at figures quoted from a template."


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_chips_are_those_of_the_calibration(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert templates.up_to_date(text) == text, HOW


def test_numbers_of_another_fit_are_brought_up_and_nothing_else_is_touched(tmp_path: Path) -> None:
    right = FILES[0].read_text(encoding="utf-8")
    old = with_values(json.loads(right), {"chips[gb200].memory_efficiency": 0.5})
    file = tmp_path / "old.json"
    file.write_text(json.dumps(old, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert templates.rewrite(tmp_path) == ["old.json"]
    assert file.read_text(encoding="utf-8") == right
    assert templates.rewrite(tmp_path) == []


def test_the_error_of_a_speed_is_a_range_that_holds_80_percent_around_the_fitted_speed() -> None:
    for file in FILES:
        inputs = to_inputs(read_document(ScenarioDocument, json.loads(file.read_text(encoding="utf-8"))))
        for chip in inputs.chips:
            assert (chip.speed_error.shape, chip.speed_error.coverage) == ("lognormal", 0.8)
            middle = (chip.speed_error.low * chip.speed_error.high) ** 0.5
            assert middle == pytest.approx(1.0, abs=0.2)
