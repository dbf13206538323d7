"""The precision a model is served in is settled first; then the chip needs a rate that precision is computed at."""

from typing import Any

import pytest

from planner.core.errors import InvalidInput
from planner.runs.cost_table.documents import PRECISIONS
from planner.runs.cost_table.printing import printed_table
from planner.runs.cost_table.template import table_template

DENSE, SHIPPED_IN_FOUR_BITS = 0, 1


def table_of(model: int, rates: dict[str, float], **changes: Any) -> dict[str, Any]:
    """One model of the template on its H100 with these rates."""
    document = table_template()
    document["models"] = [{**document["models"][model], **changes}]
    document["chips"] = [{**document["chips"][0], "dense_tflops": rates}]
    document["prices"] = [price for price in document["prices"] if price["chip"] == "h100"]
    return document


def sentence(document: dict[str, Any]) -> str:
    with pytest.raises(InvalidInput) as caught:
        printed_table(document)
    (problem,) = caught.value.problems
    return f"{problem.path}: {problem.message}"


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_that_can_be_chosen_is_served_by_a_chip_with_all_rates(precision: str) -> None:
    rates = {"bf16": 989.0, "fp8": 1979.0, "fp4": 4000.0}
    rows = printed_table(table_of(DENSE, rates, precision=precision))["rows"]
    assert {row["precision"] for row in rows} == {precision}


@pytest.mark.parametrize(
    ("precision", "rates", "told"),
    [
        ("int4", {"fp8": 1979.0}, "bf16: H100 has no compute rate in BF16, in which {model} is computed when it is"
         " served in INT4."),
        ("int8", {"fp8": 1979.0}, "bf16: H100 has no compute rate in BF16, in which {model} is computed when it is"
         " served in INT8."),
        ("mxfp4", {"fp8": 1979.0}, "fp4: H100 has no compute rate in FP4 or BF16, in which {model} is computed when"
         " it is served in MXFP4."),
        ("fp8", {"bf16": 989.0}, "fp8: H100 has no compute rate in FP8, in which {model} is to be served."),
    ],
)  # fmt: skip
def test_a_missing_rate_is_named_beside_the_precision(
    precision: str, rates: dict[str, float], told: str
) -> None:
    document = table_of(DENSE, rates, precision=precision)
    said = sentence(document)
    assert said.startswith("chips[h100].dense_tflops." + told.format(model=document["models"][0]["label"]))


def test_a_model_published_in_four_bits_needs_no_rate_in_eight_or_sixteen() -> None:
    rows = printed_table(table_of(SHIPPED_IN_FOUR_BITS, {"fp4": 4000.0}))["rows"]
    assert {row["precision"] for row in rows} == {"mxfp4"}


def test_a_model_published_in_four_bits_is_refused_for_the_rate_those_need() -> None:
    said = sentence(table_of(SHIPPED_IN_FOUR_BITS, {"fp8": 1979.0}))
    assert "gpt-oss-120b is computed when it is served in MXFP4" in said
