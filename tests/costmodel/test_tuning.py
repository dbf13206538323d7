"""E6 in draws: the serving point follows the speed, and never serves more when slower."""

import numpy as np
import pytest

from costmodel.serving import choose_serving_point, serve, tune
from tests.costmodel.machines import CHIP, DENSE, WORKLOAD, changed

PATIENT = changed(WORKLOAD, minimum_tokens_per_s_per_user=0.2, maximum_seconds_to_first_token=9000.0)
ALONE = changed(CHIP, scale_up_chips=1)


def test_without_a_limit_that_binds_yield_falls_as_time_grows() -> None:
    tuned = tune(ALONE, DENSE, PATIENT)
    slowness = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
    assert tuned.curve.yields(slowness) == pytest.approx(1.0 / slowness, rel=1e-9)


def test_near_a_limit_a_slower_chip_loses_more_than_its_speed() -> None:
    tuned = tune(CHIP, DENSE, WORKLOAD)
    assert tuned.curve.yields(1.0) == 1.0
    assert tuned.curve.yields(1.5) < 1.0 / 1.5
    assert tuned.curve.yields(1.0 / 1.5) > 1.5


def test_a_slower_chip_never_yields_more_and_the_slowest_still_serves() -> None:
    yields = tune(CHIP, DENSE, WORKLOAD).curve.yields(np.geomspace(0.05, 20.0, 200))
    assert np.all(np.diff(yields) <= 0.0)
    assert yields[-1] > 0.0


def test_a_draw_at_the_medians_is_the_median() -> None:
    tuned = tune(CHIP, DENSE, WORKLOAD)
    told = tuned.serve(CHIP, DENSE, WORKLOAD)
    assert told == serve(CHIP, DENSE, WORKLOAD, choose_serving_point(CHIP, DENSE, WORKLOAD))


def test_a_slow_draw_serves_as_if_its_point_had_been_chosen_for_it() -> None:
    tuned = tune(CHIP, DENSE, WORKLOAD)
    speeds = np.array([0.7, 1.4])
    told = tuned.serve(changed(CHIP, speed_error=speeds), DENSE, WORKLOAD)
    for place, speed in enumerate(speeds):
        chip = changed(CHIP, speed_error=float(speed))
        own = serve(chip, DENSE, WORKLOAD, choose_serving_point(chip, DENSE, WORKLOAD))
        assert told.requests_per_chip_second[place] == pytest.approx(own.requests_per_chip_second, rel=0.1)


def test_parts_of_a_request_still_add_up() -> None:
    tuned = tune(CHIP, DENSE, WORKLOAD)
    told = tuned.serve(changed(CHIP, speed_error=np.array([0.6, 1.0, 1.7])), DENSE, WORKLOAD)
    parts = (
        told.chip_seconds_per_1m_input * 2000.0
        + told.chip_seconds_per_1m_cached_input * 2000.0
        + told.chip_seconds_per_1m_output * 500.0
    ) / 1e6
    assert parts == pytest.approx(1.0 / told.requests_per_chip_second, rel=1e-12)
