"""The same (seed, name, block) is the same luck, whatever else is in the scenario (engine.md 0, 9.7)."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from costmodel import evaluate as whole
from costmodel.evaluate import evaluate_block, prepare
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.randomness import normals, stream, uniforms
from costmodel.simulate.luck import draw_lab_luck, draw_luck
from costmodel.simulate.paths import draw_paths
from tests.costmodel.scenarios import (
    CONTINGENT,
    MILESTONE,
    NEW,
    NEW_LOT,
    OLD_LOT,
    SEED,
    between,
    small_scenario,
)

pytestmark = pytest.mark.usefixtures("small_blocks")


def test_a_stream_depends_on_seed_name_and_block_alone() -> None:
    first = stream(1, "demand.own", 0).random(4)
    assert np.array_equal(first, stream(1, "demand.own", 0).random(4))
    for other in (stream(2, "demand.own", 0), stream(1, "demand.own", 1), stream(1, "demand.owm", 0)):
        assert not np.any(first == other.random(4))


@pytest.mark.parametrize("draw", [normals, uniforms])
def test_a_longer_horizon_only_adds_rows(draw: object) -> None:
    short, long = draw(3, "path.x", 2, 5), draw(3, "path.x", 2, 9)  # type: ignore[operator]
    assert np.array_equal(short, long[:5])
    assert not np.any(long[5] == long[4])


def test_different_names_give_unrelated_normals() -> None:
    first, second = normals(3, "path.a", 0, 80).ravel(), normals(3, "path.b", 0, 80).ravel()
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / np.sqrt(first.size)


def bigger(scenario: Scenario) -> Scenario:
    """Put a new lot, contract and tranche first in their lists."""
    lot = replace(NEW_LOT, key="third-lot", it_capex_usd_per_chip=between(1e4, 2e4))
    contract = replace(NEW, key="third", starts=date(2026, 10, 1), quarters=8)
    tranche = replace(CONTINGENT, key="third", triggers=(MILESTONE,))
    terms = (contract, tranche, *scenario.deal.terms)
    return replace(
        scenario,
        deal=replace(scenario.deal, terms=terms),
        fleet=replace(scenario.fleet, lots=(lot, NEW_LOT, OLD_LOT)),
    )


def test_new_terms_and_lots_leave_every_other_input_where_it_was() -> None:
    before, after = draw_luck(small_scenario(), SEED, 0), draw_luck(bigger(small_scenario()), SEED, 0)
    assert set(before.scores) < set(after.scores)
    assert len(before.scores) > 20
    for name, score in before.scores.items():
        assert np.array_equal(score, after.scores[name]), name


def test_new_terms_leave_every_milestone_and_shock_where_it_was() -> None:
    before = draw_lab_luck(draw_luck(small_scenario(), SEED, 0))
    after = draw_lab_luck(draw_luck(bigger(small_scenario()), SEED, 0))
    assert set(after.milestones) == {"contingent.milestone", "third.milestone"}
    assert np.array_equal(before.milestones["contingent.milestone"], after.milestones["contingent.milestone"])
    assert not np.any(after.milestones["contingent.milestone"] == after.milestones["third.milestone"])
    assert np.array_equal(before.default, after.default)
    assert np.array_equal(before.announcement, after.announcement)


def test_a_longer_horizon_leaves_inputs_and_market_paths_where_they_were() -> None:
    short, long = (draw_luck(small_scenario(quarters=q), SEED, 0) for q in (16, 24))
    assert all(np.array_equal(short.scores[name], long.scores[name]) for name in short.scores)
    paths, longer = draw_paths(short), draw_paths(long)
    for name in ("tokens_per_hour", "paid_price_usd_per_1m", "index", "regime", "log_multiple"):
        assert np.array_equal(getattr(paths, name), getattr(longer, name)[:16]), name


def test_fixing_one_input_leaves_the_others_where_they_were() -> None:
    before = draw_luck(small_scenario(), SEED, 0)
    after = draw_luck(small_scenario(workload={"utilisation": fixed(0.4)}), SEED, 0)
    assert set(before.scores) - set(after.scores) == {"workload.utilisation"}
    assert all(np.array_equal(score, before.scores[name]) for name, score in after.scores.items())


def test_a_draw_is_the_same_in_a_short_and_in_a_long_run() -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    short = evaluate_block(scenario, preparation, SEED, 0, 30).key_figures_table
    whole._simulated.cache_clear()
    long = evaluate_block(scenario, preparation, SEED, 0, 20_000).key_figures_table
    assert short.shape[1] == 30
    assert np.array_equal(short, long[:, :30], equal_nan=True)
    later = evaluate_block(scenario, preparation, SEED, 1, 20_000).key_figures_table
    assert not np.array_equal(later, long, equal_nan=True)
