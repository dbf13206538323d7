"""M18 volume tiers and M19 price steps in closed form (E26)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.inputs.compute_terms import MostFavoured
from costmodel.inputs.deal import PriceSteps, Tier, VolumeTiers
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.quantities import central
from costmodel.terms.price import after_tiers, contract_price, deal_price
from tests.costmodel.machines import changed
from tests.costmodel.scenarios import NEW, NEW_LOT, OLD, OLD_LOT, PAID, calm_scenario
from tests.costmodel.trees import fixed_tree

CONTRACT = changed(fixed_tree(NEW), reference_usd_per_chip_hour=2.0, discount_share=0.25)


def steps(**changes: Any) -> PriceSteps:
    held: dict[str, Any] = {
        "key": "steps",
        "contract": "new",
        "annual_step_down_share": 0.0,
        "index_gap_share": 10.0,
        "floor_usd_per_chip_hour": 0.0,
    }
    return PriceSteps(**{**held, **changes})


def tiers(basis: Any, *pairs: tuple[float, float]) -> VolumeTiers:
    return VolumeTiers(
        key="tiers",
        contract="new",
        basis=basis,
        tiers=tuple(Tier(from_usd=usd, discount_share=share) for usd, share in pairs),
    )


def bill(terms: VolumeTiers | None, *spend: float) -> list[float]:
    return after_tiers(terms, np.array(spend)[:, None])[:, 0].tolist()


def index(*levels: float) -> np.ndarray:
    return np.array(levels)[:, None]


def test_without_steps_the_price_is_the_reference_less_the_discount() -> None:
    assert contract_price(CONTRACT, None, index(1.0, 0.2)) == pytest.approx(index(1.5, 1.5))


def test_the_price_steps_down_once_a_contract_year() -> None:
    price = contract_price(CONTRACT, steps(annual_step_down_share=0.1), index(*[1.0] * 9))[:, 0]
    assert price == pytest.approx([1.5] * 4 + [1.35] * 4 + [1.215])


def test_the_index_caps_the_price_with_its_gap() -> None:
    price = contract_price(CONTRACT, steps(index_gap_share=0.1), index(1.0, 0.5, 0.9))[:, 0]
    assert price == pytest.approx([1.5, 2.0 * 0.5 * 1.1, 1.5])


def test_the_floor_stands_above_the_cap_of_the_index() -> None:
    terms = steps(index_gap_share=0.0, floor_usd_per_chip_hour=1.2, annual_step_down_share=0.5)
    price = contract_price(CONTRACT, terms, index(0.9, 0.1, 0.9, 0.9, 0.9))[:, 0]
    assert price == pytest.approx([1.5, 1.2, 1.5, 1.5, 1.2])


@given(st.floats(0.0, 0.9), st.floats(0.0, 0.9), st.floats(0.0, 0.9), st.floats(0.1, 3.0))
def test_more_discount_never_raises_the_price(first: float, second: float, down: float, level: float) -> None:
    low, high = sorted((first, second))
    terms = steps(annual_step_down_share=down, index_gap_share=0.0, floor_usd_per_chip_hour=0.4)
    prices = [
        contract_price(changed(CONTRACT, discount_share=share), terms, index(*[level] * 6))
        for share in (low, high)
    ]
    assert np.all(prices[1] <= prices[0])


def test_marginal_tiers_discount_what_lies_inside_them() -> None:
    terms = tiers("marginal", (100.0, 0.1), (200.0, 0.2))
    assert bill(terms, 80.0, 80.0, 80.0, 80.0) == pytest.approx(
        [80.0, 20.0 + 60.0 * 0.9, 40.0 * 0.9 + 40.0 * 0.8, 80.0 * 0.8]
    )


def test_tiers_start_again_each_contract_year() -> None:
    terms = tiers("marginal", (100.0, 0.5))
    assert bill(terms, 100.0, 0.0, 0.0, 100.0, 100.0) == pytest.approx([100.0, 0.0, 0.0, 50.0, 100.0])


def test_crossing_an_all_units_threshold_credits_the_quarters_before() -> None:
    terms = tiers("all_units", (100.0, 0.1))
    assert bill(terms, 60.0, 40.0, 50.0, 10.0) == pytest.approx([60.0, 40.0, 150.0 * 0.9 - 100.0, 9.0])


def test_the_highest_all_units_tier_reached_counts_for_the_whole_year() -> None:
    terms = tiers("all_units", (200.0, 0.3), (100.0, 0.1))
    assert sum(bill(terms, 60.0, 60.0, 60.0, 60.0)) == pytest.approx(240.0 * 0.7)


def test_without_tiers_the_spend_is_the_bill() -> None:
    assert bill(None, 1.0, 2.0) == [1.0, 2.0]
    assert bill(tiers("marginal"), 1.0, 2.0) == [1.0, 2.0]


@given(
    st.sampled_from(["marginal", "all_units"]),
    st.lists(st.floats(0.0, 100.0), min_size=1, max_size=9),
    st.lists(
        st.tuples(st.floats(1.0, 300.0), st.floats(0.0, 0.6)), max_size=3, unique_by=lambda pair: pair[0]
    ),
)
def test_a_year_is_billed_its_spend_less_the_discount_of_the_whole_year(
    basis: str, spend: list[float], pairs: list[tuple[float, float]]
) -> None:
    terms = tiers(basis, *pairs)
    told = bill(terms, *spend)
    ordered = sorted(pairs, key=lambda pair: pair[0])
    for start in range(0, len(spend), 4):
        year = sum(spend[start : start + 4])
        if basis == "all_units":
            reached = [share for usd, share in ordered if year > usd]
            expected = year * (1.0 - (reached[-1] if reached else 0.0))
        else:
            ends = [usd for usd, _ in ordered[1:]] + [np.inf]
            inside = [max(min(year, end) - usd, 0.0) for (usd, _), end in zip(ordered, ends, strict=False)]
            expected = year - sum(part * share for part, (_, share) in zip(inside, ordered, strict=True))
        assert sum(told[start : start + 4]) == pytest.approx(expected, abs=1e-9)


# --- the price of one year, step by step --------------------------------------------------------------------------


def deal(*terms: Any, index_change: float = 0.0) -> Scenario:
    """A scenario at its medians with one contract at USD 2 less a quarter; its lot sells 1,000 chips' hours."""
    lot = changed(
        fixed_tree(NEW_LOT), chips=1000.0, online_from=CONTRACT.starts, ramp_quarters=1, built_share=1.0
    )
    scenario = calm_scenario(
        terms=(OLD, CONTRACT, *terms, PAID),
        fleet={"lots": (OLD_LOT, lot), "availability": 0.5},
        market={"index_change_annual": fixed(index_change)},
    )
    return central(scenario)


