"""Efficiencies to use before a chip is fitted to measurements of its own (E9): where a speed starts from.

Read from published throughput records: NVIDIA's TensorRT-LLM performance tables (versions 0.14 to 1.2), MLPerf
Inference 4.1 and 5.1 closed results, InferenceX runs and AWS Neuron benchmark pages. A 70B model at low concurrency
reads its weights at 69-73% of H200 bandwidth on one chip and 23-29% on eight: one bandwidth efficiency of 0.8 with a
fixed time for each layer and each collective explains both. Compute utilisation in prefill-heavy records was 46-48% on
H100 and H200 in FP8, 59% on A100 in BF16, 34-36% on Blackwell in FP4, 32% on Gaudi3 in FP8.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyPrior:
    """Where a chip's speed starts from; `error_factor` is the 90% band of measured over computed speed."""

    compute_efficiency: float
    memory_efficiency: float
    layer_microseconds: float
    collective_microseconds: float
    error_factor: float


GENERAL = EfficiencyPrior(
    compute_efficiency=0.4,
    memory_efficiency=0.8,
    layer_microseconds=30.0,
    collective_microseconds=20.0,
    error_factor=1.6,
)
# Trainium and TPU records are few and old: the same start, a wider band.
THINLY_MEASURED = EfficiencyPrior(
    compute_efficiency=0.35,
    memory_efficiency=0.65,
    layer_microseconds=40.0,
    collective_microseconds=30.0,
    error_factor=2.0,
)
