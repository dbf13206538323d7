"""Conservation, monotonicity and homogeneity of the stack, for any load, porting and training."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.capacity import Dispatch, dispatch
from costmodel.inputs.demand import LoadShape
from costmodel.load import LoadTable
from tests.costmodel.steady import STEADY

TABLES = st.sampled_from(
    [
        LoadTable.of(LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.0, 1.0))),
        LoadTable.of(LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(2.0, 0.0))),
        LoadTable.of(LoadShape(exceedance_share=(0.0, 0.05, 0.3, 1.0), load_over_mean=(4.0, 1.8, 1.2, 0.2))),
    ]
)
SIZES = st.floats(0.0, 1e15, allow_subnormal=False).map(lambda size: 0.0 if size < 1e-6 else size)
SHARES = st.floats(0.0, 1.0)


@st.composite
def situations(draw: st.DrawFn) -> dict:
    lots = draw(st.lists(st.tuples(SIZES, st.booleans()), max_size=4))
    ported = draw(SHARES)
    return {
        "demand": np.array([[draw(SIZES)]]),
        "growth": draw(st.floats(-3.0, 3.0)),
        "training_share": draw(st.floats(0.0, 0.99)),
        "committed": [(size, ported if needs_porting else None) for size, needs_porting in lots],
        "on_demand_capacity": draw(SIZES),
        "burst_capacity": draw(SIZES),
        "other_clouds_capacity": draw(SIZES),
        "table": draw(TABLES),
    }


def bands(told: Dispatch) -> list[np.ndarray]:
    return [*told.served_by_lot, told.on_demand, told.burst, told.other_clouds, told.unserved]


@settings(STEADY)
@given(situations())
def test_every_token_is_in_one_band_and_no_band_serves_more_than_it_holds(situation) -> None:
    told = dispatch(**situation)
    demand = situation["demand"]
    assert all(np.all(band >= 0.0) and np.all(np.isfinite(band)) for band in bands(told))
    assert abs(sum(bands(told)) - demand) <= 1e-12 * demand
    capacities = [size for size, _ in situation["committed"]]
    capacities += [situation[f"{name}_capacity"] for name in ("on_demand", "burst", "other_clouds")]
    for band, held in zip(bands(told)[:-1], capacities, strict=True):
        assert band <= held * (1 + 1e-9) + 1e-9 * demand


@settings(STEADY)
@given(situations())
def test_the_alternative_chip_never_serves_more_than_the_ported_share(situation) -> None:
    told = dispatch(**situation)
    ported = [
        (band, share)
        for band, (_, share) in zip(told.served_by_lot, situation["committed"], strict=True)
        if share is not None
    ]
    if ported:
        assert sum(band for band, _ in ported) <= situation["demand"] * (ported[0][1] + 1e-9)


@settings(STEADY)
@given(
    situations(), SIZES, st.sampled_from(["on_demand_capacity", "burst_capacity", "other_clouds_capacity"])
)
def test_more_capacity_never_leaves_more_unserved(situation, more, where) -> None:
    before = dispatch(**situation).unserved
    after = dispatch(**(situation | {where: situation[where] + more})).unserved
    assert after <= before + 1e-9 * situation["demand"]


@settings(STEADY)
@given(situations(), SIZES, st.integers(0, 3))
def test_a_larger_lot_never_leaves_more_unserved(situation, more, which) -> None:
    lots = list(situation["committed"])
    if lots:
        size, ported = lots[which % len(lots)]
        lots[which % len(lots)] = (size + more, ported)
    after = dispatch(**(situation | {"committed": lots})).unserved
    assert after <= dispatch(**situation).unserved + 1e-9 * situation["demand"]


@settings(STEADY)
@given(situations(), st.floats(1e-3, 1e3))
def test_demand_and_capacity_times_k_give_every_band_times_k(situation, k) -> None:
    names = ("demand", "on_demand_capacity", "burst_capacity", "other_clouds_capacity")
    scaled = situation | {name: situation[name] * k for name in names}
    scaled["committed"] = [(size * k, ported) for size, ported in situation["committed"]]
    for one, many in zip(bands(dispatch(**situation)), bands(dispatch(**scaled)), strict=True):
        assert abs(many - one * k) <= 1e-8 * situation["demand"] * k
