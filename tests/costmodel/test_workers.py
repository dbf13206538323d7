"""The same bytes with any number of processes, whoever computes which block and in whatever order (engine.md 0)."""

import json
import multiprocessing
import random
from functools import partial
from typing import Any

import pytest

from costmodel.evaluate import combine, evaluate, evaluate_block, prepare
from costmodel.outcomes.blocks import BlockSummary
from tests.costmodel.conftest import SMALL
from tests.costmodel.scenarios import SEED, small_scenario

pytestmark = pytest.mark.usefixtures("small_blocks")
DRAWS = 6 * SMALL - 20


def computed(preparation: Any, block: int) -> tuple[int, BlockSummary]:
    return block, evaluate_block(small_scenario(), preparation, SEED, block, DRAWS)


@pytest.fixture
def whole(small_blocks: int) -> str:
    return json.dumps(evaluate(small_scenario(), DRAWS, SEED), sort_keys=True, allow_nan=False)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_one_two_and_four_workers_give_the_same_bytes(whole: str, workers: int) -> None:
    preparation = prepare(small_scenario(), SEED)
    order = list(range(6))
    random.Random(workers).shuffle(order)
    # fork: the small blocks of this test are the workers' too.
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        found = dict(pool.imap_unordered(partial(computed, preparation), order))
    summaries = (found[block] for block in range(6))
    result = combine(small_scenario(), preparation, summaries, DRAWS, SEED)
    assert json.dumps(result, sort_keys=True, allow_nan=False) == whole
