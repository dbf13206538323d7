"""`manage.py validate_serving`: a prediction for every row in order, whatever was measured, or one plain refusal."""

import dataclasses
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from planner.runs.engine import calibration
from planner.runs.serving_checks import rows
from tests.planner.runs.serving_checks.files import file_of

KEYS = {
    "row_id",
    "predicted_tpot_ms",
    "low_tpot_ms",
    "high_tpot_ms",
    "predicted_output_tok_s_per_chip",
    "low_output_tok_s_per_chip",
    "high_output_tok_s_per_chip",
    "status",
    "reason",
}
EXTRA = {"layout", "running_requests"}
STATUSES = {"calibrated", "transferred", "specification_only", "unsupported"}
VARIED: tuple[dict[str, str], ...] = (
    {"row_id": "one"},
    {"row_id": "alias", "chip": "H100-PCIe", "model": "Llama-3.3-70B-Instruct", "n_chips": "2", "parallelism": "tp2"},
    {"row_id": "stranger", "chip": "Nobody"},
    {"row_id": "unknown model", "model": "Nobody-7B"},
    {"row_id": "blank", "batch_or_concurrency": "", "input_len": "", "output_len": "", "parallelism": "",
     "load_kind": "offline_max", "source_id": "mlperf-v5.1", "n_chips": "8"},
    {"row_id": "thin", "chip": "trn2", "n_chips": "16", "parallelism": "tp64 logical cores", "precision": "bf16"},
    {"row_id": "too large", "model": "DeepSeek-R1", "n_chips": "1", "parallelism": ""},
    {"row_id": "pools", "chip": "H200", "model": "gpt-oss-120b", "n_chips": "8",
     "parallelism": "1 prefill x tp2, 3 decode x tp2", "framework": "SGLang", "source_id": "dstack-pd"},
)  # fmt: skip


def answer(text: str, folder: Path, *arguments: str) -> str:
    file, out = folder / "rows.csv", io.StringIO()
    file.write_text(text, encoding="utf-8")
    call_command("validate_serving", str(file), *arguments, stdout=out)
    return out.getvalue()


def told(text: str, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(text, folder, "--json"))
    return found


def refused(content: bytes, folder: Path) -> str:
    file, out = folder / "rows.csv", io.StringIO()
    file.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command("validate_serving", str(file), "--json", stdout=out)
    assert out.getvalue() == ""
    assert isinstance(ended.value.code, str)  # text: Python prints it on stderr and ends with status 1
    return ended.value.code


def test_every_row_gets_an_answer_in_its_order_with_the_keys_agreed(tmp_path: Path) -> None:
    rows = told(file_of(*VARIED), tmp_path)["rows"]
    assert [row["row_id"] for row in rows] == [change["row_id"] for change in VARIED]
    for row in rows:
        assert set(row) == KEYS | EXTRA
        assert row["status"] in STATUSES
        assert row["reason"]


def test_supported_rows_hold_every_figure_inside_its_band_and_others_none(tmp_path: Path) -> None:
    for row in told(file_of(*VARIED), tmp_path)["rows"]:
        figures = [
            (row["low_tpot_ms"], row["predicted_tpot_ms"], row["high_tpot_ms"]),
            (
                row["low_output_tok_s_per_chip"],
                row["predicted_output_tok_s_per_chip"],
                row["high_output_tok_s_per_chip"],
            ),
        ]
        for low, middle, high in figures:
            if row["status"] == "unsupported":
                assert (low, middle, high) == (None, None, None)
            else:
                assert 0.0 < low < middle < high


def test_what_is_not_known_is_unsupported_with_a_reason_that_names_it(tmp_path: Path) -> None:
    rows = {row["row_id"]: row for row in told(file_of(*VARIED), tmp_path)["rows"]}
    said = {name: row["reason"] for name, row in rows.items() if row["status"] == "unsupported"}
    assert said == {
        "stranger": "No specification of the chip Nobody is known.",
        "unknown model": "No architecture of the model Nobody-7B is known.",
        "too large": "DeepSeek-R1 does not fit on 1 x H200 in FP8.",
    }
    assert rows["alias"]["status"] != "unsupported"
    assert rows["thin"]["status"] == "transferred"


def test_a_blank_concurrency_says_what_was_taken_for_it(tmp_path: Path) -> None:
    row = told(file_of(VARIED[4]), tmp_path)["rows"][0]
    assert "as many requests as memory and the limits allow" in row["reason"]
    assert row["running_requests"] > 32


def test_predictions_do_not_depend_on_anything_measured(tmp_path: Path) -> None:
    blank = dict.fromkeys(("tpot_ms", "ttft_ms", "output_tok_s_per_chip", "throughput_basis"), "")
    wild = {
        "tpot_ms": "9999",
        "ttft_ms": "0.001",
        "output_tok_s_per_chip": "1e6",
        "throughput_basis": "measured",
    }
    answers = [
        told(file_of(*({**change, **measured} for change in VARIED)), tmp_path)["rows"]
        for measured in ({}, blank, wild)
    ]
    assert answers[0] == answers[1] == answers[2]
    without = told(file_of(*VARIED, without=tuple(blank)), tmp_path)["rows"]
    assert without == answers[0]


def test_a_row_is_predicted_alike_alone_and_among_others(tmp_path: Path) -> None:
    together = told(file_of(*VARIED), tmp_path)["rows"]
    for place in (0, 4, 7):
        assert told(file_of(VARIED[place]), tmp_path)["rows"] == [together[place]]


