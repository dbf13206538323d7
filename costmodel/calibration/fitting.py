"""Fits the constants to measurements: robust, in log space, shrunk by level, then what is left over (E9).

Two stages. First the structure: common numbers and the deviations of vendor, family, chip, precision, engine and
software generation are found together, as the mode of a posterior with normal priors on their logs and a
pseudo-Huber loss on log errors. Then log offsets of nested neighbourhoods take up what the structure left (a mixed
model with known variances, reweighted for outliers). Time per output token is fitted first; rows that hold only a
measured throughput enter by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from costmodel.arrays import BoolArray, FloatArray
from costmodel.calibration.calibration import (
    DEVIATIONS,
    GLOBALS,
    MOVED,
    OFFSETS,
    Calibration,
    efficiency_of,
    joined,
)
from costmodel.calibration.questions import Question
from costmodel.calibration.times import times

# Where the common numbers start, and how far (log standard deviation) they may go from there.
STARTS: Mapping[str, tuple[float, float]] = {
    "memory": (0.75, 0.15),
    "compute": (0.5, 0.7),
    "layer_microseconds": (40.0, 0.7),
    "collective_microseconds": (8.0, 0.7),
    "cache_memory": (0.7, 0.3),
    "expert_compute": (0.7, 0.7),
    "attention_compute": (0.9, 0.7),
    "prefill_compute": (1.0, 0.7),
    "expert_prefill_compute": (0.5, 0.7),
    "attention_prefill_compute": (1.0, 0.7),
    "link": (0.5, 0.5),
    "reduce_growth": (0.5, 0.7),
    "exchange": (2.0, 0.7),
    "beyond_domain": (4.0, 0.7),
    "expert_layer": (0.7, 0.7),
    "linear_layer": (0.3, 0.7),
    "step": (5.0, 0.7),
    "request": (0.2, 0.7),
    "prompt_milliseconds": (1.0, 0.7),
    "expert_reuse": (0.8, 0.2),
    "expert_imbalance": (1.2, 0.15),
    "interference": (0.8, 0.4),
    "own_prefill": (1.0, 0.5),
}
# Log errors beyond about this are outliers and pull with constant force.
SCALE = 0.12
_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class Fitted:
    """The structure's constants: logs of `GLOBALS` and (level, moved) -> name -> log deviation."""

    logs: FloatArray
    deviations: list[dict[str, float]]

    def calibration(self, offsets: Mapping[str, Mapping[str, float]] | None = None) -> Calibration:
        """Return it as a calibration with these offsets and no bands yet."""
        nested: dict[str, dict[str, dict[str, float]]] = {}
        for (level, moved, _sd), found in zip(DEVIATIONS, self.deviations, strict=True):
            nested.setdefault(level, {})[moved] = found
        values = {name: float(np.exp(log)) for name, log in zip(GLOBALS, self.logs, strict=True)}
        return Calibration(values, nested, offsets or {}, {}, {}, {}, {}, {})


