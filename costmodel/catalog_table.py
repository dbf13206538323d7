"""The catalog-wide cost table: where each chip serves each model at each operating point, in chip-seconds (E1-E6, E9).

No price is in here: USD per 1M tokens are chip-seconds x USD per chip-hour / 3,600 / utilisation (E8). All layouts and
batches of a chip are computed as one array.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import roofline, serving, table_trace
from costmodel.calibration.calibration import Calibration
from costmodel.calibration.chips import CalibratedChip, calibrated
from costmodel.calibration.names import SHIPPED_PRECISIONS
from costmodel.inputs.serving import Workload
from costmodel.inputs.table import (
    ASSUMED_PRECISIONS,
    CatalogTable,
    ChipCard,
    ModelCard,
    OperatingPoint,
)
from costmodel.roofline import Layout
from costmodel.serving import Serving, ServingPoint, Sweep

UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Cell:
    """One chip, model and operating point. An unsupported cell has its reason, and zeros for figures.

    The band holds 80%: cost x `low_factor` to cost x `high_factor`, each at the serving point that a chip so quick or
    so slow would have. `chip_seconds_per_1m` is by kind of token:
    input, cached_input, output. `trace` lists every step from specification to chip-seconds (see `table_trace`);
    it is empty where it was not asked for.
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


@dataclass(frozen=True, slots=True)
class _Seat:
    """A model on a chip: its calibrated chip and layouts, or why there is none."""

    card: ChipCard
    model: ModelCard
    precision: str
    chip: CalibratedChip | None
    layouts: list[Layout]
    reason: str


def compute(question: CatalogTable, calibration: Calibration, traced: bool = False) -> tuple[Cell, ...]:
    """Return a cell for every chip x model x point, in that order. What cannot be served is a cell with its reason."""
    return tuple(cell for card in question.chips for cell in _of_chip(card, question, calibration, traced))


def front(
    card: ChipCard, model: ModelCard, point: OperatingPoint, calibration: Calibration
) -> list[dict[str, Any]]:
    """Return every layout and batch tried, by layout and then batch, with both speeds (E6).

    `on_front`: no other point gives a user more tokens a second and a chip more too. `chosen` is the point of the
    cell; limits of the operating point do not remove points. Raises ValueError as `compute` says in its reason.
    """
    seat = _seat(card, model, calibration)
    if seat.chip is None:
        raise ValueError(seat.reason)
    _check_context(model, point)
    workload = _workload(point)
    swept = _swept([seat], _held([seat]), workload)[0]
    if not swept.fits.any():
        _best(seat, swept, workload)
    speed = swept.output_per_chip_second(point.output_tokens)
    chosen = int(np.argmax(speed)) if speed.max() > 0.0 else -1
    tried = _tried(swept)
    users = swept.serving.tokens_per_s_per_user
    chips = swept.serving.requests_per_chip_second * point.output_tokens
    best = _undominated([(users[place], chips[place]) for place in tried])
    return [
        {
            "layout": str(seat.layouts[row]),
            "batch": float(swept.batches[row, column]),
            "tokens_per_s_per_user": float(users[row, column]),
            "output_tokens_per_chip_second": float(chips[row, column]),
            "on_front": place in best,
            "chosen": row * swept.batches.shape[1] + column == chosen,
        }
        for place, (row, column) in enumerate(tried)
    ]


def _of_chip(
    card: ChipCard, question: CatalogTable, calibration: Calibration, traced: bool
) -> Iterator[Cell]:
    seats = [_seat(card, model, calibration) for model in question.models]
    usable = [seat for seat in seats if seat.chip is not None]
    sizes = np.cumsum([0, *(len(seat.layouts) for seat in usable)])
    rows = {seat.model.key: slice(*sizes[place : place + 2]) for place, seat in enumerate(usable)}
    held = _held(usable) if usable else None
    swept = {point.key: _swept(usable, held, _workload(point)) for point in question.points} if held else {}
    for seat in seats:
        for point in question.points:
            if seat.chip is None:
                yield _unsupported(seat, point, seat.reason)
            else:
                mine = [_rows_of(one, rows[seat.model.key]) for one in swept[point.key]]
                yield _cell(seat, point, mine, traced)


def _seat(card: ChipCard, model: ModelCard, calibration: Calibration) -> _Seat:
    try:
        precision = _precision(card, model)
        chip = calibrated(calibration, card, precision, model.label, model.served.experts is not None)
    except ValueError as refusal:
        return _Seat(card, model, "", None, [], str(refusal))
    return _Seat(card, model, precision, chip, serving.layouts(chip.chip.scale_up_chips, model.served), "")


def _held(seats: Sequence[_Seat]) -> roofline.Replica:
    return roofline.stacked(
        [
            roofline.replica(seat.chip.chip, seat.model.served, layout)
            for seat in seats
            if seat.chip
            for layout in seat.layouts
        ]
    )


