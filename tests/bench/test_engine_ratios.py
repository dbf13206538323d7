"""How fast the engine is, as ratios measured in one run on one core: no number here depends on the machine alone."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel import evaluate, randomness
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.quantity import fixed
from costmodel.outcomes.blocks import summarise
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.worlds import simulate_block
from tests.bench.reduced_deal import QUARTERS, by_blocks, by_loop
from tests.costmodel.scenarios import SEED, small_scenario

REPEATS = 3


def seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the best of a few runs."""
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def show(title: str, rows: list[tuple[str, float, float]], unit: str) -> None:
    """Print one table: what, how long, how many times the last row."""
    bar = rows[-1][1]
    lines = ["", title, f"  {'':58}{unit:>14}{'x last':>9}"]
    for name, taken, size in rows:
        lines.append(f"  {name:58}{taken / size:14.1f}{taken / size / (bar / rows[-1][2]):9.2f}")
    sys.stdout.write("\n".join([*lines, ""]))


def recorded_draws(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]
) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return every (function, arguments) by which `work` draws paths of random numbers."""
    calls: list[tuple[Any, tuple[Any, ...]]] = []
    for name in ("normals", "uniforms"):
        real = getattr(randomness, name)

        def noted(*arguments: Any, real: Any = real) -> Any:
            calls.append((real, arguments))
            return real(*arguments)

        monkeypatch.setattr(randomness, name, noted)
    work()
    monkeypatch.undo()
    return calls


def test_one_block_of_the_whole_engine_against_its_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = small_scenario(quarters=40)
    preparation = evaluate.prepare(scenario, SEED)
    simulated = simulate_block(scenario, preparation.intercepts, SEED, 1)
    calls = recorded_draws(monkeypatch, lambda: simulate_block(scenario, preparation.intercepts, SEED, 1))
    worlds = seconds(lambda: simulate_block(scenario, preparation.intercepts, SEED, 1))
    told = seconds(lambda: summarise(simulated, preparation.grids, BLOCK_SIZE))
    inputs = seconds(lambda: draw_luck(scenario, SEED, 1))
    paths = seconds(lambda: [function(*arguments) for function, arguments in calls])
    size = BLOCK_SIZE * 40 / 1e9
    show(
        f"One block of {BLOCK_SIZE:,} draws, 40 quarters, all worlds",
        [
            ("simulate and summarise", worlds + told, size),
            ("simulate all worlds", worlds, size),
            ("summarise: fans, key figures, IRR, recovery", told, size),
            ("realise the uncertain inputs", inputs, size),
            (f"draw the {len(calls)} shocks only (the least it can take)", paths, size),
        ],
        "ns/draw-quarter",
    )
    assert calls


def test_a_loop_over_draws_against_blocks() -> None:
    shocks = np.random.default_rng(SEED).standard_normal((QUARTERS, BLOCK_SIZE))
    few = np.ascontiguousarray(shocks[:, :400])
    value, recovered = by_loop(few)
    fast_value, fast_recovered = by_blocks(shocks)
    assert np.allclose(value, fast_value[:400], rtol=1e-9, atol=1.0)
    assert np.array_equal(recovered, fast_recovered[:400])
    assert 0.0 < fast_recovered.mean() < 1.0
    loop, blocks = seconds(lambda: by_loop(few)), seconds(lambda: by_blocks(shocks))
    show(
        "The reduced deal",
        [
            ("plain Python, draw by draw", loop, 400 * QUARTERS / 1e9),
            ("the engine's functions on a block", blocks, BLOCK_SIZE * QUARTERS / 1e9),
        ],
        "ns/draw-quarter",
    )


def test_a_preview_against_the_whole_block_it_is_the_headline_of() -> None:
    scenario = small_scenario(quarters=40)
    cheaper = replace(scenario, deal=replace(scenario.deal, provider_contract_rate=0.11))
    busier = replace(scenario, workload=replace(scenario.workload, utilisation=fixed(0.61)))
    preparation = evaluate.prepare(scenario, SEED)
    evaluate.preview(scenario, SEED)
    changes = iter([cheaper, scenario] * REPEATS)
    same_load = seconds(lambda: evaluate.preview(next(changes), SEED))
    loads = iter([busier, scenario] * REPEATS)
    other_load = seconds(lambda: evaluate.preview(next(loads), SEED))
    # Block 1: block 0 is still kept from preparing.
    block = seconds(lambda: evaluate.evaluate_block(scenario, preparation, SEED, 1, 2 * BLOCK_SIZE))
    show(
        "A preview of a draft: one block, 40 quarters, the worlds of its headline alone (ms)",
        [
            ("after a change that moves no load (prices, terms, lab, exit)", same_load * 1e3, 1.0),
            ("after a change that moves the load (demand, use, placement)", other_load * 1e3, 1.0),
            ("the block whole: all worlds, all figures", block * 1e3, 1.0),
        ],
        "ms",
    )
