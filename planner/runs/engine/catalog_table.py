"""The bridge for the cost table: documents of chips, models and operating points in, plain cells out."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.core.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from costmodel.inputs.table import ChipCard, ModelCard, OperatingPoint
    from planner.runs.cost_table.documents import (
        OwnedHourDocument,
        PointDocument,
        TableChipDocument,
        TableModelDocument,
    )
    from planner.scenarios.documents import ScenarioDocument

Cells = list[dict[str, Any]]
"""`costmodel.catalog_table.Cell` as mappings."""


def cells(
    chips: "Sequence[TableChipDocument]",
    models: "Sequence[TableModelDocument]",
    points: "Sequence[PointDocument]",
    traced: bool = True,
) -> Cells:
    """A cell for every chip x model x point, in that order. Raises InvalidInput for chips that have no speed.

    Without `traced` the cells' traces are empty: a whole table has thousands of steps nobody reads at once.
    """
    from costmodel import catalog_table
    from costmodel.inputs.table import CatalogTable
    from planner.runs.engine.calibration import calibration

    try:
        question = CatalogTable(
            chips=tuple(chip_card(one) for one in chips),
            models=tuple(model_card(one) for one in models),
            points=tuple(_point(one) for one in points),
        )
    except ValueError as refusal:
        raise InvalidInput([Problem("", str(refusal))]) from refusal
    return [dataclasses.asdict(cell) for cell in catalog_table.compute(question, calibration(), traced)]


def front(
    chip: "TableChipDocument", model: "TableModelDocument", point: "PointDocument"
) -> list[dict[str, Any]]:
    """Every layout and batch of one cell; empty when the chip cannot hold the model."""
    from costmodel import catalog_table
    from planner.runs.engine.calibration import calibration

    try:
        return catalog_table.front(chip_card(chip), model_card(model), _point(point), calibration())
    except ValueError:  # the cell itself says why
        return []


def owned_hour(document: "OwnedHourDocument") -> dict[str, float]:
    """USD per available chip-hour by part, and their sum under "total_usd" (E7)."""
    from costmodel.chip_hour import owned_chip_hour
    from planner.runs.engine import owned_inputs

    hour = owned_chip_hour(*owned_inputs.of(document))
    parts = {name: float(value) for name, value in hour.parts().items()}
    return {**parts, "total_usd": float(hour.total_usd)}


def contract_hours(document: "ScenarioDocument") -> list[dict[str, Any]]:
    """What each contract charges in its first year for an hour of each of its chips, every input at its median.

    chip (key) beside the fields of `engine.deal_prices`, whose steps add up to `usd_per_chip_hour`.
    """
    from planner.runs import engine
    from planner.runs.engine.inputs import to_inputs

    prices = {price["contract"]: price for price in engine.deal_prices(to_inputs(document), 0)}
    pairs = dict.fromkeys((lot.chip, lot.contract) for lot in document.fleet.lots)
    return [{**prices[contract], "chip": chip} for chip, contract in pairs if contract in prices]


def rows_of_scenario(
    document: "ScenarioDocument", seed: int
) -> tuple[list[dict[str, Any]], dict[str, float], float]:
    """The cost table of a scenario without simulating it; its workload at the medians; the share its bands hold.

    Raises InvalidInput, as a sentence, when a chip cannot serve the model.
    """
    from costmodel import cost_table
    from costmodel.quantities import central, realise
    from planner.runs.engine.inputs import to_inputs

    try:
        scenario = to_inputs(document)
        middle = central(scenario)
        found = cost_table.rows(middle, realise(scenario, seed, 0).tree)
    except ValueError as refusal:
        raise InvalidInput([Problem("", str(refusal))]) from refusal
    low, high = cost_table.BAND
    names = ("input_tokens", "cached_share", "output_tokens", "utilisation")
    workload = {name: float(getattr(middle.workload, name)) for name in names}
    return [dict(row) for row in found], workload, high - low


def rates_of(model: str, precision: str | None) -> tuple[str, tuple[str, ...]]:
    """The precision a model (by its label) is served in, and the rates it can be computed at, best first.

    A model published in four bits only is served so. "" where the chip's rates decide.
    """
    from costmodel.calibration.names import SHIPPED_PRECISIONS
    from costmodel.calibration.precisions import RATES
    from costmodel.inputs.table import ASSUMED_PRECISIONS

    stated = precision or SHIPPED_PRECISIONS.get(model, "")
    return (stated, RATES[stated]) if stated else ("", ASSUMED_PRECISIONS)


def chip_card(document: "TableChipDocument") -> "ChipCard":
    """The chip as the engine's table takes it."""
    from costmodel.inputs.table import ChipCard

    rates = document.dense_tflops
    return ChipCard(
        key=document.key,
        label=document.label or document.key,
        vendor=document.vendor,
        family=document.family,
        tflops={"bf16": rates.bf16, "fp8": rates.fp8, "fp4": rates.fp4},
        memory_gb=document.memory_gb,
        memory_tb_per_s=document.memory_tb_per_s,
        link_gb_per_s=document.link_gb_per_s,
        scale_up_chips=document.scale_up_chips,
    )


def model_card(document: "TableModelDocument") -> "ModelCard":
    """The model as the engine's table takes it."""
    from costmodel.inputs.serving import ServedModel
    from costmodel.inputs.table import ModelCard
    from planner.runs.engine import serving_inputs

    served = ServedModel(
        key=document.key,
        active_parameters_b=document.active_parameters_b,
        total_parameters_b=document.total_parameters_b,
        layers=document.layers,
        hidden_size=document.hidden_size,
        attention_heads=document.attention_heads,
        head_dimension=document.head_dimension,
        attention=serving_inputs.attention(document.attention),
        experts=serving_inputs.experts(document.experts) if document.experts else None,
        embedding_parameters_b=document.embedding_parameters_b,
    )
    return ModelCard(
        served=served,
        label=document.label or document.key,
        maker=document.maker,
        max_context_tokens=document.max_context_tokens,
        precision=document.precision,
    )


def _point(document: "PointDocument") -> "OperatingPoint":
    from costmodel.inputs.table import OperatingPoint

    return OperatingPoint(
        key=document.key,
        label=document.label or document.key,
        input_tokens=document.input_tokens,
        cached_share=document.cached_share,
        output_tokens=document.output_tokens,
        minimum_tokens_per_s_per_user=document.minimum_tokens_per_s_per_user,
        maximum_seconds_to_first_token=document.maximum_seconds_to_first_token,
    )
