"""A chip at a precision: which rate it computes at, and what a value weighs."""

import pytest

from costmodel.calibration.precisions import chip_at
from tests.costmodel.deployments import card


def test_fp8_computes_at_the_fp8_rate_with_one_byte_a_weight_and_attention_at_16_bits() -> None:
    chip = chip_at(card("One"), "fp8", experts=False)
    assert (chip.dense_tflops, chip.weight_bytes, chip.cache_bytes) == (1000.0, 1.0, 1.0)
    assert chip.attention_tflops == 500.0


def test_a_chip_without_a_rate_for_fp8_does_not_serve_in_it() -> None:
    with pytest.raises(ValueError, match="One has no compute rate in FP8"):
        chip_at(card("One", tflops={"bf16": 300.0, "fp8": None}), "fp8", experts=False)


def test_integers_are_widened_to_16_bits_where_they_are_multiplied() -> None:
    chip = chip_at(card("One"), "int8", experts=False)
    assert (chip.dense_tflops, chip.weight_bytes) == (500.0, 1.0)


@pytest.mark.parametrize(("precision", "block"), [("fp4", 16), ("mxfp4", 32)])
def test_four_bits_carry_a_byte_of_scale_for_each_block(precision: str, block: int) -> None:
    fast = card("One", tflops={"bf16": 500.0, "fp4": 2000.0})
    chip = chip_at(fast, precision, experts=False)
    assert chip.dense_tflops == 2000.0
    assert chip.weight_bytes == 0.5 + 1.0 / block


def test_outside_the_experts_a_model_in_four_bits_keeps_more() -> None:
    dense, mixture = (chip_at(card("One"), "mxfp4", experts=one) for one in (False, True))
    assert dense.dense_weight_bytes == 0.0  # the same as everywhere
    assert mixture.dense_weight_bytes == 2.0


def test_an_unknown_precision_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"Precision is fp5\. It must be one of bf16, fp8, int8"):
        chip_at(card("One"), "fp5", experts=False)


def test_a_chip_without_any_rate_for_a_precision_is_named() -> None:
    with pytest.raises(ValueError, match="Odd has no compute rate in BF16"):
        chip_at(card("Odd", tflops={"bf16": None, "fp8": 900.0}), "bf16", experts=False)
