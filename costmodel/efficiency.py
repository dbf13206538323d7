"""Why a chip-hour carries more tokens over the years: named sources, each applied once (E13)."""

from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray

UNNAMED = "efficiency_gain"


def gain_by_source(workload: Any, quarters: int) -> dict[str, FloatArray]:
    """Return by key the factor on tokens a chip-hour in each quarter over the opening date, (Q, 1) or (Q, draw).

    (1 + gain)^years at mid-quarter, standing still once the source has ended. Without named sources there is one, the
    single gain of the workload. The product is the whole gain, so the logs add up to it.
    """
    middle = np.arange(quarters)[:, None] + 0.5
    if not workload.efficiency_sources:
        return {UNNAMED: (1.0 + workload.efficiency_gain_annual) ** (middle / 4.0)}
    return {
        named.key: (1.0 + named.gain_annual)
        ** (np.minimum(middle, named.lasts_quarters) * units.YEARS_PER_QUARTER)
        for named in workload.efficiency_sources
    }


def gain_path(workload: Any, quarters: int) -> FloatArray:
    """Return the whole factor, the product over its sources."""
    factors = list(gain_by_source(workload, quarters).values())
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return np.asarray(total)
