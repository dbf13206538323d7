"""E7: the charge of an owned chip-hour pays back exactly what the chip cost."""

import numpy as np
import pytest

from costmodel.chip_hour import capital_recovery, owned_chip_hour, rented_chip_hour
from costmodel.timeline import discount_factors
from tests.costmodel.machines import CHIP, FLEET, LOT, changed


def test_the_charge_discounted_at_its_own_rate_is_the_capital() -> None:
    for rate, residual in ((0.1, 0.0), (0.1, 0.3), (0.0, 0.3), (-0.05, 0.0), (0.25, 1.0)):
        charge = capital_recovery(rate, 20, residual)
        factors = discount_factors(rate, 20)
        assert sum(charge * factors[1:]) + residual * factors[-1] == pytest.approx(1.0)


def test_without_interest_the_charge_is_a_straight_line() -> None:
    assert capital_recovery(0.0, 20) == pytest.approx(1 / 20)


def test_an_owned_hour_is_the_sum_done_by_hand() -> None:
    hour = owned_chip_hour(LOT, FLEET, CHIP, 0.0)
    assert hour.it_capital_usd == pytest.approx(40_000 / (5 * 8760 * 0.95))
    assert hour.site_capital_usd == pytest.approx(18_000 / (20 * 8760 * 0.95))
    assert hour.power_usd == pytest.approx(1.5 * 0.8 * 1.25 * 0.06 / 0.95)
    assert hour.operations_usd == pytest.approx(0.1 / 0.95)
    parts = hour.it_capital_usd + hour.site_capital_usd + hour.power_usd + hour.operations_usd
    assert hour.total_usd == pytest.approx(parts)


def test_interest_makes_capital_dearer_and_leaves_power_alone() -> None:
    cheap, dear = (owned_chip_hour(LOT, FLEET, CHIP, rate) for rate in (0.05, 0.15))
    assert dear.it_capital_usd > cheap.it_capital_usd
    assert dear.site_capital_usd > cheap.site_capital_usd
    assert dear.power_usd == cheap.power_usd


def test_draws_of_prices_broadcast() -> None:
    fleet = changed(FLEET, power_usd_per_kwh=np.array([0.05, 0.1]))
    hour = owned_chip_hour(changed(LOT, it_capex_usd_per_chip=np.array([3e4, 4e4])), fleet, CHIP, 0.1)
    assert hour.total_usd.shape == (2,)
    assert hour.total_usd[1] > hour.total_usd[0]


def test_a_rented_hour_has_a_total_only() -> None:
    hour = rented_chip_hour(2.5)
    assert hour.total_usd == 2.5
    assert hour.it_capital_usd == 0.0
