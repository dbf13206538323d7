"""E14 and E15: the load table against replay, closed forms and the shipped shapes."""

import json
from pathlib import Path

import numpy as np
import pytest

from costmodel.inputs.demand import LoadShape
from costmodel.load import GROWTH_STEPS, LoadTable
from costmodel.randomness import stream

FLAT = LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.0, 1.0))
SLOPE = LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(2.0, 0.0))
SHARES = np.arange(201) / 200.0
ARCHETYPES = Path(__file__).parents[2] / "planner" / "loads" / "archetypes"


def made_up_series() -> np.ndarray:
    """Two weeks of 10-minute load with days of unlike size, hours and noise."""
    luck = stream(7, "series", 0)
    days = np.repeat(luck.standard_normal(14) * 0.3, 144)
    hours = 0.25 * np.sin(np.arange(2016) / 144 * 2 * np.pi)
    load = np.exp(days + hours + 0.15 * luck.standard_normal(2016))
    return load / load.mean()


def shape_of(series: np.ndarray) -> LoadShape:
    levels = np.quantile(series, 1.0 - SHARES)
    return LoadShape(exceedance_share=tuple(SHARES), load_over_mean=tuple(levels))


def test_the_table_of_a_series_agrees_with_replay_of_that_series_within_a_tenth_of_a_point() -> None:
    series = made_up_series()
    table = LoadTable.of(shape_of(series))
    levels = np.linspace(0.05, 3.0, 60)
    replayed = np.minimum(series[:, None], levels).mean(axis=0)
    assert np.abs(table.expected_min(levels, 0.0) - replayed).max() < 0.001


def test_growth_inside_the_quarter_agrees_with_replay_over_every_moment() -> None:
    series = made_up_series()
    table = LoadTable.of(shape_of(series))
    moments = (np.arange(2000) + 0.5) / 2000
    for growth in (-0.7, 0.33, 1.2):
        trend = growth * np.exp(growth * moments) / np.expm1(growth)
        for level in (0.4, 1.0, 1.9):
            replayed = np.minimum(np.outer(series[::4] / series[::4].mean(), trend), level).mean()
            assert table.expected_min(level, growth) == pytest.approx(replayed, abs=0.004)


def test_a_flat_load_is_exact() -> None:
    table = LoadTable.of(FLAT)
    levels = np.array([0.0, 0.25, 0.999, 1.0, 1.001, 5.0])
    assert table.expected_min(levels, 0.0) == pytest.approx(np.minimum(levels, 1.0), abs=1e-12)
    assert table.share_above(np.array([0.5, 1.0, 2.0]), 0.0) == pytest.approx([1.0, 0.0, 0.0])


def test_a_flat_load_that_grows_follows_the_closed_form() -> None:
    growth = 0.5
    low, high = growth / np.expm1(growth), growth * np.exp(growth) / np.expm1(growth)
    for level in (0.9, 1.0, 1.1):
        exact = (level - low + level * np.log(high / level)) / growth
        assert LoadTable.of(FLAT).expected_min(level, growth) == pytest.approx(exact, abs=1e-4)


def test_a_straight_curve_follows_its_parabola() -> None:
    table = LoadTable.of(SLOPE)
    levels = np.linspace(0.0, 2.0, 41)
    assert table.expected_min(levels, 0.0) == pytest.approx(levels - levels**2 / 4, abs=1e-5)
    assert table.share_above(0.5, 0.0) == pytest.approx(0.75, abs=0.005)


def test_levels_are_divided_by_the_mean_of_the_curve() -> None:
    tenfold = LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(20.0, 0.0))
    assert np.array_equal(LoadTable.of(tenfold).values, LoadTable.of(SLOPE).values)


def test_the_served_share_rises_bends_down_and_never_exceeds_level_or_one() -> None:
    table = LoadTable.of(shape_of(made_up_series()))
    levels = np.linspace(0.0, 8.0, 1601)
    for growth in (-3.0, -0.4, 0.0, 0.03, 0.8, 3.0):
        served = table.expected_min(levels, growth)
        assert np.all(np.diff(served) >= -1e-15)
        assert np.all(np.diff(served, 2) <= 1e-12)
        assert np.all(served <= np.minimum(levels, 1.0))
        assert served[0] == 0.0
        assert served[-1] == pytest.approx(1.0, abs=1e-9)


def test_a_level_below_zero_returns_itself_and_one_beyond_the_table_returns_everything() -> None:
    table = LoadTable.of(SLOPE)
    assert table.expected_min(-0.5, 0.2) == -0.5
    assert table.expected_min(1e12, 0.2) == pytest.approx(1.0)
    assert table.share_above(-0.5, 0.2) == 1.0
    assert table.share_above(1e12, 0.2) == 0.0


def test_growth_beyond_the_grid_counts_as_its_end() -> None:
    table = LoadTable.of(SLOPE)
    assert table.expected_min(1.0, 9.0) == pytest.approx(table.expected_min(1.0, GROWTH_STEPS[-1]), abs=1e-15)


def test_quarters_by_draws_equal_one_at_a_time() -> None:
    table = LoadTable.of(SLOPE)
    levels, growth = np.array([[0.3, 1.1], [1.7, 2.5]]), np.array([[0.1], [-0.2]])
    together = table.expected_min(levels, growth)
    for row in range(2):
        for column in range(2):
            assert together[row, column] == table.expected_min(levels[row, column], growth[row, 0])


def test_a_curve_that_is_zero_everywhere_is_refused() -> None:
    with pytest.raises(ValueError, match="0 everywhere"):
        LoadTable.of(LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(0.0, 0.0)))


@pytest.mark.parametrize("key", ["hard_to_forecast", "ordinary_api", "flat"])
def test_every_shipped_shape_has_mean_1_and_says_where_it_comes_from(key: str) -> None:
    document = json.loads((ARCHETYPES / f"{key}.json").read_text())
    shares, levels = np.array(document["exceedance_share"]), np.array(document["load_over_mean"])
    LoadShape(exceedance_share=tuple(shares), load_over_mean=tuple(levels))
    assert document["key"] == key
    assert np.sum((levels[1:] + levels[:-1]) / 2 * np.diff(shares)) == pytest.approx(1.0, abs=1e-5)
    assert all(document[field] for field in ("name", "source", "licence", "notes"))
