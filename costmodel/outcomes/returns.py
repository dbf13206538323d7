"""Internal rate of return, one per draw, with the reason when there is none (engine.md 8, performance.md 3)."""

from typing import Literal, TypeAlias, get_args

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray

Reason: TypeAlias = Literal["found", "several_roots", "no_root", "all_lost", "outside_grid"]

# The codes are places in this list; they are counted, so an old one never changes.
REASONS: tuple[Reason, ...] = get_args(Reason)
FOUND, SEVERAL_ROOTS, NO_ROOT, ALL_LOST, OUTSIDE_GRID = range(len(REASONS))

# Log growth a quarter, ln(1 + r): from -99% to +9,900% a quarter, 0 in the middle, dense near 0 (sinh spacing).
_FAR, _CELLS_A_SIDE, _BEND = np.log(100.0), 24, 5.0
_GRID: FloatArray = (
    _FAR * np.sinh(_BEND * np.arange(-_CELLS_A_SIDE, _CELLS_A_SIDE + 1) / _CELLS_A_SIDE) / np.sinh(_BEND)
)
_NEAREST_FIRST = np.argsort(np.abs(_GRID[:-1] + _GRID[1:]), kind="stable")
_NEWTON_STEPS, _BISECTIONS = 12, 60
# Newton doubles the digits: after a step this small the next one would be below the last bit.
_LAST_STEP, _EDGE = 1e-9, 1e-14
# Draws that are found ride along until so few are left that a copy of their flows costs less.
_WORTH_A_COPY = 0.5


def internal_rate(flows: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return (draw,) yearly IRR of quarterly flows (Q+1, draw), (1 + r)^4 - 1, and (draw,) its reason's code.

    Every change of sign of the present value on a grid of rates brackets a root; Newton's method, kept inside its
    bracket, then finds it. Codes are places in `REASONS`. found: one root on the grid. several_roots: the one whose
    cell lies nearest to zero is given. all_lost: outflows and never an inflow, -100%. Else the rate is nan:
    outside_grid: a root lies below -99% or above +9,900% a quarter; no_root: none anywhere (flows of one sign or
    none, or a present value that turns back before it reaches 0). Two roots inside one cell of the grid are not seen.
    """
    times = np.arange(flows.shape[0], dtype=np.float64)[:, None]
    # The sign alone is read, so money may be counted at whichever end of time keeps every factor at most 1.
    factors = np.exp(-_GRID * np.where(_GRID < 0.0, times - times[-1], times))
    minus = np.signbit(flows.T @ factors)
    changes = (minus[:, :-1] != minus[:, 1:])[:, _NEAREST_FIRST]
    cell = _NEAREST_FIRST[changes.argmax(axis=1)]
    roots = changes.sum(axis=1)
    rate = np.full(flows.shape[1], np.nan)
    reason = np.where(roots > 1, SEVERAL_ROOTS, FOUND)
    some, none = np.flatnonzero(roots), np.flatnonzero(roots == 0)
    growth = _refined(_of(flows, some), _GRID[cell[some]], _GRID[cell[some] + 1], minus[some, cell[some]])
    rate[some] = np.expm1(4.0 * growth)
    rate[none], reason[none] = _without_bracket(flows[:, none], minus[none, 0], minus[none, -1])
    return rate, reason


def _without_bracket(
    flows: FloatArray, minus_at_lowest: BoolArray, minus_at_highest: BoolArray
) -> tuple[FloatArray, IntArray]:
    """Return rate and reason where the present value keeps its sign on the grid.

    Towards -100% its sign becomes that of the last flow that is not 0, towards infinity that of the first.
    """
    moves = flows != 0.0
    draws = np.arange(flows.shape[1])
    first = flows[moves.argmax(axis=0), draws] < 0.0
    last = flows[flows.shape[0] - 1 - moves[::-1].argmax(axis=0), draws] < 0.0
    lost = ~(flows > 0.0).any(axis=0) & moves.any(axis=0)
    beyond = moves.any(axis=0) & ((last != minus_at_lowest) | (first != minus_at_highest))
    reason = np.where(lost, ALL_LOST, np.where(beyond, OUTSIDE_GRID, NO_ROOT))
    return np.where(lost, -1.0, np.nan), reason


def _refined(flows: FloatArray, low: FloatArray, high: FloatArray, minus_at_low: BoolArray) -> FloatArray:
    """Return the log growth (draw,) between `low` and `high` at which the present value is 0."""
    found = np.empty(flows.shape[1])
    places, here = np.arange(flows.shape[1]), (low + high) / 2.0
    left = np.ones(flows.shape[1], dtype=np.bool_)
    for step in range(_NEWTON_STEPS + _BISECTIONS):
        value, slope = _present_value(flows, here)
        same = np.signbit(value) == minus_at_low
        low, high = np.where(same, here, low), np.where(same, high, here)
        with np.errstate(divide="ignore", invalid="ignore"):
            after = here + value / slope
        # A root on the edge of its bracket may be missed by a rounding error.
        inside = (after >= low - _EDGE) & (after <= high + _EDGE) & (step < _NEWTON_STEPS)
        after = np.where(inside, after, (low + high) / 2.0)
        after = np.where(left, after, here)
        left &= np.abs(after - here) > np.where(inside, _LAST_STEP, _EDGE)
        here = after
        found[places] = here
        if not left.any():
            break
        if np.count_nonzero(left) < _WORTH_A_COPY * left.size:
            low, high, here = low[left], high[left], here[left]
            places, minus_at_low = places[left], minus_at_low[left]
            flows, left = _of(flows, np.flatnonzero(left)), left[left]
    return found


def _present_value(flows: FloatArray, growth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sum of flows_t e^(-growth t), by Horner's rule, and minus its derivative by the growth."""
    factor = np.exp(-growth)
    value, slope = flows[-1].copy(), np.zeros(flows.shape[1])
    for row in flows[-2::-1]:
        slope *= factor
        slope += value
        value *= factor
        value += row
    slope *= factor
    return value, slope


def _of(flows: FloatArray, draws: IntArray) -> FloatArray:
    """Return the flows of these draws; the array itself when that is all of them."""
    return flows if draws.size == flows.shape[1] else flows.take(draws, axis=1)
