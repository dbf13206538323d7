"""The fitted constants and how they combine into the efficiency of a chip under a software (E9).

Hierarchical: every chip starts from the same four numbers; vendor, family, chip, precision, engine and software
generation each move them by a log deviation that was shrunk towards zero. What is not known deviates by nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.inputs.efficiency import Efficiency, Structure

OWN = ("memory", "compute", "layer_microseconds", "collective_microseconds")
STRUCTURAL = tuple(field.name for field in fields(Structure))
GLOBALS = OWN + STRUCTURAL
# No memory or compute unit is busy all the time; best published kernels reach about this much.
MOST_REACHED = 0.95
LEVELS = ("vendor", "family", "chip", "precision", "engine", "generation")
# What a deviation moves. Fixed times move together.
MOVED: Mapping[str, tuple[str, ...]] = {
    "memory": ("memory",),
    "compute": ("compute",),
    "fixed": ("layer_microseconds", "collective_microseconds"),
    "interference": ("interference",),
    "expert_compute": ("expert_compute",),
}
# (level, what it moves, prior standard deviation of the log): software generations and engines differ most, a chip
# within its family least. An untuned early release must not be laid to its vendor's chips.
DEVIATIONS: tuple[tuple[str, str, float], ...] = (
    ("vendor", "memory", 0.12),
    ("vendor", "compute", 0.2),
    ("vendor", "fixed", 0.3),
    ("family", "memory", 0.1),
    ("family", "compute", 0.2),
    ("family", "fixed", 0.2),
    ("chip", "memory", 0.08),
    ("chip", "compute", 0.12),
    ("chip", "fixed", 0.12),
    ("precision", "memory", 0.2),
    ("precision", "compute", 0.3),
    ("precision", "expert_compute", 0.3),
    ("engine", "compute", 0.25),
    ("engine", "fixed", 0.25),
    ("engine", "interference", 0.4),
    ("generation", "compute", 0.15),
    ("generation", "memory", 0.1),
    ("generation", "fixed", 0.3),
    ("generation", "interference", 0.3),
)
# Log offsets of what the structure leaves over, by nested neighbourhood, with the prior standard deviation of each.
OFFSETS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("generation", ("generation",), 0.15),
    ("model", ("model",), 0.12),
    ("chip", ("chip",), 0.08),
    ("model and precision", ("model", "precision"), 0.08),
    ("model and generation", ("model", "generation"), 0.15),
    ("chip, generation and precision", ("chip", "generation", "precision"), 0.1),
    ("model, chip, generation and precision", ("model", "chip", "generation", "precision"), 0.12),
    ("deployment", ("model", "chip", "generation", "precision", "parallelism"), 0.12),
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything a fit leaves. Deviations and offsets are logs; times are multiplied by exp(offset).

    `half_widths` are logs of the 80% band's factor by level of knowledge, then by chip or source; `measured` and
    `vendors` count rows used for the fit by chip and by vendor; `specifications` are those of the chips fitted.
    """

    globals: Mapping[str, float]
    deviations: Mapping[str, Mapping[str, Mapping[str, float]]]
    offsets: Mapping[str, Mapping[str, float]]
    half_widths: Mapping[str, Mapping[str, float]]
    measured: Mapping[str, int]
    specifications: Mapping[str, Mapping[str, float]]
    vendors: Mapping[str, int]
    fitted: Mapping[str, Any]

    def efficiency(self, names: Mapping[str, Any]) -> Efficiency:
        """Return the efficiency at these names of levels, each a string or a list of one a row.

        Levels that are missing, and names never measured, deviate by nothing.
        """
        logs: dict[str, Number] = {name: np.log(self.globals[name]) for name in GLOBALS}
        for level, moved, _sd in DEVIATIONS:
            if level not in names:
                continue
            known = self.deviations.get(level, {}).get(moved, {})
            shift = _looked_up(known, names[level])
            for name in MOVED[moved]:
                logs[name] = logs[name] + shift
        return efficiency_of({name: np.exp(value) for name, value in logs.items()})

    def offset(self, names: Mapping[str, Any]) -> Number:
        """Return the log offset at these names; a neighbourhood counts when all its names are given."""
        total: Number = 0.0
        for label, levels, _sd in OFFSETS:
            if all(level in names for level in levels):
                total = total + _looked_up(
                    self.offsets.get(label, {}), joined([names[one] for one in levels])
                )
        return total


def efficiency_of(values: Mapping[str, Number]) -> Efficiency:
    """Return the efficiency of a value for each of `GLOBALS`; shares of a specification stay below `MOST_REACHED`."""
    structure = Structure(**{name: values[name] for name in STRUCTURAL})
    own = {name: values[name] for name in OWN}
    own |= {name: _saturated(values[name]) for name in ("memory", "compute")}
    return Efficiency(**own, structure=structure)


def _saturated(share: Number) -> Number:
    """Return the share, bent smoothly so that it never passes `MOST_REACHED`; below two thirds hardly changed."""
    return share * (1.0 + (share / MOST_REACHED) ** 8) ** -0.125


def joined(parts: list[Any]) -> Any:
    """Return the name of a neighbourhood: the names of its levels, or a list of them when they are lists."""
    if isinstance(parts[0], str):
        return " | ".join(parts)
    return [" | ".join(row) for row in zip(*parts, strict=True)]


def _looked_up(known: Mapping[str, float], names: Any) -> Number:
    if isinstance(names, str):
        return known.get(names, 0.0)
    found: FloatArray = np.array([known.get(name, 0.0) for name in names])
    return found
