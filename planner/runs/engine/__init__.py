"""The bridge: the only module that imports `costmodel`. Documents in, plain JSON and arrays out.

The engine is imported at first use: a page that computes nothing starts without it.
"""

import dataclasses
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.core.canonical_json import JsonValue, parse_strict
from planner.core.errors import InvalidInput, Problem
from planner.runs.engine.inputs import to_inputs
from planner.scenarios.documents import scenario_document

if TYPE_CHECKING:
    from planner.scenarios.models import ScenarioVersion

Inputs: TypeAlias = Any
"""costmodel.inputs.scenario.Scenario"""
Prepared: TypeAlias = Any
"""costmodel.evaluate.Preparation"""
Summary: TypeAlias = Any
"""costmodel.evaluate.BlockSummary"""
Arrays: TypeAlias = dict[str, "NDArray[np.generic]"]


def load() -> None:
    """Imports the engine now, so that nobody waits for it later."""
    import costmodel.evaluate  # noqa: F401 - for what importing does


def engine_version() -> str:
    """Results of different engine versions are different runs."""
    from costmodel import ENGINE_VERSION

    return ENGINE_VERSION


def block_size() -> int:
    """Draws in one block."""
    from costmodel.blocks import BLOCK_SIZE

    return BLOCK_SIZE


def block_count(draws: int) -> int:
    """Whole blocks that hold so many draws."""
    from costmodel import blocks

    return blocks.block_count(draws)


def inputs_of_json(value: JsonValue) -> Inputs:
    """The engine inputs of a document from outside. Raises InvalidInput naming every field that is wrong."""
    document = scenario_document(value)
    try:
        return to_inputs(document)
    except ValueError as error:  # the engine is stricter than the document in one point: say which
        raise InvalidInput([Problem("", str(error))]) from error


def inputs_of_version(version: "ScenarioVersion") -> Inputs:
    """The engine inputs of a stored version."""
    return inputs_of_json(parse_strict(version.document_text, max_bytes=10_000_000))


def inputs_digest_material(inputs: Inputs) -> JsonValue:
    """The inputs as JSON: values, distributions and keys; no label, name, note, evidence or release ever gets here."""
    return _plain(dataclasses.asdict(inputs))


def prepare(inputs: Inputs, seed: int) -> Prepared:
    """What every block needs and is computed once."""
    from costmodel import evaluate

    return evaluate.prepare(inputs, seed)


def preparation_json(preparation: Prepared) -> JsonValue:
    """A preparation as JSON; `preparation_from` gives it back."""
    found: JsonValue = preparation.to_json()
    return found


def preparation_from(found: JsonValue) -> Prepared:
    """The preparation of its JSON."""
    from costmodel import evaluate

    assert isinstance(found, dict)
    return evaluate.Preparation.from_json(found)


def evaluate_block(inputs: Inputs, preparation: Prepared, seed: int, block: int, draws: int) -> Summary:
    """One block, cut to the draws asked for."""
    from costmodel import evaluate

    return evaluate.evaluate_block(inputs, preparation, seed, block, draws)


def arrays_of(summary: Summary) -> Arrays:
    """A block's summary as plain arrays; `summary_from` gives it back."""
    found: Arrays = summary.to_arrays()
    return found


def summary_from(arrays: Arrays) -> Summary:
    """The block's summary of its arrays."""
    from costmodel.outcomes.blocks import BlockSummary

    return BlockSummary.from_arrays(arrays)


def key_figures_of(summary: Summary) -> dict[str, NDArray[np.float64]]:
    """Name -> one value per draw of the block."""
    found: dict[str, NDArray[np.float64]] = summary.key_figures
    return found


def combine(
    inputs: Inputs, preparation: Prepared, summaries: Iterable[Summary], draws: int, seed: int
) -> dict[str, Any]:
    """The result document, without identity, digest and timing. `summaries` in block order, read once."""
    from costmodel import evaluate

    found: dict[str, Any] = evaluate.combine(inputs, preparation, summaries, draws, seed)
    return found


def ledger_of_draw(inputs: Inputs, preparation: Prepared, seed: int, draw: int) -> list[dict[str, Any]]:
    """The full ledger of one draw."""
    from costmodel import evaluate

    found: list[dict[str, Any]] = evaluate.ledger_of_draw(inputs, preparation, seed, draw)
    return found


def preview(inputs: Inputs, seed: int) -> tuple[dict[str, NDArray[np.float64]], list[dict[str, Any]]]:
    """The headline's figures in each draw of block 0, and the cost table. Raises ValueError as a sentence."""
    from costmodel import evaluate

    found = evaluate.preview(inputs, seed)
    return found.figures, [dict(row) for row in found.cost_table]


def tie_out(inputs: Inputs) -> dict[str, Any]:
    """Dollars per GW-year of the new contracts and what one costs the provider, every input at its median."""
    from costmodel import report
    from costmodel.quantities import central

    found: dict[str, Any] = report.tie_out(central(inputs))
    return found


def deal_prices(inputs: Inputs, year: int, volume_share: float = 1.0) -> list[dict[str, Any]]:
    """What a chip-hour costs in a year of each contract that still runs in it, with the steps that add up to it.

    `year` 0 is each contract's first; every input at its median. Raises ValueError as a sentence.
    """
    from costmodel.quantities import central
    from costmodel.terms.price import contract_years, deal_price

    middle = central(inputs)
    return [
        dataclasses.asdict(deal_price(middle, contract, year, volume_share))
        for contract in middle.contracts()
        if year < contract_years(middle, contract)
    ]


def memory_bytes(inputs: Inputs) -> int:
    """About how much memory one block needs."""
    from costmodel import evaluate

    return int(evaluate.memory_bytes(inputs))


def _plain(value: Any) -> JsonValue:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    plain: JsonValue = value
    return plain
