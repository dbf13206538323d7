"""Cards, models and deployments that the tests of the calibration share; round numbers."""

from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.calibration.calibration import GLOBALS, Calibration, efficiency_of
from costmodel.calibration.deployments import Deployment
from costmodel.calibration.fitting import STARTS
from costmodel.calibration.questions import Question, question
from costmodel.inputs.efficiency import Efficiency
from costmodel.inputs.table import ChipCard
from tests.costmodel.machines import DENSE, MIXTURE, PLAIN, changed

MODELS = {"Dense": DENSE, "Mixture": MIXTURE}


def card(label: str, vendor: str = "Vendor", **changes: Any) -> ChipCard:
    """A chip like the one of `machines`: 1,000 TFLOPS in FP8, 4 TB/s, 100 GB."""
    plain = ChipCard(
        key=label.casefold(),
        label=label,
        vendor=vendor,
        family=label,
        tflops={"bf16": 500.0, "fp8": 1000.0, "fp4": None},
        memory_gb=100.0,
        memory_tb_per_s=4.0,
        link_gb_per_s=500.0,
        scale_up_chips=8,
    )
    return changed(plain, **changes)


CARDS = {
    "One": card("One"),
    "Two": card("Two", memory_tb_per_s=6.0, memory_gb=160.0),
    "Far": card("Far", vendor="Another"),
}
ASKED = Deployment(
    row_id="row",
    chip="One",
    chips=8,
    model="Dense",
    precision="fp8",
    parallelism="tp8",
    engine="engine",
    generation="engine 1",
    load_kind="concurrency",
    source="somebody",
    input_tokens=1000.0,
    output_tokens=500.0,
    concurrency=16.0,
)
PLAIN_EFFICIENCY = Efficiency(
    memory=0.8, compute=0.5, layer_microseconds=30.0, collective_microseconds=20.0, structure=PLAIN
)


def asking(*asked: Deployment) -> Question:
    return question(asked, CARDS, MODELS)


def like(**changes: Any) -> Question:
    """The question of one deployment that differs in this from `ASKED`."""
    return asking(changed(ASKED, **changes))


# A fit's answer, for tests of what follows from one: chip One was measured, Two by one run only, Far never.
CALIBRATION = Calibration(
    globals={name: STARTS[name][0] for name in GLOBALS},
    deviations={
        "vendor": {"memory": {"Vendor": 0.1}, "compute": {"Vendor": 0.0}, "fixed": {"Vendor": 0.2}},
        "generation": {"fixed": {"engine 1": 0.1}},
    },
    offsets={"model": {"Dense": 0.05, "Mixture": -0.05}, "model and generation": {"Dense | engine 1": 0.02}},
    half_widths={
        "known": {
            "time": 0.2,
            "throughput": 0.25,
            "time of split pools": 0.4,
            "throughput | One": 0.22,
            "time | One": 0.18,
        },
        "any software": {"time": 0.35, "throughput": 0.4},
        "new chip": {"time": 0.3, "throughput": 0.45},
        "new vendor": {"time": 0.6, "throughput": 0.7},
        "new model": {"time": 0.3, "throughput": 0.35},
    },
    measured={"One": 100, "Two": 5},
    specifications={},
    vendors={"Vendor": 105},
    fitted={},
)


def grid(chips: tuple[str, ...] = ("One", "Two"), generations: tuple[str, ...] = ("engine 1",)) -> Question:
    """A few dozen deployments that tell the constants apart: small and large loads, both models, several layouts."""
    asked = []
    for chip in chips:
        for generation in generations:
            for model, layouts in (("Dense", (2, 8)), ("Mixture", (8,))):
                for size in layouts:
                    for concurrency in (1.0, 8.0, 64.0, 256.0):
                        name = f"{chip} {generation} {model} tp{size} c{concurrency:g}"
                        asked.append(
                            changed(
                                ASKED,
                                row_id=name,
                                chip=chip,
                                generation=generation,
                                model=model,
                                chips=size,
                                parallelism=f"tp{size}",
                                concurrency=concurrency,
                            )
                        )
    return question(asked, {**CARDS, "Two": card("Two", memory_gb=160.0)}, MODELS)


def true_values(**changes: float) -> dict[str, float]:
    """The common numbers a fit starts from, some of them changed."""
    return {name: changes.get(name, STARTS[name][0]) for name in GLOBALS}


def measured_with(asked: Question, values: dict[str, Any]) -> tuple[FloatArray, BoolArray]:
    """What would have been measured at these numbers: log seconds per output token of every row."""
    from costmodel.calibration.fitting import log_times
    from costmodel.calibration.times import times

    by_time: BoolArray = np.ones(len(asked.deployments), dtype=bool)
    return log_times(times(asked, efficiency_of(values)), by_time), by_time
