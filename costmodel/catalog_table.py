"""The catalog-wide cost table: where each chip serves each model at each operating point, in chip-seconds (E1-E6, E9).

No price is in here: USD per 1M tokens are chip-seconds x USD per chip-hour / 3,600 / utilisation (E8).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from costmodel import roofline, table_trace
from costmodel.calibration.priors import GENERAL, THINLY_MEASURED, EfficiencyPrior
from costmodel.inputs.serving import Chip, ServedModel, Workload
from costmodel.inputs.table import (
    ASSUMED_PRECISIONS,
    WEIGHT_BYTES,
    CatalogTable,
    ChipCard,
    ModelCard,
    OperatingPoint,
)
from costmodel.serving import MOST_REQUESTS, Serving, ServingPoint, choose_serving_point, serve

SPECIFICATION_ONLY, UNSUPPORTED = "specification_only", "unsupported"
# Their published records are few and old: a lower start and a wider band.
_THINLY_MEASURED_VENDORS = frozenset({"AWS", "Google"})
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Cell:
    """One chip, model and operating point. An unsupported cell has its reason, and zeros for figures.

    The band holds 80%: cost x `low_factor` to cost x `high_factor`. `chip_seconds_per_1m` is by kind of token:
    input, cached_input, output. `trace` lists every step from specification to chip-seconds (see `table_trace`).
    """

    chip: str
    model: str
    point: str
    precision: str
    status: str
    reason: str
    chips_per_replica: int
    layout: str
    batch: float
    output_tokens_per_chip_second: float
    tokens_per_s_per_user: float
    seconds_to_first_token: float
    low_factor: float
    high_factor: float
    chip_seconds_per_1m: dict[str, float]
    bound_by: str
    trace: list[dict[str, Any]]


def compute(question: CatalogTable) -> tuple[Cell, ...]:
    """Return a cell for every chip x model x point, in that order. What cannot be served is a cell with its reason."""
    return tuple(
        _cell(chip, model, point)
        for chip in question.chips
        for model in question.models
        for point in question.points
    )


def front(card: ChipCard, model: ModelCard, point: OperatingPoint) -> list[dict[str, Any]]:
    """Return every layout and batch tried, by layout and then batch, with both speeds (E6).

    `on_front`: no other point gives a user more tokens a second and a chip more too. `chosen` is the point of the
    cell; limits of the operating point do not remove points. Raises ValueError as `compute` says in its reason.
    """
    chip, workload = _chip(card, _precision(card, model)), _workload(point)
    chosen = _chosen(chip, model.served, workload)
    places = set(_tried(chip, model.served, workload))
    if chosen is not None:
        places.add((chosen.chips_per_replica, chosen.batch))
    tried = [
        (size, batch, serve(chip, model.served, workload, ServingPoint(size, batch, "")))
        for size, batch in sorted(places)
    ]
    speeds = [(found.tokens_per_s_per_user, _output_speed(found, point)) for _size, _batch, found in tried]
    best = _undominated(speeds)
    return [
        {
            "layout": layout(model.served, size),
            "batch": batch,
            "tokens_per_s_per_user": float(speeds[place][0]),
            "output_tokens_per_chip_second": float(speeds[place][1]),
            "on_front": place in best,
            "chosen": chosen is not None and (size, batch) == (chosen.chips_per_replica, chosen.batch),
        }
        for place, (size, batch, _found) in enumerate(tried)
    ]


def layout(model: ServedModel, chips: int) -> str:
    """Return how a replica is spread: tensor parallel, or experts over all chips with requests on each."""
    if chips == 1:
        return "1 chip"
    return f"TP{chips}" if model.experts is None else f"EP{chips} x DP{chips}"


def _cell(card: ChipCard, model: ModelCard, point: OperatingPoint) -> Cell:
    try:
        precision = _precision(card, model)
        _check_context(model, point)
        chip, workload = _chip(card, precision), _workload(point)
        chosen = choose_serving_point(chip, model.served, workload)
    except ValueError as refusal:
        return _unsupported(card, model, point, str(refusal))
    found = serve(chip, model.served, workload, chosen)
    band = _band(_prior(card))
    return Cell(
        chip=card.key,
        model=model.key,
        point=point.key,
        precision=precision,
        status=SPECIFICATION_ONLY,
        reason=chosen.reason,
        chips_per_replica=chosen.chips_per_replica,
        layout=layout(model.served, chosen.chips_per_replica),
        batch=chosen.batch,
        output_tokens_per_chip_second=float(_output_speed(found, point)),
        tokens_per_s_per_user=float(found.tokens_per_s_per_user),
        seconds_to_first_token=float(found.seconds_to_first_token),
        low_factor=1.0 / band,
        high_factor=band,
        chip_seconds_per_1m={
            "input": float(found.chip_seconds_per_1m_input),
            "cached_input": float(found.chip_seconds_per_1m_cached_input),
            "output": float(found.chip_seconds_per_1m_output),
        },
        bound_by=table_trace.bound_by(chip, model.served, workload, chosen),
        trace=table_trace.steps(chip, precision, model.served, workload, chosen, found, band),
    )


def _unsupported(card: ChipCard, model: ModelCard, point: OperatingPoint, reason: str) -> Cell:
    return Cell(
        chip=card.key,
        model=model.key,
        point=point.key,
        precision="",
        status=UNSUPPORTED,
        reason=reason.replace(card.key, card.label).replace(model.key, model.label),
        chips_per_replica=0,
        layout="",
        batch=0.0,
        output_tokens_per_chip_second=0.0,
        tokens_per_s_per_user=0.0,
        seconds_to_first_token=0.0,
        low_factor=1.0,
        high_factor=1.0,
        chip_seconds_per_1m={},
        bound_by="",
        trace=[],
    )


def _precision(card: ChipCard, model: ModelCard) -> str:
    """Return the precision served. Raises ValueError naming chip and model when the chip has no rate for it."""
    wanted = (model.precision,) if model.precision else ASSUMED_PRECISIONS
    for name in wanted:
        if card.tflops.get(name) is not None:
            return name
    words = " or ".join(name.upper() for name in wanted)
    raise ValueError(f"{card.label} has no compute rate in {words}, in which {model.label} would be served.")


def _check_context(model: ModelCard, point: OperatingPoint) -> None:
    """Raise ValueError when a request is longer than the model's context."""
    asked = point.input_tokens + point.output_tokens
    if model.max_context_tokens is not None and asked > model.max_context_tokens:
        raise ValueError(
            f"{model.label} holds {model.max_context_tokens:,.0f} tokens of context;"
            f" a request of “{point.label}” has {asked:,.0f}."
        )