def _swept(seats: Sequence[_Seat], held: roofline.Replica, workload: Workload) -> list[Sweep]:
    """Return the sweeps at the computed speed and at the quick and the slow end of its 80% band."""
    chips = [seat.chip for seat in seats if seat.chip for _ in seat.layouts]
    speed = np.array([one.chip.speed_error for one in chips])
    width = np.array([one.half_width for one in chips])
    return [serving.sweep(held, workload, speed * np.exp(side * width)) for side in (0.0, 1.0, -1.0)]


def _rows_of(swept: Sweep, rows: slice) -> Sweep:
    found = Serving(*(getattr(swept.serving, name)[rows] for name in Serving.__slots__))
    return Sweep(
        swept.batches[rows], swept.full[rows], found, swept.fits[rows], swept.fast[rows], swept.prompt[rows]
    )


def _best(seat: _Seat, swept: Sweep, workload: Workload) -> ServingPoint:
    """Return the best point of a seat. Raises ValueError, by the labels of chip and model, when there is none."""
    return serving.best_point(seat.card.label, seat.model.label, seat.layouts, _held([seat]), swept, workload)


def _cell(seat: _Seat, point: OperatingPoint, swept: Sequence[Sweep], traced: bool) -> Cell:
    assert seat.chip is not None
    workload, chip, model = _workload(point), seat.chip.chip, seat.model.served
    try:
        _check_context(seat.model, point)
        chosen = _best(seat, swept[0], workload)
    except ValueError as refusal:
        return _unsupported(seat, point, str(refusal))
    held = roofline.replica(chip, model, chosen.layout)
    found = serving.serve_on(held, workload, chosen.batch, chip.speed_error)
    factor = float(np.exp(seat.chip.half_width))
    middle, quick, slow = (serving.best_yield(one) for one in swept)
    steps = table_trace.steps(chip, seat.precision, model, workload, chosen, found, factor) if traced else []
    return Cell(
        chip=seat.card.key,
        model=seat.model.key,
        point=point.key,
        precision=seat.precision,
        status=seat.chip.status,
        reason=chosen.reason,
        chips_per_replica=chosen.chips_per_replica,
        layout=str(chosen.layout),
        batch=chosen.batch,
        output_tokens_per_chip_second=float(found.requests_per_chip_second * point.output_tokens),
        tokens_per_s_per_user=float(found.tokens_per_s_per_user),
        seconds_to_first_token=float(found.seconds_to_first_token),
        low_factor=min(middle / quick, 1.0),
        high_factor=max(middle / slow, 1.0),
        chip_seconds_per_1m={
            "input": float(found.chip_seconds_per_1m_input),
            "cached_input": float(found.chip_seconds_per_1m_cached_input),
            "output": float(found.chip_seconds_per_1m_output),
        },
        bound_by=table_trace.bound_by(held, workload, chosen),
        trace=steps,
    )


def _unsupported(seat: _Seat, point: OperatingPoint, reason: str) -> Cell:
    return Cell(
        chip=seat.card.key,
        model=seat.model.key,
        point=point.key,
        precision="",
        status=UNSUPPORTED,
        reason=reason,
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
    stated = model.precision or SHIPPED_PRECISIONS.get(model.label)
    if stated:
        return stated
    for name in ASSUMED_PRECISIONS:
        if card.tflops.get(name) is not None:
            return name
    words = " or ".join(name.upper() for name in ASSUMED_PRECISIONS)
    raise ValueError(f"{card.label} has no compute rate in {words}, in which {model.label} would be served.")


def _check_context(model: ModelCard, point: OperatingPoint) -> None:
    """Raise ValueError when a request is longer than the model's context."""
    asked = point.input_tokens + point.output_tokens
    if model.max_context_tokens is not None and asked > model.max_context_tokens:
        raise ValueError(
            f"{model.label} holds {model.max_context_tokens:,.0f} tokens of context;"
            f" a request of “{point.label}” has {asked:,.0f}."
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


def _tried(swept: Sweep) -> list[tuple[int, int]]:
    """Return (layout, batch) places, each batch of a layout once: the last ones repeat the largest that fits."""
    fresh = np.ones(swept.batches.shape, dtype=bool)
    fresh[:, 1:] = swept.batches[:, 1:] > swept.batches[:, :-1]
    return [(int(row), int(column)) for row, column in np.argwhere(swept.fits & fresh)]


def _undominated(speeds: list[tuple[Any, Any]]) -> set[int]:
    """Return the places whose pair no other exceeds in both parts."""
    order = sorted(range(len(speeds)), key=lambda place: (-speeds[place][0], -speeds[place][1]))
    kept, most = set(), -1.0
    for place in order:
        if speeds[place][1] > most:
            most = speeds[place][1]
            kept.add(place)
    return kept
