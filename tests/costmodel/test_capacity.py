"""E17: the stack serves in order, conserves every token, and only ported tokens run on the alternative chip."""

from typing import Any

import numpy as np
import pytest

from costmodel.capacity import Dispatch, RememberedDispatch, dispatch
from costmodel.inputs.demand import LoadShape
from costmodel.load import LoadTable

FLAT = LoadTable.of(LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.0, 1.0)))
SLOPE = LoadTable.of(LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(2.0, 0.0)))


def total(told: Dispatch) -> np.ndarray:
    return sum(told.served_by_lot) + told.on_demand + told.burst + told.other_clouds + told.unserved


def demand_of(*levels: float) -> np.ndarray:
    return np.array([levels], dtype=np.float64)


def test_a_flat_load_fills_the_stack_from_the_bottom() -> None:
    told = dispatch(demand_of(10.0), 0.0, 0.0, [(4.0, None), (3.0, None)], 2.0, 0.5, 0.25, FLAT)
    assert told.served_by_lot[0] == pytest.approx(4.0)
    assert told.served_by_lot[1] == pytest.approx(3.0)
    assert told.on_demand == pytest.approx(2.0)
    assert told.burst == pytest.approx(0.5)
    assert told.other_clouds == pytest.approx(0.25)
    assert told.unserved == pytest.approx(0.25)


def test_a_band_serves_the_slice_of_the_curve_it_covers() -> None:
    told = dispatch(demand_of(10.0), 0.0, 0.0, [(5.0, None), (5.0, None)], 0.0, 0.0, 0.0, SLOPE)

    def below(level: float) -> float:
        return 10.0 * (level - level**2 / 4)

    assert told.served_by_lot[0] == pytest.approx(below(0.5), abs=1e-3)
    assert told.served_by_lot[1] == pytest.approx(below(1.0) - below(0.5), abs=1e-3)
    assert told.unserved == pytest.approx(10.0 - below(1.0), abs=1e-3)


def test_training_is_the_flat_part_of_the_load() -> None:
    alone = dispatch(demand_of(10.0), 0.0, 1.0, [(10.0, None)], 0.0, 0.0, 0.0, SLOPE)
    assert alone.unserved == pytest.approx(0.0, abs=1e-9)
    half = dispatch(demand_of(10.0), 0.0, 0.5, [(10.0, None)], 0.0, 0.0, 0.0, SLOPE)
    assert half.unserved == pytest.approx(5.0 * 0.25, abs=1e-3)
    low = dispatch(demand_of(10.0), 0.0, 0.5, [(4.0, None)], 0.0, 0.0, 0.0, SLOPE)
    assert low.served_by_lot[0] == pytest.approx(4.0)


def test_only_the_ported_share_runs_on_the_alternative_chip() -> None:
    told = dispatch(demand_of(10.0), 0.0, 0.0, [(8.0, 0.3), (5.0, None)], 0.0, 0.0, 0.0, FLAT)
    assert told.served_by_lot[0] == pytest.approx(3.0)
    assert told.served_by_lot[1] == pytest.approx(5.0)
    assert told.unserved == pytest.approx(2.0)


def test_porting_that_does_not_bind_changes_nothing() -> None:
    free = dispatch(demand_of(10.0), 0.2, 0.1, [(3.0, None), (5.0, None)], 1.0, 0.0, 0.0, SLOPE)
    loose = dispatch(demand_of(10.0), 0.2, 0.1, [(3.0, 0.99), (5.0, None)], 1.0, 0.0, 0.0, SLOPE)
    assert loose.unserved == pytest.approx(free.unserved)
    whole = dispatch(demand_of(10.0), 0.2, 0.1, [(3.0, 1.0), (5.0, None)], 1.0, 0.0, 0.0, SLOPE)
    assert whole.served_by_lot[0] == pytest.approx(free.served_by_lot[0])


