"""What one pass of the model through a replica of n chips takes (E1-E4).

A replica is n chips that hold one copy of the weights and work on every token together. Times add up: the larger of
computing and reading memory (a smooth maximum), then a fixed time for each layer, then the collectives. The fixed
times, not a lower bandwidth, explain why per-chip speed falls when a model is spread over more chips.

Every function takes floats, (batch,) grids or (draw,) arrays, and lets them broadcast. GB is 1e9 bytes.
"""

import numpy as np

from costmodel import units
from costmodel.arrays import Number
from costmodel.inputs.serving import Chip, LatentAttention, ServedModel

# Of a chip's memory, the rest goes to activations, graphs and page fragmentation.
USABLE_MEMORY_SHARE = 0.9
RESERVED_MEMORY_GB = 3.5
# The measured change from memory-bound to compute-bound is soft: t = (a^p + b^p)^(1/p). A hard maximum is p = infinity.
SMOOTH_MAXIMUM_POWER = 4.0
ACTIVATION_BYTES = 2.0
COLLECTIVES_PER_LAYER = 2.0
# Routing is uneven: the chip with the most called experts has this much more to do than the average chip.
EXPERT_IMBALANCE = 1.25
# A prompt goes through in passes of at most this many new tokens (chunked prefill); each pays the fixed times once.
PREFILL_PASS_TOKENS = 8192.0


def smooth_maximum(first: Number, second: Number) -> Number:
    """Return the p-norm of two times: at least the larger, at most 19% more, when both are equal (E3)."""
    larger, smaller = np.maximum(first, second), np.minimum(first, second)
    ratio = smaller / np.maximum(larger, 1e-300)
    return larger * (1.0 + ratio**SMOOTH_MAXIMUM_POWER) ** (1.0 / SMOOTH_MAXIMUM_POWER)


def _tokens_seen(model: ServedModel, context_tokens: Number) -> Number:
    """Return context tokens x layers in view: layers with a sliding window see at most the window (E1)."""
    if isinstance(model.attention, LatentAttention):
        return model.layers * context_tokens
    windowed = model.attention.windowed_layers
    window = np.minimum(context_tokens, model.attention.window_tokens)
    return (model.layers - windowed) * context_tokens + windowed * window


def cache_bytes_per_layer(model: ServedModel, bytes_per_value: Number) -> float:
    """Return KV bytes of one token in one layer: 2 n_kv d b, or (r_kv + r_rope) b with latent attention (E1)."""
    attention = model.attention
    if isinstance(attention, LatentAttention):
        return float((attention.latent_rank + attention.rope_dimension) * bytes_per_value)
    return float(2.0 * attention.kv_heads * attention.head_dimension * bytes_per_value)


def cache_gb(chip: Chip, model: ServedModel, context_tokens: Number) -> Number:
    """Return GB of KV cache of one request with this much context, windows capped (E1)."""
    return _tokens_seen(model, context_tokens) * cache_bytes_per_layer(model, chip.cache_bytes) / units.GIGA


def cache_copies(model: ServedModel, chips: int) -> Number:
    """Return how often a replica stores the cache: more chips than KV heads repeat it in a dense model (E2).

    Models with experts and latent attention give each chip its own requests instead, so nothing repeats.
    """
    if model.experts is not None or isinstance(model.attention, LatentAttention):
        return 1.0
    return np.maximum(1.0, np.asarray(chips) / model.attention.kv_heads)


def weights_gb(chip: Chip, model: ServedModel) -> Number:
    """Return GB of all weights at the precision served."""
    return model.total_parameters_b * chip.weight_bytes


def usable_memory_gb(chip: Chip, chips: int) -> Number:
    """Return GB of a replica that weights and cache can fill (E2)."""
    return chips * max(chip.memory_gb * USABLE_MEMORY_SHARE - RESERVED_MEMORY_GB, 0.0)


def largest_batch(chip: Chip, model: ServedModel, chips: int, context_tokens: Number) -> Number:
    """Return how many requests fit beside the weights: W + B k (I + O/2) <= memory (E2); 0 or less means none."""
    free = usable_memory_gb(chip, chips) - weights_gb(chip, model)
    return free / (cache_gb(chip, model, context_tokens) * cache_copies(model, chips))


def experts_touched_share(model: ServedModel, batch: Number) -> Number:
    """Return the share of a layer's experts that a batch uses under even routing: 1 - (1 - k/E)^B (E3)."""
    if model.experts is None:
        return 1.0
    return 1.0 - (1.0 - model.experts.per_token / model.experts.count) ** np.asarray(batch)


def weights_read_gb(chip: Chip, model: ServedModel, batch: Number) -> Number:
    """Return GB of weights one decode step reads: shared weights, and the experts the batch touches (E3)."""
    routed = 0.0 if model.experts is None else model.experts.routed_share
    return weights_gb(chip, model) * (1.0 - routed + routed * experts_touched_share(model, batch))


