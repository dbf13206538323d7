"""`make bench`: how fast the engine is, as ratios, which mean the same on every machine.

The yardstick is drawing one shock: a normal number for every quarter and draw of a block. A scenario has about
ten. Bounds are generous; they catch a stage that has become slow, not a slow afternoon.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "planner" / "scenarios" / "template_documents"
SEED = 1


def _seconds(act: Callable[[], object], times: int = 3) -> float:
    """The quickest of several tries: what the work needs when nothing disturbs it."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return min(found)


def _print(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def _say(what: str, ratio: float, bound: float) -> None:
    _print(f"{what:<66} {ratio:8.2f}x   (at most {bound:g}x)")


@pytest.fixture(scope="module")
def scenario() -> Any:
    from planner.runs.engine import inputs_of_json

    return inputs_of_json(json.loads((TEMPLATES / "amazon-openai-2026.json").read_text()))


@pytest.fixture(scope="module")
def preparation(scenario: Any) -> Any:
    from costmodel.evaluate import prepare

    return prepare(scenario, SEED)


def test_a_block_costs_a_small_multiple_of_one_shock(scenario: Any, preparation: Any) -> None:
    from costmodel.blocks import BLOCK_SIZE
    from costmodel.simulate.luck import draw_luck
    from costmodel.simulate.worlds import simulate_block

    luck = draw_luck(scenario, SEED, 1)
    shock = _seconds(lambda: luck.normals("bench"))
    block = _seconds(lambda: simulate_block(scenario, preparation.intercepts, SEED, 1))
    quarters = scenario.timeline.quarters

    _print()
    _print(
        f"{'one block, all worlds, per draw and quarter':<66} {block / BLOCK_SIZE / quarters * 1e9:8.0f} ns"
    )
    _say("one block, all worlds / one shock", block / shock, 1000)
    assert block / shock < 1000


def test_the_summary_costs_less_than_the_simulation(scenario: Any, preparation: Any) -> None:
    from costmodel.blocks import BLOCK_SIZE
    from costmodel.outcomes.blocks import summarise
    from costmodel.simulate.worlds import simulate_block

    simulated = simulate_block(scenario, preparation.intercepts, SEED, 1)
    summary = _seconds(lambda: summarise(simulated, preparation.grids, BLOCK_SIZE))
    block = _seconds(lambda: simulate_block(scenario, preparation.intercepts, SEED, 1))

    _say("summary of one block / its simulation", summary / block, 1)
    assert summary < block


def test_memory_does_not_grow_with_the_number_of_draws(scenario: Any) -> None:
    from costmodel.blocks import BLOCK_SIZE
    from costmodel.evaluate import evaluate

    def peak(blocks: int) -> int:
        tracemalloc.start()
        evaluate(scenario, blocks * BLOCK_SIZE, SEED)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)
    ratio = peak(6) / peak(2)
    _say("peak memory of 6 blocks / of 2 blocks", ratio, 1.5)
    assert ratio < 1.5


def test_preparing_costs_less_than_three_blocks(scenario: Any, preparation: Any) -> None:
    from costmodel.evaluate import evaluate_block, prepare
    from costmodel.simulate.worlds import simulate_block

    def prepared() -> None:
        prepare(scenario, SEED + 1)
        evaluate_block(
            scenario, preparation, SEED + 2, 1, 10**6
        )  # so that nothing is remembered from the last try

    both = _seconds(prepared, times=2)
    block = _seconds(lambda: simulate_block(scenario, preparation.intercepts, SEED, 1))
    _say("preparing a run, and one block more / one block", both / block, 5)
    assert both / block < 5
