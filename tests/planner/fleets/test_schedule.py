"""Chips by quarter and capex by year: arithmetic on the lots that adds up to what they announce."""

from datetime import date
from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from planner.core.quantities import DiscreteQuantity, RangeQuantity
from planner.core.quarters import quarter_number, quarter_words
from planner.fleets.documents import LotDocument
from planner.fleets.schedule import capex_by_year, chips_online, middle, quarters_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def lot(**fields: object) -> LotDocument:
    said = {
        "key": "a",
        "chip": "c",
        "contract": "k",
        "chips": 1000.0,
        "online_from": date(2026, 7, 1),
        "ramp_quarters": 4,
        "it_capex_usd_per_chip": 10_000.0,
        "site_capex_usd_per_kw": 5_000.0,
        "operations_usd_per_chip_hour": 0.1,
    }
    return LotDocument.model_validate({**said, **fields})


def test_chips_come_online_in_equal_steps() -> None:
    first = quarter_number(date(2026, 7, 1))
    online = [chips_online(lot(), first + step) for step in (-1, 0, 1, 2, 3, 4)]
    assert online == [0, 250, 500, 750, 1000, 1000]


@given(DAYS, st.integers(1, 80), st.integers(0, 12), st.floats(0, 1e9), st.none() | DAYS)
def test_capex_by_year_adds_up_to_all_chips_and_their_site(
    online_from: date, ramp: int, lead: int, chips: float, opening: date | None
) -> None:
    one = lot(online_from=online_from, ramp_quarters=ramp, lead_quarters=lead, chips=chips)
    years = capex_by_year(one, 2.0, opening)
    assert isclose(sum(years.values()), chips * 20_000, rel_tol=1e-9, abs_tol=1e-300)
    assert opening is None or min(years) >= opening.year


def test_capex_is_paid_before_service_and_without_the_site_when_power_is_not_known() -> None:
    assert capex_by_year(lot(lead_quarters=2), None) == {2026: 10_000_000}
    assert capex_by_year(lot(lead_quarters=0), None) == {2026: 5_000_000, 2027: 5_000_000}
    assert sum(capex_by_year(lot(), None).values()) == 10_000_000
    assert capex_by_year(lot(ramp_quarters=1, lead_quarters=4), None) == {2025: 10_000_000}


def test_the_network_is_paid_with_the_chips() -> None:
    assert capex_by_year(lot(network_capex_usd_per_chip=2_000.0), None) == {2026: 12_000_000}


def test_the_quarters_shown_end_one_after_the_last_ramp() -> None:
    late = lot(key="b", online_from=date(2027, 1, 1), ramp_quarters=2)
    shown = [quarter_words(quarter) for quarter in quarters_of([lot(), late])]
    assert shown == ["2026 Q3", "2026 Q4", "2027 Q1", "2027 Q2", "2027 Q3"]
    assert list(quarters_of([])) == []


def test_a_range_counts_with_its_middle() -> None:
    assert middle(3.0) == 3.0
    assert middle(RangeQuantity(low=1.0, high=3.0, shape="normal")) == 2.0
    assert middle(RangeQuantity(low=1.0, high=4.0, shape="lognormal")) == 2.0
    assert middle(RangeQuantity(low=1.0, high=4.0, mode=1.5, shape="pert")) == 1.5
    assert middle(DiscreteQuantity(shape="discrete", values=(1.0, 2.0), weights=(1.0, 3.0))) == 1.75
