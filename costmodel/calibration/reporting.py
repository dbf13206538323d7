"""How wrong the calibration was on rows it had not seen: tables by source, chip and model, and points to draw (E9)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.calibration import chips as calibrated_chips
from costmodel.calibration import held_out
from costmodel.calibration.calibration import Calibration
from costmodel.calibration.held_out import HeldOut
from costmodel.calibration.questions import Question

_FEWEST_IN_A_ROW = 3


def report(
    held: HeldOut,
    target: FloatArray,
    by_time: BoolArray,
    experts: BoolArray,
    asked: Question,
    calibration: Calibration,
) -> dict[str, Any]:
    """Return errors, |predicted / measured - 1|, as plain values; coverage is the share inside the 80% band."""
    inside = np.abs(held.known - target) <= _bands(asked, by_time, calibration)
    sources = [one.source for one in asked.deployments]
    found: dict[str, Any] = {
        "time_dense": _errors(held.known, target, by_time & ~experts, inside),
        "time_experts": _errors(held.known, target, by_time & experts, inside),
        "throughput": _errors(held.known, target, ~by_time, inside),
        "all": _errors(held.known, target, np.ones_like(by_time), inside),
    }
    for name, labels in (("source", sources), ("chip", asked.names["chip"]), ("model", asked.names["model"])):
        found[f"by_{name}"] = _by(labels, held.known, target, inside)
    for level, labels, prediction in (
        ("new_deployment", asked.names["chip"], held.new_deployment),
        ("without_chip", asked.names["chip"], held.new_chip),
        ("without_vendor", asked.names["vendor"], held.new_vendor),
        ("without_model", asked.names["model"], held.new_model),
        ("without_software", asked.names["engine"], held.any_software),
    ):
        tried = np.isfinite(prediction)
        found[level] = _errors(prediction, target, tried, None) | {
            "by": _by(labels, prediction, target, None),
            "median_of_names": _median_of_names(labels, prediction, target),
        }
    found["pairs"] = _pairs(held.known, target, asked, by_time)
    found["points"] = _points(held.known, target, by_time, asked, sources)
    return found


def _bands(asked: Question, by_time: BoolArray, calibration: Calibration) -> FloatArray:
    """Return the log half-width a row of known chip, model and software is given."""
    widths = [
        calibrated_chips.half_width(
            calibration,
            held_out.kind_of(bool(time), reading.split),
            one.chip,
            calibrated_chips.status_of(calibration, one.chip, asked.names["vendor"][place]),
            True,
            True,
            one.model,
        )
        for place, (one, time, reading) in enumerate(
            zip(asked.deployments, by_time, asked.readings, strict=True)
        )
    ]
    return np.array(widths)


def _errors(
    prediction: FloatArray, target: FloatArray, chosen: BoolArray, inside: BoolArray | None
) -> dict[str, Any]:
    tried = chosen & np.isfinite(prediction)
    if not tried.any():
        return {"rows": 0}
    difference = (prediction - target)[tried]
    error = np.abs(np.exp(difference) - 1.0)
    found = {
        "rows": int(tried.sum()),
        "median_error": float(np.median(error)),
        "p90_error": float(np.quantile(error, 0.9)),
        "bias": float(np.exp(np.median(difference)) - 1.0),
    }
    return found if inside is None else found | {"coverage": float(np.mean(inside[tried]))}


def _by(
    labels: Sequence[str], prediction: FloatArray, target: FloatArray, inside: BoolArray | None
) -> list[dict[str, Any]]:
    """Return errors by label, most rows first; labels with hardly a row are left out of the table, not of the sums."""
    names = np.array(labels)
    rows = [
        {"name": str(name)} | _errors(prediction, target, names == name, inside) for name in np.unique(names)
    ]
    return sorted(
        (row for row in rows if row["rows"] >= _FEWEST_IN_A_ROW), key=lambda row: (-row["rows"], row["name"])
    )


def _median_of_names(labels: Sequence[str], prediction: FloatArray, target: FloatArray) -> float | None:
    """Return the median over names of each name's median error: every name counts once, however many its rows."""
    names = np.array(labels)
    error = np.abs(np.exp(prediction - target) - 1.0)
    tried = [error[(names == name) & np.isfinite(error)] for name in np.unique(names)]
    medians = [float(np.median(one)) for one in tried if one.size >= _FEWEST_IN_A_ROW]
    return float(np.median(medians)) if medians else None


def _pairs(prediction: FloatArray, target: FloatArray, asked: Question, by_time: BoolArray) -> dict[str, Any]:
    """Return how often the faster of two chips is named, where they differ by over 15% on the same request (E9).

    Pairs share model, precision, lengths, load, concurrency and chips in all; chips that cost the same an hour differ
    like their speeds. Pairs across vendors are counted apart: they are what a table of chips is for.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, one in enumerate(asked.deployments):
        key = (
            one.model,
            one.precision,
            one.load_kind,
            one.input_tokens,
            one.output_tokens,
            one.concurrency,
            one.chips,
            bool(by_time[place]),
        )
        groups.setdefault(key, []).append(place)
    found = {"pairs": 0, "right": 0, "across_vendors": 0, "across_vendors_right": 0}
    vendors = asked.names["vendor"]
    for places in groups.values():
        for number, first in enumerate(places):
            for second in places[number + 1 :]:
                if asked.names["chip"][first] == asked.names["chip"][second]:
                    continue
                truth, said = target[first] - target[second], prediction[first] - prediction[second]
                if abs(truth) > np.log(1.15) and np.isfinite(said):
                    right = int(np.sign(truth) == np.sign(said))
                    across = int(vendors[first] != vendors[second])
                    found["pairs"] += 1
                    found["right"] += right
                    found["across_vendors"] += across
                    found["across_vendors_right"] += across * right
    return found | {"share": found["right"] / found["pairs"] if found["pairs"] else None}


def _points(
    prediction: FloatArray, target: FloatArray, by_time: BoolArray, asked: Question, sources: Sequence[str]
) -> list[dict[str, Any]]:
    """Return one point for each deployment group, its median row: predicted and measured in the figure's own unit."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, one in enumerate(asked.deployments):
        if np.isfinite(prediction[place]):
            key = (one.chip, one.model, one.precision, one.generation, one.input_tokens, bool(by_time[place]))
            groups.setdefault(key, []).append(place)
    found = []
    for places in groups.values():
        place = sorted(places, key=lambda one: target[one])[len(places) // 2]
        one, time = asked.deployments[place], bool(by_time[place])
        sign = 1.0 if time else -1.0
        found.append(
            {
                "row_id": one.row_id,
                "source": sources[place],
                "chip": one.chip,
                "model": one.model,
                "kind": "time" if time else "throughput",
                "measured": float(np.exp(sign * target[place]) * (1e3 if time else 1.0)),
                "predicted": float(np.exp(sign * prediction[place]) * (1e3 if time else 1.0)),
            }
        )
    return found