def test_the_summary_counts_every_row_and_names_what_is_unsupported(tmp_path: Path) -> None:
    summary = told(file_of(*VARIED), tmp_path)["summary"]
    assert summary["rows"] == len(VARIED) == sum(summary["by_status"].values())
    assert [one["row_id"] for one in summary["unsupported"]] == ["stranger", "unknown model", "too large"]
    for group in ("by_chip", "by_model", "by_source"):
        assert sum(one["rows"] for one in summary[group].values()) == len(VARIED)


def test_the_summary_measures_the_distance_to_what_was_measured(tmp_path: Path) -> None:
    row = told(file_of(), tmp_path)["rows"][0]
    predicted = row["predicted_tpot_ms"]
    exact, double = (
        told(file_of({"tpot_ms": f"{predicted * factor!r}"}), tmp_path)["summary"]["all"]["tpot"]
        for factor in (1.0, 2.0)
    )
    assert exact["median_error"] == pytest.approx(0.0, abs=1e-5)
    assert exact["inside_80_percent_band"] == 1.0
    assert double["median_error"] == pytest.approx(0.5, abs=1e-5)
    assert double["inside_80_percent_band"] == 0.0


def test_without_measurements_there_is_no_error_to_tell(tmp_path: Path) -> None:
    summary = told(file_of({"tpot_ms": ""}), tmp_path)["summary"]["all"]
    assert summary == {"rows": 1, "tpot": None, "output_tok_s_per_chip": None}


def test_it_can_be_read_without_json(tmp_path: Path) -> None:
    text = answer(file_of(*VARIED), tmp_path)
    assert text.startswith("8 rows")
    assert "H200" in text


def test_a_file_that_is_no_text_or_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(b"\xff\xfe\x00r\x00o\x00w", tmp_path).endswith("is not a text in UTF-8.")
    assert refused(b"", tmp_path).startswith("The file lacks the columns row_id, chip")
    with pytest.raises(SystemExit, match="There is no file"):
        call_command("validate_serving", str(tmp_path / "none.csv"), stdout=io.StringIO())


def test_a_byte_order_mark_of_a_spreadsheet_does_no_harm(tmp_path: Path) -> None:
    assert told("\ufeff" + file_of(), tmp_path)["rows"][0]["status"] == "calibrated"


def test_a_row_with_a_wrong_cell_is_unsupported_and_all_others_are_predicted_as_before(
    tmp_path: Path,
) -> None:
    wrong = ({"row_id": "b", "input_len": "long"}, {"row_id": "c", "tpot_ms": "quick"})
    found = told(file_of({"row_id": "a"}, *wrong), tmp_path)
    good, bad, unmeasured = found["rows"]
    assert bad["status"] == "unsupported"
    assert bad["reason"] == "input_len is “long”. It must be a number between 1 and 10,000,000, or blank."
    assert set(bad) == KEYS | EXTRA
    assert {**unmeasured, "row_id": "a"} == good == told(file_of({"row_id": "a"}), tmp_path)["rows"][0]
    assert found["summary"]["ignored_measured_values"] == 1
    assert found["summary"]["all"]["tpot"]["rows"] == 1


def test_names_used_twice_are_kept_and_told(tmp_path: Path) -> None:
    text = file_of({"row_id": "a"}, {"row_id": "b"}, {"row_id": "a"})
    found = told(text, tmp_path)
    assert [row["row_id"] for row in found["rows"]] == ["a", "b", "a"]
    assert found["summary"]["repeated_row_ids"] == ["a"]
    assert "Names that more than one row has: 1, such as a." in answer(text, tmp_path)


@pytest.mark.parametrize("figure", [math.inf, math.nan])
def test_a_prediction_that_is_no_finite_number_never_leaves(
    figure: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = calibration.predictions
    monkeypatch.setattr(
        calibration, "predictions", lambda *asked: [one | {"high_tpot_ms": figure} for one in honest(*asked)]
    )
    (row,) = told(file_of(), tmp_path)["rows"]
    assert row["status"] == "unsupported"
    assert row["predicted_tpot_ms"] is None
    assert row["reason"].startswith("No finite figure comes out")


def test_it_says_when_these_very_rows_were_used_for_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, warning = (
        file_of({}, {}),
        "These rows were used for the fit; for errors on rows held out see /method/serving/.",
    )
    apart = told(text, tmp_path)["summary"]
    assert (apart["in_sample"], apart["in_sample_rows"]) == (False, 0)
    assert warning not in answer(text, tmp_path)
    fitted = {**calibration.calibration().fitted, "rows": 2, "measurements_sha256": rows.digest_of(text)}
    constants = dataclasses.replace(calibration.calibration(), fitted=fitted)
    monkeypatch.setattr(calibration, "calibration", lambda: constants)
    used = told("\ufeff" + text, tmp_path)["summary"]
    assert (used["in_sample"], used["in_sample_rows"]) == (True, 2)
    assert warning in answer(text, tmp_path)


def test_the_template_can_be_read_back_and_every_row_is_predicted(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("validate_serving", "--template", stdout=out)
    rows = told(out.getvalue(), tmp_path)["rows"]
    assert len(rows) == 3
    assert all(row["predicted_tpot_ms"] > 0.0 for row in rows)


def test_without_a_file_it_says_what_to_name() -> None:
    with pytest.raises(SystemExit, match="--template for rows to start from"):
        call_command("validate_serving", stdout=io.StringIO())


def test_the_text_explains_the_statuses_it_counts_and_no_others(tmp_path: Path) -> None:
    text = answer(file_of({}, {"row_id": "b", "chip": "Nobody"}), tmp_path)
    assert "calibrated: the chip's speed is fitted to measurements of it" in text
    assert "unsupported: no prediction, for the reason given" in text
    assert re.search(r"^  b: .*Nobody", text, re.MULTILINE)
    assert "transferred:" not in text
