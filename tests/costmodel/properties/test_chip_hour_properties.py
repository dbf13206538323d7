"""E7: the parts are the whole, moving a cost between two names changes nothing, and money times k gives k times it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.chip_hour import capital_recovery, owned_chip_hour
from costmodel.timeline import discount_factors
from tests.costmodel.machines import CHIP, FLEET, LOT, changed

USD = st.floats(0.0, 1e5)
SHARES = st.floats(0.0, 1.0)
RATES = st.floats(0.0, 0.5)
LOTS = st.builds(
    lambda **given: changed(LOT, **given),
    it_capex_usd_per_chip=USD,
    network_capex_usd_per_chip=USD,
    site_capex_usd_per_kw=USD,
    colocation_usd_per_kw_month=st.floats(0.0, 1e3),
    operations_usd_per_chip_hour=st.floats(0.0, 10.0),
    it_life_quarters=st.integers(1, 80),
    site_life_quarters=st.integers(1, 200),
    it_salvage_share=SHARES,
    site_salvage_share=SHARES,
)


@given(LOTS, RATES, st.floats(0.5, 1.0))
def test_the_sum_of_the_parts_is_the_total(lot, rate, availability) -> None:
    hour = owned_chip_hour(lot, changed(FLEET, availability=availability), CHIP, rate)
    assert sum(hour.parts().values()) == pytest.approx(hour.total_usd, rel=1e-12)
    assert min(hour.parts().values()) >= 0.0


@given(LOTS, RATES)
def test_an_hour_costs_the_same_wherever_the_network_is_booked(lot, rate) -> None:
    together = changed(
        lot,
        it_capex_usd_per_chip=lot.it_capex_usd_per_chip + lot.network_capex_usd_per_chip,
        network_capex_usd_per_chip=0.0,
    )
    apart, merged = (owned_chip_hour(one, FLEET, CHIP, rate).total_usd for one in (lot, together))
    assert merged == pytest.approx(apart, rel=1e-12)


@given(LOTS, RATES, SHARES)
def test_more_salvage_never_makes_an_hour_dearer(lot, rate, share) -> None:
    less = changed(lot, it_salvage_share=lot.it_salvage_share * share)
    assert owned_chip_hour(less, FLEET, CHIP, rate).total_usd >= owned_chip_hour(
        lot, FLEET, CHIP, rate
    ).total_usd * (1 - 1e-12)


@given(RATES, st.integers(1, 200), SHARES)
def test_the_charge_pays_back_what_does_not_come_back(rate, life, salvage) -> None:
    factors = discount_factors(rate, life)
    paid = float(capital_recovery(rate, life, salvage)) * factors[1:].sum() + salvage * factors[-1]
    assert paid == pytest.approx(1.0)


@given(LOTS, RATES, st.floats(1e-3, 10.0))
def test_money_times_k_gives_an_hour_times_k(lot, rate, k) -> None:
    money = (
        "it_capex_usd_per_chip",
        "network_capex_usd_per_chip",
        "site_capex_usd_per_kw",
        "colocation_usd_per_kw_month",
        "operations_usd_per_chip_hour",
    )
    scaled = changed(lot, **{name: getattr(lot, name) * k for name in money})
    fleet = changed(FLEET, power_usd_per_kwh=FLEET.power_usd_per_kwh * k)
    expected = owned_chip_hour(lot, FLEET, CHIP, rate).total_usd * k
    assert owned_chip_hour(scaled, fleet, CHIP, rate).total_usd == pytest.approx(expected, rel=1e-9)
