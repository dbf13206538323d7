"""The names published measurements use, and whose they are: chips, models, precisions, software (E9)."""

import re
from collections.abc import Iterable, Mapping

CHIPS: Mapping[str, str] = {
    "A100-SXM-80GB": "A100-80GB",
    "A100": "A100-80GB",
    "A100-PCIe": "A100-PCIe-80GB",
    "H100-SXM": "H100",
    "H100-SXM-80GB": "H100",
    "H100-80GB": "H100",
    "H100-PCIe-80GB": "H100-PCIe",
    "H100-NVL-94GB": "H100-NVL",
    "H200-SXM": "H200",
    "H200-SXM-141GB": "H200",
    "GH200": "GH200-96",
    "GH200-96GB": "GH200-96",
    "GH200-144GB": "GH200-144",
    "B200-SXM": "B200",
    "B200-SXM-180GB": "B200",
    "B300-SXM": "B300",
    "GB200-NVL72": "GB200",
    "GB300-NVL72": "GB300",
    "MI300X-192GB": "MI300X",
    "MI325X-256GB": "MI325X",
    "MI355X-288GB": "MI355X",
    "trn1": "Trainium1",
    "trn2": "Trainium2",
    "trn3": "Trainium3",
    "inf2": "Inferentia2",
    "TPU-v6e-Trillium": "TPU-v6e",
    "TPU7x": "TPU-v7",
    "Ironwood": "TPU-v7",
}
# Families share their silicon: what one chip of a family reaches says most about the others.
FAMILIES: Mapping[str, str] = {
    "A100-80GB": "Ampere",
    "A100-PCIe-80GB": "Ampere",
    "L40S": "Ada",
    "H100": "Hopper",
    "H100-PCIe": "Hopper",
    "H100-NVL": "Hopper",
    "H200": "Hopper",
    "H200-NVL": "Hopper",
    "GH200-96": "Hopper",
    "GH200-144": "Hopper",
    "B200": "Blackwell",
    "B300": "Blackwell",
    "GB200": "Blackwell",
    "GB300": "Blackwell",
    "RTX-PRO-6000": "Blackwell workstation",
    "MI300X": "CDNA3",
    "MI325X": "CDNA3",
    "MI355X": "CDNA4",
    "Trainium1": "NeuronCore-v2",
    "Inferentia2": "NeuronCore-v2",
    "Trainium2": "NeuronCore-v3",
    "Trainium3": "NeuronCore-v4",
    "Gaudi2": "Gaudi",
    "Gaudi3": "Gaudi",
}
_MODEL_ENDINGS = re.compile(
    r"(-(instruct|chat|hf|it|base|fp8|fp4|nvfp4|mxfp4|awq|gptq|int4|bf16|0528|v0\.\d|2507|2512|preview))+$",
    re.IGNORECASE,
)
MODELS: Mapping[str, str] = {
    "llama-3-8b": "Llama-3.1-8B",
    "llama-3-70b": "Llama-3.1-70B",
    "llama-3.3-70b": "Llama-3.1-70B",
    "llama-3.2-8b": "Llama-3.1-8B",
    "codellama-13b": "Llama-2-13B",
    "codellama-70b": "Llama-2-70B",
    "codellama-7b": "Llama-2-7B",
    "deepseek-v3": "DeepSeek-R1",
    "deepseek-v3.1": "DeepSeek-R1",
    "deepseek-v3.2": "DeepSeek-R1",
    "deepseek-r1": "DeepSeek-R1",
    "gpt-oss": "gpt-oss-120b",
    "mistral-7b": "Mistral-7B",
    "kimi-k2": "Kimi-K2.5",
    "minimax-m2": "MiniMax-M2.5",
    "qwen3-235b": "Qwen3-235B-A22B",
    "qwen3-30b": "Qwen3-30B-A3B",
    "qwen3-coder-480b": "Qwen3-Coder-480B-A35B",
    "qwen3.5-397b": "Qwen3.5-397B-A17B",
    "glm-5.1": "GLM-5",
}
# Published in four bits only: whoever serves these models serves them so.
SHIPPED_PRECISIONS: Mapping[str, str] = {
    "gpt-oss-120b": "mxfp4",
    "gpt-oss-20b": "mxfp4",
    "Kimi-K2.5": "int4",
}
_PRECISIONS = (
    ("mxfp4", "mxfp4"),
    ("nvfp4", "fp4"),
    ("fp4", "fp4"),
    ("int4", "int4"),
    ("weights int8", "int8"),
    ("int8", "int8"),
    ("fp8", "fp8"),
    ("bf16", "bf16"),
    ("fp16", "bf16"),
    ("fp32", "bf16"),
)


