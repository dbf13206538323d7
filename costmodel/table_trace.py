"""The steps behind one cell of the cost table, from specification to chip-seconds, and what limits it (E1-E6)."""

from typing import Any

from costmodel import roofline
from costmodel.arrays import Number
from costmodel.inputs.serving import Chip, ServedModel, Workload
from costmodel.roofline import Replica
from costmodel.serving import Serving, ServingPoint

MEMORY_CAPACITY, MEMORY_BANDWIDTH, COMPUTE, FIXED_TIMES = (
    "memory capacity",
    "memory bandwidth",
    "compute",
    "fixed times",
)


def steps(
    chip: Chip,
    precision: str,
    model: ServedModel,
    workload: Workload,
    point: ServingPoint,
    found: Serving,
    band: float,
) -> list[dict[str, Any]]:
    """Return the steps in reading order, each {key, words, value, unit, source}.

    `source` is "chip", "model" or "request" with the name of the field read there ("chip:memory_gb"), "calibration",
    or the equation the value follows from.
    """
    held = roofline.replica(chip, model, point.layout)
    return [
        *_specification(chip, precision),
        *_asked(model, workload),
        *_memory(chip, held, workload, point),
        *_decode(chip, held, workload, point, found),
        *_request(workload, found),
        _step(
            "speed_band",
            "Real speed lies within this factor of computed speed, 80% of the time",
            band,
            "times",
            "calibration",
        ),
    ]


def bound_by(held: Replica, workload: Workload, point: ServingPoint) -> str:
    """Return what an output token waits for most, prefill included; memory capacity when it stops the batch."""
    context = _context(workload)
    if point.batch >= roofline.largest_batch(held, context) - 1.0:
        return MEMORY_CAPACITY
    parts = _decode_parts(held, workload, point)
    fresh = workload.input_tokens * (1.0 - workload.cached_share)
    prefill = point.batch / workload.output_tokens * roofline.prefill_s(held, fresh, 0.0)[0]
    waits = {**parts, COMPUTE: parts[COMPUTE] + prefill}
    return max(waits, key=lambda name: float(waits[name]))


def _step(key: str, words: str, value: Any, unit: str, source: str) -> dict[str, Any]:
    return {"key": key, "words": words, "value": float(value), "unit": unit, "source": source}


def _context(workload: Workload) -> float:
    return workload.input_tokens + workload.output_tokens / 2.0


def _specification(chip: Chip, precision: str) -> list[dict[str, Any]]:
    return [
        _step(
            "rate",
            f"Dense compute of one chip, for weights in {precision.upper()}",
            chip.dense_tflops,
            "TFLOPS",
            f"chip:{precision}",
        ),
        _step(
            "compute_efficiency",
            "Share of it that is reached",
            chip.compute_efficiency,
            "share",
            "calibration",
        ),
        _step(
            "bandwidth", "Memory bandwidth of one chip", chip.memory_tb_per_s, "TB/s", "chip:memory_tb_per_s"
        ),
        _step(
            "memory_efficiency", "Share of it that is reached", chip.memory_efficiency, "share", "calibration"
        ),
        _step(
            "link", "Link to the other chips of the replica", chip.link_gb_per_s, "GB/s", "chip:link_gb_per_s"
        ),
    ]


def _asked(model: ServedModel, workload: Workload) -> list[dict[str, Any]]:
    total, active = model.total_parameters_b, model.active_parameters_b
    return [
        _step("total_parameters", "Parameters held", total, "billion", "model:total_parameters_b"),
        _step(
            "active_parameters",
            "Parameters used for each token",
            active,
            "billion",
            "model:active_parameters_b",
        ),
        _step("input_tokens", "Prompt of a request", workload.input_tokens, "tokens", "request:input_tokens"),
        _step(
            "cached_share",
            "Share of it found in the cache",
            workload.cached_share,
            "share",
            "request:cached_share",
        ),
        _step(
            "output_tokens", "Answer of a request", workload.output_tokens, "tokens", "request:output_tokens"
        ),
    ]


