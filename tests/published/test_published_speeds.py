"""A few published measurements against the general efficiencies, before any fit (E9 is a later step).

The band is the one the simulation carries for an unfitted chip. InferenceX runs are read from
github ai-dynamo/aiconfigurator, aic-core/src/aiconfigurator_core/systems/silicon_sample.csv (their lengths are 0.9 of
the nominal ones on average); TensorRT-LLM figures from github NVIDIA/TensorRT-LLM, docs/source/performance/
perf-overview.md, version 0.17.
"""

import pytest

from costmodel.calibration.priors import GENERAL
from costmodel.inputs.serving import Chip
from costmodel.roofline import Layout
from costmodel.serving import ServingPoint, choose_serving_point, serve
from tests.costmodel.machines import DENSE, MIXTURE, WORKLOAD, changed


def chip(key: str, tflops: float, memory_gb: float, memory_tb: float, link_gb: float) -> Chip:
    """A chip of an 8-chip server in FP8 at the general efficiencies."""
    return Chip(
        key=key,
        dense_tflops=tflops,
        weight_bytes=1.0,
        cache_bytes=1.0,
        memory_gb=memory_gb,
        memory_tb_per_s=memory_tb,
        link_gb_per_s=link_gb,
        scale_up_chips=8,
        provisioned_kw=1.7,
        compute_efficiency=GENERAL.compute_efficiency,
        memory_efficiency=GENERAL.memory_efficiency,
        layer_microseconds=GENERAL.layer_microseconds,
        collective_microseconds=GENERAL.collective_microseconds,
        speed_error=1.0,
    )


H200 = chip("H200", 1979.0, 141.0, 4.8, 450.0)
B200 = chip("B200", 4500.0, 180.0, 8.0, 900.0)
KILO = changed(WORKLOAD, input_tokens=0.9 * 1024, output_tokens=0.9 * 1024, cached_share=0.0)


@pytest.mark.parametrize(
    ("machine", "model", "chips", "requests", "measured_ms", "record"),
    [
        (H200, DENSE, 1, 4, 21.47, "2026_04_06_llama_3_1_70b_h200_sxm_vllm_fp8_agg_1024x1024_c4_tp1"),
        (H200, DENSE, 8, 64, 13.51, "2026_04_06_llama_3_1_70b_h200_sxm_trtllm_fp8_agg_1024x1024_c64_tp8"),
        (H200, MIXTURE, 8, 64, 32.99, "2026_03_25_deepseek_r1_h200_sxm_sglang_fp8_agg_1024x1024_c64_tp8"),
        (B200, MIXTURE, 8, 16, 13.18, "2026_03_25_deepseek_r1_b200_sxm_sglang_fp8_agg_1024x1024_c16_tp8"),
    ],
)
def test_time_per_output_token_is_near_the_measured_one(
    machine, model, chips, requests, measured_ms, record
) -> None:
    told = serve(machine, model, KILO, ServingPoint(Layout(chips), float(requests), ""))
    ratio = measured_ms / (1000.0 / told.tokens_per_s_per_user)
    assert 1.0 / GENERAL.error_factor < ratio < GENERAL.error_factor, record


@pytest.mark.parametrize(
    ("chips", "measured"), [(1, 2823.4), (2, 5164.8), (4, 8911.3), (8, 13181.2)], ids=["1", "2", "4", "8"]
)
def test_saturated_throughput_of_a_70b_model_on_h200_is_near_the_measured_one(chips, measured) -> None:
    offline = changed(
        WORKLOAD,
        input_tokens=1000.0,
        output_tokens=1000.0,
        cached_share=0.0,
        minimum_tokens_per_s_per_user=0.5,
        maximum_seconds_to_first_token=1e4,
    )
    point = choose_serving_point(changed(H200, scale_up_chips=chips), DENSE, offline)
    told = serve(H200, DENSE, offline, point)
    ratio = measured / chips / (told.requests_per_chip_second * 1000.0)
    assert 1.0 / GENERAL.error_factor < ratio < GENERAL.error_factor
