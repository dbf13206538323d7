"""From measurements to constants: what is set aside and why, the fit, its bands, and how wrong it was (E9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from costmodel import roofline
from costmodel.arrays import BoolArray, FloatArray
from costmodel.calibration import held_out
from costmodel.calibration.chips import specification_of
from costmodel.calibration.deployments import Deployment, read_parallelism
from costmodel.calibration.fitting import fit, predicted
from costmodel.calibration.questions import problem_of, question
from costmodel.calibration.reporting import report
from costmodel.inputs.serving import ServedModel
from costmodel.inputs.table import ChipCard

REPEATED = "The same figures are published again under another label of the same run."
NOT_RUNNING = (
    "Fewer than half of the open requests were decoding: the stated concurrency is not the running batch."
)
DRAFTED = "Run with a draft whose cost nobody recorded: its yield is not the model's own speed."
TOO_FAST = "Quicker than the weights can be read at full bandwidth: speculation that nobody recorded."
NOTHING_TO_FIT = "Only the time to the first token was measured."
BLANK_LOAD = "A time per token without the number of requests or their length: a demonstration, not a load."
_LEAST_DECODING_SHARE = 0.5
_NO_DRAFT = frozenset({"", "none", "unrecorded"})


@dataclass(frozen=True, slots=True)
class Observation:
    """A deployment and what was measured on it; None where the source is blank."""

    asked: Deployment
    tpot_ms: float | None
    ttft_ms: float | None
    output_tok_s_per_chip: float | None


def calibrate(
    seen: Sequence[Observation],
    chips: Mapping[str, ChipCard],
    models: Mapping[str, ServedModel],
    provenance: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (the constants, the report on rows held out), both as plain JSON values."""
    kept, aside = _sorted_out(seen, chips, models)
    asked = question([one.asked for one in kept], chips, models)
    by_time: BoolArray = np.array([one.tpot_ms is not None for one in kept])
    target = np.array([_target(one) for one in kept])
    whole = fit(asked, target, by_time)
    held = held_out.hold_out(asked, target, by_time)
    chip_names = asked.names["chip"]
    whole = replace(
        whole,
        half_widths=held_out.half_widths(held, target, by_time, asked),
        measured=dict(sorted(Counter(chip_names).items())),
        specifications={chip: specification_of(chips[chip]) for chip in sorted(set(chip_names))},
        vendors=dict(sorted(Counter(asked.names["vendor"]).items())),
        fitted=dict(provenance) | {"rows": len(kept), "rows_offered": len(seen)},
    )
    experts: BoolArray = np.array([models[one.asked.model].experts is not None for one in kept])
    told = report(held, target, by_time, experts, asked, whole)
    told["set_aside"] = aside
    told["relabelled"] = dict(
        Counter(reading.note for reading in asked.readings if reading.note).most_common()
    )
    told["in_sample"] = _median_error(predicted(whole, asked, by_time), target)
    return _rounded(asdict(whole)), _rounded(told)


def _target(one: Observation) -> float:
    """Return log seconds per output token, else minus log output tokens per chip-second."""
    if one.tpot_ms is not None:
        return float(np.log(one.tpot_ms / 1e3))
    assert one.output_tok_s_per_chip is not None
    return float(-np.log(one.output_tok_s_per_chip))


def _sorted_out(
    seen: Sequence[Observation], chips: Mapping[str, ChipCard], models: Mapping[str, ServedModel]
) -> tuple[list[Observation], list[dict[str, Any]]]:
    """Return the rows to fit, and for every reason how many rows were set aside and the first few of them."""
    # A label that needs no second reading goes first, so that of a repeated run the plain one stays.
    order = sorted(seen, key=lambda one: bool(read_parallelism(one.asked.parallelism, one.asked.chips).note))
    kept: list[Observation] = []
    aside: dict[str, list[str]] = {}
    known: set[tuple[Any, ...]] = set()
    for one in order:
        reason = _why_aside(one, chips, models)
        same = _fingerprint(one)
        if not reason and same in known:
            reason = REPEATED
        if reason:
            aside.setdefault(reason, []).append(one.asked.row_id)
            continue
        if one.tpot_ms is not None:
            known.add(same)
        kept.append(one)
    counted = [
        {"reason": reason, "rows": len(rows), "examples": sorted(rows)[:5]} for reason, rows in aside.items()
    ]
    return kept, sorted(counted, key=lambda found: -found["rows"])


def _fingerprint(one: Observation) -> tuple[Any, ...]:
    asked = one.asked
    lengths = (asked.input_tokens, asked.output_tokens, asked.concurrency)
    return (asked.chip, asked.precision, *lengths, one.tpot_ms, one.ttft_ms)


def _why_aside(one: Observation, chips: Mapping[str, ChipCard], models: Mapping[str, ServedModel]) -> str:
    """Return why a row is not fitted; "" when it is."""
    asked = one.asked
    if one.tpot_ms is None and one.output_tok_s_per_chip is None:
        return NOTHING_TO_FIT
    if problem := problem_of(asked, chips, models):
        return problem
    if asked.speculation.casefold() not in _NO_DRAFT:
        return DRAFTED
    if one.tpot_ms is None:
        return ""
    if asked.concurrency is None or asked.output_tokens is None:
        return BLANK_LOAD
    decoding_ms = asked.output_tokens * one.tpot_ms
    if one.ttft_ms is not None and decoding_ms / (decoding_ms + one.ttft_ms) < _LEAST_DECODING_SHARE:
        return NOT_RUNNING
    return TOO_FAST if 1e-3 * one.tpot_ms < _floor_s(asked, chips, models) else ""


def _floor_s(asked: Deployment, chips: Mapping[str, ChipCard], models: Mapping[str, ServedModel]) -> float:
    """Return seconds to read the weights one request needs at the full bandwidth of the specification."""
    whole = question([asked], chips, models)
    read, _cache = roofline.reading_s(whole.held, 1.0, 1.0)
    return float(np.min(read))


def _median_error(prediction: FloatArray, target: FloatArray) -> float:
    return float(np.median(np.abs(np.exp(prediction - target) - 1.0)))


def _rounded(value: Any) -> Any:
    """Return numbers with five significant digits: what the data support, and a file people can read."""
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(f"{float(value):.5g}") if np.isfinite(value) else None
    return value
