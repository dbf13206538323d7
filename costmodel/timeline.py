"""The quarter axis: an opening date (index -1) and calendar quarters t = 0..Q-1 (engine.md 0)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from costmodel.arrays import FloatArray

OPENING = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The opening date (the last day of a calendar quarter) and the number of quarters after it."""

    opening: date
    quarters: int

    def index_of(self, day: date) -> int:
        """Return the quarter that holds `day`; -1 or less when it is not after the opening date."""
        return (day.year * 4 + (day.month - 1) // 3) - self._opening_ordinal() - 1

    def label(self, index: int) -> str:
        """Return "2026 Q2" for a quarter index."""
        ordinal = self._opening_ordinal() + 1 + index
        return f"{ordinal // 4} Q{ordinal % 4 + 1}"

    def labels(self) -> list[str]:
        """Return the labels of quarters 0..Q-1."""
        return [self.label(index) for index in range(self.quarters)]

    def _opening_ordinal(self) -> int:
        return self.opening.year * 4 + (self.opening.month - 1) // 3


def discount_factors(annual_rate: float, quarters: int) -> FloatArray:
    """Return (Q+1,) factors: 1 at the opening date, (1+r)^(-(t+1)/4) at the end of quarter t."""
    return np.asarray((1.0 + annual_rate) ** (-np.arange(quarters + 1) / 4.0), dtype=np.float64)


def ramp(start: int, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (Q,) share reached: min((t - start + 1) / ramp, 1) from `start`, zero before."""
    steps = np.arange(quarters) - start + 1
    return np.clip(steps / max(ramp_quarters, 1), 0.0, 1.0) * (steps > 0)