def chip_named(name: str, known: Iterable[str] = ()) -> str:
    """Return the catalog's name of a chip, whatever its case, its separators and its maker's name before it."""
    spelled = {_plain(one): one for one in known}
    spelled |= {_plain(alias): chip for alias, chip in CHIPS.items()}
    spelled |= {_plain(chip): chip for chip in (*FAMILIES, *CHIPS.values())}
    return spelled.get(_plain(name), name.strip())


def _plain(name: str) -> str:
    return re.sub(r"^(nvidia|amd|intel|aws|amazon|google)", "", re.sub(r"[^a-z0-9]", "", name.casefold()))


def model_named(name: str, known: Iterable[str] = ()) -> str:
    """Return the model whose shape a name stands for: fine-tunes and checkpoints share the shape of their base.

    A name that differs from a known one only in case is that one.
    """
    whole = name.strip().split("/")[-1]
    spelled = {one.casefold(): one for one in known}
    for plain in (whole, _MODEL_ENDINGS.sub("", whole)):
        meant = MODELS.get(plain.casefold(), plain)
        if meant.casefold() in spelled:
            return spelled[meant.casefold()]
    return MODELS.get(plain.casefold(), plain)


def family_of(chip: str) -> str:
    """Return the chip's family; a chip of no known family is one of its own."""
    return FAMILIES.get(chip, chip)


def is_precision(name: str) -> bool:
    """Return whether a precision's name says one that is known."""
    return any(part in name.casefold() for part, _precision in _PRECISIONS)


def precision_named(name: str, model: str) -> str:
    """Return bf16, fp8, fp4, mxfp4, int4 or int8. Checkpoints published in MXFP4 alone are MXFP4 whatever is said."""
    if model.startswith("gpt-oss"):
        return "mxfp4"
    words = name.casefold()
    return next((precision for part, precision in _PRECISIONS if part in words), "bf16")


def software_named(framework: str, source: str, precision: str = "") -> tuple[str, str]:
    """Return (engine, generation) of a framework label; benchmark submissions are a generation of their own.

    Checkpoints of one model that differ in how they were quantised run different kernels: so do generations.
    """
    engine, generation = _software(" ".join(framework.split()), source)
    checkpoint = re.search(r"\((\w+) checkpoint\)", precision)
    return engine, f"{generation}, {checkpoint[1]} checkpoint" if checkpoint else generation


def _software(words: str, source: str) -> tuple[str, str]:
    low = words.casefold()
    if source.startswith("mlperf") and low.startswith(("tensorrt", "cuda")):
        return "tensorrt in mlperf", f"tensorrt in {source}"
    if source.startswith("trtllm"):
        return "tensorrt-llm tables", source
    for part, engine in (
        ("neuron", "neuron"),
        ("nxd", "neuron"),
        ("habana", "synapse"),
        ("synapse", "synapse"),
        ("llmboost", "vllm"),
        ("nim", "trtllm"),
        ("trtllm", "trtllm"),
        ("sglang", "sglang"),
    ):
        if part in low:
            return engine, low
    if low.startswith("vllm"):
        return ("vllm on tpu" if "tpu" in low else "vllm"), _short(low)
    return "other", low


def _short(words: str) -> str:
    """Return "vllm 0.6" of "vllm v0.6.5.dev964+g...": the minor release is the generation of a vLLM submission."""
    found = re.match(r"vllm v?(\d+\.\d+)", words)
    return f"vllm {found[1]}" if found else words
