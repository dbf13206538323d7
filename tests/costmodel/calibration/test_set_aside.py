"""Which measurements are not fitted: every one is counted under a reason, and the whole fit on a few dozen rows."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from costmodel.calibration import calibrating, held_out
from costmodel.calibration.calibrating import Observation, calibrate
from costmodel.calibration.calibration import Calibration
from costmodel.calibration.deployments import COUNTED_TWICE
from costmodel.calibration.predicting import UNSUPPORTED, predict
from tests.costmodel.deployments import (
    ASKED,
    CARDS,
    MODELS,
    card,
    grid,
    measured_with,
    true_values,
)
from tests.costmodel.machines import changed


def seen(tpot_ms: float | None = 10.0, rate: float | None = None, **changes: Any) -> Observation:
    return Observation(changed(ASKED, **changes), tpot_ms, 50.0 if tpot_ms else None, rate)


def reason_of(*observations: Observation) -> list[tuple[str, int]]:
    _kept, aside = calibrating._sorted_out(observations, CARDS, MODELS)
    return [(found["reason"], found["rows"]) for found in aside]


def test_a_plain_measurement_is_kept() -> None:
    assert reason_of(seen()) == []
    assert reason_of(seen(tpot_ms=None, rate=300.0)) == []


@pytest.mark.parametrize(
    ("observation", "reason"),
    [
        (seen(chip="Nobody"), "No specification of the chip Nobody is known."),
        (seen(model="None"), "No architecture of the model None is known."),
        (seen(tpot_ms=None), calibrating.NOTHING_TO_FIT),
        (seen(concurrency=None), calibrating.BLANK_LOAD),
        (seen(output_tokens=None), calibrating.BLANK_LOAD),
        # 70.6 GB over eight chips of 4 TB/s take 2.2 ms.
        (seen(tpot_ms=2.0), calibrating.TOO_FAST),
        (
            Observation(ASKED, tpot_ms=10.0, ttft_ms=6000.0, output_tok_s_per_chip=None),
            calibrating.NOT_RUNNING,
        ),
    ],
)
def test_what_cannot_be_fitted_is_set_aside_with_its_reason(observation, reason) -> None:
    assert reason_of(observation) == [(reason, 1)]


def test_of_a_run_published_twice_the_plain_label_stays() -> None:
    twice = seen(parallelism="tp64 pp1 attn_dp1 moe_tp8 ep8", chips=64, row_id="twice", model="Mixture")
    once = seen(parallelism="tp8 pp1 attn_dp1 moe_tp1 ep8", row_id="once", model="Mixture")
    kept, aside = calibrating._sorted_out([twice, once], CARDS, MODELS)
    assert [one.asked.row_id for one in kept] == ["once"]
    assert aside == [{"reason": calibrating.REPEATED, "rows": 1, "examples": ["twice"]}]


@pytest.fixture(scope="module")
def fitted() -> Iterator[tuple[dict[str, Any], dict[str, Any], list[Observation]]]:
    """Constants and report of a whole fit, and its rows: two chips, two models, made with known numbers."""
    asked = grid()
    target, _by_time = measured_with(asked, true_values(memory=0.65))
    noise = np.random.default_rng(7).normal(0.0, 0.05, target.size)
    rows = [
        Observation(one, float(1e3 * np.exp(log)), None, None)
        for one, log in zip(asked.deployments, target + noise, strict=True)
    ]
    rows += [seen(chip="Nobody", row_id="stranger"), seen(tpot_ms=0.1, row_id="too fast")]
    label = changed(rows[-3].asked, row_id="anew", parallelism="tp64 pp1 attn_dp1 moe_tp8 ep8", chips=64)
    rows.append(Observation(label, 30.0, None, None))
    cards = {**CARDS, "Two": card("Two", memory_gb=160.0)}
    constants, report = calibrate(rows, cards, MODELS, {"on": "2026-11-25"})
    return constants, report, rows


def test_every_row_is_fitted_or_listed(fitted) -> None:
    constants, report, rows = fitted
    aside = sum(one["rows"] for one in report["set_aside"])
    assert constants["fitted"]["rows"] + aside == len(rows) == constants["fitted"]["rows_offered"]
    assert report["all"]["rows"] == constants["fitted"]["rows"]
    assert report["relabelled"] == {COUNTED_TWICE: 1}
    assert constants["fitted"]["on"] == "2026-11-25"


def test_known_constants_leave_only_the_noise(fitted) -> None:
    _constants, report, _rows = fitted
    assert report["time_dense"]["median_error"] < 0.12
    assert report["in_sample"] < 0.06
    assert report["throughput"] == {"rows": 0}


def test_the_report_holds_a_table_by_source_chip_and_model_and_points_to_draw(fitted) -> None:
    _constants, report, _rows = fitted
    assert {row["name"] for row in report["by_chip"]} == {"One", "Two"}
    assert {row["name"] for row in report["by_model"]} == {"Dense", "Mixture"}
    assert {row["name"] for row in report["by_source"]} == {"somebody"}
    for level in ("without_chip", "without_model", "without_software"):
        assert report[level]["rows"] > 0
    assert report["without_vendor"]["rows"] == 0
    assert {point["kind"] for point in report["points"]} == {"time"}
    for point in report["points"]:
        assert 0.2 < point["predicted"] / point["measured"] < 5.0


def test_constants_come_back_from_json_and_predict(fitted) -> None:
    constants, _report, _rows = fitted
    again = Calibration(**json.loads(json.dumps(constants)))
    asked = [ASKED, changed(ASKED, chip="Nobody"), changed(ASKED, chip="Far", row_id="far")]
    known, stranger, far = predict(asked, CARDS, MODELS, again)
    assert known.status == "calibrated"
    assert known.low_tpot_ms < known.tpot_ms < known.high_tpot_ms
    assert (stranger.status, stranger.tpot_ms) == (UNSUPPORTED, None)
    assert "Nobody" in stranger.reason
    assert far.status == "specification_only"
    assert far.high_tpot_ms / far.low_tpot_ms >= known.high_tpot_ms / known.low_tpot_ms
    assert known.reason == "One was measured."


def test_chips_are_put_in_order_by_what_was_not_seen(fitted) -> None:
    _constants, report, _rows = fitted
    pairs = report["pairs"]
    assert pairs["right"] <= pairs["pairs"]
    assert pairs["share"] is None or 0.0 <= pairs["share"] <= 1.0


def test_a_model_that_fits_on_no_layout_allowed_is_said_to_be_unsupported(fitted) -> None:
    constants, _report, _rows = fitted
    asked = changed(
        ASKED, model="Mixture", parallelism="", chips=1, load_kind="offline_max", concurrency=None
    )
    (found,) = predict([asked], CARDS, MODELS, Calibration(**constants))
    assert found.status == UNSUPPORTED
    assert "does not fit" in found.reason


def test_bands_need_rows(fitted) -> None:
    constants, _report, _rows = fitted
    assert constants["half_widths"][held_out.KNOWN]["time"] > 0.0
