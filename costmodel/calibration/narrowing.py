"""Which measurement would narrow the band of a chip most, for chips that are not calibrated (E9)."""

from dataclasses import dataclass

from costmodel.calibration import held_out
from costmodel.calibration.calibration import Calibration
from costmodel.calibration.chips import CALIBRATED, half_width, status_of

CHIP, SOFTWARE = "chip", "software"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Logs of the 80% band's factor of a chip's throughput for a measured model, now and after a measurement.

    `now` is what the cost table gives: the software is not named. `chip_measured`: after enough rows of the chip;
    `software_named`: after its serving software is named and measured elsewhere; `both`: after a run under it.
    """

    chip: str
    status: str
    rows: int
    now: float
    chip_measured: float
    software_named: float
    both: float

    @property
    def narrowest(self) -> str:
        """Return the single step that narrows most: "chip" or "software"; "" when neither narrows."""
        best = min(self.chip_measured, self.software_named)
        if best >= self.now:
            return ""
        return CHIP if self.chip_measured == best else SOFTWARE


def narrowing(calibration: Calibration, chip: str, vendor: str) -> Narrowing:
    """Return the bands of a chip before and after each measurement.

    A chip measured anew is given the spread of all measured chips: its own is not known before the run.
    """
    status = status_of(calibration, chip, vendor)

    def width(as_status: str, software: bool) -> float:
        named = chip if as_status == status else ""
        return half_width(calibration, held_out.kind_of(False, False), named, as_status, software, True)

    return Narrowing(
        chip=chip,
        status=status,
        rows=calibration.measured.get(chip, 0),
        now=width(status, False),
        chip_measured=width(CALIBRATED, False),
        software_named=width(status, True),
        both=width(CALIBRATED, True),
    )
