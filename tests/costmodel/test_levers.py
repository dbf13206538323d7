"""E16: what each lever makes of a load curve, by hand and by the order it must keep; levers that are refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.demand import LoadShape
from costmodel.inputs.levers import NO_LEVERS, Levers
from costmodel.levers import shaped
from costmodel.load import LoadTable
from costmodel.traces.deferral import served_when_deferred
from costmodel.traces.queueing import capped
from tests.costmodel.replayed import replayed

# Twice the mean for half of the time, nothing in the other half.
ON_OFF = LoadShape(exceedance_share=(0.0, 0.5, 0.500001, 1.0), load_over_mean=(2.0, 2.0, 0.0, 0.0))
SLOPE = LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(2.0, 0.0))


def served(shape: LoadShape, level: float) -> float:
    return float(LoadTable.of(shape).expected_min(level, 0.0))


def test_without_levers_the_shape_is_the_shape() -> None:
    told = shaped(SLOPE, NO_LEVERS)
    assert told.shape is SLOPE
    assert (told.asked_share, told.shed_share, told.paid_multiple) == (1.0, 0.0, 1.0)
    assert NO_LEVERS.are_off


def test_a_cap_without_a_queue_sheds_what_is_above_it() -> None:
    told = shaped(ON_OFF, Levers(rate_cap_over_mean=1.5))
    assert told.shed_share == pytest.approx(0.25, abs=1e-3)
    # 1.5 over the mean that is left, 0.75
    assert max(told.shape.load_over_mean) == pytest.approx(2.0, abs=1e-2)
    assert served(told.shape, 1.0) == pytest.approx(0.5, abs=5e-3)


def test_deferral_and_a_queue_serve_what_their_replay_serves() -> None:
    trace, shape = replayed()
    levels = np.array([0.8, 1.0, 1.2, 1.5])
    told = shaped(shape, Levers(deferrable_share=0.3, deferral_window_hours=4.0))
    found = LoadTable.of(told.shape).expected_min(levels, 0.0)
    assert found == pytest.approx(served_when_deferred(trace, levels, 0.3, 4.0), abs=0.006)
    queued = capped(trace, 1.2, 4.0)
    told = shaped(shape, Levers(rate_cap_over_mean=1.2, queue_hours=4.0))
    assert told.shed_share == pytest.approx(queued.shed_share, abs=0.003)
    found = LoadTable.of(told.shape).expected_min(levels[:3] / (1.0 - told.shed_share), 0.0)
    left = np.minimum(queued.load[:, None], levels[:3]).mean(axis=0) / queued.load.mean()
    assert found == pytest.approx(left, abs=0.006)


def test_more_deferral_never_raises_unserved_and_beyond_the_table_nothing_changes() -> None:
    _trace, shape = replayed()
    levels = np.linspace(0.1, 2.2, 22)
    last = LoadTable.of(shape).expected_min(levels, 0.0)
    for share in (0.05, 0.1, 0.3, 0.5, 0.8, 1.0):
        told = shaped(shape, Levers(deferrable_share=share, deferral_window_hours=3.0))
        now = LoadTable.of(told.shape).expected_min(levels, 0.0)
        assert (now >= last - 0.003).all()
        last = now
    week = shaped(shape, Levers(deferrable_share=1.0, deferral_window_hours=168.0))
    assert week == shaped(shape, Levers(deferrable_share=1.0, deferral_window_hours=72.0))


def test_a_longer_queue_never_sheds_more() -> None:
    _trace, shape = replayed()
    shed = [shaped(shape, Levers(rate_cap_over_mean=1.3, queue_hours=q)).shed_share for q in (0.5, 2, 8, 24)]
    assert shed == sorted(shed, reverse=True)
    assert shed[0] <= shaped(shape, Levers(rate_cap_over_mean=1.3)).shed_share


def test_a_peak_price_takes_load_by_its_elasticity_and_is_paid_by_what_stays() -> None:
    levers = Levers(peak_price_multiple=2.0, peak_hours_share=0.5, peak_elasticity=-1.0)
    told = shaped(ON_OFF, levers)
    # all load falls into the dear half: it halves, and pays twice
    assert told.asked_share == pytest.approx(0.5, abs=1e-3)
    assert told.paid_multiple == pytest.approx(2.0, abs=1e-3)
    assert shaped(ON_OFF, replace(levers, peak_elasticity=0.0)).asked_share == 1.0


def test_a_pool_shrinks_the_spread_by_its_correlation() -> None:
    half = shaped(SLOPE, Levers(pooled_share=0.5)).shape
    assert max(half.load_over_mean) == pytest.approx(1.0 + np.sqrt(0.5), abs=1e-3)
    alike = shaped(SLOPE, Levers(pooled_share=0.5, pooled_correlation=1.0)).shape
    assert max(alike.load_over_mean) == pytest.approx(2.0, abs=1e-3)
    opposite = shaped(SLOPE, Levers(pooled_share=0.5, pooled_correlation=-1.0)).shape
    assert max(opposite.load_over_mean) == pytest.approx(1.0, abs=1e-3)


def test_the_high_tier_is_above_a_cap_only_when_it_alone_is() -> None:
    told = shaped(ON_OFF, Levers(rate_cap_over_mean=1.5, low_priority_share=0.2, low_priority_value=0.5))
    # of 2.0 the high tier is 1.6: of 0.5 above the cap 0.1 is its own
    assert told.shed_high_share == pytest.approx(0.2, abs=1e-3)


@pytest.mark.parametrize(
    ("levers", "named"),
    [
        ({"deferrable_share": 1.2, "deferral_window_hours": 1.0}, "deferrable_share"),
        ({"deferrable_share": 0.2}, "deferral_window_hours"),
        ({"rate_cap_over_mean": -1.0}, "rate_cap_over_mean"),
        ({"rate_cap_over_mean": 0.9, "queue_hours": 1.0}, "rate_cap_over_mean"),
        ({"queue_hours": 1.0}, "queue_hours"),
        ({"peak_elasticity": 0.2}, "peak_elasticity"),
        ({"pooled_share": 0.7}, "pooled_share"),
        ({"low_priority_share": 1.0}, "low_priority_share"),
        ({"ramp_limit_share": float("nan")}, "ramp_limit_share"),
    ],
)
def test_a_lever_beyond_what_is_possible_is_refused_by_name(levers: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Levers(**levers)


def test_a_window_needs_a_replay() -> None:
    with pytest.raises(ValueError, match="never replayed"):
        shaped(SLOPE, Levers(deferrable_share=0.2, deferral_window_hours=1.0))
