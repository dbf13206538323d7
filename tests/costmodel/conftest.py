"""Small blocks: most tests of the engine need its arithmetic, not 8,192 draws of it."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from costmodel import evaluate, randomness
from costmodel.exits import fit_announcement
from costmodel.inputs.scenario import Scenario
from costmodel.quantities import central
from costmodel.simulate import worlds
from costmodel.simulate.worlds import Simulated, pilot_paths, simulate_block
from tests.costmodel.scenarios import SEED

SMALL = 256


def forget() -> None:
    """Empty what the engine keeps between calls: it was computed at another block size."""
    evaluate._simulated.cache_clear()
    worlds.open_workshop.cache_clear()
    randomness.kept_normals.cache_clear()
    randomness.kept_scores.cache_clear()
    randomness.kept_uniforms.cache_clear()


def resize(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Set the block size in every loaded module of the engine that holds it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("costmodel.") and hasattr(module, "BLOCK_SIZE"):
            monkeypatch.setattr(module, "BLOCK_SIZE", size)
    forget()


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Blocks of 256 draws."""
    resize(monkeypatch, SMALL)
    yield SMALL
    forget()


@pytest.fixture
def middle_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Blocks of 2,048 draws: where shares of draws are compared with probabilities."""
    resize(monkeypatch, 2048)
    yield 2048
    forget()


@pytest.fixture
def simulate(small_blocks: int) -> Callable[..., Simulated]:
    """Simulate the first block of a scenario, its IPO odds fitted as in a run."""

    def told(scenario: Scenario, seed: int = SEED, intercept: float | None = None) -> Simulated:
        quarters = scenario.timeline.quarters
        if intercept is not None:
            return simulate_block(scenario, np.full(quarters, intercept), seed, 0)
        covariate, running = pilot_paths(scenario, evaluate.PILOT_SEED)
        fitted = fit_announcement(central(scenario).exit, scenario.timeline, covariate, running)
        return simulate_block(scenario, fitted, seed, 0)

    return told
