"""A share of the load that may wait: earliest deadline first on what the rest leaves free (E16, demand.md 4)."""

import numpy as np

from costmodel.arrays import FloatArray, IntArray
from costmodel.traces.trace import Trace

_LEVELS, _ROUNDS = 65, 5


def served_when_deferred(
    trace: Trace, capacity: FloatArray | float, share: float, window_hours: float
) -> FloatArray:
    """Return the share of all tokens served at each capacity (over the mean) when `share` may wait `window_hours`.

    What may not wait is served first, in its own step; the waiting part by age, and lost once it has waited the
    whole steps of the window. With one window for all this is the most that any order can serve. What still waits
    when the trace ends is not lost, but nothing more than the capacity counts as served.
    """
    levels = np.asarray(capacity, dtype=np.float64)
    waits = np.array([trace.steps_in(window_hours)])
    served = served_of_cells(trace, levels.reshape(1, -1), np.array([share]), waits)
    return np.asarray(served.reshape(levels.shape))


def served_of_cells(trace: Trace, levels: FloatArray, shares: FloatArray, waits: IntArray) -> FloatArray:
    """Return (cell, level) the served share as `served_when_deferred`, of a share and a wait in steps for each cell."""
    load = trace.over_mean
    arrived = np.concatenate(([0.0], np.cumsum(load)))
    may_wait = shares[:, None]
    done, lost = np.zeros_like(levels), np.zeros_like(levels)
    for step in range(load.size):
        now = load[step] * (1.0 - may_wait)
        served = np.minimum(now, levels)
        lost += now - served
        expired = may_wait * arrived[np.maximum(step - waits, 0)][:, None]
        lost += np.maximum(expired - done, 0.0)
        np.maximum(done, expired, out=done)
        done += levels
        done -= served
        np.minimum(done, may_wait * arrived[step + 1], out=done)
    return np.asarray(np.clip(np.minimum(1.0 - lost / load.size, levels), 0.0, 1.0))


def capacity_when_deferred(trace: Trace, share: float, window_hours: float, unserved: float = 0.001) -> float:
    """Return the least capacity, over the mean, that leaves at most `unserved` of the tokens."""
    waits = np.array([trace.steps_in(window_hours)])
    return float(capacities_of_cells(trace, np.array([share]), waits, unserved)[0])


def capacities_of_cells(
    trace: Trace, shares: FloatArray, waits: IntArray, unserved: float = 0.001
) -> FloatArray:
    """Return (cell,) the least capacities as `capacity_when_deferred`: each round narrows them 64 times."""
    cells = np.arange(shares.size)
    low, high = np.zeros(shares.size), np.full(shares.size, float(trace.over_mean.max()))
    for _round in range(_ROUNDS):
        levels = np.linspace(low, high, _LEVELS, axis=1)
        left = 1.0 - served_of_cells(trace, levels, shares, waits)
        enough = left <= unserved + 1e-12
        enough[:, -1] = True
        first = np.maximum(np.argmax(enough, axis=1), 1)
        low, high = levels[cells, first - 1], levels[cells, first]
    return high
