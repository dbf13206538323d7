"""A whole run: the same bytes however its blocks are computed, stored and merged (engine.md 0, 8, 9)."""

import io
import json
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel import evaluate as engine
from costmodel.blocks import block_count, draws_in_block
from costmodel.evaluate import (
    Preparation,
    combine,
    evaluate,
    evaluate_block,
    ledger_of_draw,
    memory_bytes,
    prepare,
)
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.outcomes.blocks import BlockSummary, add_up
from costmodel.outcomes.measures import UNITS
from costmodel.simulate.worlds import simulate_block
from tests.costmodel.conftest import SMALL
from tests.costmodel.scenarios import (
    CONTINGENT,
    NEW,
    OLD,
    OLD_LOT,
    PAID,
    SEED,
    TERMS,
    calm_scenario,
    small_scenario,
)

pytestmark = pytest.mark.usefixtures("small_blocks")
DRAWS = 2 * SMALL + 70


def text(result: Any) -> str:
    return json.dumps(result, allow_nan=False, sort_keys=True)


def computed(scenario: Scenario, order: list[int], draws: int = DRAWS) -> dict[str, Any]:
    """Compute the blocks in this order, each from nothing, and combine them in block order."""
    preparation = prepare(scenario, SEED)
    summaries: dict[int, BlockSummary] = {}
    for block in order:
        engine._simulated.cache_clear()
        summaries[block] = evaluate_block(scenario, preparation, SEED, block, draws)
    return combine(scenario, preparation, [summaries[b] for b in sorted(order)], draws, SEED)