def told(scenario: Scenario, year: int, share: float = 1.0) -> tuple[list[tuple[str, str, float]], float]:
    price = deal_price(scenario, scenario.contracts()[1], year, share)
    return [(step.name, step.term, round(step.usd, 9)) for step in price.steps], price.usd_per_chip_hour


def test_without_terms_the_deal_price_is_the_reference_less_the_discount() -> None:
    assert told(deal(), 0) == ([("reference", "new", 2.0), ("discount", "new", -0.5)], 1.5)


def test_each_term_says_what_it_takes_off() -> None:
    """1.5 x 0.9^2 = 1.215; 1,000 chips x 8,760 h x 50% x 1.215 = 5.3217 m a year, all of it above 0 at 10% off."""
    scenario = deal(steps(annual_step_down_share=0.1), tiers("all_units", (0.0, 0.1)))
    found, price = told(scenario, 2)
    assert found == [
        ("reference", "new", 2.0),
        ("discount", "new", -0.5),
        ("step_down", "steps", -0.285),
        ("volume_tiers", "tiers", -0.1215),
    ]
    assert price == pytest.approx(1.0935)


def test_tiers_count_the_share_of_the_volume_that_is_bought() -> None:
    """6.57 m at full volume: half of it above 3.285 m at 20% off is 10%; at half the volume nothing is."""
    scenario = deal(tiers("marginal", (3.285e6, 0.2)))
    assert told(scenario, 0)[1] == pytest.approx(1.35)
    assert told(scenario, 0, 0.5) == ([("reference", "new", 2.0), ("discount", "new", -0.5)], 1.5)
    assert told(scenario, 0, 0.0)[1] == 1.5


