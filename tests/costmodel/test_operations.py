"""Bills in closed form: a flat load on a flat fleet, every band of the stack worked out by hand (E13, E17)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.demand import LoadShape
from costmodel.inputs.quantity import fixed
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import ASIC, NEW, NEW_LOT, OLD, OLD_LOT, calm_scenario

Simulate = Callable[..., Simulated]
FLAT = {"exceedance_share": (0.0, 1.0), "load_over_mean": (1.0, 1.0)}
CHIPS, HOURS = 100_000.0, 2190.0
CAPACITY_HOURS = CHIPS * 0.97 * HOURS


def flat(
    simulate: Simulate, load_share: float, *, gain: float = 0.0, training: float = 0.0, **changes: Any
) -> Simulated:
    """Simulate a fleet of one lot under a demand of this share of its first capacity."""
    lot = replace(OLD_LOT, chips=CHIPS, ramp_quarters=1)
    parts: dict[str, Any] = {
        "load": FLAT,
        "workload": {"efficiency_gain_annual": fixed(gain)},
        "placement": {
            "provider_share_start": fixed(1.0),
            "provider_share_end": fixed(1.0),
            "training_share_start": fixed(training),
            "training_share_end": fixed(training),
        },
        "market": {"index_volatility_annual": fixed(0.0), "index_change_annual": fixed(0.0)},
        "fleet": {"lots": (lot,)},
        **changes,
    }
    growth = {
        name: fixed(0.0) for name in ("growth_now_annual", "growth_slowing_annual", "growth_saturated_annual")
    }
    price = {"paid_price_usd_per_1m_tokens": fixed(2.0), "paid_price_change_annual": fixed(0.0)}
    once = simulate(calm_scenario(terms=(OLD,), demand={**growth, **price}, **parts), intercept=-60.0)
    rate = once.servings["gpu"].tokens_per_chip_second * 3600.0 * once.luck.inputs.workload.utilisation
    tokens_a_day = load_share * CHIPS * 0.97 * rate * 24.0 / 1e12
    demand = {**growth, **price, "tokens_per_day_trillion": fixed(float(tokens_a_day))}
    return simulate(calm_scenario(terms=(OLD,), demand=demand, **parts), intercept=-60.0)


def row(path: np.ndarray, quarter: int = 3) -> float:
    assert np.ptp(path[quarter]) <= 1e-9 * abs(path[quarter, 0])
    return float(path[quarter, 0])


def test_each_band_is_billed_at_its_own_price(simulate: Simulate) -> None:
    told = flat(simulate, 1.2).operations
    on_demand = np.sqrt(3.9 * 5.2)
    assert row(told.contracts["old"].billed) == pytest.approx(CAPACITY_HOURS * 3.3)
    assert row(told.on_demand_bill) == pytest.approx(0.1 * CAPACITY_HOURS * on_demand)
    assert row(told.burst_bill) == pytest.approx(0.05 * CAPACITY_HOURS * on_demand * 2.0)
    assert row(told.on_demand_cost) == pytest.approx(0.15 * CAPACITY_HOURS * 2.21)
    assert row(told.other_clouds_bill) == 0.0


def test_what_is_served_earns_and_what_is_not_is_counted(simulate: Simulate) -> None:
    simulated = flat(simulate, 1.2)
    told = simulated.operations
    tokens = row(simulated.paths.tokens_per_hour) * HOURS
    assert row(told.unserved_tokens) == pytest.approx(tokens * 0.05 / 1.2, rel=1e-3)
    assert row(told.served_tokens) + row(told.unserved_tokens) == pytest.approx(tokens)
    assert row(told.revenue) == pytest.approx(row(told.served_tokens) / 1e6 * 2.0)


def test_what_is_placed_elsewhere_is_bought_there(simulate: Simulate) -> None:
    place = {
        "provider_share_start": fixed(0.6),
        "provider_share_end": fixed(0.6),
        "training_share_start": fixed(0.0),
        "training_share_end": fixed(0.0),
    }
    told = flat(simulate, 1.0, placement=place).operations
    assert row(told.contracts["old"].billed) == pytest.approx(0.6 * CAPACITY_HOURS * 3.3, rel=1e-6)
    assert row(told.other_clouds_bill) == pytest.approx(0.4 * CAPACITY_HOURS * 3.3, rel=1e-6)


def test_training_needs_capacity_and_earns_nothing(simulate: Simulate) -> None:
    with_training, without = flat(simulate, 0.3, training=0.5).operations, flat(simulate, 0.3).operations
    assert row(with_training.contracts["old"].billed) == pytest.approx(
        2.0 * row(without.contracts["old"].billed)
    )
    assert row(with_training.revenue) == pytest.approx(row(without.revenue))


def test_efficiency_gains_save_chip_hours_from_mid_quarter(simulate: Simulate) -> None:
    told = flat(simulate, 0.5, gain=0.44).operations.contracts["old"].billed
    for quarter in (0, 5, 9):
        expected = 0.5 * CAPACITY_HOURS * 3.3 / 1.44 ** ((quarter + 0.5) / 4.0)
        assert row(told, quarter) == pytest.approx(expected, rel=1e-6)


def test_porting_costs_its_price_once_over_its_quarters(simulate: Simulate) -> None:
    lots = (replace(OLD_LOT, chips=CHIPS), NEW_LOT)
    place = {"porting_quarters": 5, "porting_cost_usd": fixed(1e9)}
    simulated = simulate(
        calm_scenario(terms=(OLD, NEW), fleet={"lots": lots}, placement=place), intercept=-60.0
    )
    assert ASIC.needs_porting
    assert simulated.operations.porting[:, 0].tolist() == [2e8] * 5 + [0.0] * 11
    alone = simulate(calm_scenario(terms=(OLD,), fleet={"lots": lots[:1]}, placement=place), intercept=-60.0)
    assert not alone.operations.porting.any()


def test_a_load_shape_is_checked() -> None:
    with pytest.raises(ValueError, match="share 0 to share 1"):
        LoadShape(exceedance_share=(0.1, 1.0), load_over_mean=(1.0, 1.0))