def test_two_pools_agree_with_replay_at_every_moment() -> None:
    loads = 10.0 * 2.0 * (np.arange(100_000) + 0.5) / 100_000
    for ported, alternative, general in ((0.3, 8.0, 5.0), (0.6, 2.0, 6.0), (0.5, 5.0, 5.0), (0.0, 5.0, 5.0)):
        moments = np.minimum(
            np.minimum(loads, alternative + general), general + np.minimum(ported * loads, 99.0)
        )
        told = dispatch(demand_of(10.0), 0.0, 0.0, [(alternative, ported), (general, None)], 0, 0, 0, SLOPE)
        assert 10.0 - told.unserved == pytest.approx(moments.mean(), abs=2e-3)


def test_nothing_ported_leaves_the_alternative_chip_idle() -> None:
    told = dispatch(demand_of(10.0), 0.0, 0.0, [(8.0, 0.0)], 1.0, 0.0, 0.0, SLOPE)
    assert told.served_by_lot[0] == 0.0
    assert told.on_demand > 0.9


def test_zero_demand_and_zero_capacity_give_zeros() -> None:
    told = dispatch(demand_of(0.0, 5.0), 0.1, 0.2, [(0.0, 0.5), (0.0, None)], 0.0, 0.0, 0.0, SLOPE)
    assert np.array_equal(total(told), demand_of(0.0, 5.0))
    assert told.unserved == pytest.approx(demand_of(0.0, 5.0))
    idle = dispatch(demand_of(0.0), 0.1, 0.2, [(3.0, 0.5), (3.0, None)], 1.0, 1.0, 1.0, SLOPE)
    assert np.array_equal(total(idle), demand_of(0.0))


def test_no_lot_at_all_leaves_everything_to_the_market() -> None:
    told = dispatch(demand_of(5.0), 0.0, 0.0, [], 100.0, 0.0, 0.0, SLOPE)
    assert told.served_by_lot == []
    assert told.on_demand == pytest.approx(5.0)


# --- remembering ------------------------------------------------------------------------------------------------------


def asked(**changes: Any) -> list[Any]:
    """Arguments of `dispatch` for two quarters and three draws, new arrays each time."""
    shape = (2, 3)
    arguments = {
        "demand": np.full(shape, 100.0),
        "growth": np.zeros(shape),
        "training": np.full(shape, 0.1),
        "committed": [(np.full(shape, 60.0), None), (np.full(shape, 30.0), np.full(shape, 0.5))],
        "on_demand": np.full(shape, 5.0),
        "burst": np.full(shape, 4.0),
        "other_clouds": np.full(shape, 3.0),
        "table": SLOPE,
    }
    return list({**arguments, **changes}.values())


def test_asked_the_same_it_gives_its_last_answer_again() -> None:
    remembers = RememberedDispatch()

    first, second = remembers(*asked()), remembers(*asked())

    assert second is first
    np.testing.assert_array_equal(first.unserved, dispatch(*asked()).unserved)


@pytest.mark.parametrize(
    "change",
    [
        {"demand": np.array([[100.0] * 3, [100.0, 100.0, 100.1]])},
        {"training": np.full((2, 3), 0.2)},
        {"committed": [(np.full((2, 3), 60.0), None), (np.full((2, 3), 30.0), np.full((2, 3), 0.4))]},
        {"committed": [(np.full((2, 3), 60.0), None), (np.full((2, 3), 30.0), None)]},
        {"committed": [(np.full((2, 3), 60.0), None)]},
        {"other_clouds": np.full((2, 3), 0.0)},
    ],
)
def test_asked_anything_else_it_computes(change: dict[str, Any]) -> None:
    remembers = RememberedDispatch()
    first = remembers(*asked())

    second, expected = remembers(*asked(**change)), dispatch(*asked(**change))

    assert second is not first
    np.testing.assert_array_equal(second.unserved, expected.unserved)
    np.testing.assert_array_equal(second.other_clouds, expected.other_clouds)


def test_nobody_can_change_what_it_remembers() -> None:
    found = RememberedDispatch()(*asked())

    with pytest.raises(ValueError, match="read-only"):
        found.unserved += 1.0
