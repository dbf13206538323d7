"""Predicts what a benchmark would have measured on each deployment, with the band of what is known about it (E9)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from costmodel.calibration import benchmarks, held_out
from costmodel.calibration import chips as calibrated_chips
from costmodel.calibration.calibration import Calibration, joined
from costmodel.calibration.deployments import Deployment, Reading
from costmodel.calibration.questions import problem_of, question
from costmodel.calibration.times import times
from costmodel.inputs.serving import ServedModel
from costmodel.inputs.table import ChipCard

UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What would be measured: milliseconds per output token and output tokens per second and chip, with 80% bands.

    An unsupported row has its reason and no figures. For others `reason` says how the row was read.
    """

    row_id: str
    status: str
    reason: str
    tpot_ms: float | None = None
    low_tpot_ms: float | None = None
    high_tpot_ms: float | None = None
    output_tok_s_per_chip: float | None = None
    low_output_tok_s_per_chip: float | None = None
    high_output_tok_s_per_chip: float | None = None
    layout: str = ""
    running_requests: float | None = None


def predict(
    asked: Sequence[Deployment],
    chips: Mapping[str, ChipCard],
    models: Mapping[str, ServedModel],
    calibration: Calibration,
) -> list[Prediction]:
    """Return a prediction for each deployment, in order. Nothing measured is an argument."""
    reasons = [problem_of(one, chips, models) for one in asked]
    usable = [one for one, reason in zip(asked, reasons, strict=True) if not reason]
    found = iter(_predicted(usable, chips, models, calibration) if usable else [])
    return [
        Prediction(one.row_id, UNSUPPORTED, reason) if reason else next(found)
        for one, reason in zip(asked, reasons, strict=True)
    ]


def _predicted(
    asked: list[Deployment],
    chips: Mapping[str, ChipCard],
    models: Mapping[str, ServedModel],
    calibration: Calibration,
) -> list[Prediction]:
    whole = question(asked, chips, models)
    found = times(whole, calibration.efficiency(whole.candidate_names()))
    shift = np.exp(calibration.offset(whole.names))
    token_s, rate = found.s_per_token * shift, found.output_per_chip_second / shift
    held, places = whole.held, found.candidate
    return [
        _said(
            one,
            whole.readings[place],
            (float(token_s[place]), float(rate[place])),
            calibration,
            chips[one.chip].vendor,
            f"TP{held.tensor[places[place]]:.0f} x DP{held.data[places[place]]:.0f}",
            float(found.running[place]),
        )
        for place, one in enumerate(asked)
    ]


def _said(
    one: Deployment,
    reading: Reading,
    figures: tuple[float, float],
    calibration: Calibration,
    vendor: str,
    layout: str,
    running: float,
) -> Prediction:
    """Return a row's prediction; `figures` are (seconds per token, output tokens per second and chip)."""
    status = calibrated_chips.status_of(calibration, one.chip, vendor)
    software = calibrated_chips.known_software(calibration, (one.engine, one.generation))
    model = one.model in calibration.offsets.get("model", {})
    together = joined([one.model, one.chip, one.generation, one.precision])
    deployment = together in calibration.offsets.get("model, chip, generation and precision", {})
    slow, quick = (
        math.exp(
            calibrated_chips.half_width(
                calibration, kind, one.chip, status, software, model, one.model, deployment
            )
        )
        for kind in (held_out.kind_of(True, reading.split), held_out.kind_of(False, reading.split))
    )
    token_ms, rate = 1e3 * figures[0], figures[1]
    return Prediction(
        row_id=one.row_id,
        status=status,
        reason=_reason(status, software, model, reading.note, one),
        tpot_ms=token_ms,
        low_tpot_ms=token_ms / slow,
        high_tpot_ms=token_ms * slow,
        output_tok_s_per_chip=rate,
        low_output_tok_s_per_chip=rate / quick,
        high_output_tok_s_per_chip=rate * quick,
        layout=layout,
        running_requests=running,
    )


def _reason(status: str, software: bool, model: bool, note: str, asked: Deployment) -> str:
    """Return what the prediction rests on, and how a contradictory label was read, as sentences."""
    said = {
        calibrated_chips.CALIBRATED: f"{asked.chip} was measured.",
        calibrated_chips.TRANSFERRED: f"{asked.chip} was hardly measured: efficiencies of its family and vendor.",
        calibrated_chips.SPECIFICATION_ONLY: f"Chips of the vendor of {asked.chip} were hardly measured.",
    }[status]
    sentences = [said]
    if not software:
        sentences.append("This software was not measured: the mean of others stands in.")
    if not model:
        sentences.append(f"{asked.model} was not measured: its shape alone is used.")
    if asked.concurrency is None and asked.load_kind in benchmarks.SATURATED:
        sentences.append("Concurrency is blank: as many requests as memory and the limits allow.")
    elif asked.concurrency is None:
        sentences.append("Concurrency is blank: one request at a time.")
    if asked.input_tokens is None or asked.output_tokens is None:
        sentences.append("A length is blank: the mean of the benchmark's data set, or the usual nominal one.")
    if asked.assumed_precision:
        sentences.append("The precision is not known: BF16 is assumed.")
    if note:
        sentences.append(f"The label “{asked.parallelism[:60]}” was read anew: {note}.")
    return " ".join(sentences)
