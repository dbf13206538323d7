"""The fit finds the constants that made the rows, shrinks what few rows say, and shrugs at an outlier."""

import numpy as np
import pytest

from costmodel.calibration.fitting import fit, fit_offsets, fit_structure, predicted
from tests.costmodel.deployments import CALIBRATION, grid, measured_with, true_values
from tests.costmodel.machines import changed

TRUE = true_values(memory=0.62, layer_microseconds=60.0, collective_microseconds=15.0)


def test_constants_are_recovered_from_rows_made_with_them() -> None:
    asked = grid()
    target, by_time = measured_with(asked, TRUE)
    fitted = fit_structure(asked, target, by_time)
    found = fitted.calibration().efficiency({level: names[0] for level, names in asked.names.items()})
    assert found.memory == pytest.approx(TRUE["memory"], rel=0.05)
    per_layer = found.layer_microseconds + 2.0 * found.collective_microseconds
    assert per_layer == pytest.approx(60.0 + 2.0 * 15.0, rel=0.1)
    error = predicted(fitted.calibration(), asked, by_time) - target
    assert np.max(np.abs(error)) < 0.02


def test_a_row_five_times_too_slow_hardly_moves_the_others() -> None:
    asked = grid()
    target, by_time = measured_with(asked, TRUE)
    spoilt = target.copy()
    spoilt[3] += np.log(5.0)
    error = predicted(fit(asked, spoilt, by_time), asked, by_time) - target
    others = np.arange(target.size) != 3
    assert np.median(np.abs(error[others])) < 0.05
    assert error[3] < 0.5 * np.log(5.0)


def test_what_a_chip_alone_shows_is_shrunk_towards_the_others() -> None:
    asked = grid()
    target, by_time = measured_with(asked, TRUE)
    slower = target + np.where(np.array(asked.names["chip"]) == "Two", np.log(1.5), 0.0)
    deviations = fit_structure(asked, slower, by_time).calibration().deviations["chip"]["memory"]
    assert -np.log(1.5) < deviations["Two"] < 0.0
    assert deviations["Two"] < deviations["One"]


def names(models: list[str]) -> dict[str, list[str]]:
    same = dict.fromkeys(("generation", "chip", "precision", "parallelism"), ["one"] * len(models))
    return {**same, "model": models}


def total(offsets: dict[str, dict[str, float]], model: str) -> float:
    """The offset of a row of this model: all its neighbourhoods together."""
    found = changed(CALIBRATION, offsets=offsets).offset({key: one[0] for key, one in names([model]).items()})
    return float(found)


def test_offsets_take_up_what_all_rows_of_a_model_leave_over() -> None:
    models = ["here"] * 60 + ["there"] * 60
    left_over = np.array([0.2] * 60 + [-0.2] * 60)
    offsets = fit_offsets(names(models), left_over)
    assert total(offsets, "here") == pytest.approx(0.2, abs=0.02)
    assert total(offsets, "there") == pytest.approx(-0.2, abs=0.02)


def test_one_row_far_off_earns_less_than_half_of_its_offset() -> None:
    offsets = fit_offsets(names(["usual"] * 60 + ["odd"]), np.array([0.0] * 60 + [2.0]))
    assert 0.0 < total(offsets, "odd") < 1.0
    assert abs(total(offsets, "usual")) < 0.05
