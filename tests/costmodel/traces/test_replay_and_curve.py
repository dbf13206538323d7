"""A trace's own curve must tell what replaying it tells, whatever the trace looks like."""

import numpy as np
import pytest

from costmodel.load import LoadTable
from costmodel.randomness import stream
from costmodel.traces.curve import capacity_of, curve_of, served_share, time_above, use_of
from costmodel.traces.trace import Trace, Use, replay

PLANS = [(c1, c2) for c1 in (0.8, 1.0, 1.2, 1.5) for c2 in (1.25, 1.5, 2.0, 2.5) if c2 > c1]
LUCK = stream(5, "traces", 0)
SERIES = {
    "smooth": np.exp(0.4 * LUCK.standard_normal(2016)),
    "spiky": LUCK.pareto(1.1, 2016),
    "one spike in zeros": np.append(np.zeros(900), 1.0),
    "many equal": LUCK.integers(0, 3, 500).astype(np.float64),
    "flat": np.full(100, 7.0),
    "one step": np.array([3.0]),
    "three steps": np.array([1.0, 2.0, 3.0]),
    "long": np.exp(LUCK.standard_normal(20_000)),
    "on the levels themselves": np.array([0.8, 1.0, 1.2, 1.5, 0.5, 1.0, 1.0, 1.0]),
}


def points_between(one: Use, other: Use) -> float:
    return 100 * max(abs(getattr(one, name) - getattr(other, name)) for name in Use.__slots__)


def test_a_hand_computed_replay() -> None:
    found = replay(Trace(np.array([1.0, 1.0, 2.0, 4.0]), 1 / 6), 1.0, 1.5)
    # Mean 2: loads 0.5, 0.5, 1, 2 over it. Above 1: one step in four. Burst 0.5, unserved 0.5 of 4.
    assert (found.burst_share, found.unserved_share) == pytest.approx((0.125, 0.125))
    assert (found.time_above_c1, found.time_above_c2) == (0.25, 0.25)


@pytest.mark.parametrize("name", SERIES)
def test_the_curve_of_a_trace_tells_what_its_replay_tells(name: str) -> None:
    trace = Trace(SERIES[name], 1 / 6)
    curve = curve_of(trace)
    for c1, c2 in PLANS:
        assert points_between(use_of(curve, c1, c2), replay(trace, c1, c2)) < 1e-3


@pytest.mark.parametrize("name", SERIES)
def test_a_thousand_points_are_enough_for_a_tenth_of_a_point(name: str) -> None:
    trace = Trace(SERIES[name], 1 / 6)
    curve = curve_of(trace, most_points=1000)
    assert len(curve.exceedance_share) <= 1000
    for c1, c2 in PLANS:
        assert points_between(use_of(curve, c1, c2), replay(trace, c1, c2)) < 0.1


def test_the_exact_reading_agrees_with_the_table_of_the_simulation() -> None:
    curve = curve_of(Trace(SERIES["smooth"], 1 / 6), most_points=400)
    levels = np.linspace(0.1, 3.0, 30)
    assert served_share(curve, levels) == pytest.approx(
        LoadTable.of(curve).expected_min(levels, 0.0), abs=1e-4
    )


def test_a_straight_curve_has_a_parabola_and_a_capacity_in_closed_form() -> None:
    straight = curve_of(Trace(np.arange(4001) / 2000, 1.0), most_points=1000)
    assert served_share(straight, 0.5) == pytest.approx(0.5 - 0.25 / 4, abs=1e-4)
    assert time_above(straight, 0.5) == pytest.approx(0.75, abs=1e-3)
    # Unserved above x is (2 - x)^2 / 4 = 0.001.
    assert capacity_of(straight) == pytest.approx(2 - np.sqrt(0.004), abs=1e-3)


@pytest.mark.parametrize(
    ("load", "step", "said"),
    [
        ([], 1.0, "at least one step"),
        ([1.0, -0.1], 1.0, "below 0"),
        ([1.0, np.nan], 1.0, "no number"),
        ([0.0, 0.0], 1.0, "above 0"),
        ([1.0], 0.0, "longer than 0"),
    ],
)
def test_what_is_no_load_is_refused_with_a_sentence(load: list[float], step: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Trace(np.array(load), step)
