"""Bands widen with less knowledge, whatever the fit found; a status says how much there is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.calibration.calibration import efficiency_of
from costmodel.calibration.chips import (
    CALIBRATED,
    SPECIFICATION_ONLY,
    TRANSFERRED,
    calibrated,
    half_width,
    known_software,
    status_of,
)
from costmodel.calibration.narrowing import narrowing
from tests.costmodel.deployments import CALIBRATION, CARDS
from tests.costmodel.machines import changed

WIDTH = st.floats(0.01, 2.0)
LEVELS = ("known", "any software", "new chip", "new vendor", "new model")
WIDTHS = st.fixed_dictionaries(
    {level: st.fixed_dictionaries({"time": WIDTH, "throughput": WIDTH}) for level in LEVELS}
)
STATUS = st.sampled_from([CALIBRATED, TRANSFERRED, SPECIFICATION_ONLY])
KIND = st.sampled_from(["time", "throughput"])


def test_status_follows_from_what_was_measured() -> None:
    assert status_of(CALIBRATION, "One", "Vendor") == CALIBRATED
    assert status_of(CALIBRATION, "Two", "Vendor") == TRANSFERRED  # 5 rows are one tuning, not a chip
    assert status_of(CALIBRATION, "New", "Vendor") == TRANSFERRED
    assert status_of(CALIBRATION, "Far", "Another") == SPECIFICATION_ONLY


@given(widths=WIDTHS, status=STATUS, kind=KIND, software=st.booleans(), model=st.booleans())
def test_what_is_not_known_never_narrows_a_band(widths, status, kind, software, model) -> None:
    fitted = changed(CALIBRATION, half_widths=widths)
    told = half_width(fitted, kind, "New", status, software, model)
    assert told >= widths["known"][kind] * (1.0 - 1e-12)
    assert half_width(fitted, kind, "New", status, False, model) >= told * (1.0 - 1e-12)
    assert half_width(fitted, kind, "New", status, software, False) >= told * (1.0 - 1e-12)
    assert told >= half_width(fitted, kind, "New", CALIBRATED, software, model) * (1.0 - 1e-12)


def test_variances_of_what_is_missing_add_up() -> None:
    alone = half_width(CALIBRATION, "throughput", "New", TRANSFERRED, True, True)
    assert alone == pytest.approx(0.45)
    both = half_width(CALIBRATION, "throughput", "New", TRANSFERRED, False, True)
    assert both == pytest.approx(np.sqrt(0.25**2 + (0.45**2 - 0.25**2) + (0.4**2 - 0.25**2)))


def test_a_calibrated_chip_has_a_band_of_its_own() -> None:
    assert half_width(CALIBRATION, "time", "One", CALIBRATED, True, True) == pytest.approx(0.18)
    assert half_width(CALIBRATION, "time", "Else", CALIBRATED, True, True) == pytest.approx(0.2)


def test_kinds_nobody_left_out_fall_back_to_the_band_of_all() -> None:
    found = half_width(CALIBRATION, "time of split pools", "New", TRANSFERRED, True, True)
    assert found == pytest.approx(0.4)


def test_a_chip_comes_with_the_efficiency_of_its_names_and_its_status() -> None:
    named = calibrated(CALIBRATION, CARDS["One"], "fp8", "Dense", False, ("engine", "engine 1"))
    assert named.status == named.chip.calibration == CALIBRATED
    share = CALIBRATION.globals["memory"] * np.exp(0.1)
    bent = share * (1.0 + (share / 0.95) ** 8) ** -0.125
    assert named.chip.memory_efficiency == pytest.approx(bent)
    layer = CALIBRATION.globals["layer_microseconds"]
    assert named.chip.layer_microseconds == pytest.approx(layer * np.exp(0.2 + 0.1))
    assert named.chip.speed_error == pytest.approx(np.exp(-0.07))
    assert named.half_width == 0.22


@given(share=st.floats(0.01, 20.0), more=st.floats(1.01, 2.0))
def test_no_share_of_a_specification_passes_95_percent(share: float, more: float) -> None:
    low, high = (
        efficiency_of({**CALIBRATION.globals, "memory": one, "compute": one}) for one in (share, share * more)
    )
    assert low.memory <= high.memory <= 0.95
    assert low.compute <= high.compute <= 0.95
    assert low.memory == pytest.approx(share, rel=0.01) or share > 0.5


def test_without_the_softwares_name_its_deviations_and_offsets_stay_out() -> None:
    plain = calibrated(CALIBRATION, CARDS["One"], "fp8", "Dense", False)
    layer = CALIBRATION.globals["layer_microseconds"]
    assert plain.chip.layer_microseconds == pytest.approx(layer * np.exp(0.2))
    assert plain.chip.speed_error == pytest.approx(np.exp(-0.05))
    assert plain.half_width > 0.22
    assert known_software(CALIBRATION, ("engine", "engine 1"))
    assert not known_software(CALIBRATION, ("engine", "engine 2"))


def test_a_chip_of_a_vendor_nobody_measured_says_specification_only() -> None:
    found = calibrated(CALIBRATION, CARDS["Far"], "fp8", "Dense", False)
    assert found.status == SPECIFICATION_ONLY
    assert found.half_width > 0.7


def test_measuring_a_chip_brings_it_to_the_band_of_measured_chips() -> None:
    found = narrowing(CALIBRATION, "Two", "Vendor")
    assert (found.status, found.rows) == (TRANSFERRED, 5)
    assert found.both == 0.25
    assert found.chip_measured == pytest.approx(0.4)
    assert found.software_named == pytest.approx(0.45)
    assert found.now > found.software_named > found.chip_measured
    assert found.narrowest == "chip"


def test_the_first_run_of_an_unmeasured_vendor_narrows_most() -> None:
    far, near = narrowing(CALIBRATION, "Far", "Another"), narrowing(CALIBRATION, "New", "Vendor")
    assert far.status == SPECIFICATION_ONLY
    assert far.now > near.now
    assert far.chip_measured == near.chip_measured


@given(widths=WIDTHS, chip=st.sampled_from([("Two", "Vendor"), ("Far", "Another")]))
def test_no_measurement_widens_a_band_and_both_narrow_at_least_as_much_as_one(widths, chip) -> None:
    found = narrowing(changed(CALIBRATION, half_widths=widths), *chip)
    slack = 1.0 + 1e-12
    assert found.both <= min(found.chip_measured, found.software_named) * slack
    assert max(found.chip_measured, found.software_named) <= found.now * slack


def test_where_nothing_narrows_no_measurement_is_named() -> None:
    flat = {level: {"throughput": 0.3} for level in LEVELS}
    assert narrowing(changed(CALIBRATION, half_widths=flat), "Two", "Vendor").narrowest == ""


def test_a_model_that_is_predicted_worse_widens_the_band_and_a_new_deployment_too() -> None:
    widths = {level: dict(found) for level, found in CALIBRATION.half_widths.items()}
    widths["known"]["time | Falcon"] = 0.5
    widths["new deployment"] = {"time": 0.29}
    fitted = changed(CALIBRATION, half_widths=widths)
    plain = half_width(fitted, "time", "One", CALIBRATED, True, True, "Dense")
    assert plain == pytest.approx(0.18)
    assert half_width(fitted, "time", "One", CALIBRATED, True, True, "Falcon") == pytest.approx(0.18 * 2.5)
    fresh = half_width(fitted, "time", "One", CALIBRATED, True, True, "Dense", deployment=False)
    assert fresh == pytest.approx(math.sqrt(0.18**2 + 0.29**2 - 0.2**2))
    # Software that is not named already says more than that.
    blind = half_width(fitted, "time", "One", CALIBRATED, False, True, "Dense", deployment=False)
    assert blind == half_width(fitted, "time", "One", CALIBRATED, False, True, "Dense")