def _memory(chip: Chip, held: Replica, workload: Workload, point: ServingPoint) -> list[dict[str, Any]]:
    size, context = point.chips_per_replica, _context(workload)
    cache = roofline.cache_gb(held, context) * held.cache_copies
    return [
        _step("memory", "Memory of one chip", chip.memory_gb, "GB", "chip:memory_gb"),
        _step("chips", f"Chips that hold one copy of the model, as {point.layout}", size, "chips", "E6"),
        _step(
            "usable_memory",
            "Memory that weights and cache can fill",
            held.usable_gb * held.chips,
            "GB",
            "E2",
        ),
        _step("weights", "Weights", roofline.weights_gb_per_chip(held) * held.chips, "GB", "E2"),
        _step("cache", "Cache of one request, halfway through its answer", cache, "GB", "E1"),
        _step(
            "most_requests",
            "Requests that fit beside the weights",
            roofline.largest_batch(held, context),
            "requests",
            "E2",
        ),
        _step("batch", "Requests served at a time", point.batch, "requests", "E6"),
    ]


def _decode_parts(held: Replica, workload: Workload, point: ServingPoint) -> dict[str, Number]:
    """Return seconds of a decode step by what takes them; compute and memory overlap (E3)."""
    batch, context = point.batch, _context(workload)
    return {
        COMPUTE: sum(roofline.computing_s(held, batch, context)),
        MEMORY_BANDWIDTH: sum(roofline.reading_s(held, batch, context)),
        FIXED_TIMES: roofline.fixed_s(held, batch) + roofline.collective_s(held, batch),
    }


def _times_of_a_step(held: Replica, workload: Workload, batch: float) -> list[tuple[str, str, Number]]:
    """(key, words, seconds): the larger of reading and computing, softly, for weights and again for the cache."""
    context, draft = _context(workload), workload.speculation
    checked = draft.draft_tokens + 1.0 if draft else 1.0
    read_weights, read_cache = roofline.reading_s(held, batch, context, checked)
    with_weights, with_cache = roofline.computing_s(held, batch, context, checked)
    longer, exchanged = roofline.smooth_maximum, roofline.collective_s(held, batch * checked)
    return [
        ("read_weights", "One step: reading the weights that are called", read_weights),
        ("compute_weights", "One step: computing with them, at the same time", with_weights),
        ("weights_time", "The longer of the two, softly", longer(read_weights, with_weights)),
        ("read_cache", "One step: reading the caches of all requests", read_cache),
        ("attend_cache", "One step: attending to them, at the same time", with_cache),
        ("cache_time", "The longer of the two, softly", longer(read_cache, with_cache)),
        ("exchanges", "One step: exchanges between the chips", exchanged),
        ("fixed_times", "One step: layers, and handling each request", roofline.fixed_s(held, batch)),
    ]


def _decode(
    chip: Chip, held: Replica, workload: Workload, point: ServingPoint, found: Serving
) -> list[dict[str, Any]]:
    """What a step waits for, the fixed times; then speed."""
    interference = held.efficiency.structure.interference if workload.pools == "shared" else 0.0
    return [
        *(
            _step(key, words, 1e3 * value, "ms", "E3")
            for key, words, value in _times_of_a_step(held, workload, point.batch)
        ),
        _step(
            "speed_error",
            "Measured over computed speed of this chip and model",
            chip.speed_error,
            "times",
            "calibration",
        ),
        _step("decode_step", "One step: a token for each request", 1e3 * found.decode_step_s, "ms", "E3"),
        _step("prefill", "Reading one prompt", 1e3 * found.prefill_s, "ms", "E4"),
        _step(
            "interference",
            "Time a prompt holds up the answers of others, over its own",
            interference,
            "times",
            "calibration",
        ),
    ]


def _request(workload: Workload, found: Serving) -> list[dict[str, Any]]:
    output = found.requests_per_chip_second * workload.output_tokens
    return [
        _step(
            "user_speed",
            "Tokens a second for each user, prompts of others included",
            found.tokens_per_s_per_user,
            "tokens/s",
            "E5",
        ),
        _step("first_token", "Wait for the first token", found.seconds_to_first_token, "s", "E5"),
        _step("chip_speed", "Output tokens a second from each chip", output, "tokens/s per chip", "E5"),
        _step(
            "seconds_input",
            "Chip-seconds of 1M input tokens",
            found.chip_seconds_per_1m_input,
            "chip-seconds",
            "E8",
        ),
        _step(
            "seconds_cached_input",
            "Chip-seconds of 1M cached input tokens",
            found.chip_seconds_per_1m_cached_input,
            "chip-seconds",
            "E8",
        ),
        _step(
            "seconds_output",
            "Chip-seconds of 1M output tokens",
            found.chip_seconds_per_1m_output,
            "chip-seconds",
            "E8",
        ),
    ]
