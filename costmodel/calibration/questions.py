"""Deployments as arrays: one row each, and a candidate replica for each layout a row may have been run in (E9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costmodel import roofline
from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.calibration import benchmarks
from costmodel.calibration.deployments import (
    MOST_DEGREE,
    Deployment,
    Reading,
    has_wrong_degree,
    is_pipeline,
    read_parallelism,
)
from costmodel.calibration.names import family_of
from costmodel.calibration.precisions import chip_at
from costmodel.inputs.efficiency import Efficiency, Structure
from costmodel.inputs.serving import ServedModel
from costmodel.inputs.table import ChipCard
from costmodel.roofline import Layout, Replica

# Stands where the calibration's efficiency is put before anything is computed.
_WHOLE = Efficiency(
    memory=1.0, compute=1.0, layer_microseconds=0.0, collective_microseconds=0.0, structure=Structure()
)


@dataclass(frozen=True, slots=True)
class Question:
    """Deployments that can be predicted; (row,) lists by level, and (candidate,) arrays.

    `row` is the row of a candidate. Concurrency is infinite where the source leaves it blank.
    """

    deployments: tuple[Deployment, ...]
    readings: tuple[Reading, ...]
    names: Mapping[str, list[str]]
    row: IntArray
    held: Replica
    input_tokens: FloatArray
    output_tokens: FloatArray
    concurrency: FloatArray
    limit_s_per_token: FloatArray
    static: BoolArray
    stated: BoolArray
    """Whether the source says in which layout the row was run; it fitted then."""
    decoders: FloatArray
    prefillers: FloatArray
    prefill_share: FloatArray
    """Chips of a prefill replica over those of a decode replica; 0 in a shared pool."""
    all_chips: FloatArray

    def candidate_names(self) -> dict[str, list[str]]:
        """Return the names of levels for each candidate."""
        return {level: [names[row] for row in self.row] for level, names in self.names.items()}


def problem_of(asked: Deployment, chips: Mapping[str, ChipCard], models: Mapping[str, ServedModel]) -> str:
    """Return why a deployment cannot be predicted, as a sentence; "" when it can."""
    if asked.chip not in chips:
        return f"No specification of the chip {asked.chip} is known."
    if is_pipeline(asked.parallelism):
        return "Replicas in pipeline stages are not modelled: no measurement shows one."
    if has_wrong_degree(asked.parallelism):
        return f"A degree of “{asked.parallelism[:60]}” is not between 1 and {MOST_DEGREE:,}."
    if asked.model not in models:
        return f"No architecture of the model {asked.model} is known."
    model = models[asked.model]
    try:
        chip = chip_at(chips[asked.chip], asked.precision, model.experts is not None)
    except ValueError as refusal:
        return str(refusal)
    reading = read_parallelism(asked.parallelism, asked.chips)
    if reading.layout is not None:
        weights = float(roofline.weights_gb_per_chip(roofline.replica(chip, model, reading.layout)))
        if weights > chip.memory_gb:
            return (
                f"{asked.model} does not fit on {reading.layout.chips} x {asked.chip} as {reading.layout}: its weights "
                f"alone take {weights:,.0f} of {chip.memory_gb:,.0f} GB on each in {asked.precision.upper()}."
            )
    else:
        tried = _layouts(asked, reading, chip.scale_up_chips)
        if not any(_fits(roofline.replica(chip, model, layout), asked) for layout in tried):
            return f"{asked.model} does not fit on {tried[-1].chips} x {asked.chip} in {asked.precision.upper()}."
    return ""


def _fits(held: Replica, asked: Deployment) -> bool:
    lengths = _lengths(asked)
    return bool(np.max(roofline.largest_batch(held, lengths[0] + lengths[1] / 2.0)) >= 1.0)


def question(
    asked: Sequence[Deployment], chips: Mapping[str, ChipCard], models: Mapping[str, ServedModel]
) -> Question:
    """Return the arrays of deployments for which `problem_of` is silent."""
    readings = tuple(read_parallelism(one.parallelism, one.chips) for one in asked)
    rows: list[int] = []
    replicas: list[Replica] = []
    for place, (one, reading) in enumerate(zip(asked, readings, strict=True)):
        model = models[one.model]
        chip = chip_at(chips[one.chip], one.precision, model.experts is not None)
        for layout in _layouts(one, reading, chip.scale_up_chips):
            rows.append(place)
            replicas.append(roofline.replica(chip, model, layout))
    row = np.array(rows)
    return Question(
        deployments=tuple(asked),
        readings=readings,
        names=_names(asked, chips),
        row=row,
        held=roofline.stacked(replicas, _WHOLE),
        **_loads([asked[place] for place in rows]),
        **_pools([asked[place] for place in rows], [readings[place] for place in rows], replicas),
    )


def _loads(at: Sequence[Deployment]) -> dict[str, Any]:
    """Return what each candidate was asked to serve."""
    lengths = np.array([_lengths(one) for one in at])
    loads = np.array([_requests_open(one) for one in at])
    limits = [
        one.limit_s_per_token if one.limit_s_per_token and np.isinf(load) else np.inf
        for one, load in zip(at, loads, strict=True)
    ]
    return {
        "input_tokens": lengths[:, 0],
        "output_tokens": lengths[:, 1],
        "concurrency": loads,
        "limit_s_per_token": np.array(limits),
        "static": np.array([one.load_kind == "static_batch" for one in at]),
    }


def _pools(at: Sequence[Deployment], read: Sequence[Reading], replicas: Sequence[Replica]) -> dict[str, Any]:
    """Return how many replicas of which size each candidate has; a free layout is copied over all chips of the row."""
    shares = [one.prefill_chips / one.layout.chips if one.layout and one.split else 0.0 for one in read]
    copies = [
        float(one.decoders) if one.layout else max(deployment.chips // held.chips, 1.0)
        for deployment, one, held in zip(at, read, replicas, strict=True)
    ]
    chips = [
        float(one.chips) if one.layout else many * held.chips
        for many, one, held in zip(copies, read, replicas, strict=True)
    ]
    return {
        "stated": np.array([one.layout is not None for one in read]),
        "decoders": np.array(copies),
        "prefillers": np.array([float(one.prefillers) for one in read]),
        "prefill_share": np.array(shares),
        "all_chips": np.array(chips),
    }


def part(whole: Question, kept: BoolArray) -> Question:
    """Return the question of some rows."""
    places = np.flatnonzero(kept)
    inside = kept[whole.row]
    renumbered = np.cumsum(kept) - 1
    arrays = {
        name: getattr(whole, name)[inside]
        for name in (
            "input_tokens",
            "output_tokens",
            "concurrency",
            "limit_s_per_token",
            "static",
            "stated",
            "decoders",
            "prefillers",
            "prefill_share",
            "all_chips",
        )
    }
    return replace(
        whole,
        deployments=tuple(whole.deployments[place] for place in places),
        readings=tuple(whole.readings[place] for place in places),
        names={level: [names[place] for place in places] for level, names in whole.names.items()},
        row=renumbered[whole.row[inside]],
        held=roofline.mapped(whole.held, lambda number: number[inside] if np.ndim(number) else number),
        **arrays,
    )


def _names(asked: Sequence[Deployment], chips: Mapping[str, ChipCard]) -> dict[str, list[str]]:
    return {
        "vendor": [chips[one.chip].vendor for one in asked],
        "family": [family_of(one.chip) for one in asked],
        "chip": [one.chip for one in asked],
        "precision": [one.precision for one in asked],
        "engine": [one.engine for one in asked],
        "generation": [one.generation for one in asked],
        "model": [one.model for one in asked],
        "parallelism": [one.parallelism for one in asked],
    }


def _layouts(asked: Deployment, reading: Reading, scale_up_chips: int) -> list[Layout]:
    """Return the layout that was read, or those a benchmark was free to choose from."""
    if reading.layout is not None:
        return [reading.layout]
    most = max(min(asked.chips, scale_up_chips, 8), 1)
    return [Layout(size) for size in (1, 2, 4, 8) if size <= most]


def _requests_open(asked: Deployment) -> float:
    """Return requests open at once: infinite where a benchmark fills the machine, 1 for a blank elsewhere."""
    if asked.concurrency:
        return asked.concurrency
    return np.inf if asked.load_kind in benchmarks.SATURATED else 1.0


def _lengths(asked: Deployment) -> tuple[float, float]:
    """Return mean (input, output) tokens: those of the row, else of its benchmark's data set, else nominal ones."""
    of_set = benchmarks.mean_tokens(asked.model, asked.source)
    return asked.input_tokens or of_set[0], asked.output_tokens or of_set[1]
