"""What one pass of the model through a replica of n chips takes (E1-E4).

A replica is n chips that hold one copy of the weights. Times add up: reading weights or computing with them (a smooth
maximum), reading the cache or attending to it (another), the collectives, then fixed times for each layer, step and
request. The fixed times, not a lower bandwidth, explain why per-chip speed falls when a model is spread over more
chips. `Replica` holds every number of a chip, a model and a layout; every function takes floats, (batch,) grids,
(draw,) arrays or one array over many cells, and lets them broadcast. GB is 1e9 bytes, B parameters are 1e9.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray, Number
from costmodel.inputs.efficiency import Efficiency, Structure
from costmodel.inputs.serving import Chip, LatentAttention, ServedModel

# Of a chip's memory, the rest goes to activations, graphs and page fragmentation.
USABLE_MEMORY_SHARE = 0.9
RESERVED_MEMORY_GB = 3.5
# The measured change from memory-bound to compute-bound is soft: t = (a^p + b^p)^(1/p). A hard maximum is p = infinity.
SMOOTH_MAXIMUM_POWER = 4.0
ACTIVATION_BYTES = 2.0
# Tokens sent to experts travel at a precision between one and two bytes.
EXCHANGE_BYTES = 1.5
COLLECTIVES_PER_LAYER = 2.0
EMBEDDING_BYTES = 2.0
# Latent attention is expanded to full heads in prefill: queries and keys of 192 values, values of 128.
LATENT_PREFILL_WIDTH = 320.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How a replica is spread over its chips: `tensor` x `data` of them.

    `tensor` chips work on the attention of the same requests; `data` groups have requests of their own. Experts are
    whole on a chip (`experts_apart`) or cut like everything else.
    """

    tensor: int
    data: int = 1
    experts_apart: bool = False

    @property
    def chips(self) -> int:
        """Chips of the replica."""
        return self.tensor * self.data

    def __str__(self) -> str:
        """Return it as people write it: TP8, EP8 x DP8."""
        if self.chips == 1:
            return "1 chip"
        parts = [f"EP{self.chips}"] if self.experts_apart else []
        parts += [f"TP{self.tensor}"] if self.tensor > 1 else []
        parts += [f"DP{self.data}"] if self.data > 1 else []
        return " x ".join(parts)


@dataclass(frozen=True, slots=True)
class Replica:
    """Every number of a model on chips in a layout; each a float or an array that broadcasts with the others."""

    chips: Number
    tensor: Number
    data: Number
    experts_apart: Number
    domains: Number
    layers: Number
    expert_layers: Number
    full_layers: Number
    windowed_layers: Number
    linear_layers: Number
    window_tokens: Number
    hidden: Number
    heads: Number
    decode_width: Number
    prefill_width: Number
    dense_active_b: Number
    routed_active_b: Number
    dense_gb: Number
    routed_gb: Number
    embedding_gb: Number
    experts_per_token: Number
    called_share: Number
    """Experts a token calls over all experts of a layer; 0 without experts."""
    cache_bytes_per_layer: Number
    cache_copies: Number
    state_gb: Number
    dense_flops: Number
    attention_flops: Number
    memory_gb_per_s: Number
    usable_gb: Number
    link_bytes_per_s: Number
    efficiency: Efficiency


def replica(chip: Chip, model: ServedModel, layout: Layout) -> Replica:
    """Return the numbers of a model on a chip in a layout; draws of the model's Quantities stay arrays."""
    return Replica(
        chips=float(layout.chips),
        tensor=float(layout.tensor),
        data=float(layout.data),
        experts_apart=float(layout.experts_apart),
        domains=np.ceil(layout.chips / chip.scale_up_chips),
        cache_bytes_per_layer=cache_bytes_per_layer(model, chip.cache_bytes),
        cache_copies=cache_copies(model, layout),
        **_weights(chip, model),
        **_layers(model),
        dense_flops=chip.dense_tflops * units.TERA,
        attention_flops=(chip.attention_tflops or chip.dense_tflops) * units.TERA,
        memory_gb_per_s=chip.memory_tb_per_s * 1e3,
        usable_gb=np.maximum(chip.memory_gb * USABLE_MEMORY_SHARE - RESERVED_MEMORY_GB, 0.0),
        link_bytes_per_s=chip.link_gb_per_s * units.GIGA,
        efficiency=Efficiency(
            memory=chip.memory_efficiency,
            compute=chip.compute_efficiency,
            layer_microseconds=chip.layer_microseconds,
            collective_microseconds=chip.collective_microseconds,
            structure=chip.structure,
        ),
    )


