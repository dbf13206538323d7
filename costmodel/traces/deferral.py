"""A share of the load that may wait: earliest deadline first on what the rest leaves free (E16, demand.md 4)."""

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.traces.curve import capacity_for
from costmodel.traces.trace import Trace


def served_when_deferred(
    trace: Trace, capacity: FloatArray | float, share: float, window_hours: float
) -> FloatArray:
    """Return the share of all tokens served at each capacity (over the mean) when `share` may wait `window_hours`.

    What may not wait is served first, in its own step; the waiting part by age, and lost once it has waited the
    whole steps of the window. With one window for all this is the most that any order can serve. What still waits
    when the trace ends is not lost, but nothing more than the capacity counts as served.
    """
    levels = np.atleast_1d(np.asarray(capacity, dtype=np.float64))
    load, wait = trace.over_mean, trace.steps_in(window_hours)
    arrived = np.concatenate(([0.0], np.cumsum(load * share)))
    done, lost = np.zeros_like(levels), np.zeros_like(levels)
    for step, now in enumerate(load * (1.0 - share)):
        free = levels - np.minimum(now, levels)
        lost += now - np.minimum(now, levels)
        expired = arrived[max(0, step - wait)]
        lost += np.maximum(expired - done, 0.0)
        done = np.minimum(np.maximum(done, expired) + free, arrived[step + 1])
    served = np.minimum(1.0 - lost / load.size, levels)
    return np.asarray(np.clip(served, 0.0, 1.0).reshape(np.shape(capacity)))


def capacity_when_deferred(trace: Trace, share: float, window_hours: float, unserved: float = 0.001) -> float:
    """Return the least capacity, over the mean, that leaves at most `unserved` of the tokens."""
    most = float(trace.over_mean.max())
    return capacity_for(lambda level: served_when_deferred(trace, level, share, window_hours), unserved, most)
