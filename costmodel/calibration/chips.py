"""A chip with calibrated efficiencies, how well it is known, and the band of its speed (E9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from costmodel.calibration import held_out
from costmodel.calibration.calibration import Calibration
from costmodel.calibration.names import chip_named, family_of, model_named
from costmodel.calibration.precisions import chip_at
from costmodel.inputs.serving import Chip
from costmodel.inputs.table import ChipCard

# A chip is the one that was measured when its figures differ by no more than this share.
ALIKE = 0.1
CALIBRATED, TRANSFERRED, SPECIFICATION_ONLY = "calibrated", "transferred", "specification_only"


@dataclass(frozen=True, slots=True)
class CalibratedChip:
    """A chip at a precision; `half_width` is the log of the 80% band's factor of its speed.

    `status`: calibrated, when the chip itself was measured; transferred, when others of its vendor were;
    specification_only, when nobody measured the vendor's chips.
    """

    chip: Chip
    status: str
    half_width: float


def status_of(calibration: Calibration, chip: str, vendor: str) -> str:
    """Return how well a chip is known."""
    if calibration.measured.get(chip, 0) >= held_out.FEWEST_ROWS:
        return CALIBRATED
    rows = {name.casefold(): count for name, count in calibration.vendors.items()}
    known = rows.get(vendor.strip().casefold(), 0) >= held_out.FEWEST_ROWS
    return TRANSFERRED if known else SPECIFICATION_ONLY


def calibrated(
    calibration: Calibration,
    card: ChipCard,
    precision: str,
    model: str,
    experts: bool,
    software: tuple[str, str] | None = None,
) -> CalibratedChip:
    """Return the chip with the efficiency the fit gives it, for a model under an (engine, generation) or any software.

    Raises ValueError, naming the chip, for a precision that is not known or that it has no rate for.
    """
    name = _name(calibration, card)
    shape = model_named(model, calibration.offsets.get("model", {}))
    names = _names(card, name, precision, shape, software)
    reached = calibration.efficiency(names)
    status = status_of(calibration, name, card.vendor)
    chip = replace(
        chip_at(card, precision, experts),
        compute_efficiency=float(reached.compute),
        memory_efficiency=float(reached.memory),
        layer_microseconds=float(reached.layer_microseconds),
        collective_microseconds=float(reached.collective_microseconds),
        structure=reached.structure,
        speed_error=float(np.exp(-calibration.offset(names))),
        calibration=status,
    )
    known = software is not None and known_software(calibration, software)
    known_model = shape in calibration.offsets.get("model", {})
    width = half_width(calibration, "throughput", name, status, known, known_model, shape)
    return CalibratedChip(chip, status, width)


def _names(
    card: ChipCard, chip: str, precision: str, model: str, software: tuple[str, str] | None
) -> dict[str, str]:
    """Return the names of the levels a chip, model and perhaps software stand at."""
    names = {
        "vendor": card.vendor,
        "family": family_of(chip),
        "chip": chip,
        "precision": precision,
        "model": model,
    }
    return names if software is None else names | {"engine": software[0], "generation": software[1]}


def _name(calibration: Calibration, card: ChipCard) -> str:
    """Return the name a card's chip is calibrated under: a chip with other figures is not the one measured."""
    name = chip_named(card.label, calibration.specifications)
    own = specification_of(card)
    measured = calibration.specifications.get(name, own)
    alike = own.keys() == measured.keys() and all(
        abs(own[what] / measured[what] - 1.0) <= ALIKE for what in measured
    )
    return name if alike else f"{name}, with other figures"


def specification_of(card: ChipCard) -> dict[str, float]:
    """Return the figures by which a chip is recognised."""
    rates = {name: rate for name, rate in card.tflops.items() if rate is not None}
    return {"memory_gb": card.memory_gb, "memory_tb_per_s": card.memory_tb_per_s, **rates}


def known_software(calibration: Calibration, software: tuple[str, str]) -> bool:
    """Return whether this generation was measured."""
    return software[1] in calibration.deviations.get("generation", {}).get("fixed", {})


def half_width(
    calibration: Calibration,
    kind: str,
    chip: str,
    status: str,
    software: bool,
    model: bool,
    shape: str = "",
    deployment: bool = True,
) -> float:
    """Return the log of the 80% band's factor for a kind of figure (`held_out.kind_of`) at this knowledge.

    What is known gives the base: that of the chip, widened or narrowed as its model `shape` is against all models.
    What is not known adds the variance that leaving it out has added in the tests. `deployment` says whether this
    model, chip and software were measured together.
    """
    widths = calibration.half_widths
    known = widths[held_out.KNOWN]
    overall = known.get(kind) or max(known.values())
    base = known.get(f"{kind} | {chip}", overall) if status == CALIBRATED else overall
    base = base * known.get(f"{kind} | {shape}", overall) / overall
    missing = {
        held_out.ANY_SOFTWARE: not software,
        held_out.NEW_CHIP: status == TRANSFERRED,
        held_out.NEW_VENDOR: status == SPECIFICATION_ONLY,
        held_out.NEW_MODEL: not model,
    }
    missing[held_out.NEW_DEPLOYMENT] = not deployment and not any(missing.values())
    added = 0.0
    for level, is_missing in missing.items():
        if is_missing:
            # A level that no test could try (one vendor in the file) says nothing of its own: the widest stands in.
            wide = widths.get(level, {}).get(kind, overall) or _widest(widths)
            added += max(wide**2 - overall**2, 0.0)
    return float(np.sqrt(base**2 + added))


def _widest(widths: Mapping[str, Mapping[str, float]]) -> float:
    return max(width for known in widths.values() for width in known.values() if width)
