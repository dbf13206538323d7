"""The steps behind one cell of the cost table, from specification to chip-seconds, and what limits it (E1-E6)."""

from typing import Any

from costmodel import roofline, units
from costmodel.inputs.serving import Chip, ServedModel, Workload
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
    return [
        *_specification(chip, precision),
        *_asked(model, workload),
        *_memory(chip, model, workload, point),
        *_decode(chip, model, workload, point, found),
        *_request(workload, found),
        _step(
            "speed_band",
            "Real speed lies within this factor of computed speed, 80% of the time",
            band,
            "times",
            "calibration",
        ),
    ]


def bound_by(chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint) -> str:
    """Return what an output token waits for most, prefill included; memory capacity when it stops the batch."""
    context = _context(workload)
    if point.batch >= roofline.largest_batch(chip, model, point.chips_per_replica, context) - 1.0:
        return MEMORY_CAPACITY
    parts = _decode_parts(chip, model, workload, point)
    fresh = workload.input_tokens * (1.0 - workload.cached_share)
    prefill = roofline.matmul_flops(model, point.chips_per_replica) * fresh
    computing = parts[
        COMPUTE
    ] + point.batch / workload.output_tokens * prefill / roofline.compute_flops_per_s(
        chip, point.chips_per_replica
    )
    waits = {**parts, COMPUTE: computing}
    return max(waits, key=lambda name: float(waits[name]))


def _step(key: str, words: str, value: Any, unit: str, source: str) -> dict[str, Any]:
    return {"key": key, "words": words, "value": float(value), "unit": unit, "source": source}


def _context(workload: Workload) -> float:
    return workload.input_tokens + workload.output_tokens / 2.0


def _specification(chip: Chip, precision: str) -> list[dict[str, Any]]:
    rate = f"Dense compute of one chip in {precision.upper()}"
    return [
        _step("rate", rate, chip.dense_tflops, "TFLOPS", f"chip:{precision}"),
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
    prompt, cached, answer = workload.input_tokens, workload.cached_share, workload.output_tokens
    return [
        _step("total_parameters", "Parameters held", total, "billion", "model:total_parameters_b"),
        _step(
            "active_parameters",
            "Parameters used for each token",
            active,
            "billion",
            "model:active_parameters_b",
        ),
        _step("input_tokens", "Prompt of a request", prompt, "tokens", "request:input_tokens"),
        _step("cached_share", "Share of it found in the cache", cached, "share", "request:cached_share"),
        _step("output_tokens", "Answer of a request", answer, "tokens", "request:output_tokens"),
    ]


def _memory(chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint) -> list[dict[str, Any]]:
    size, context = point.chips_per_replica, _context(workload)
    cache = roofline.cache_gb(chip, model, context) * roofline.cache_copies(model, size)
    return [
        _step("memory", "Memory of one chip", chip.memory_gb, "GB", "chip:memory_gb"),
        _step("chips", "Chips that hold one copy of the model", size, "chips", "E6"),
        _step(
            "usable_memory",
            "Memory that weights and cache can fill",
            roofline.usable_memory_gb(chip, size),
            "GB",
            "E2",
        ),
        _step("weights", "Weights", roofline.weights_gb(chip, model), "GB", "E2"),
        _step("cache", "Cache of one request, halfway through its answer", cache, "GB", "E1"),
        _step(
            "most_requests",
            "Requests that fit beside the weights",
            roofline.largest_batch(chip, model, size, context),
            "requests",
            "E2",
        ),
        _step("batch", "Requests served at a time", point.batch, "requests", "E6"),
    ]


def _decode_parts(chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint) -> dict[str, Any]:
    """Return seconds of a decode step by what takes them; compute and memory overlap (E3)."""
    size, batch, context = point.chips_per_replica, point.batch, _context(workload)
    flops = batch * (roofline.matmul_flops(model, size) + roofline.decode_attention_flops(model, context))
    read = roofline.weights_read_gb(chip, model, batch) * roofline.busiest_chip_factor(model, size)
    read = read + batch * roofline.cache_gb(chip, model, context) * roofline.cache_copies(model, size)
    layers = model.layers * chip.layer_microseconds * units.MICRO
    return {
        COMPUTE: flops / roofline.compute_flops_per_s(chip, size),
        MEMORY_BANDWIDTH: read / roofline.memory_gb_per_s(chip, size),
        FIXED_TIMES: layers + roofline.collective_s(chip, model, size, batch),
    }


def _decode(
    chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint, found: Serving
) -> list[dict[str, Any]]:
    parts = _decode_parts(chip, model, workload, point)
    said = {
        COMPUTE: "One step of all requests: computing",
        MEMORY_BANDWIDTH: "One step: reading weights and cache, at the same time",
        FIXED_TIMES: "One step: fixed times of layers and exchanges between chips, on top",
    }
    return [
        *(
            _step(name.replace(" ", "_"), said[name], 1e3 * parts[name], "ms", "E3")
            for name in (COMPUTE, MEMORY_BANDWIDTH, FIXED_TIMES)
        ),
        _step("decode_step", "One step: a token for each request", 1e3 * found.decode_step_s, "ms", "E3"),
        _step("prefill", "Reading one prompt", 1e3 * found.prefill_s, "ms", "E4"),
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
