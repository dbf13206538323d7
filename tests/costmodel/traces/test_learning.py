"""What few days say is shrunk towards other fleets: less when the hours repeat, more when they do not."""

import numpy as np
import pytest

from costmodel.inputs.demand import LoadShape
from costmodel.randomness import stream
from costmodel.traces import learning
from costmodel.traces.curve import time_above, use_of
from costmodel.traces.learning import Fleet, learned, pooled
from costmodel.traces.trace import Trace

WAVE = 1.0 + 0.5 * np.sin(np.arange(144) / 144 * 2 * np.pi)
CALM = Fleet(name="calm", shape=LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.1, 0.9)), weight=1.0)
WILD = Fleet(name="wild", shape=LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(2.0, 0.0)), weight=1.0)


def days_of(load: np.ndarray) -> tuple[Trace, np.ndarray]:
    return Trace(load, 1 / 6), np.arange(load.size)


def without_a_clock(days: int) -> np.ndarray:
    """Slow noise whose hours never repeat."""
    noise = stream(4, "learning", 0).standard_normal(days * 144 + 143)
    return np.exp(0.3 * np.convolve(noise, np.ones(144) / 12.0, "valid"))


def test_the_pool_averages_levels_at_equal_shares_of_time() -> None:
    assert time_above(pooled([CALM, WILD]), np.array([1.275, 1.0, 0.725])) == pytest.approx(
        [0.25, 0.5, 0.75], abs=2e-3
    )


def test_days_that_repeat_are_believed() -> None:
    found = learned(*days_of(np.tile(WAVE, 4)), [CALM, WILD])
    assert found.clock_share == pytest.approx(1.0)
    assert found.own_weight == pytest.approx(1.0)
    # Nothing was seen to move and the clock explains all: 3 of 6 degrees at a variance of 0.15 squared.
    assert found.day_spread == pytest.approx(0.15 * np.sqrt(3 / 6))


def test_days_without_a_clock_count_by_their_number() -> None:
    for days in (4, 40):
        found = learned(*days_of(without_a_clock(days)), [CALM, WILD])
        assert found.clock_share < 0.1
        repeats = np.sqrt(found.clock_share)
        assert found.own_weight == pytest.approx(repeats + (1 - repeats) * days / (days + 20))
        assert sum(weight for _name, weight in found.of_fleets) == pytest.approx(1 - found.own_weight)


def test_one_day_leaves_the_clock_open() -> None:
    assert learned(*days_of(WAVE), [CALM]).clock_share == learning.UNKNOWN_CLOCK_SHARE


def test_levels_of_days_seen_to_move_are_not_spread_again() -> None:
    moving = np.concatenate([WAVE * level for level in (0.4, 2.0, 0.5, 1.8)])
    still = learned(*days_of(np.tile(WAVE, 4)), [CALM]).day_spread
    assert learned(*days_of(moving), [CALM]).day_spread < still


def test_fleets_of_like_spread_count_first() -> None:
    quiet = learned(
        *days_of(np.tile(1.0 + 0.05 * (WAVE - 1.0), 4) * without_a_clock(4) ** 0.05), [CALM, WILD]
    )
    weight = dict(quiet.of_fleets)
    assert weight["calm"] > weight["wild"]


def test_a_gap_takes_nothing_from_the_clock() -> None:
    load, steps = np.tile(WAVE, 4), np.arange(576)
    kept = (steps < 200) | (steps > 230)
    found = learned(Trace(load[kept], 1 / 6), steps[kept], [CALM])
    assert found.clock_share > 0.95


def test_what_is_expected_lies_between_the_days_and_the_fleets() -> None:
    own, steps = days_of(without_a_clock(4))
    expected = use_of(learned(own, steps, [WILD]).shape, 1.0, 1.5)
    alone = use_of(learned(own, steps, [CALM]).shape, 1.0, 1.5)
    assert alone.unserved_share < expected.unserved_share
    assert expected.time_above_c2 < time_above(WILD.shape, 1.2)


def test_a_load_that_is_mostly_nothing_can_be_learned() -> None:
    load = np.tile(np.append(np.zeros(143), 1.0), 3)
    found = learned(*days_of(load), [CALM, WILD])
    assert np.isfinite(found.shape.load_over_mean).all()
    assert max(found.shape.load_over_mean) > 50
