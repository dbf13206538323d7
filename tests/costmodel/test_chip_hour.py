"""E7: the charge of an owned chip-hour pays back exactly what the chip cost."""

import numpy as np
import pytest

from costmodel.chip_hour import PARTS, capital_recovery, owned_chip_hour, rented_chip_hour
from costmodel.inputs.rented import RentedHour
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
    assert (hour.network_usd, hour.colocation_usd) == (0.0, 0.0)
    assert hour.total_usd == pytest.approx(40_000 / 41_610 + 18_000 / 166_440 + 0.09 / 0.95 + 0.1 / 0.95)


def test_an_hour_in_rented_space_with_its_own_network_is_the_sum_done_by_hand() -> None:
    """5 years x 8760 h x 95% = 41,610 h; 1.5 kW at 130 USD a month are 2,340 USD a year over 8,322 h."""
    lot = changed(
        LOT,
        site_capex_usd_per_kw=0.0,
        network_capex_usd_per_chip=4_161.0,
        colocation_usd_per_kw_month=130.0,
        it_salvage_share=0.1,
    )
    hour = owned_chip_hour(lot, FLEET, CHIP, 0.0)
    assert hour.it_capital_usd == pytest.approx(36_000 / 41_610)
    assert hour.network_usd == pytest.approx(0.09)
    assert hour.site_capital_usd == 0.0
    assert hour.colocation_usd == pytest.approx(2_340 / 8_322)
    assert hour.kind == "owners_cost"


def test_an_hour_with_interest_and_salvage_is_the_sum_done_by_hand() -> None:
    """At 10% a year a quarter costs 2.411369%; 20 quarters: factor 0.620921, charge 6.361130% of the capital.

    A tenth that comes back takes off 0.1 x 0.620921 x 6.361130%, so 5.966154% is left.
    """
    lot = changed(LOT, it_salvage_share=0.1)
    hour = owned_chip_hour(lot, FLEET, CHIP, 0.1)
    assert hour.it_capital_usd == pytest.approx(40_000 * 0.05966154 / (2_190 * 0.95), rel=1e-6)


def test_salvage_of_the_site_is_worth_what_it_is_today() -> None:
    """20% of 18,000 USD after 20 years at 10%: its value today is spread like the capital itself."""
    plain, kept = (
        owned_chip_hour(changed(LOT, site_salvage_share=share), FLEET, CHIP, 0.1) for share in (0.0, 0.2)
    )
    today = 0.2 * 1.1**-20
    assert kept.site_capital_usd == pytest.approx(plain.site_capital_usd * (1.0 - today))
    assert kept.it_capital_usd == plain.it_capital_usd


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
    hour = rented_chip_hour(RentedHour(chip="chip", usd_per_chip_hour=2.5, kind="spot"))
    assert (hour.total_usd, hour.kind) == (2.5, "spot")
    assert set(hour.parts().values()) == {0.0}
    assert tuple(hour.parts()) == PARTS


def test_draws_of_a_rented_price_keep_their_shape() -> None:
    hour = rented_chip_hour(RentedHour(chip="chip", usd_per_chip_hour=np.array([2.0, 3.0]), kind="rental"))
    assert hour.total_usd.tolist() == [2.0, 3.0]
    assert hour.power_usd.shape == (2,)
