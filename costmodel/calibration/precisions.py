"""A chip at the precision it serves: rates and bytes of one value (E2, E3)."""

import math
from collections.abc import Mapping

from costmodel.inputs.serving import Chip
from costmodel.inputs.table import ChipCard

# With the scale factors of each block: NVFP4 one byte in 16 values, MXFP4 one in 32, INT4 two in 128.
WEIGHT_BYTES: Mapping[str, float] = {
    "bf16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5625,
    "mxfp4": 0.53125,
    "int4": 0.516,
}
# Of a model with experts in four bits, what lies outside the experts keeps more: published NVFP4 checkpoints mix FP8
# and BF16 there, MXFP4 and INT4 ones leave it in BF16.
DENSE_WEIGHT_BYTES: Mapping[str, float] = {"fp4": 1.3, "mxfp4": 2.0, "int4": 2.0}
# Rates a precision computes at, best first; weights in INT4, INT8 and MXFP4 are widened where the chip lacks theirs.
RATES: Mapping[str, tuple[str, ...]] = {
    "bf16": ("bf16",),
    "fp8": ("fp8",),
    "int8": ("bf16",),
    "fp4": ("fp4",),
    "mxfp4": ("fp4", "bf16"),
    "int4": ("bf16",),
}


def precision_nearest(weight_bytes: float) -> str:
    """Return the precision a chip computes in whose weights come nearest to this many bytes, by ratio."""
    return min(("bf16", "fp8", "fp4"), key=lambda name: abs(math.log(WEIGHT_BYTES[name] / weight_bytes)))


def chip_at(card: ChipCard, precision: str, experts: bool) -> Chip:
    """Return the chip with its rates and bytes at a precision; its efficiencies are whole until they are calibrated.

    Raises ValueError, naming the chip, for a precision that is not known or that it has no rate for.
    """
    if precision not in RATES:
        known = ", ".join(RATES)
        raise ValueError(f"Precision is {precision}. It must be one of {known}.")
    rate = next((card.tflops[name] for name in RATES[precision] if card.tflops.get(name)), None)
    if rate is None:
        raise ValueError(f"{card.label} has no compute rate in {precision.upper()}.")
    return Chip(
        key=card.key,
        dense_tflops=rate,
        attention_tflops=card.tflops.get("bf16") or 0.0,
        weight_bytes=WEIGHT_BYTES[precision],
        dense_weight_bytes=DENSE_WEIGHT_BYTES.get(precision, 0.0) if experts else 0.0,
        cache_bytes=2.0 if precision == "bf16" else 1.0,
        memory_gb=card.memory_gb,
        memory_tb_per_s=card.memory_tb_per_s,
        link_gb_per_s=card.link_gb_per_s,
        scale_up_chips=card.scale_up_chips,
        provisioned_kw=1.0,  # no speed depends on it
        compute_efficiency=1.0,
        memory_efficiency=1.0,
        layer_microseconds=0.0,
        collective_microseconds=0.0,
        speed_error=1.0,
    )
