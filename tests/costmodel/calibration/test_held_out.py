"""Rows are held out by whole groups, and the bands follow from what was missed."""

import numpy as np
import pytest

from costmodel.calibration import held_out
from costmodel.calibration.held_out import FEWEST_ROWS, PRIOR_ROWS, HeldOut, half_widths, hold_out
from tests.costmodel.deployments import ASKED, asking, grid, measured_with, true_values
from tests.costmodel.machines import changed


def test_every_fold_holds_whole_groups_and_every_run_gives_the_same_folds() -> None:
    groups = [f"group {place // 7}" for place in range(210)]
    folds = held_out._fold_of(groups)
    assert len({(group, fold) for group, fold in zip(groups, folds, strict=True)}) == 30
    assert set(folds) == {str(fold) for fold in range(held_out.FOLDS)}
    assert folds == held_out._fold_of(groups)


def test_small_chips_and_the_vendor_of_most_rows_are_not_left_out_as_a_whole() -> None:
    names = ["NVIDIA"] * 40 + ["AMD"] * FEWEST_ROWS + ["Few"] * (FEWEST_ROWS - 1)
    assert set(held_out._big(names, but="NVIDIA")) == {"AMD", ""}
    assert set(held_out._big(names)) == {"NVIDIA", "AMD", ""}


def test_a_held_out_prediction_does_not_see_its_own_group() -> None:
    """Whatever is measured in a group, the prediction of its rows stays; so does that of a chip left out as a whole."""
    asked = grid()
    target, by_time = measured_with(asked, true_values())
    before = hold_out(asked, target, by_time)
    chip, model = np.array(asked.names["chip"]), np.array(asked.names["model"])
    group = (chip == "One") & (model == "Dense")
    after = hold_out(asked, np.where(group, target + 3.0, target), by_time)
    assert np.array_equal(after.known[group], before.known[group])
    assert np.array_equal(after.any_software[group], before.any_software[group])
    assert not np.array_equal(after.known[~group], before.known[~group])
    assert np.sum(chip == "One") >= FEWEST_ROWS
    moved = np.where(chip == "One", target + 3.0, target)
    alone, _blind = held_out._folded(asked, moved, by_time, held_out._big(asked.names["chip"]))
    assert np.array_equal(alone[chip == "One"], before.new_chip[chip == "One"])
    assert np.isnan(before.new_vendor).all()  # there is no other vendor to predict from


def rows_of(chips: list[str]):
    return asking(*(changed(ASKED, row_id=str(place), chip=chip) for place, chip in enumerate(chips)))


def missed_by(sizes: list[float]) -> HeldOut:
    """Predictions that miss a measurement of 0 by these logs, at every level."""
    values = np.array(sizes)
    return HeldOut(
        values, 1.5 * values, 2.0 * values, 3.0 * values, 4.0 * values, np.full(values.size, np.nan)
    )


def test_the_band_is_the_distance_within_which_four_of_five_rows_lie() -> None:
    sizes = list(np.linspace(0.01, 1.0, 100))
    widths = half_widths(missed_by(sizes), np.zeros(100), np.ones(100, dtype=bool), rows_of(["One"] * 100))
    assert widths["known"]["time"] == pytest.approx(0.8, abs=0.01)
    assert widths["any software"]["time"] == pytest.approx(1.6, abs=0.02)
    assert widths["new chip"]["time"] == pytest.approx(2.4, abs=0.03)
    assert widths["new vendor"]["time"] == pytest.approx(3.2, abs=0.04)


def test_a_chip_with_few_rows_takes_most_of_its_band_from_all_chips() -> None:
    chips = ["One"] * 270 + ["Two"] * 10
    sizes = [0.1] * 270 + [1.0] * 10
    widths = half_widths(missed_by(sizes), np.zeros(280), np.ones(280, dtype=bool), rows_of(chips))["known"]
    weight = 10.0 / (10.0 + PRIOR_ROWS)
    assert widths["time"] == pytest.approx(0.1)
    assert widths["time | Two"] == pytest.approx(weight * 1.0 + (1.0 - weight) * 0.1)
    assert widths["time | One"] == pytest.approx(0.1)


def test_kinds_of_figures_have_bands_of_their_own() -> None:
    by_time = np.array([True] * 50 + [False] * 50)
    widths = half_widths(missed_by([0.1] * 50 + [0.5] * 50), np.zeros(100), by_time, rows_of(["One"] * 100))[
        "known"
    ]
    assert widths["time"] < 0.3 < widths["throughput"]
    assert held_out.kind_of(True, True) == "time of split pools"
