"""A made-up load of three days with what its replay found, for tests of levers with a window."""

from functools import lru_cache

import numpy as np

from costmodel.inputs.demand import LoadShape
from costmodel.randomness import stream
from costmodel.traces.carried import carried
from costmodel.traces.curve import curve_of
from costmodel.traces.levers import tabulated
from costmodel.traces.trace import Trace


@lru_cache
def replayed() -> tuple[Trace, LoadShape]:
    """Return the trace and its shape, which carries the lever tables."""
    noise = np.convolve(stream(3, "levers", 0).standard_normal(432 + 35), np.ones(36) / 6.0, "valid")
    trace = Trace(np.exp(0.3 * np.sin(np.arange(432) / 144 * 2 * np.pi) + 0.25 * noise), 1 / 6)
    shape = curve_of(trace, 128)
    tables = carried(tabulated(trace, curve_of(trace, 40)))
    return trace, LoadShape(
        exceedance_share=shape.exceedance_share, load_over_mean=shape.load_over_mean, replay=tables
    )
