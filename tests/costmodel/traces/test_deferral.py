"""Deferral by replay: hand-computed windows, and the order that no other can beat."""

import numpy as np
import pytest
from scipy.optimize import linprog

from costmodel.randomness import stream
from costmodel.traces.curve import capacity_of, curve_of
from costmodel.traces.deferral import capacity_when_deferred, served_when_deferred
from costmodel.traces.trace import Trace

HOURLY = 1.0


def test_a_peak_waits_one_hour_and_no_longer() -> None:
    trace = Trace(np.array([0.0, 4.0, 0.0, 0.0]), HOURLY)
    # Mean 1. Capacity 1 serves one hour's worth at once and one in each hour of the window, of 4 in all.
    assert served_when_deferred(trace, 1.0, 1.0, 0.0) == pytest.approx(0.25)
    assert served_when_deferred(trace, 1.0, 1.0, 1.0) == pytest.approx(0.50)
    assert served_when_deferred(trace, 1.0, 1.0, 1.9) == pytest.approx(0.50)
    # With half of it fixed, capacity 1 meets fixed load in hour 1 and deferred load in hour 2.
    assert served_when_deferred(trace, 1.0, 0.5, 1.0) == pytest.approx(0.50)


def test_nothing_deferrable_is_the_curve_itself() -> None:
    trace = Trace(np.exp(0.4 * stream(5, "deferral", 0).standard_normal(300)), 1 / 6)
    assert capacity_when_deferred(trace, 0.0, 24.0) == pytest.approx(capacity_of(curve_of(trace)), rel=1e-5)


def test_oldest_first_serves_as_much_as_the_best_schedule() -> None:
    load = stream(6, "deferral", 0).exponential(1.0, 24)
    load, wait, share, capacity = load / load.mean(), 3, 0.6, 1.05
    # The replay leaves open what still waits at its end, so quiet hours follow; they lower the mean it divides by.
    padded = Trace(np.append(load, np.zeros(wait)), HOURLY)
    found = float(served_when_deferred(padded, capacity / padded.mean, share, wait))
    assert found == pytest.approx(best_schedule(load, wait, share, capacity), abs=1e-9)
    assert found < 0.995


def best_schedule(load: np.ndarray, wait: int, share: float, capacity: float) -> float:
    """The share of tokens that the best of all schedules serves, by linear programming."""
    steps = load.size + wait
    late = [(a, s) for a in range(load.size) for s in range(a, a + wait + 1)]
    columns = [*late, *((None, s) for s in range(load.size))]
    within = [[float(s == step) for _a, s in columns] for step in range(steps)]
    of_arrival = [[float(a == step) for a, _s in columns] for step in range(load.size)]
    best = linprog(
        -np.ones(len(columns)),
        A_ub=np.array(within + of_arrival),
        b_ub=np.concatenate((np.full(steps, capacity), share * load)),
        bounds=[(0, None)] * len(late) + [(0, float(one)) for one in (1 - share) * load],
    )
    return float(-best.fun / load.sum())


def test_more_share_and_longer_windows_never_need_more_capacity() -> None:
    trace = Trace(np.exp(0.5 * stream(7, "deferral", 0).standard_normal(288)), 1 / 6)
    found = np.array(
        [[capacity_when_deferred(trace, f, hours) for hours in (0, 1, 4, 24)] for f in (0, 0.2, 0.5)]
    )
    assert (np.diff(found, axis=0) <= 1e-6).all()
    assert (np.diff(found, axis=1) <= 1e-6).all()
    assert found.min() >= 0.999


def test_the_served_share_bends_down_so_it_has_a_curve() -> None:
    trace = Trace(stream(8, "deferral", 0).exponential(1.0, 288), 1 / 6)
    served = served_when_deferred(trace, np.linspace(0, 6, 121), 0.4, 4.0)
    assert (np.diff(served) >= -1e-12).all()
    assert (np.diff(served, 2) <= 1e-12).all()