def _weights(chip: Chip, model: ServedModel) -> dict[str, Number]:
    """Return what is held and what a token uses, apart for experts and for what lies outside them.

    The table of input tokens is held; a token reads one row of it, which counts as nothing.
    """
    experts = model.experts
    routed_b = model.total_parameters_b * (experts.routed_share if experts else 0.0)
    called = experts.per_token / experts.count if experts else 0.0
    routed_active_b = np.minimum(routed_b * called, model.active_parameters_b)
    dense_b = np.maximum(model.total_parameters_b - routed_b - model.embedding_parameters_b, 0.0)
    counted_active = 0.0 if experts else model.embedding_parameters_b
    return {
        "dense_active_b": np.maximum(model.active_parameters_b - routed_active_b - counted_active, 0.0),
        "routed_active_b": routed_active_b,
        "dense_gb": dense_b * (chip.dense_weight_bytes or chip.weight_bytes),
        "routed_gb": routed_b * chip.weight_bytes,
        "embedding_gb": model.embedding_parameters_b * EMBEDDING_BYTES,
        "experts_per_token": float(experts.per_token if experts else 0),
        "called_share": called,
    }


def _layers(model: ServedModel) -> dict[str, Number]:
    """Return the layers by what they keep and do, and the widths of attention."""
    attention, experts = model.attention, model.experts
    grouped = None if isinstance(attention, LatentAttention) else attention
    windowed = grouped.windowed_layers if grouped else 0
    linear = grouped.linear_layers if grouped else 0
    state = linear * grouped.linear_state_values * ACTIVATION_BYTES / units.GIGA if grouped else 0.0
    return {
        "layers": float(model.layers),
        "expert_layers": float((experts.layers or model.layers) if experts else 0),
        "full_layers": float(model.layers - windowed - linear),
        "windowed_layers": float(windowed),
        "linear_layers": float(linear),
        "window_tokens": float(grouped.window_tokens) if grouped else 0.0,
        "hidden": float(model.hidden_size),
        "heads": float(model.attention_heads),
        "decode_width": _decode_width(model),
        "prefill_width": 2.0 * model.head_dimension if grouped else LATENT_PREFILL_WIDTH,
        "state_gb": state,
    }


def stacked(replicas: list[Replica], efficiency: Efficiency | None = None) -> Replica:
    """Return one replica whose numbers are (row,) arrays; `efficiency` holds for all when given."""
    numbers = _arrays(replicas, Replica, skip="efficiency")
    if efficiency is None:
        found = [one.efficiency for one in replicas]
        structures = [one.structure for one in found]
        alike = all(one is structures[0] for one in structures)
        structure = structures[0] if alike else Structure(**_arrays(structures, Structure))
        efficiency = Efficiency(**_arrays(found, Efficiency, skip="structure"), structure=structure)
    return Replica(**numbers, efficiency=efficiency)


def _arrays(things: list[Any], kind: type[Any], skip: str = "") -> dict[str, FloatArray]:
    """Return each number of these objects as one (row,) array, by its name."""
    names = [field.name for field in fields(kind) if field.name != skip]
    return {name: np.array([getattr(one, name) for one in things], dtype=np.float64) for name in names}


def mapped(held: Replica, change: Callable[[Number], Number]) -> Replica:
    """Return the replica with every number changed, those of its efficiency and structure too."""

    def changed(thing: Any, skip: str = "") -> dict[str, Number]:
        names = [field.name for field in fields(thing) if field.name != skip]
        return {name: change(getattr(thing, name)) for name in names}

    structure = Structure(**changed(held.efficiency.structure))
    efficiency = Efficiency(**changed(held.efficiency, skip="structure"), structure=structure)
    return Replica(**changed(held, skip="efficiency"), efficiency=efficiency)


def _decode_width(model: ServedModel) -> float:
    """Return FLOPs of attention per head and token in view, halved; latent attention works on its latent (E3)."""
    if isinstance(model.attention, LatentAttention):
        return 2.0 * model.attention.latent_rank + model.attention.rope_dimension
    return 2.0 * model.head_dimension


def smooth_maximum(first: Number, second: Number) -> Number:
    """Return the p-norm of two times: at least the larger, at most 19% more, when both are equal (E3)."""
    larger, smaller = np.maximum(first, second), np.minimum(first, second)
    ratio = smaller / np.maximum(larger, 1e-300)
    return larger * (1.0 + ratio**SMOOTH_MAXIMUM_POWER) ** (1.0 / SMOOTH_MAXIMUM_POWER)


def tokens_seen(held: Replica, context_tokens: Number) -> Number:
    """Return context tokens x layers in view: a sliding window caps them, linear layers hold a state instead (E1)."""
    window = np.minimum(context_tokens, held.window_tokens)
    return held.full_layers * context_tokens + held.windowed_layers * window


