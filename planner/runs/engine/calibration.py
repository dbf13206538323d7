"""The bridge for the calibration: the fitted constants, predictions of published measurements, and the fit itself."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from planner.runs.serving_checks.rows import Asked, Measured

if TYPE_CHECKING:
    from costmodel.calibration.calibration import Calibration
    from costmodel.calibration.deployments import Deployment
    from costmodel.inputs.efficiency import Structure
    from costmodel.inputs.serving import ServedModel
    from costmodel.inputs.table import ChipCard
    from planner.runs.cost_table.documents import TableChipDocument, TableModelDocument

CONSTANTS = "constants.json"
HELD_OUT = "held_out.json"
_CALIBRATED = (
    "compute_efficiency",
    "memory_efficiency",
    "layer_microseconds",
    "collective_microseconds",
)


@lru_cache(maxsize=1)
def calibration() -> "Calibration":
    """The constants every speed is computed with (E9)."""
    from costmodel.calibration.calibration import Calibration

    found = json.loads(resources.files("costmodel.calibration").joinpath(CONSTANTS).read_text("utf-8"))
    return Calibration(**found)


def rows_fitted(measurements_sha256: str) -> int:
    """Rows of a file of measurements that the constants were fitted to; 0 when it is not that file."""
    fitted = calibration().fitted
    return int(fitted["rows"]) if fitted["measurements_sha256"] == measurements_sha256 else 0


@lru_cache(maxsize=16)
def structure_at(weight_bytes: float) -> "Structure":
    """What is common to all chips, at the precision whose weights come nearest to this size.

    Plain numbers of six digits, because they enter the identity of runs: a last bit differs between machines.
    """
    from costmodel.calibration.precisions import precision_nearest
    from costmodel.inputs.efficiency import Structure

    found = calibration().efficiency({"precision": precision_nearest(weight_bytes)}).structure
    return Structure(**{name: float(f"{value:.6g}") for name, value in asdict(found).items()})


def chip_numbers(chip: "TableChipDocument", weight_bytes: float, model: str, experts: bool) -> dict[str, Any]:
    """What a scenario's chip takes from the calibration when nobody says under which software it serves (E9).

    Plain numbers of three digits by the name of the field; `speed_error` is the 80% band as a range.
    """
    from costmodel.calibration.chips import calibrated
    from costmodel.calibration.precisions import precision_nearest
    from planner.runs.engine import catalog_table

    card = catalog_table.chip_card(chip)
    found = calibrated(calibration(), card, precision_nearest(weight_bytes), model, experts)
    named = {name: getattr(found.chip, name) for name in _CALIBRATED}
    middle, factor = float(found.chip.speed_error), math.exp(found.half_width)
    ends = {"low": _short(middle / factor), "high": _short(middle * factor)}
    numbers: dict[str, Any] = {name: _short(value) for name, value in named.items()}
    band = {**ends, "coverage": 0.8, "shape": "lognormal"}
    return {**numbers, "speed_error": band, "calibration": found.status}


def _short(value: float) -> float:
    return float(f"{value:.3g}")


@lru_cache(maxsize=1)
def constants_digest() -> str:
    """What tells one set of constants from another: speeds kept from before a new fit must not be shown after it."""
    return sha256(resources.files("costmodel.calibration").joinpath(CONSTANTS).read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def held_out() -> dict[str, Any]:
    """How wrong the calibration was on what it had not seen: errors by source, chip and model, and points to draw."""
    text = resources.files("costmodel.calibration").joinpath(HELD_OUT).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def families(chips: Sequence[str]) -> list[str]:
    """The family of each chip; a chip of no known family is one of its own."""
    from costmodel.calibration.names import family_of

    return [family_of(chip) for chip in chips]


def hold_out_facts() -> dict[str, Any]:
    """How it was fitted: `common` numbers, `folds`, `fewest_rows` of a chip that counts as measured, `half_width`.

    The log half-widths are of the 80% bands of time and throughput where chip, model and software are known.
    """
    from costmodel.calibration import held_out as told

    widths = calibration().half_widths[told.KNOWN]
    return {
        "common": len(calibration().globals),
        "folds": told.FOLDS,
        "fewest_rows": told.FEWEST_ROWS,
        "half_width": {kind: widths.get(kind) for kind in ("time", "throughput")},
    }


def narrowings(chips: "Sequence[TableChipDocument]") -> list[dict[str, Any]]:
    """Bands of chips that are not calibrated, by `costmodel.calibration.narrowing.Narrowing`, widest first."""
    from costmodel.calibration.chips import CALIBRATED
    from costmodel.calibration.names import chip_named
    from costmodel.calibration.narrowing import narrowing

    found = [narrowing(calibration(), chip_named(one.label), one.vendor) for one in chips]
    wide = [asdict(one) | {"narrowest": one.narrowest} for one in found if one.status != CALIBRATED]
    return sorted(wide, key=lambda one: (-one["now"], one["chip"]))


def predictions(
    asked: Sequence[Asked], chips: "Sequence[TableChipDocument]", models: "Sequence[TableModelDocument]"
) -> list[dict[str, Any]]:
    """What would have been measured on each row, by `costmodel.calibration.predicting.Prediction`, as mappings."""
    from costmodel.calibration.predicting import predict

    cards, served = _known(chips, models)
    rows = [_deployment(one, cards, served) for one in asked]
    return [asdict(found) for found in predict(rows, cards, served, calibration())]


def calibrate(
    rows: Sequence[tuple[Asked, Measured]],
    chips: "Sequence[TableChipDocument]",
    models: "Sequence[TableModelDocument]",
    provenance: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fits the constants: (constants, report on what was held out), both as JSON. Takes half an hour."""
    from costmodel.calibration.calibrating import Observation, calibrate

    cards, served = _known(chips, models)
    seen = [
        Observation(
            _deployment(asked, cards, served),
            tpot_ms=measured.tpot_ms,
            ttft_ms=measured.ttft_ms,
            output_tok_s_per_chip=measured.output_tok_s_per_chip,
        )
        for asked, measured in rows
    ]
    return calibrate(seen, cards, served, provenance)