def _prior(card: ChipCard) -> EfficiencyPrior:
    return THINLY_MEASURED if card.vendor in _THINLY_MEASURED_VENDORS else GENERAL


def _band(prior: EfficiencyPrior) -> float:
    """Return the factor of the 80% band of a lognormal whose 90% band has the prior's factor (E9)."""
    return float(prior.error_factor ** (_NORMAL.inv_cdf(0.9) / _NORMAL.inv_cdf(0.95)))


def _chip(card: ChipCard, precision: str) -> Chip:
    prior, rate = _prior(card), card.tflops[precision]
    assert rate is not None
    return Chip(
        key=card.key,
        dense_tflops=rate,
        weight_bytes=WEIGHT_BYTES[precision],
        cache_bytes=max(WEIGHT_BYTES[precision], 1.0),
        memory_gb=card.memory_gb,
        memory_tb_per_s=card.memory_tb_per_s,
        link_gb_per_s=card.link_gb_per_s,
        scale_up_chips=card.scale_up_chips,
        provisioned_kw=1.0,  # no speed depends on it
        compute_efficiency=prior.compute_efficiency,
        memory_efficiency=prior.memory_efficiency,
        layer_microseconds=prior.layer_microseconds,
        collective_microseconds=prior.collective_microseconds,
        speed_error=1.0,
    )


def _workload(point: OperatingPoint) -> Workload:
    return Workload(
        input_tokens=point.input_tokens,
        cached_share=point.cached_share,
        output_tokens=point.output_tokens,
        minimum_tokens_per_s_per_user=point.minimum_tokens_per_s_per_user,
        maximum_seconds_to_first_token=point.maximum_seconds_to_first_token,
        utilisation=1.0,
        efficiency_gain_annual=0.0,
    )


def _chosen(chip: Chip, model: ServedModel, workload: Workload) -> ServingPoint | None:
    """Return the cell's point; None when no point meets the limits. Raises ValueError when the model does not fit."""
    try:
        return choose_serving_point(chip, model, workload)
    except ValueError:
        if not any(True for _ in _tried(chip, model, workload)):
            raise
        return None


def _tried(chip: Chip, model: ServedModel, workload: Workload) -> Iterator[tuple[int, float]]:
    """Yield (chips, batch): replicas of 1, 2, 4 ... chips and batches four to each doubling, up to a full memory."""
    context = workload.input_tokens + workload.output_tokens / 2.0
    for power in range(min(chip.scale_up_chips, 64).bit_length()):
        size = 2**power
        full = float(np.floor(roofline.largest_batch(chip, model, size, context)))
        grid = np.unique(np.round(2.0 ** np.arange(0.0, np.log2(MOST_REQUESTS) + 0.01, 0.25)))
        batches = [float(batch) for batch in grid if batch < full]
        if 1.0 <= full <= MOST_REQUESTS:
            batches.append(full)
        yield from ((size, batch) for batch in batches)


def _output_speed(found: Serving, point: OperatingPoint) -> Any:
    return found.requests_per_chip_second * point.output_tokens


def _undominated(speeds: list[tuple[Any, Any]]) -> set[int]:
    """Return the places whose pair no other exceeds in both parts."""
    order = sorted(range(len(speeds)), key=lambda place: (-speeds[place][0], -speeds[place][1]))
    kept, most = set(), -1.0
    for place in order:
        if speeds[place][1] > most:
            most = speeds[place][1]
            kept.add(place)
    return kept
