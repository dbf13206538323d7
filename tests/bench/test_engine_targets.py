"""The engine against its goals: the same world in C, whole arrays, memory, fans, variants; ratios, on one core."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from costmodel import evaluate, randomness
from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.outcomes.blocks import summarise
from costmodel.outcomes.measures import measure
from costmodel.outcomes.remains import keep
from costmodel.outcomes.returns import internal_rate
from costmodel.outcomes.summary import count
from costmodel.quantities import realise
from costmodel.simulate.state import World
from costmodel.simulate.worlds import Stage, Told, set_stage, simulate_block, with_equity
from costmodel.variants import evaluate_variants
from tests.bench import c_step
from tests.bench.measuring import against, in_turn, peak_mb_of, say
from tests.bench.reduced_deal import QUARTERS, by_blocks, by_loop
from tests.costmodel.scenarios import SEED

NANO = 1e9 / (BLOCK_SIZE * c_step.QUARTERS)
OPEN = World(equity=True, ipo_gate_open=True)


def told_by_engine(stage: Stage, intercepts: FloatArray) -> Told:
    """Return the base world from its operations on."""
    scales = with_equity(stage.luck.inputs)
    return stage.tell(OPEN, stage.operate(scales), scales, intercepts)


def draw_all(scenario: Scenario) -> None:
    """Draw every shock of a block, and its uncertain inputs: what both the engine and the kernel start from."""
    realise(scenario, SEED, 1)
    for stream, normal in c_step.SHOCKS.values():
        draw = randomness.normals if normal else randomness.uniforms
        draw(SEED, f"path.{stream}", 1, c_step.QUARTERS)


def check_agreement(step: c_step.Step, told: Told) -> None:
    """Every line of the world that moves is in the kernel, and every sum agrees."""
    lines = {
        (line.kind, line.item, line.needs_ipo): line.sums(BLOCK_SIZE) for line in told.accounts.ledger.lines
    }
    for name, key in c_step.LINES.items():
        theirs, ours = step.sums_of(name), lines.pop(key)
        assert np.abs(theirs - ours).max() <= 1e-9 * max(np.abs(ours).max(), 1.0), name
    assert all(not rest.any() for rest in lines.values())


@pytest.mark.skipif(
    c_step.compiler() is None, reason="There is no C compiler; the kernel cannot be compiled."
)
def test_a_world_against_the_same_world_in_c(tmp_path: Path) -> None:
    scenario = c_step.bar_scenario()
    preparation = evaluate.prepare(scenario, SEED)
    stage = set_stage(scenario, SEED, 1)
    step = c_step.prepare(stage, preparation.intercepts, tmp_path)
    step()
    told = told_by_engine(stage, preparation.intercepts)
    check_agreement(step, told)
    simulated = simulate_block(scenario, preparation.intercepts, SEED, 1, keep)
    assert np.allclose(step.rows[c_step.ROWS.index("lab_cash"), 1:], told.run.cash, rtol=1e-9, atol=1.0)
    assert np.allclose(
        step.rows[c_step.ROWS.index("lab_value"), 1:], told.run.equity_value, rtol=1e-9, atol=1.0
    )
    worlds = len({id(world) for world in (*simulated.worlds.values(), *simulated.kept.values())})
    measured = in_turn(
        {
            "C step": step,
            "draws": lambda: draw_all(scenario),
            "stage": lambda: set_stage(scenario, SEED, 1),
            "world": lambda: told_by_engine(stage, preparation.intercepts),
            "all worlds": lambda: simulate_block(scenario, preparation.intercepts, SEED, 1, keep),
            "summary": lambda: summarise(simulated, preparation.grids, BLOCK_SIZE),
        }
    )
    bar = measured["C step"] + measured["draws"]
    whole = measured["all worlds"] + measured["summary"]
    lines = [f"{name:60}{seconds * NANO:9.1f} ns a draw and quarter" for name, seconds in measured.items()]
    lines += [
        "C step: market, stack, bills, lab, IPO, default, fleet, sums of all lines, both positions, rows of the fans.",
        "Summary: all key figures of all worlds, IRR, fans, curves, counts; the kernel has none of it but the rows.",
        against(f"one of {worlds} worlds, all in, over (C step + draws)", whole / worlds / bar, 1.8),
        f"the step of one world alone, draws given, over the C step: {measured['world'] / measured['C step']:.2f}",
        f"all {worlds} worlds over C doing all {worlds} on one set of draws: "
        f"{whole / (worlds * measured['C step'] + measured['draws']):.2f}",
    ]
    say(f"One block of {BLOCK_SIZE:,} draws, {c_step.QUARTERS} quarters, {worlds} worlds", lines)


def test_fans_against_the_simulation() -> None:
    scenario = c_step.bar_scenario()
    preparation = evaluate.prepare(scenario, SEED)
    simulated = simulate_block(scenario, preparation.intercepts, SEED, 1)
    fans = list(measure(simulated).fans.values())
    rows = np.concatenate(fans)
    measured = in_turn(
        {
            "simulation": lambda: simulate_block(scenario, preparation.intercepts, SEED, 1),
            "fans": lambda: count((row for fan in fans for row in fan), preparation.grids.fans),
            "numpy": lambda: np.quantile(rows, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1),
        },
        turns=3,
    )
    say(
        f"Fans: {rows.shape[0]} rows of {BLOCK_SIZE:,} draws",
        [
            against("counts on a grid over the simulation", measured["fans"] / measured["simulation"], 0.6),
            f"np.quantile over the counts: {measured['numpy'] / measured['fans']:.1f}",
        ],
    )


def naive_and_whole(draws: int) -> dict[str, float]:
    """Return CPU seconds a draw of the reduced deal: a loop, whole arrays of all draws, and blocks, shocks included."""
    few = np.ascontiguousarray(np.random.default_rng(SEED).standard_normal((QUARTERS, 400)))

    def whole() -> None:
        by_blocks(np.random.default_rng(SEED).standard_normal((QUARTERS, draws)))

    def blocks() -> None:
        for block in range(draws // BLOCK_SIZE):
            by_blocks(randomness.normals(SEED, "reduced", block, QUARTERS))

    measured = in_turn({"whole": whole, "blocks": blocks}, turns=2)
    loop = in_turn({"loop": lambda: by_loop(few)}, turns=2)
    return {"loop": loop["loop"] / 400, **{name: seconds / draws for name, seconds in measured.items()}}


@pytest.mark.timeout(900)
def test_a_loop_and_whole_arrays_against_blocks_at_a_million_draws() -> None:
    draws = 128 * BLOCK_SIZE
    measured = naive_and_whole(draws)
    say(
        f"The reduced deal at {draws:,} draws (demand, index, price, tiers, minimum, position; {QUARTERS} quarters)",
        [
            *(f"{name:10}{seconds * 1e6:9.2f} us a draw" for name, seconds in measured.items()),
            f"a plain Python loop over blocks: {measured['loop'] / measured['blocks']:.0f} times as long",
            against("whole arrays over blocks", measured["whole"] / measured["blocks"], 2.0, least=True),
            "The whole engine on whole arrays of a million draws would need tens of gigabytes: hence the reduced deal.",
        ],
    )


@pytest.mark.timeout(3600)
def test_memory_does_not_grow_with_draws() -> None:
    code = (
        "from costmodel import evaluate\n"
        "from tests.bench.c_step import bar_scenario\n"
        "def work(): evaluate.evaluate(bar_scenario(), {draws}, 7)"
    )
    peaks = {draws: peak_mb_of(code.format(draws=draws)) for draws in (10_000, 100_000, 1_000_000)}
    say(
        "Peak memory of a run in one process above its imports, MB",
        [against(f"{draws:>9,} draws", peak, 400.0) for draws, peak in peaks.items()],
    )


def tornado(base: Scenario) -> list[Scenario]:
    """Return the base moved up and down in eight inputs of different parts."""
    deal, fleet, market, lab = base.deal, base.fleet, base.market, base.lab

    def at(part: str, value: Any) -> Scenario:
        return replace(base, **{part: value})

    return [
        *(at("fleet", replace(fleet, power_usd_per_kwh=fixed(usd))) for usd in (0.06, 0.1)),
        *(at("deal", replace(deal, provider_equity_rate=rate)) for rate in (0.1, 0.14)),
        *(at("lab", replace(lab, distress_hazard_short=hazard)) for hazard in (0.04, 0.08)),
        *(at("exit", replace(base.exit, offer_share=share)) for share in (0.04, 0.06)),
        *(at("valuation", replace(base.valuation, mature_multiple=fixed(by))) for by in (7.0, 11.0)),
        *(at("market", replace(market, owner_cost_usd_per_chip_hour=fixed(usd))) for usd in (2.0, 2.4)),
        *(at("demand", replace(base.demand, growth_now_annual=fixed(growth))) for growth in (1.0, 1.5)),
        *(
            at("deal", replace(deal, on_default=replace(deal.on_default, recovery_share=fixed(share))))
            for share in (0.2, 0.4)
        ),
    ]


@pytest.mark.timeout(900)
def test_sixteen_variants_on_shared_draws_against_single_runs() -> None:
    base, draws = c_step.bar_scenario(), 2 * BLOCK_SIZE
    scenarios = tornado(base)
    measured = in_turn(
        {
            "single": lambda: evaluate.evaluate(base, draws, SEED),
            "together": lambda: evaluate_variants([base, *scenarios], draws, SEED),
        },
        turns=1,
    )
    each = (measured["together"] - measured["single"]) / len(scenarios)
    say(
        f"{len(scenarios)} variants of a scenario, {draws:,} draws, beside the scenario itself",
        [
            against("a variant over a single run", each / measured["single"], 0.5),
            f"the scenario and its variants, each over a single run: "
            f"{measured['together'] / measured['single'] / (1 + len(scenarios)):.2f}",
        ],
    )


def test_irr_against_polynomial_roots() -> None:
    flows = np.random.default_rng(SEED).normal(1.0, 1.0, (41, BLOCK_SIZE))
    flows[0] = -15.0
    few = flows[:, :100]
    measured = in_turn(
        {"ours": lambda: internal_rate(flows), "roots": lambda: [np.roots(one[::-1]) for one in few.T]},
        turns=3,
    )
    ours, roots = measured["ours"] / BLOCK_SIZE, measured["roots"] / 100
    say(
        "IRR of 41 flows",
        [
            f"{ours * 1e6:.2f} us a draw by brackets and Newton, {roots * 1e6:.0f} by numpy's roots",
            against("numpy's roots over ours", roots / ours, 200.0, least=True),
        ],
    )