def _known(
    chips: "Sequence[TableChipDocument]", models: "Sequence[TableModelDocument]"
) -> "tuple[dict[str, ChipCard], dict[str, ServedModel]]":
    """Cards of chips and shapes of models by the names measurements use."""
    from planner.runs.engine import catalog_table

    cards = {one.label: catalog_table.chip_card(one) for one in chips}
    shapes = {one.label: catalog_table.model_card(one).served for one in models}
    return cards, shapes


def _deployment(asked: Asked, chips: "dict[str, ChipCard]", models: "dict[str, ServedModel]") -> "Deployment":
    from costmodel.calibration import benchmarks, names
    from costmodel.calibration.deployments import Deployment

    chip, model = names.chip_named(asked.chip, chips), names.model_named(asked.model, models)
    engine, generation = names.software_named(asked.framework, asked.source, asked.precision)
    of_mlperf = asked.source.startswith("mlperf")
    share = benchmarks.NOMINAL_LENGTH_SHARE if asked.lengths_are_drawn else 1.0
    precision = names.precision_named(asked.precision, model)
    if of_mlperf:
        rates = chips[chip].tflops if chip in chips else {}
        precision = benchmarks.precision_submitted(precision, engine, rates)
    return Deployment(
        row_id=asked.row_id,
        chip=chip,
        chips=asked.chips,
        model=model,
        precision=precision,
        parallelism=asked.parallelism,
        engine=engine,
        generation=generation,
        load_kind=asked.load_kind,
        source=asked.source,
        speculation=asked.speculation,
        assumed_precision=not names.is_precision(asked.precision) and not model.startswith("gpt-oss"),
        input_tokens=asked.input_tokens and asked.input_tokens * share,
        output_tokens=asked.output_tokens and asked.output_tokens * share,
        concurrency=asked.concurrency,
        limit_s_per_token=benchmarks.limit_s_per_token(model, asked.load_kind) if of_mlperf else 0.0,
    )
