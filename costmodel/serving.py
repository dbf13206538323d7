"""Where a chip serves a model best, and the chip-seconds each token takes there (E5, E6)."""

from dataclasses import dataclass

import numpy as np

from costmodel import roofline, units
from costmodel.arrays import FloatArray, Number
from costmodel.inputs.serving import Chip, ServedModel, Workload

# Batches tried: 8 to each doubling, up to this many requests at a time in one replica.
MOST_REQUESTS = 16_384
_DOUBLINGS = np.log2(MOST_REQUESTS)


@dataclass(frozen=True, slots=True)
class ServingPoint:
    """How a chip serves a model: chips that hold one copy, requests at a time, and why this point."""

    chips_per_replica: int
    batch: float
    reason: str


@dataclass(frozen=True, slots=True)
class Serving:
    """Speed and cost in chip-seconds at a serving point; each a float or (draw,).

    The chip-seconds of a request's new input, cached input and output add up to those of the request.
    `tokens_per_chip_second` counts all tokens of a request, input and output.
    """

    decode_step_s: Number
    prefill_s: Number
    tokens_per_s_per_user: Number
    seconds_to_first_token: Number
    requests_per_chip_second: Number
    tokens_per_chip_second: Number
    chip_seconds_per_1m_input: Number
    chip_seconds_per_1m_cached_input: Number
    chip_seconds_per_1m_output: Number


def serve(chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint) -> Serving:
    """Return speed and chip-seconds at a serving point: one pool shared by prefill and decode (E5).

    A replica spends O t_decode on decoding and B t_prefill on prefilling for every B requests, so the time per
    output token is t_decode + (B/O) t_prefill. Output pays t_decode / B a token, new input its own prefill, cached
    input the attention over it and the read of its cache. `speed_error` divides every time.
    """
    return _serve(chip, model, workload, point.chips_per_replica, point.batch)


def _serve(chip: Chip, model: ServedModel, workload: Workload, chips: int, batch: Number) -> Serving:
    cached = workload.input_tokens * workload.cached_share
    fresh = workload.input_tokens - cached
    output = workload.output_tokens
    context = workload.input_tokens + output / 2.0
    decode = roofline.decode_step_s(chip, model, chips, batch, context) / chip.speed_error
    fresh_s, prefix_s = (t / chip.speed_error for t in roofline.prefill_s(chip, model, chips, fresh, cached))
    per_cached = roofline.prefix_s_per_token(chip, model, chips, fresh, cached) / chip.speed_error
    prefill = fresh_s + prefix_s
    per_output_token = decode + batch / output * prefill
    requests = batch / (output * per_output_token) / chips
    million = units.TOKENS_PER_MILLION
    return Serving(
        decode_step_s=decode,
        prefill_s=prefill,
        tokens_per_s_per_user=1.0 / per_output_token,
        seconds_to_first_token=_seconds_to_first_token(decode, prefill, batch / output),
        requests_per_chip_second=requests,
        tokens_per_chip_second=(workload.input_tokens + output) * requests,
        chip_seconds_per_1m_input=million * chips * fresh_s / fresh,
        chip_seconds_per_1m_cached_input=million * chips * per_cached,
        chip_seconds_per_1m_output=million * chips * decode / batch,
    )


def _seconds_to_first_token(decode: Number, prefill: Number, prompts_per_step: Number) -> Number:
    """Return the mean time to the first token: wait for prompts ahead, own prefill, one decode step.

    Prefill takes the share r = B/O t_prefill / TPOT of the replica's time; the wait is that of a queue with even
    service times and random arrivals (M/D/1), t_prefill r / (2 (1 - r)).
    """
    waiting = prefill * prompts_per_step * prefill / (2.0 * decode)
    return prefill + waiting + decode


def choose_serving_point(chip: Chip, model: ServedModel, workload: Workload) -> ServingPoint:
    """Return the point with most output tokens per chip-second that meets both limits (E6).

    Replicas are powers of two up to the chips of one scale-up domain. The inputs hold floats. Raises ValueError,
    naming chip and model, when the model does not fit or no point is fast enough.
    """
    best: tuple[float, ServingPoint] | None = None
    fits = False
    for chips in _replica_sizes(chip):
        batches, full = _batches(chip, model, workload, chips)
        if not batches.size:
            continue
        fits = True
        found = _best_batch(chip, model, workload, chips, batches, full)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if not fits:
        raise ValueError(
            f"{model.key} does not fit on {chip.key}: its weights take {roofline.weights_gb(chip, model):.0f} GB "
            f"and {chip.scale_up_chips} chips offer {roofline.usable_memory_gb(chip, chip.scale_up_chips):.0f} GB."
        )
    if best is None:
        raise ValueError(
            f"{chip.key} cannot serve {model.key} fast enough: no replica gives "
            f"{workload.minimum_tokens_per_s_per_user:g} tokens a second to each user and the first token within "
            f"{workload.maximum_seconds_to_first_token:g} s."
        )
    return best[1]


def _replica_sizes(chip: Chip) -> list[int]:
    """Return 1, 2, 4, ... up to the scale-up domain."""
    return [2**power for power in range(chip.scale_up_chips.bit_length()) if 2**power <= chip.scale_up_chips]


def _batches(chip: Chip, model: ServedModel, workload: Workload, chips: int) -> tuple[FloatArray, float]:
    """Return the batches to try, and the largest that memory holds; no batch means the model does not fit (E2)."""
    context = workload.input_tokens + workload.output_tokens / 2.0
    full = float(np.floor(roofline.largest_batch(chip, model, chips, context)))
    grid = np.unique(np.round(2.0 ** np.arange(0.0, _DOUBLINGS + 0.01, 0.125)))
    grid = np.append(grid[grid < full], full) if 1.0 <= full < MOST_REQUESTS else grid[grid <= full]
    return grid, full


def _best_batch(
    chip: Chip, model: ServedModel, workload: Workload, chips: int, batches: FloatArray, full: float
) -> tuple[float, ServingPoint] | None:
    """Return (output tokens per chip-second, point) of the best batch that meets the limits; None when none does."""
    tried = _serve(chip, model, workload, chips, batches)
    fast = tried.tokens_per_s_per_user >= workload.minimum_tokens_per_s_per_user
    prompt = tried.seconds_to_first_token <= workload.maximum_seconds_to_first_token
    if not np.any(fast & prompt):
        return None
    speed = np.where(fast & prompt, tried.requests_per_chip_second * workload.output_tokens, -1.0)
    index = int(np.argmax(speed))
    batch = float(batches[index])
    if batch >= full:
        limit = "memory holds no more"
    elif index + 1 < batches.size and not fast[index + 1]:
        limit = "more would be too slow for each user"
    elif index + 1 < batches.size and not prompt[index + 1]:
        limit = "more would delay the first token too long"
    else:
        limit = "more would bring no more tokens"
    reason = f"Most output tokens per chip-second with {batch:.0f} requests on {chips} chips: {limit}."
    return float(speed[index]), ServingPoint(chips, batch, reason)
