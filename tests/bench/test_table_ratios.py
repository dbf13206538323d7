"""The whole cost table as one array against a plain loop over its cells, in one run: chips x models x 3 points."""

import random
from itertools import product

import numpy as np

from costmodel import catalog_table, roofline, serving
from costmodel.calibration.chips import calibrated
from costmodel.calibration.names import SHIPPED_PRECISIONS
from costmodel.inputs.serving import Workload
from costmodel.inputs.table import CatalogTable, OperatingPoint
from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import catalog_table as bridge
from planner.runs.engine.calibration import calibration
from tests.bench.test_engine_ratios import seconds, show

POINTS = tuple(
    OperatingPoint(
        key=key,
        label=key,
        input_tokens=given,
        cached_share=cached,
        output_tokens=1000.0,
        minimum_tokens_per_s_per_user=speed,
        maximum_seconds_to_first_token=wait,
    )
    for key, given, cached, speed, wait in (
        ("batch", 1000.0, 0.0, 10.0, 60.0),
        ("standard", 8000.0, 0.5, 30.0, 10.0),
        ("fast", 1000.0, 0.0, 80.0, 2.0),
    )
)
CELLS_OF_THE_LOOP = 24


def workload_of(point: OperatingPoint) -> Workload:
    """The workload of an operating point, all hours used."""
    return Workload(
        input_tokens=point.input_tokens,
        cached_share=point.cached_share,
        output_tokens=point.output_tokens,
        minimum_tokens_per_s_per_user=point.minimum_tokens_per_s_per_user,
        maximum_seconds_to_first_token=point.maximum_seconds_to_first_token,
        utilisation=1.0,
        efficiency_gain_annual=0.0,
    )


def best_by_loop(card, model, point) -> float:  # type: ignore[no-untyped-def] # engine cards of the bridge
    """Output tokens per chip-second of one cell, layout by layout and batch by batch; -1 when there is none."""
    shipped = model.precision or SHIPPED_PRECISIONS.get(model.label)
    precision = shipped or next(name for name in ("fp8", "bf16") if card.tflops.get(name))
    chip = calibrated(calibration(), card, precision, model.label, model.served.experts is not None).chip
    workload, best = workload_of(point), -1.0
    for layout in serving.layouts(chip.scale_up_chips, model.served):
        held = roofline.replica(chip, model.served, layout)
        full = float(np.floor(roofline.largest_batch(held, point.input_tokens + point.output_tokens / 2)))
        for batch in (*(one for one in serving.BATCHES if one < full), min(full, serving.MOST_REQUESTS)):
            if batch < 1.0:
                continue
            told = serving.serve_on(held, workload, float(batch), chip.speed_error)
            if (
                told.tokens_per_s_per_user >= workload.minimum_tokens_per_s_per_user
                and told.seconds_to_first_token <= workload.maximum_seconds_to_first_token
            ):
                best = max(best, float(told.requests_per_chip_second) * point.output_tokens)
    return best


def test_the_whole_table_against_a_loop_over_cells() -> None:
    chips, models = seeded_documents()
    question = CatalogTable(
        chips=tuple(map(bridge.chip_card, chips)),
        models=tuple(map(bridge.model_card, models)),
        points=POINTS,
    )
    every = list(product(question.chips, question.models, question.points))
    some = random.Random(1).sample(every, CELLS_OF_THE_LOOP)
    found = {(one.chip, one.model, one.point): one for one in catalog_table.compute(question, calibration())}
    for card, model, point in some:
        cell = found[card.key, model.key, point.key]
        if cell.status != "unsupported":
            assert best_by_loop(card, model, point) == np.float64(cell.output_tokens_per_chip_second)
    whole = seconds(lambda: catalog_table.compute(question, calibration()))
    loop = seconds(lambda: [best_by_loop(*cell) for cell in some], 1)
    show(
        f"The cost table: {len(every):,} cells; the loop was timed on {len(some)} of them, drawn at random",
        [
            ("microseconds a cell, all at once", whole, len(every) / 1e6),
            ("microseconds a cell, one by one", loop, len(some) / 1e6),
        ],
        "us",
    )
