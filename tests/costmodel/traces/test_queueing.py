"""A cap on the rate and a limit on its rise, by hand."""

import numpy as np
import pytest

from costmodel.randomness import stream
from costmodel.traces.deferral import served_when_deferred
from costmodel.traces.queueing import capped, ramped
from costmodel.traces.trace import Trace

PEAK = Trace(np.array([0.0, 4.0, 0.0, 0.0, 1.0]), 1.0)  # Mean 1.


def test_a_lossless_queue_serves_the_peak_later() -> None:
    found = capped(PEAK, 2.0, np.inf)
    assert found.load.tolist() == [0, 2, 2, 0, 1]
    assert (found.shed_share, found.held_share) == pytest.approx((0.0, 0.4))
    assert found.longest_wait_hours == pytest.approx(1.0)
    assert found.mean_wait_hours == pytest.approx(0.2)


def test_a_deadline_sheds_what_would_wait_too_long() -> None:
    assert capped(PEAK, 2.0, 0.5).load.tolist() == [0, 2, 1, 0, 1]
    assert capped(PEAK, 2.0, 0.5).shed_share == pytest.approx(0.2)
    assert capped(PEAK, 2.0, 0.0).shed_share == pytest.approx(0.4)


def test_a_cap_with_a_deadline_loses_what_deferring_everything_loses() -> None:
    load = np.append(stream(9, "queue", 0).exponential(1.0, 400), np.zeros(6))
    trace = Trace(load, 1 / 6)
    assert 1 - capped(trace, 1.2, 1.0).shed_share == pytest.approx(
        float(served_when_deferred(trace, 1.2, 1.0, 1.0)), abs=1e-9
    )


def test_load_that_may_rise_by_one_an_hour_follows_a_stair() -> None:
    found = ramped(PEAK, 1.0, np.inf)
    assert found.load.tolist() == [0, 1, 2, 1, 1]
    assert found.shed_share == 0.0
    assert found.longest_wait_hours == pytest.approx(2.0)
    # Held to one hour, the last of the peak is shed instead: 1 and 2 of 4 are served in time.
    assert ramped(PEAK, 1.0, 1.0).load.tolist() == [0, 1, 2, 0, 1]
    assert ramped(PEAK, 1.0, 1.0).shed_share == pytest.approx(0.2)


def test_a_gentle_load_is_left_as_it_is() -> None:
    gentle = Trace(np.array([1.0, 1.1, 1.2, 1.1]), 1.0)
    assert capped(gentle, 2.0, 1.0).load == pytest.approx(gentle.over_mean)
    assert ramped(gentle, 0.5, 1.0).load == pytest.approx(gentle.over_mean)


def test_promises_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="cap"):
        capped(PEAK, 0.0, 1.0)
    with pytest.raises(ValueError, match="rise"):
        ramped(PEAK, 0.0, 1.0)
