"""Names of published measurements stand for chips, models, precisions and software of ours."""

import pytest

from costmodel.calibration import benchmarks
from costmodel.calibration.names import (
    chip_named,
    family_of,
    model_named,
    precision_named,
    software_named,
)

KNOWN = ("Llama-2-70B", "Llama-3.1-70B", "Qwen3-235B-A22B", "gpt-oss-120b", "gpt-oss-20b", "DeepSeek-R1")


@pytest.mark.parametrize(
    ("name", "chip", "family"),
    [
        ("H100-PCIe", "H100-PCIe", "Hopper"),
        ("H100-PCIe-80GB", "H100-PCIe", "Hopper"),
        ("H100-SXM", "H100", "Hopper"),
        ("GH200", "GH200-96", "Hopper"),
        ("GH200-96", "GH200-96", "Hopper"),
        ("GH200-144GB", "GH200-144", "Hopper"),
        ("A100-SXM-80GB", "A100-80GB", "Ampere"),
        ("GB200-NVL72", "GB200", "Blackwell"),
        ("MI300X", "MI300X", "CDNA3"),
        ("trn2", "Trainium2", "NeuronCore-v3"),
        ("TPU7x", "TPU-v7", "TPU-v7"),
        (" B200 ", "B200", "Blackwell"),
        ("Nobody's chip", "Nobody's chip", "Nobody's chip"),
    ],
)
def test_a_chip_has_one_name_and_a_family(name: str, chip: str, family: str) -> None:
    assert chip_named(name) == chip
    assert family_of(chip) == family


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Llama-3.3-70B", "Llama-3.1-70B"),
        ("meta-llama/Llama-3.3-70B-Instruct", "Llama-3.1-70B"),
        ("Llama-3-70B", "Llama-3.1-70B"),
        ("Llama-2-70b", "Llama-2-70B"),
        ("Llama-2-70b-chat-hf", "Llama-2-70B"),
        ("CodeLlama-13b-hf", "Llama-2-13B"),
        ("Llama-3.1-8B-Instruct-FP8", "Llama-3.1-8B"),
        ("DeepSeek-V3", "DeepSeek-R1"),
        ("DeepSeek-R1-0528", "DeepSeek-R1"),
        ("DeepSeek-R1-NVFP4", "DeepSeek-R1"),
        ("Qwen3-235B-A22B-FP8", "Qwen3-235B-A22B"),
        ("qwen3-235b-a22b", "Qwen3-235B-A22B"),
        ("gpt-oss-120b", "gpt-oss-120b"),
        ("gpt-oss", "gpt-oss-120b"),
        ("gpt-oss-20b", "gpt-oss-20b"),
        ("Nobody-7B", "Nobody-7B"),
    ],
)
def test_fine_tunes_and_checkpoints_share_the_shape_of_their_base(name: str, model: str) -> None:
    assert model_named(name, KNOWN) == model


@pytest.mark.parametrize(
    ("words", "model", "precision"),
    [
        ("fp8", "Llama-3.1-70B", "fp8"),
        ("FP16", "Llama-3.1-70B", "bf16"),
        ("fp4", "DeepSeek-R1", "fp4"),
        ("NVFP4", "DeepSeek-R1", "fp4"),
        ("mxfp4", "DeepSeek-R1", "mxfp4"),
        ("int4", "Kimi-K2.5", "int4"),
        ("weights int8 / Matmult-BF16", "Llama-2-7B", "int8"),
        ("weights bf16 / Matmult-BF16", "Llama-2-7B", "bf16"),
        ("fp8 (quark checkpoint)", "Llama-3.1-405B", "fp8"),
        ("as shipped", "Llama-2-7B", "bf16"),
        # Its checkpoints hold MXFP4 alone, whatever a table says.
        ("fp8", "gpt-oss-120b", "mxfp4"),
        ("fp4", "gpt-oss-20b", "mxfp4"),
    ],
)
def test_precisions_are_read_from_their_words(words: str, model: str, precision: str) -> None:
    assert precision_named(words, model) == precision


@pytest.mark.parametrize(
    ("framework", "source", "software"),
    [
        ("sglang 0.5.9", "inferencex-aic", ("sglang", "sglang 0.5.9")),
        ("vllm ", "inferencex-aic", ("vllm", "vllm")),
        ("vLLM v0.6.5.dev964+g1234", "mlperf-v5.1", ("vllm", "vllm 0.6")),
        ("trtllm 1.2.0rc2", "inferencex-aic", ("trtllm", "trtllm 1.2.0rc2")),
        ("TensorRT-LLM 0.17", "trtllm-0.17", ("tensorrt-llm tables", "trtllm-0.17")),
        ("TensorRT 10.2.0, CUDA 12.4", "mlperf-v4.1", ("tensorrt in mlperf", "tensorrt in mlperf-v4.1")),
        ("vLLM TPU", "tpu-recipes", ("vllm on tpu", "vllm tpu")),
        ("Optimum Habana / SynapseAI 1.18", "intel-gaudi", ("synapse", "optimum habana / synapseai 1.18")),
        ("Something else 3", "somebody", ("other", "something else 3")),
    ],
)
def test_a_framework_is_an_engine_and_a_generation(framework, source, software) -> None:
    assert software_named(framework, source) == software


def test_checkpoints_quantised_apart_are_generations_apart() -> None:
    _engine, quark = software_named("vLLM 0.6.x", "dstack-405b", "fp8 (quark checkpoint)")
    _engine, meta = software_named("vLLM 0.6.x", "dstack-405b", "fp8 (meta checkpoint)")
    assert (quark, meta) == ("vllm 0.6, quark checkpoint", "vllm 0.6, meta checkpoint")


def test_a_benchmark_submission_said_to_be_16_bits_ran_at_the_best_rate_of_its_chip() -> None:
    rates = {"bf16": 1.0, "fp8": 2.0, "fp4": 4.0}
    assert benchmarks.precision_submitted("bf16", "tensorrt in mlperf", rates) == "fp4"
    assert benchmarks.precision_submitted("bf16", "vllm", rates) == "fp8"
    assert benchmarks.precision_submitted("bf16", "tensorrt in mlperf", {"bf16": 1.0, "fp8": None}) == "bf16"
    assert benchmarks.precision_submitted("fp8", "tensorrt in mlperf", rates) == "fp8"
    assert benchmarks.precision_submitted("bf16", "other", rates) == "bf16"


def test_blank_lengths_mean_those_of_the_benchmarks_data_set() -> None:
    assert benchmarks.mean_tokens("Llama-2-70B", "mlperf-v5.1") == (294.0, 294.0)
    assert benchmarks.mean_tokens("Llama-2-70B", "somebody") == benchmarks.NOMINAL_TOKENS


def test_a_limit_at_the_99th_percentile_is_met_by_a_smaller_mean() -> None:
    allowed = benchmarks.limit_s_per_token("Llama-2-70B", "interactive_slo")
    assert allowed == pytest.approx(0.04 * benchmarks.MEAN_OF_LIMIT)
    assert benchmarks.MEAN_OF_LIMIT < 1.0
    assert benchmarks.limit_s_per_token("Llama-2-70B", "offline_max") == 0.0
