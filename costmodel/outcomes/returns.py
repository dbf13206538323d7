"""Internal rate of return, one per draw (engine.md 8, performance.md 3)."""

import numpy as np

from costmodel.arrays import FloatArray

# Quarterly rates tried: dense near zero, from -99% to +9,900% a quarter (sinh spacing).
_GRID = np.concatenate(
    [-0.99 * np.linspace(1.0, 0.02, 20) ** 1.5, [0.0], np.sinh(np.linspace(0.02, 5.3, 28))]
)
_STEPS = 60


def internal_rate(flows: FloatArray) -> FloatArray:
    """Return (draw,) yearly IRR of quarterly flows (Q+1, draw); nan where none exists.

    Of several roots the one nearest zero is taken. All money lost (outflows, never an inflow) is -100%;
    flows of one sign otherwise, or a root outside -99% to +9,900% a quarter, give nan.
    """
    values = np.stack([_present_value(flows, np.full(flows.shape[1], rate)) for rate in _GRID])
    changes = np.signbit(values[:-1]) != np.signbit(values[1:])
    distance = np.abs(_GRID[:-1] + _GRID[1:])[:, None]
    nearest = np.argmin(np.where(changes, distance, np.inf), axis=0)
    low, high = _GRID[nearest].copy(), _GRID[nearest + 1].copy()
    at_low = np.take_along_axis(values, nearest[None, :], axis=0)[0]
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        value = _present_value(flows, middle)
        same = np.signbit(value) == np.signbit(at_low)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    yearly = (1.0 + (low + high) / 2.0) ** 4 - 1.0
    lost = ~(flows > 0.0).any(axis=0) & (flows < 0.0).any(axis=0)
    return np.where(changes.any(axis=0), yearly, np.where(lost, -1.0, np.nan))


def _present_value(flows: FloatArray, rate: FloatArray) -> FloatArray:
    """Return sum of flows_t (1 + rate)^-t by Horner's rule, per draw."""
    factor = 1.0 / (1.0 + rate)
    value = flows[-1].copy()
    for row in flows[-2::-1]:
        value = value * factor + row
    return value