def cache_bytes_per_layer(model: ServedModel, bytes_per_value: Number) -> float:
    """Return KV bytes of one token in one layer: 2 n_kv d b, or (r_kv + r_rope) b with latent attention (E1)."""
    attention = model.attention
    if isinstance(attention, LatentAttention):
        return float((attention.latent_rank + attention.rope_dimension) * bytes_per_value)
    return float(2.0 * attention.kv_heads * attention.head_dimension * bytes_per_value)


def cache_copies(model: ServedModel, layout: Layout) -> float:
    """Return how often the chips of one attention group store the cache: more chips than KV heads repeat it (E2).

    Latent attention has one head for all, so every chip of the group holds the whole cache.
    """
    if isinstance(model.attention, LatentAttention):
        return float(layout.tensor)
    return max(1.0, layout.tensor / model.attention.kv_heads)


def cache_gb(held: Replica, context_tokens: Number) -> Number:
    """Return GB of cache and state of one request with this much context, windows capped (E1)."""
    return tokens_seen(held, context_tokens) * held.cache_bytes_per_layer / units.GIGA + held.state_gb


def weights_gb_per_chip(held: Replica) -> Number:
    """Return GB of weights on each chip: attention groups repeat what lies outside the experts (E2)."""
    return (held.dense_gb + held.embedding_gb) / held.tensor + held.routed_gb / held.chips


def largest_batch(held: Replica, context_tokens: Number) -> Number:
    """Return how many requests fit beside the weights: W + B k (I + O/2) <= memory (E2); below 1 means none."""
    free = held.usable_gb - weights_gb_per_chip(held)
    per_request = cache_gb(held, context_tokens) * held.cache_copies / held.tensor
    return free / per_request * held.data


def experts_touched_share(held: Replica, batch: Number) -> Number:
    """Return the share of a layer's experts that a batch uses: 1 - (1 - k/E)^(reuse x B) (E3); 0 without experts.

    Even routing is reuse 1; requests about like things call like experts.
    """
    return 1.0 - (1.0 - held.called_share) ** (
        np.maximum(batch, 1.0) * held.efficiency.structure.expert_reuse
    )


def busiest_chip_factor(held: Replica) -> Number:
    """Return the busiest chip's expert weights and work over the average chip's; 1 where experts are cut evenly."""
    return 1.0 + held.experts_apart * (held.efficiency.structure.expert_imbalance - 1.0)


def reading_s(
    held: Replica, batch: Number, context_tokens: Number, checked: Number = 1.0
) -> tuple[Number, Number]:
    """Return seconds of one decode step that read (weights, cache) (E3).

    `checked` tokens of each request go through the step: more than one when it checks a draft.
    """
    weights = held.dense_gb / held.tensor
    touched = experts_touched_share(held, batch * checked) * busiest_chip_factor(held)
    weights = weights + held.routed_gb / held.chips * touched
    group = np.maximum(batch / held.data, 1.0)
    cache = group * cache_gb(held, context_tokens) * held.cache_copies / held.tensor
    reached = held.memory_gb_per_s * held.efficiency.memory
    return weights / reached, cache / (reached * held.efficiency.structure.cache_memory)


def computing_s(
    held: Replica, batch: Number, context_tokens: Number, checked: Number = 1.0
) -> tuple[Number, Number]:
    """Return seconds of one decode step that compute with (weights, cache) (E3)."""
    group, structure = np.maximum(batch / held.data, 1.0) * checked, held.efficiency.structure
    reached = held.dense_flops * held.efficiency.compute
    dense = 2.0 * held.dense_active_b * units.GIGA * group / held.tensor
    share = batch * checked / held.chips * busiest_chip_factor(held)
    routed = 2.0 * held.routed_active_b * units.GIGA * share
    seen = tokens_seen(held, context_tokens)
    attention = 2.0 * held.heads * held.decode_width * seen * group / held.tensor
    attending = held.attention_flops * held.efficiency.compute * structure.attention_compute
    return (dense + routed / structure.expert_compute) / reached, attention / attending


def fixed_s(held: Replica, batch: Number) -> Number:
    """Return seconds of one decode step that do not depend on speed: layers, the step, and handling each request."""
    structure, layer_s = held.efficiency.structure, held.efficiency.layer_microseconds * units.MICRO
    layers = (
        held.layers
        + held.expert_layers * structure.expert_layer
        + held.linear_layers * structure.linear_layer
    )
    return layer_s * (layers + structure.step + structure.request * np.maximum(batch / held.data, 1.0))


