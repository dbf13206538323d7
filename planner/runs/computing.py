"""The same computation without a database: for the command line, on any number of processes, with the same bytes."""

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import canonical_text, digest_of
from planner.core.errors import InvalidInput, Problem
from planner.runs import engine, limits
from planner.runs.snapshot import identity_of


def result_of_inputs(inputs: engine.Inputs, *, draws: int, seed: int, workers: int = 1) -> dict[str, Any]:
    """The result document with identity, digest and timing. Only `timing` depends on the machine and on `workers`.

    Raises InvalidInput when draws or seed are out of range or it needs too much memory.
    """
    limits.check_draws(draws)
    limits.check_seed(seed)
    refuse_too_large(inputs)
    began = time.perf_counter()
    preparation = prepared(inputs, seed)
    blocks = engine.block_count(draws)
    summaries = _evaluated(inputs, preparation, seed, draws, blocks, workers)
    result = engine.combine(inputs, engine.preparation_from(preparation), summaries, draws, seed)
    seconds = time.perf_counter() - began
    return {
        "identity": identity_of(inputs, seed=seed, draws=draws),
        "result_digest": digest_of(canonical_text(result)),
        "engine_version": engine.engine_version(),
        **result,
        "timing": {"seconds": round(seconds, 3), "workers": workers, "blocks": blocks},
    }


def ledger_of_draw(inputs: engine.Inputs, *, draw: int, draws: int, seed: int) -> list[dict[str, Any]]:
    """The full ledger of one draw. Raises InvalidInput for a draw that does not exist."""
    if not 0 <= draw < draws:
        said = _("Draw is %(draw)s. It must be between 0 and %(last)s.")
        raise InvalidInput([Problem("draw", said % {"draw": str(draw)[:40], "last": f"{draws - 1:,}"})])
    preparation = engine.preparation_from(prepared(inputs, seed))
    return engine.ledger_of_draw(inputs, preparation, seed, draw)


def prepared(inputs: engine.Inputs, seed: int) -> Any:
    """The preparation as JSON, as stored with a run. Raises InvalidInput when the parts do not fit together."""
    try:
        return engine.preparation_json(engine.prepare(inputs, seed))
    except ValueError as error:  # for example a model that no number of these chips can hold
        raise InvalidInput([Problem("", str(error))]) from error


def refuse_too_large(inputs: engine.Inputs) -> None:
    """Raises InvalidInput when one block needs more memory than the installation allows."""
    needed, allowed = engine.memory_bytes(inputs), limits.memory_bytes()
    if needed > allowed:
        said = _("This run needs about %(needed)d MB of memory. At most %(allowed)d MB are allowed.")
        values = {"needed": needed // 1_000_000, "allowed": allowed // 1_000_000}
        raise InvalidInput([Problem("", said % values)])


def _evaluated(
    inputs: engine.Inputs, preparation: Any, seed: int, draws: int, blocks: int, workers: int
) -> Iterator[engine.Summary]:
    """The summaries in block order, each as soon as it and those before it are there."""
    work = [(inputs, preparation, seed, block, draws) for block in range(blocks)]
    if workers == 1 or blocks == 1:
        for one in work:
            yield engine.summary_from(_arrays_of_block(*one))
        return
    # fork: this process has one thread, and the engine need not be loaded again
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=min(workers, blocks), mp_context=context) as pool:
        for found in pool.map(_arrays_of_block, *zip(*work, strict=True)):
            yield engine.summary_from(found)


def _arrays_of_block(
    inputs: engine.Inputs, preparation: Any, seed: int, block: int, draws: int
) -> engine.Arrays:
    prepared_again = engine.preparation_from(preparation)
    return engine.arrays_of(engine.evaluate_block(inputs, prepared_again, seed, block, draws))