def test_the_cap_follows_the_index_and_the_floor_stops_it() -> None:
    terms = steps(index_gap_share=0.0, floor_usd_per_chip_hour=1.2)
    scenario = deal(terms, index_change=-0.5)
    first = scenario.timeline.index_of(CONTRACT.starts)
    found, price = told(scenario, 1)
    cap = 2.0 * 0.5 ** ((first + 4.5) / 4)
    assert found[2:] == [
        ("index_cap", "steps", round(cap - 1.5, 9)),
        ("floor", "steps", round(1.2 - cap, 9)),
    ]
    assert price == pytest.approx(1.2)


def test_a_favoured_lab_pays_no_more_than_the_lowest_peer_once_the_clause_runs() -> None:
    term = MostFavoured(
        key="peers",
        contract="new",
        peer_discount_share=fixed(0.4),
        starts=date(2027, 1, 1),
        look_back_share=0.0,
    )
    scenario = deal(steps(floor_usd_per_chip_hour=1.3), term)
    first = scenario.timeline.index_of(CONTRACT.starts)
    assert first < scenario.timeline.index_of(term.starts) <= first + 4
    assert told(scenario, 0)[1] == pytest.approx(1.5)
    assert told(scenario, 1)[0][2:] == [("most_favoured", "peers", -0.3), ("floor", "steps", 0.1)]


@given(
    st.floats(0.0, 0.5),
    st.floats(-0.5, 3.0),
    st.floats(0.0, 2.0),
    st.floats(-0.5, 0.5),
    st.integers(0, 2),
    st.floats(0.0, 0.5),
)
def test_the_steps_add_up_to_what_the_simulation_bills(down, gap, floor, change, year, off) -> None:
    path = steps(annual_step_down_share=down, index_gap_share=gap, floor_usd_per_chip_hour=floor)
    volume = tiers("all_units", (1e6, off))
    scenario = deal(path, volume, index_change=change)
    price = deal_price(scenario, scenario.contracts()[1], year)
    first = scenario.timeline.index_of(CONTRACT.starts)
    index = (1.0 + change) ** ((first + np.arange(CONTRACT.quarters)[:, None] + 0.5) / 4)
    billed = float(contract_price(CONTRACT, path, index)[4 * year, 0])
    spend = 1000.0 * 4380.0 * billed
    assert price.usd_per_chip_hour == pytest.approx(bill(volume, spend)[0] / (1000.0 * 4380.0))
    assert sum(step.usd for step in price.steps) == pytest.approx(price.usd_per_chip_hour)


def test_a_contract_that_began_before_the_opening_date_has_the_years_that_are_left() -> None:
    began = changed(CONTRACT, starts=date(2025, 4, 1), quarters=10)
    scenario = replace(deal(), deal=replace(deal().deal, terms=(began,)))
    assert scenario.timeline.index_of(began.starts) == -4
    assert deal_price(scenario, began, 1).usd_per_chip_hour == 1.5
    with pytest.raises(ValueError, match=r"Contract year 3 of new does not exist. It has 2\."):
        deal_price(scenario, began, 2)


def test_a_year_after_the_contract_is_refused() -> None:
    scenario = deal()
    with pytest.raises(ValueError, match=r"Contract year 21 of new does not exist. It has \d+\."):
        told(scenario, 20)
    with pytest.raises(ValueError, match=r"^The volume share of new is -0\.1\. It"):
        told(scenario, 0, -0.1)