def stored(summary: BlockSummary) -> BlockSummary:
    """Write a summary to a file and read it back."""
    file = io.BytesIO()
    np.savez_compressed(file, **summary.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return BlockSummary.from_arrays(dict(arrays))


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_order_of_computing_blocks_does_not_show() -> None:
    scenario = small_scenario()
    whole = text(evaluate(scenario, DRAWS, SEED))
    assert text(computed(scenario, [2, 0, 1])) == whole
    assert text(computed(scenario, [0, 1, 2])) == whole


def test_storing_summaries_and_preparation_does_not_show() -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    again = Preparation.from_json(json.loads(json.dumps(preparation.to_json(), allow_nan=False)))
    summaries = [
        stored(evaluate_block(scenario, again, SEED, block, DRAWS)) for block in range(block_count(DRAWS))
    ]
    assert text(combine(scenario, again, summaries, DRAWS, SEED)) == text(evaluate(scenario, DRAWS, SEED))


def test_another_seed_is_another_result() -> None:
    scenario = small_scenario()
    assert text(evaluate(scenario, SMALL, 1)["outcomes"]) != text(evaluate(scenario, SMALL, 2)["outcomes"])


def test_the_fitted_odds_do_not_depend_on_the_seed_of_the_run() -> None:
    scenario = small_scenario()
    assert np.array_equal(prepare(scenario, 1).intercepts, prepare(scenario, 2).intercepts)


# --- draws and blocks -------------------------------------------------------------------------------------------------


def test_blocks_hold_the_draws_and_the_last_is_cut() -> None:
    assert [block_count(n) for n in (1, SMALL, SMALL + 1)] == [1, 1, 2]
    assert [draws_in_block(block, SMALL + 10) for block in (0, 1, 2)] == [SMALL, 10, 0]
    with pytest.raises(ValueError, match="at least 1"):
        block_count(0)


def test_a_run_is_cut_to_the_draws_asked_for() -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    draws = SMALL + 10
    blocks = [evaluate_block(scenario, preparation, SEED, block, draws) for block in (0, 1)]
    assert [block.draws for block in blocks] == [SMALL, 10]
    assert int(add_up(blocks).figures.defined.max()) == draws
    table = np.concatenate([block.key_figures_table for block in blocks], axis=1)
    result = combine(scenario, preparation, blocks, draws, SEED)
    for row, name in enumerate(UNITS):
        values = table[row][np.isfinite(table[row])]
        assert result["outcomes"][name]["mean"] == pytest.approx(values.mean(), rel=1e-9, abs=1e-12), name
        assert result["outcomes"][name]["defined_share"] == pytest.approx(values.size / draws)


def test_one_draw_is_its_own_mean() -> None:
    scenario = small_scenario()
    result = evaluate(scenario, 1, SEED)
    preparation = prepare(scenario, SEED)
    figures = evaluate_block(scenario, preparation, SEED, 0, 1).key_figures
    for name, values in figures.items():
        told = result["outcomes"][name]
        assert told["standard_error"] is None
        assert told["mean"] == (None if np.isnan(values[0]) else pytest.approx(values[0]))
        assert told["p05"] == told["mean"]
        assert told["p95"] == told["mean"]
    lines = [
        [line["payer"], line["kind"], line["item"], line["needs_ipo"], line["mean_by_quarter_usd"]]
        for line in result["ledger"]["lines"]
    ]
    traced = [
        [line["payer"], line["kind"], line["item"], line["needs_ipo"], line["by_quarter_usd"]]
        for line in ledger_of_draw(scenario, preparation, SEED, 0)
    ]
    assert lines == traced


def test_any_draw_can_be_traced_in_its_own_block() -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    simulated = simulate_block(scenario, preparation.intercepts, SEED, 1)
    lines = ledger_of_draw(scenario, preparation, SEED, SMALL + 3)
    billed = next(line for line in lines if line["kind"] == "compute_billed" and line["item"] == "old")
    expected = simulated.operations.contracts["old"].billed[:, 3] * simulated.base.run.alive[:, 3]
    assert billed["by_quarter_usd"][1:] == expected.tolist()


@pytest.mark.parametrize("quarters", [1, 2, 5])
def test_short_horizons_are_computed(quarters: int) -> None:
    terms = tuple(replace(t, quarters=quarters) if t in (OLD, NEW) else t for t in TERMS)
    result = evaluate(small_scenario(quarters=quarters, terms=terms), 20, SEED)
    assert len(result["quarters"]) == quarters
    assert all(len(fan["p50"]) == quarters + 1 for fan in result["fans"].values())
    assert "NaN" not in text(result)


def test_eighty_quarters_are_computed() -> None:
    result = evaluate(small_scenario(quarters=80), 20, SEED)
    assert result["quarters"][0] == "2026 Q2"
    assert result["quarters"][-1] == "2046 Q1"
    assert text(result)


def test_memory_is_known_before_and_does_not_depend_on_draws(middle_blocks: int) -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    engine._simulated.cache_clear()
    tracemalloc.start()
    evaluate_block(scenario, preparation, SEED, 1, 10 * middle_blocks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= memory_bytes(scenario) <= 1.5 * peak
    assert memory_bytes(small_scenario(quarters=33)) == 2 * memory_bytes(scenario)


# --- the result document ----------------------------------------------------------------------------------------------


def test_the_result_holds_every_outcome_in_its_order_and_unit() -> None:
    result = evaluate(small_scenario(), SMALL, SEED)
    assert {name: held["unit"] for name, held in result["outcomes"].items()} == UNITS
    assert list(result["outcomes"]) == list(UNITS)
    for name, held in result["outcomes"].items():
        if held["mean"] is not None:
            bands = [held[q] for q in ("p05", "p25", "p50", "p75", "p95")]
            assert bands == sorted(bands), name


def test_quarters_add_up_to_totals() -> None:
    result = evaluate(small_scenario(), SMALL, SEED)
    for line in result["ledger"]["lines"]:
        assert sum(line["mean_by_quarter_usd"]) == pytest.approx(line["mean_total_usd"], abs=0.005)
        assert len(line["mean_by_quarter_usd"]) == 17
    lines = {(line["kind"], line["needs_ipo"]): line for line in result["ledger"]["lines"]}
    sold = lines["share_sale", True]["mean_total_usd"]
    assert sold == pytest.approx(result["outcomes"]["share_sale_proceeds_usd"]["mean"], rel=1e-12)


def test_hinges_come_largest_first_and_name_uncertain_inputs() -> None:
    hinges = evaluate(small_scenario(), 2 * SMALL, SEED)["hinges"]
    gaps = [abs(row["gap"]) for row in hinges]
    assert gaps == sorted(gaps, reverse=True)
    paths = {row["path"] for row in hinges}
    assert "fleet.lots[new-lot].it_capex_usd_per_chip" in paths
    assert "deal.terms[old].reference_usd_per_chip_hour" not in paths


def test_the_tie_out_divides_dollars_by_gigawatt_years() -> None:
    lot = replace(OLD_LOT, contract="new", chips=1e9 / 2.1 / 1e3, ramp_quarters=1, built_share=fixed(1.0))
    result = evaluate(calm_scenario(fleet={"lots": (lot,)}), 1, SEED)
    assert result["tie_out"]["usd_per_gw_year"] == pytest.approx(40e9 / (14 * 0.25))
    assert result["tie_out"]["within_band"] is True
    alone = calm_scenario(terms=(OLD, PAID), fleet={"lots": (OLD_LOT,)})
    assert evaluate(alone, 1, SEED)["tie_out"]["usd_per_gw_year"] is None


# --- paired on the same luck ------------------------------------------------------------------------------------------


def figures(scenario: Scenario) -> dict[str, np.ndarray]:
    preparation = prepare(scenario, SEED)
    return evaluate_block(scenario, preparation, SEED, 0, SMALL).key_figures


def test_a_scenario_compared_with_itself_differs_by_nothing_in_any_draw() -> None:
    first = figures(small_scenario())
    engine._simulated.cache_clear()
    second = figures(small_scenario())
    for name, values in first.items():
        assert np.array_equal(values, second[name], equal_nan=True), name
        defined = np.isfinite(values)
        assert not (values[defined] - second[name][defined]).any()


def test_a_term_that_binds_nothing_changes_nothing() -> None:
    idle = replace(
        CONTINGENT, key="idle", triggers=(), obligation=False, option=False, amount_usd=1e9, longstop=None
    )
    first, second = figures(small_scenario()), figures(small_scenario(terms=(idle, *TERMS)))
    for name, values in first.items():
        assert np.array_equal(values, second[name], equal_nan=True), name


def provider_contract(scenario: Scenario) -> np.ndarray:
    """Return (draw,) the present value of the provider's contract lines, gate closed."""
    simulated = simulate_block(scenario, np.zeros(scenario.timeline.quarters), SEED, 0)
    net = simulated.closed.accounts.ledger.net("provider", purse="contract")
    return np.asarray((net * 0.98 ** np.arange(net.shape[0])[:, None]).sum(axis=0))


@pytest.mark.parametrize("credits", [0.0, 0.25, 1.0])
def test_more_discount_never_raises_the_providers_margin_on_any_draw(credits: float) -> None:
    """While nobody defaults: a cheaper contract can keep the lab alive, and then the provider may gain from it."""
    immortal = {"distress_hazard_short": 0.0, "distress_hazard_long": 0.0}
    last: np.ndarray | None = None
    for discount in (0.1, 0.2, 0.4, 0.7):
        changes = {
            "new": {"discount_share": fixed(discount)},
            "new-minimum": {"carry_forward_share": credits, "make_up_share": credits},
        }
        terms = tuple(replace(t, **changes.get(t.key, {})) for t in TERMS)
        margin = provider_contract(small_scenario(terms=terms, lab=immortal))
        assert last is None or np.all(margin <= last + 1.0), discount
        last = margin


def test_more_capacity_never_raises_what_goes_unserved_on_any_draw() -> None:
    last: np.ndarray | None = None
    for chips in (50_000.0, 190_000.0, 400_000.0):
        lots = (replace(OLD_LOT, chips=chips), small_scenario().fleet.lots[1])
        scenario = small_scenario(fleet={"lots": lots})
        simulated = simulate_block(scenario, np.zeros(16), SEED, 0)
        unserved = simulated.operations.unserved_tokens
        assert last is None or np.all(unserved <= last * (1 + 1e-12) + 1.0), chips
        assert unserved.any()
        last = unserved


def test_dearer_chips_never_raise_the_providers_value_on_any_draw() -> None:
    """Where the lab lives: when it fails with the equity only, dearer chips cost more in the world without."""
    values, lasting = [], {"distress_hazard_short": 0.0, "distress_hazard_long": 0.0}
    for price in (10_000.0, 40_000.0):
        lots = tuple(replace(lot, it_capex_usd_per_chip=fixed(price)) for lot in small_scenario().fleet.lots)
        scenario = small_scenario(fleet={"lots": lots}, lab=lasting)
        values.append(figures(scenario)["margin_cash_pv_usd"])
    assert np.all(values[1] < values[0])
