"""The archetypes and lever tables of the product: each says where it is from, and reads as the engine needs."""

import numpy as np
import pytest

from costmodel.traces import levers
from costmodel.traces.curve import capacity_of, served_share
from planner.loads import known
from planner.runs.engine import load_shapes

KEYS = [key for key in known.archetype_keys() if key != "flat"]
ASKED = {"hard_to_forecast", "ordinary_api", "office_hours", "reasoning", "small_tool"}


def test_all_archetypes_asked_for_are_there() -> None:
    assert set(known.archetype_keys()) >= ASKED


@pytest.mark.parametrize("key", known.archetype_keys())
def test_each_says_its_source_licence_and_how_it_was_made(key: str) -> None:
    held = known.archetype(key)
    assert held["key"] == key
    assert all(held[name] for name in ("name", "source", "licence", "notes"))
    levels, shares = np.array(held["load_over_mean"]), np.array(held["exceedance_share"])
    assert float(np.trapezoid(levels, shares)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "pooled"])
def test_a_table_belongs_to_its_archetype(key: str) -> None:
    assert load_shapes.lever_table(key).base == load_shapes.archetype_shape(key)


@pytest.mark.parametrize("key", KEYS)
def test_waiting_never_needs_more_capacity(key: str) -> None:
    capacities = load_shapes.lever_table(key).deferral.capacity_over_mean
    assert (np.diff(capacities, axis=0) <= 1e-5).all()
    assert (np.diff(capacities, axis=1) <= 1e-5).all()
    assert capacities.min() >= 0.998


@pytest.mark.parametrize("key", KEYS)
def test_levers_of_an_archetype_read_back_as_they_were_replayed(key: str) -> None:
    table, shape = load_shapes.lever_table(key), load_shapes.archetype_shape(key)
    replayed = table.deferral.capacity_over_mean[3, 2]
    assert levers.capacity_with_deferral(table, shape, 0.3, 4.0) == pytest.approx(replayed, rel=0.05)
    assert capacity_of(levers.deferred(table, shape, 0.3, 4.0)) == pytest.approx(replayed, rel=0.05)
    capped = levers.under_cap(table, shape, 1.5, np.inf)
    assert capped.shed_share == 0.0
    assert float(served_share(capped.shape, 1.5)) == pytest.approx(1.0, abs=5e-3)


def test_one_without_tables_takes_those_of_the_pool() -> None:
    assert known.levers("flat") == known.levers("pooled")


@pytest.mark.parametrize("law", ["office_hours", "small_tool"])
def test_made_archetypes_can_be_made_again(law: str) -> None:
    again = load_shapes.shape_of(load_shapes.made(law), known.archetype(law)["exceedance_share"])
    assert again == load_shapes.archetype_shape(law)


def test_the_pool_is_that_of_its_members() -> None:
    held = known.archetype("pooled")
    assert load_shapes.pool_levels(held["exceedance_share"]) == held["load_over_mean"]