class _Problem:
    """The unknowns of a fit as one vector: common logs first, then the deviations level by level."""

    def __init__(self, asked: Question, target: FloatArray, by_time: BoolArray) -> None:
        self.asked, self.target, self.by_time = asked, target, by_time
        names = asked.names
        self.known = [sorted(set(names[level])) for level, _moved, _sd in DEVIATIONS]
        self.starts = np.cumsum([len(GLOBALS), *(len(known) for known in self.known)])
        self.place = [
            np.array([known.index(name) for name in names[level]]) + start
            for (level, _moved, _sd), known, start in zip(
                DEVIATIONS, self.known, self.starts[:-1], strict=True
            )
        ]
        size = int(self.starts[-1])
        self.middle, self.spread = np.zeros(size), np.ones(size)
        self.middle[: len(GLOBALS)] = [np.log(STARTS[name][0]) for name in GLOBALS]
        self.spread[: len(GLOBALS)] = [STARTS[name][1] for name in GLOBALS]
        for (_level, _moved, sd), begin, end in zip(
            DEVIATIONS, self.starts[:-1], self.starts[1:], strict=True
        ):
            self.spread[begin:end] = sd

    def errors(self, logs: FloatArray, shifts: list[FloatArray]) -> FloatArray:
        """Log predicted minus log measured time, in units of the scale; shifts are (row,) by deviation."""
        values = {name: np.full(self.asked.row.size, log) for name, log in zip(GLOBALS, logs, strict=True)}
        for (_level, moved, _sd), shift in zip(DEVIATIONS, shifts, strict=True):
            for name in MOVED[moved]:
                values[name] = values[name] + shift[self.asked.row]
        found = times(self.asked, efficiency_of({name: np.exp(log) for name, log in values.items()}))
        return (log_times(found, self.by_time) - self.target) / SCALE

    def residuals(self, unknown: FloatArray) -> FloatArray:
        """Robust errors and distances from the priors."""
        error = self.errors(*self.split(unknown))
        return np.concatenate([_robust(error), (unknown - self.middle) / self.spread])

    def split(self, unknown: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
        return unknown[: len(GLOBALS)], [unknown[place] for place in self.place]

    def jacobian(self, unknown: FloatArray) -> FloatArray:
        """Forward differences; all names of a deviation move at once, because each row knows only its own."""
        logs, shifts = self.split(unknown)
        error = self.errors(logs, shifts)
        slope = _robust_slope(error)
        found = np.zeros((error.size + unknown.size, unknown.size))
        for place in range(len(GLOBALS)):
            moved = logs.copy()
            moved[place] += _STEP
            found[: error.size, place] = slope * (self.errors(moved, shifts) - error) / _STEP
        rows = np.arange(error.size)
        for number, place in enumerate(self.place):
            moved_shifts = list(shifts)
            moved_shifts[number] = shifts[number] + _STEP
            found[rows, place] = slope * (self.errors(logs, moved_shifts) - error) / _STEP
        found[error.size :] = np.diag(1.0 / self.spread)
        return found

    def fitted(self, unknown: FloatArray) -> Fitted:
        deviations = [
            {name: float(unknown[begin + place]) for place, name in enumerate(known)}
            for known, begin in zip(self.known, self.starts[:-1], strict=True)
        ]
        return Fitted(unknown[: len(GLOBALS)].copy(), deviations)


def _robust(error: FloatArray) -> FloatArray:
    """Return r with r^2 = 2 (sqrt(1 + e^2) - 1), the pseudo-Huber loss."""
    found: FloatArray = np.sign(error) * np.sqrt(2.0 * (np.sqrt(1.0 + error**2) - 1.0))
    return found


def _robust_slope(error: FloatArray) -> FloatArray:
    """Return dr/de of `_robust`; 1 at 0."""
    root = np.sqrt(1.0 + error**2)
    safe = np.where(np.abs(error) < 1e-6, 1.0, error)
    found: FloatArray = np.where(
        np.abs(error) < 1e-6, 1.0, safe / root / np.where(safe == 0, 1.0, _robust(safe))
    )
    return found


def log_times(found: Any, by_time: BoolArray) -> FloatArray:
    """Return log seconds per output token where that was measured, else minus log output tokens per chip-second."""
    logs: FloatArray = np.where(by_time, np.log(found.s_per_token), -np.log(found.output_per_chip_second))
    return logs


def fit_structure(asked: Question, target: FloatArray, by_time: BoolArray) -> Fitted:
    """Return the structure's constants. `target` is `log_times` of the measured; arrays are (row,).

    Every search starts at the priors: one that started at a fit of more rows would carry them over.
    """
    problem = _Problem(asked, target, by_time)
    found = least_squares(
        problem.residuals, problem.middle, jac=problem.jacobian, max_nfev=30, x_scale="jac", ftol=1e-4
    )
    return problem.fitted(found.x)


def fit_offsets(
    names: Mapping[str, Sequence[str]], left_over: FloatArray, rounds: int = 8
) -> dict[str, dict[str, float]]:
    """Return log offsets by neighbourhood of what the structure left, measured minus predicted, (row,) (E9)."""
    labels = [joined([list(names[level]) for level in levels]) for _label, levels, _sd in OFFSETS]
    known = [sorted(set(found)) for found in labels]
    starts = np.cumsum([0, *(len(found) for found in known)])
    design = np.zeros((left_over.size, int(starts[-1])))
    precision = np.zeros(int(starts[-1]))
    for number, (found, start) in enumerate(zip(labels, starts[:-1], strict=True)):
        where = {name: int(start) + place for place, name in enumerate(known[number])}
        design[np.arange(left_over.size), [where[name] for name in found]] = 1.0
        precision[start : starts[number + 1]] = 1.0 / OFFSETS[number][2] ** 2
    offsets: Any = np.zeros(design.shape[1])
    for _ in range(rounds):
        error = (left_over - design @ offsets) / SCALE
        weight = 1.0 / np.sqrt(1.0 + error**2) / SCALE**2
        offsets = np.linalg.solve(
            (design.T * weight) @ design + np.diag(precision), (design.T * weight) @ left_over
        )
    return {
        OFFSETS[number][0]: {name: float(offsets[start + place]) for place, name in enumerate(known[number])}
        for number, start in enumerate(starts[:-1])
    }


def fit(asked: Question, target: FloatArray, by_time: BoolArray) -> Calibration:
    """Return structure and offsets together, without bands."""
    structure = fit_structure(asked, target, by_time)
    plain = structure.calibration()
    left_over = target - predicted(plain, asked, by_time)
    return structure.calibration(fit_offsets(asked.names, left_over))


def predicted(calibration: Calibration, asked: Question, by_time: BoolArray) -> FloatArray:
    """Return the log times a calibration predicts for each row, offsets included."""
    found = times(asked, calibration.efficiency(asked.candidate_names()))
    shifted: FloatArray = log_times(found, by_time) + calibration.offset(asked.names)
    return shifted