def busiest_chip_factor(model: ServedModel, chips: int) -> float:
    """Return the busiest chip's weights and work over the average chip's; 1 without experts or on one chip."""
    return EXPERT_IMBALANCE if model.experts is not None and chips > 1 else 1.0


def matmul_flops(model: ServedModel, chips: int) -> Number:
    """Return FLOPs of one token in the weights, two for each active parameter, at the pace of the busiest chip."""
    return 2.0 * model.active_parameters_b * units.GIGA * busiest_chip_factor(model, chips)


def decode_attention_flops(model: ServedModel, context_tokens: Number) -> Number:
    """Return FLOPs of attention for one new token over its context; latent attention works on its latent (E3)."""
    attention = model.attention
    if isinstance(attention, LatentAttention):
        width = 2.0 * attention.latent_rank + attention.rope_dimension
    else:
        width = 2.0 * model.head_dimension
    return 2.0 * model.attention_heads * width * _tokens_seen(model, context_tokens)


def prefill_attention_flops(
    model: ServedModel, new_tokens: Number, cached_tokens: Number
) -> tuple[Number, Number]:
    """Return FLOPs of prefill attention (over the new tokens themselves, over the cached prefix) (E4).

    A new token sees the whole prefix and, causally, half of the new tokens; windows cap the sum of both.
    """
    rope = model.attention.rope_dimension if isinstance(model.attention, LatentAttention) else 0
    width = 2.0 * model.head_dimension + rope
    mean_context = cached_tokens + new_tokens / 2.0
    seen_for_each = _tokens_seen(model, mean_context) / mean_context
    pairs = 2.0 * model.attention_heads * width * new_tokens * seen_for_each
    return pairs * new_tokens / 2.0, pairs * cached_tokens


def collective_s(chip: Chip, model: ServedModel, chips: int, tokens: Number) -> Number:
    """Return seconds of communication of one pass of `tokens` tokens; none on one chip (E3).

    Two collectives a layer, each a fixed time and its bytes over the link: an all-reduce of every token in a dense
    model, an all-to-all of each chip's own tokens to k experts otherwise.
    """
    remote = (chips - 1.0) / chips
    per_token = 2.0 * remote if model.experts is None else remote * model.experts.per_token / chips
    moved_s = per_token * tokens * model.hidden_size * ACTIVATION_BYTES / (chip.link_gb_per_s * units.GIGA)
    fixed_s = chip.collective_microseconds * units.MICRO if chips > 1 else 0.0
    return model.layers * COLLECTIVES_PER_LAYER * (fixed_s + moved_s)


def compute_flops_per_s(chip: Chip, chips: int) -> Number:
    """Return FLOP/s a replica reaches."""
    return chips * chip.dense_tflops * units.TERA * chip.compute_efficiency


def memory_gb_per_s(chip: Chip, chips: int) -> Number:
    """Return GB/s a replica reads."""
    return chips * chip.memory_tb_per_s * 1e3 * chip.memory_efficiency


def decode_step_s(
    chip: Chip, model: ServedModel, chips: int, batch: Number, context_tokens: Number
) -> Number:
    """Return seconds in which each request of the batch gets one more token, before speed error (E3)."""
    flops = batch * (matmul_flops(model, chips) + decode_attention_flops(model, context_tokens))
    weights = weights_read_gb(chip, model, batch) * busiest_chip_factor(model, chips)
    cache = batch * cache_gb(chip, model, context_tokens) * cache_copies(model, chips)
    computing = flops / compute_flops_per_s(chip, chips)
    reading = (weights + cache) / memory_gb_per_s(chip, chips)
    layers_s = model.layers * chip.layer_microseconds * units.MICRO
    return smooth_maximum(computing, reading) + layers_s + collective_s(chip, model, chips, batch)


def prefill_s(
    chip: Chip, model: ServedModel, chips: int, new_tokens: Number, cached_tokens: Number
) -> tuple[Number, Number]:
    """Return seconds to prefill one prompt (for its new tokens, for its cached prefix), before speed error (E4).

    The cached prefix costs the attention over it and reading its cache once; everything else is for the new tokens.
    """
    own_flops, prefix_flops = prefill_attention_flops(model, new_tokens, cached_tokens)
    speed = compute_flops_per_s(chip, chips)
    passes = np.maximum(1.0, new_tokens / PREFILL_PASS_TOKENS)
    layers_s = passes * model.layers * chip.layer_microseconds * units.MICRO
    moving = collective_s(chip, model, chips, new_tokens / passes) * passes
    fresh = (matmul_flops(model, chips) * new_tokens + own_flops) / speed + layers_s + moving
    prefix = prefix_flops / speed + cache_gb(chip, model, cached_tokens) / memory_gb_per_s(chip, chips)
    return fresh, prefix


def prefix_s_per_token(
    chip: Chip, model: ServedModel, chips: int, new_tokens: Number, cached_tokens: Number
) -> Number:
    """Return seconds one cached token adds to a prefill; with no cached token, what the first would add (E4)."""
    some = np.maximum(cached_tokens, 1e-6)
    return prefill_s(chip, model, chips, new_tokens, some)[1] / some