def _collective_fixed_s(held: Replica) -> tuple[Number, Number]:
    """Return fixed seconds of (one all-reduce, one exchange among experts); 0 where there is none."""
    structure = held.efficiency.structure
    far = np.where(held.domains > 1.0, structure.beyond_domain, 1.0)
    one = held.efficiency.collective_microseconds * units.MICRO * far
    doublings = np.maximum(np.log2(held.tensor) - 1.0, 0.0)
    reduce_s = np.where(held.tensor > 1.0, one * (1.0 + structure.reduce_growth * doublings), 0.0)
    return reduce_s, np.where(_exchanges(held), one * structure.exchange, 0.0)


def _exchanges(held: Replica) -> Number:
    return (held.expert_layers > 0.0) & ((held.experts_apart > 0.0) | (held.data > 1.0))


def moving_s(held: Replica, tokens: Number) -> Number:
    """Return seconds the links are busy with a pass of `tokens` tokens of all groups, without fixed times (E3).

    Two all-reduces a layer inside an attention group, two exchanges a layer with experts: each chip sends its own
    tokens to the k experts they call, most of them elsewhere.
    """
    reached = held.link_bytes_per_s * held.efficiency.structure.link
    share = (held.tensor - 1.0) / held.tensor
    reduced = 2.0 * share * tokens / held.data * held.hidden * ACTIVATION_BYTES / reached
    remote = (held.chips - 1.0) / held.chips
    sent = remote * tokens / held.chips * held.experts_per_token * held.hidden * EXCHANGE_BYTES / reached
    exchanged = np.where(_exchanges(held), sent, 0.0)
    return COLLECTIVES_PER_LAYER * (held.layers * reduced + held.expert_layers * exchanged)


def collective_s(held: Replica, tokens: Number) -> Number:
    """Return seconds of communication of one decode step of `tokens` tokens; none on one chip (E3)."""
    reduce_s, exchange_s = _collective_fixed_s(held)
    fixed = held.layers * COLLECTIVES_PER_LAYER * reduce_s + held.expert_layers * exchange_s
    return fixed + moving_s(held, tokens)


def decode_step_s(held: Replica, batch: Number, context_tokens: Number, checked: Number = 1.0) -> Number:
    """Return seconds of one decode step, before speed error (E3). `batch` counts the requests of all groups."""
    read_weights, read_cache = reading_s(held, batch, context_tokens, checked)
    with_weights, with_cache = computing_s(held, batch, context_tokens, checked)
    busy = smooth_maximum(read_weights, with_weights) + smooth_maximum(read_cache, with_cache)
    return busy + collective_s(held, batch * checked) + fixed_s(held, batch)


def prefill_s(held: Replica, new_tokens: Number, cached_tokens: Number) -> tuple[Number, Number]:
    """Return seconds of the replica one prompt takes (for its new tokens, for its cached prefix) (E4).

    Groups prefill prompts of their own side by side, so a prompt takes the replica `1 / data` of its time there. A
    new token sees the whole prefix and, causally, half of the new tokens; windows cap the sum of both. The cached
    prefix costs the attention over it and reading its cache once; everything else is for the new tokens.
    """
    structure = held.efficiency.structure
    reached = held.dense_flops * held.efficiency.compute
    dense = held.dense_active_b / held.chips / structure.prefill_compute
    routed = held.routed_active_b / held.chips * busiest_chip_factor(held) / structure.expert_prefill_compute
    weights_s = new_tokens * 2.0 * units.GIGA * (dense + routed) / reached
    own_s, prefix_s = _prefill_attention_s(held, new_tokens, cached_tokens)
    prompt_s = structure.prompt_milliseconds * units.MILLI
    fresh = weights_s + own_s + moving_s(held, new_tokens) + prompt_s
    read = cache_gb(held, cached_tokens) * held.cache_copies / held.chips
    reading = read / (held.memory_gb_per_s * held.efficiency.memory * structure.cache_memory)
    return fresh, prefix_s + np.where(np.asarray(cached_tokens) > 0.0, reading, 0.0)


def _prefill_attention_s(held: Replica, new: Number, cached: Number) -> tuple[Number, Number]:
    """Return seconds of prefill attention (among the new tokens, over the cached prefix) (E4)."""
    mean_context = cached + new / 2.0
    seen = tokens_seen(held, mean_context) / mean_context
    pairs = 2.0 * held.heads * held.prefill_width * new * seen
    reached = held.attention_flops * held.efficiency.compute
    speed = held.chips * reached * held.efficiency.structure.attention_prefill_compute
    return pairs * new / 2.0 / speed, pairs * cached / speed


def prefix_s_per_token(held: Replica, new_tokens: Number, cached_tokens: Number) -> Number:
    """Return seconds one cached token adds to a prefill; with no cached token, what the first would add (E4)."""
    some = np.maximum(cached_tokens, 1e-6)
    return prefill_s(held, new_tokens, some)[1] / some
