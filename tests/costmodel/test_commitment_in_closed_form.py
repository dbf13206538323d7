"""E18 against closed forms: the newsvendor on normal and lognormal levels, and where screening curves cross."""

import numpy as np
import pytest
from scipy.stats import norm

from costmodel.load_cost import (
    Above,
    LoadPrices,
    Offer,
    cheapest,
    commitment_at_critical_ratio,
    levels_ahead,
    screened,
)

FLAT = np.ones(400)
PRICES = LoadPrices(
    committed=1.0, on_demand=2.5, burst=0.0, unserved=10.0, on_demand_limit=1e9, burst_limit=0.0
)


def test_a_normal_need_is_committed_at_its_quantile() -> None:
    draws = (np.arange(20_001) + 0.5) / 20_001
    need = np.asarray(5.0 + 0.8 * norm.ppf(draws))[None, :]
    above = Above(need, np.ones_like(need), FLAT)
    # Used for more than 1 / 2.5 of the time: c = 5 + 0.8 z with Phi(z) = 0.6.
    found = commitment_at_critical_ratio(above, PRICES, 0.0, 12.0)
    assert found == pytest.approx(5.0 + 0.8 * norm.ppf(0.6), abs=1e-3)


def test_the_quantile_is_that_of_the_mixture_of_levels_and_shapes() -> None:
    # Half of the term at level 1, half at 3, of a load uniform on 0 to twice the level.
    uniform = (np.arange(10_000) + 0.5) / 5_000.0
    above = Above(np.array([[1.0], [3.0]]), np.zeros((2, 1)), uniform)
    # P(X > c) = [(2 - c) / 2 + (6 - c) / 6] / 2 = 0.4 at c = 1.8.
    assert commitment_at_critical_ratio(above, PRICES, 0.0, 6.0) == pytest.approx(1.8, abs=1e-3)


def test_a_lognormal_level_costs_what_the_newsvendor_says() -> None:
    spread = 0.4
    # At c with P(M > c) = p_c / p_o the cost is p_o E[M; M > c] = p_o Phi(s - z).
    exact = 2.5 * norm.cdf(spread - norm.ppf(0.6))
    found = cheapest(FLAT, levels_ahead(spread, 4), PRICES).usd_per_1m
    assert found == pytest.approx(exact, rel=0.01)


def test_screening_curves_cross_where_the_textbook_says() -> None:
    base, middle, peak = Offer("base", 60.0, 10.0), Offer("middle", 30.0, 50.0), Offer("peak", 10.0, 200.0)
    shed = Offer("shed", 0.0, 1000.0)
    found = screened([middle, shed, base, peak])
    assert [one.name for one in found] == ["shed", "peak", "middle", "base"]
    # 10 / (1000 - 200), (30 - 10) / (200 - 50), (60 - 30) / (50 - 10)
    assert [one.to_share for one in found] == pytest.approx([10 / 800, 20 / 150, 30 / 40, 1.0])
    assert [one.from_share for one in found] == pytest.approx([0.0, 10 / 800, 20 / 150, 30 / 40])


def test_an_offer_that_is_never_cheapest_does_not_show() -> None:
    found = screened([Offer("committed", 1.0, 0.0), Offer("on_demand", 0.0, 2.5), Offer("burst", 0.0, 4.0)])
    assert [(one.name, one.to_share) for one in found] == [
        ("on_demand", pytest.approx(0.4)),
        ("committed", 1.0),
    ]


def test_what_is_dearer_even_when_always_used_is_left_out() -> None:
    assert [one.name for one in screened([Offer("committed", 3.0, 0.0), Offer("on_demand", 0.0, 2.5)])] == [
        "on_demand"
    ]
