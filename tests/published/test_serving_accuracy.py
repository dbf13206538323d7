"""The serving model against published measurements (E9): a few dozen carried here, all of them where their file is.

`serving_measurements.csv` holds every so-manieth row of each source, with the source on the row; nothing was chosen
by how well it fits. Most of these rows were among those fitted, so they show that the product still predicts what it
was fitted to; what it does on rows it has not seen is in the report of the fit, which is tested here too.
"""

import csv
import math
import os
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.serving_checks import checking, rows
from tests.outside_files import OUTSIDE_FILE

CARRIED = Path(__file__).with_name("serving_measurements.csv")
ROOT = Path(__file__).resolve().parents[2]
WHOLE = Path(os.environ.get("GENKA_MEASUREMENTS", ROOT.parent / "shared" / "data" / "measured_inference.csv"))
MEASURED_THROUGHPUT = ("mlperf", "trtllm", "dstack")


class Compared:
    """The rows of a file with their predictions; a figure is (predicted, low, high, measured, model, source)."""

    def __init__(self, file: Path) -> None:
        asked = rows.read(file.read_text(encoding="utf-8-sig"))
        self.found = checking.checked(asked)["rows"]
        self.times: list[tuple[Any, ...]] = []
        self.rates: list[tuple[Any, ...]] = []
        for one, (question, measured) in zip(self.found, asked, strict=True):
            if one["status"] == "unsupported":
                continue
            about = question.model, question.source
            if measured.tpot_ms:
                said = (one["predicted_tpot_ms"], one["low_tpot_ms"], one["high_tpot_ms"])
                self.times.append((*said, measured.tpot_ms, *about))
            elif measured.output_tok_s_per_chip:
                said = tuple(one[f"{part}_output_tok_s_per_chip"] for part in ("predicted", "low", "high"))
                self.rates.append((*said, measured.output_tok_s_per_chip, *about))


def errors(figures: list[tuple[Any, ...]]) -> list[float]:
    return [abs(one[0] / one[3] - 1.0) for one in figures]


def mixtures(figures: list[tuple[Any, ...]]) -> list[bool]:
    """Whether the model of each figure has experts."""
    from costmodel.calibration.names import model_named

    _chips, models = seeded_documents()
    known = {one.label: one.experts is not None for one in models}
    return [known[model_named(one[4], known)] for one in figures]


@pytest.fixture(scope="module")
def carried() -> Compared:
    return Compared(CARRIED)


@pytest.fixture(scope="module")
def whole() -> Compared:
    # A file that somebody named must be there: only the usual place may be empty.
    if not WHOLE.exists() and "GENKA_MEASUREMENTS" not in os.environ:
        pytest.skip(f"{WHOLE.name} is not here (GENKA_MEASUREMENTS names it). {OUTSIDE_FILE}")
    return Compared(WHOLE)


def test_every_row_carried_here_says_where_it_was_published() -> None:
    with CARRIED.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) >= 36
    assert len({line["row_id"] for line in lines}) == len(lines)
    assert all(line["source"].startswith(("github ", "page ")) for line in lines)
    assert len({line["source_id"] for line in lines}) >= 10


def test_published_figures_lie_within_their_bands_as_often_as_promised(carried: Compared) -> None:
    figures = carried.times + carried.rates
    assert len(figures) == len(carried.found)  # nothing is unsupported, nothing is without a measurement
    inside = [low <= truth <= high for _said, low, high, truth, *_about in figures]
    assert sum(inside) / len(inside) >= 0.7


def test_hardly_a_published_figure_lies_beyond_twice_its_band(carried: Compared) -> None:
    """In logs; one in five lies outside the band itself, and none is off by a factor of three."""
    far = [
        abs(math.log(said / truth)) > 2.0 * math.log(high / said)
        for said, _low, high, truth, *_about in carried.times + carried.rates
    ]
    assert sum(far) / len(far) <= 0.1
    assert max(abs(math.log(one[0] / one[3])) for one in carried.times + carried.rates) < math.log(3.0)


def test_published_figures_are_near_in_the_median(carried: Compared) -> None:
    assert median(errors(carried.times)) <= 0.12
    assert median(errors(carried.rates)) <= 0.15


def test_the_loss_of_spreading_a_70b_model_over_more_chips_is_as_published(carried: Compared) -> None:
    """H200 gives 2,823 output tokens a second alone and 1,648 a chip in eight."""
    saturated = {one["row_id"]: one for one in carried.found}
    predicted = [saturated[name]["predicted_output_tok_s_per_chip"] for name in ("p51", "p52", "p53", "p54")]
    assert predicted == sorted(predicted, reverse=True)
    assert predicted[3] / predicted[0] == pytest.approx(1647.7 / 2823.4, rel=0.15)


def test_of_all_measurements_times_are_near_for_dense_models_and_for_experts(whole: Compared) -> None:
    has_experts = mixtures(whole.times)
    dense = errors([one for one, mixed in zip(whole.times, has_experts, strict=True) if not mixed])
    experts = errors([one for one, mixed in zip(whole.times, has_experts, strict=True) if mixed])
    assert min(len(dense), len(experts)) > 500
    assert median(dense) <= 0.12
    assert median(experts) <= 0.15
    assert quantiles(dense + experts, n=10)[-1] <= 0.5


def test_of_all_measurements_throughput_is_near_where_it_was_measured(whole: Compared) -> None:
    tried = errors([one for one in whole.rates if one[5].startswith(MEASURED_THROUGHPUT)])
    assert len(tried) > 500
    assert median(tried) <= 0.15
    assert quantiles(tried, n=10)[-1] <= 0.5


def test_of_all_measurements_hardly_a_row_is_unsupported(whole: Compared) -> None:
    refused = [one for one in whole.found if one["status"] == "unsupported"]
    assert len(refused) <= 0.05 * len(whole.found)
    assert all(one["reason"] for one in refused)


def test_on_rows_held_out_the_errors_stay_within_what_was_promised() -> None:
    held = calibration.held_out()
    assert held["time_dense"]["median_error"] <= 0.12
    assert held["time_experts"]["median_error"] <= 0.15
    assert held["throughput"]["median_error"] <= 0.15
    for group in ("time_dense", "time_experts", "throughput"):
        assert held[group]["p90_error"] <= 0.5


def test_a_chip_that_was_left_out_is_predicted_nearly_as_well() -> None:
    held = calibration.held_out()
    assert held["without_chip"]["median_error"] <= 0.15
    assert held["pairs"]["share"] >= 0.9


def test_bands_hold_about_80_percent_of_rows_held_out_and_of_each_large_group() -> None:
    held = calibration.held_out()
    assert 0.7 <= held["all"]["coverage"] <= 0.9
    for row in held["by_chip"]:
        if row["rows"] >= 30:
            assert 0.6 <= row["coverage"] <= 0.95, row["name"]
