"""The archetypes of the product: each says where it is from, and its replay reads back as it was replayed."""

import numpy as np
import pytest

from costmodel.traces import levers
from costmodel.traces.carried import table_of
from costmodel.traces.curve import capacity_of, served_share
from planner.loads import known
from planner.runs.engine import load_shapes

REPLAYED = [name for name in known.archetype_keys() if name != "flat"]
ASKED = {"hard_to_forecast", "ordinary_api", "office_hours", "reasoning", "small_tool"}


def test_all_archetypes_asked_for_are_there() -> None:
    assert set(known.archetype_keys()) >= ASKED


@pytest.mark.parametrize("name", known.archetype_keys())
def test_each_says_its_source_licence_and_how_it_was_made(name: str) -> None:
    kept = known.archetype(name)
    assert kept["key"] == name
    assert all(kept[word] for word in ("name", "source", "licence", "notes"))
    assert float(np.trapezoid(kept["load_over_mean"], kept["exceedance_share"])) == pytest.approx(
        1.0, abs=1e-5
    )


@pytest.mark.parametrize("name", [name for name in REPLAYED if name != "pooled"])
def test_a_replay_belongs_to_its_archetype(name: str) -> None:
    shape = load_shapes.shape(known.archetype(name))
    assert table_of(shape).base.load_over_mean == shape.load_over_mean


@pytest.mark.parametrize("name", REPLAYED)
def test_waiting_never_needs_more_capacity(name: str) -> None:
    capacities = table_of(load_shapes.shape(known.archetype(name))).deferral.capacity_over_mean
    assert (np.diff(capacities, axis=0) <= 1e-5).all()
    assert (np.diff(capacities, axis=1) <= 1e-5).all()
    assert capacities.min() >= 0.998


@pytest.mark.parametrize("name", REPLAYED)
def test_levers_of_an_archetype_read_back_as_they_were_replayed(name: str) -> None:
    shape = load_shapes.shape(known.archetype(name))
    table = table_of(shape)
    replayed = float(table.deferral.capacity_over_mean[3, 2])
    assert levers.capacity_with_deferral(table, shape, 0.3, 4.0) == pytest.approx(replayed, rel=0.05)
    assert capacity_of(levers.deferred(table, shape, 0.3, 4.0)) == pytest.approx(replayed, rel=0.05)
    capped = levers.under_cap(table, shape, 1.5, 24.0)
    assert float(served_share(capped.shape, 1.5)) == pytest.approx(1.0, abs=5e-3)


@pytest.mark.parametrize("law", ["office_hours", "small_tool"])
def test_made_archetypes_can_be_made_again(law: str) -> None:
    kept = known.archetype(law)
    again = load_shapes.levels_of(load_shapes.made(law), kept["exceedance_share"])
    assert again == pytest.approx(kept["load_over_mean"], abs=2e-4)


def test_the_pool_is_that_of_its_members() -> None:
    kept = known.archetype(known.POOLED)
    assert load_shapes.pool_levels(kept["exceedance_share"]) == kept["load_over_mean"]
