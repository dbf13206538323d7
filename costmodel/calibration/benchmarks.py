"""What published benchmarks mean by a blank: mean lengths of their data sets, and the limits they serve under (E9).

MLPerf Inference: data-set means of input and output tokens, and the limits of its mlperf.conf (p99). A mean of 99
percentiles lies well below them: a load that meets a p99 limit has a mean of about `MEAN_OF_LIMIT` of it. InferenceX
draws lengths evenly between 0.8 and 1.0 of the nominal ones.
"""

from collections.abc import Mapping

MEAN_OF_LIMIT = 0.7
NOMINAL_LENGTH_SHARE = 0.9
# Engines cap requests at a time where nothing else does.
MOST_AT_ONCE = 2048.0

# OpenOrca (Llama 2 70B), OpenOrca, GSM8K and MBXP (Mixtral), LongBench and others (405B), CNN/DailyMail (8B), mixed
# reasoning sets (R1): means of the reference runs in the MLCommons inference repository.
MEAN_TOKENS: Mapping[str, tuple[float, float]] = {
    "Llama-2-70B": (294.0, 294.0),
    "Llama-3.1-70B": (294.0, 294.0),
    "Mixtral-8x7B": (300.0, 145.0),
    "Llama-3.1-405B": (9428.0, 685.0),
    "DeepSeek-R1": (800.0, 3880.0),
    "Llama-3.1-8B": (778.0, 128.0),
}
# Milliseconds per output token allowed at p99, by (model, load kind).
_LIMITS_MS: Mapping[tuple[str, str], float] = {
    ("Llama-2-70B", "server_slo"): 200.0,
    ("Llama-2-70B", "interactive_slo"): 40.0,
    ("Llama-3.1-70B", "server_slo"): 200.0,
    ("Llama-3.1-70B", "interactive_slo"): 40.0,
    ("Mixtral-8x7B", "server_slo"): 200.0,
    ("Llama-3.1-405B", "server_slo"): 175.0,
    ("Llama-3.1-405B", "interactive_slo"): 80.0,
    ("Llama-3.1-8B", "server_slo"): 100.0,
    ("Llama-3.1-8B", "interactive_slo"): 30.0,
    ("DeepSeek-R1", "server_slo"): 80.0,
}


# Loads that fill the machine: a blank concurrency means as many requests as memory and limits allow.
SATURATED = frozenset({"offline_max", "server_slo", "interactive_slo"})
# Where neither row nor benchmark says how long requests are: the commonest nominal lengths.
NOMINAL_TOKENS = (1024.0, 1024.0)


def mean_tokens(model: str, source: str) -> tuple[float, float]:
    """Return mean (input, output) tokens of the benchmark's data set for a model; nominal ones elsewhere."""
    if source.startswith("mlperf"):
        return MEAN_TOKENS.get(model, NOMINAL_TOKENS)
    return NOMINAL_TOKENS


def limit_s_per_token(model: str, load_kind: str) -> float:
    """Return the mean seconds per output token a benchmark's limit allows; 0 for none."""
    return _LIMITS_MS.get((model, load_kind), 0.0) * MEAN_OF_LIMIT / 1000.0


def precision_submitted(precision: str, engine: str, rates: Mapping[str, float | None]) -> str:
    """Return the precision a benchmark submission ran in.

    The field of round 4.1 says FP16 for submissions whose documents say FP8, and FP4 where the chip has it: nobody
    who optimises for throughput leaves half of a chip's rate unused.
    """
    if precision != "bf16" or not engine.startswith(("tensorrt", "vllm")):
        return precision
    if rates.get("fp4") and engine.startswith("tensorrt"):
        return "fp4"
    return "fp8" if rates.get("fp8") else precision
