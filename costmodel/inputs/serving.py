"""Chips, the served model and its workload: what the cost table needs (E1-E8)."""

from dataclasses import dataclass, field
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.efficiency import Structure
from costmodel.inputs.quantity import check_limits, is_stated, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One chip at the precision it serves, with the efficiencies its speed is computed with.

    `attention_tflops` is the rate of attention, which keeps more bits than the weights; 0 means the dense rate.
    `dense_weight_bytes` are those of weights outside the experts; 0 means the same as in them.
    `speed_error` multiplies the computed speed: 1 with the residual spread of the calibration (E9).
    `needs_porting` marks the alternative chip: only the ported share of the load runs on it (E17).
    `structure` is common to all chips and comes with the calibration, not from a document.
    """

    key: str
    dense_tflops: float = field(metadata={"limits": (0.1, 1e6)})
    weight_bytes: float = field(metadata={"limits": (0.25, 4.0)})
    cache_bytes: float = field(metadata={"limits": (0.25, 4.0)})
    memory_gb: float = field(metadata={"limits": (1.0, 1e5)})
    memory_tb_per_s: float = field(metadata={"limits": (0.01, 1e3)})
    link_gb_per_s: float = field(metadata={"limits": (1.0, 1e5)})
    scale_up_chips: int = field(metadata={"limits": (1, 10_000)})
    provisioned_kw: Number = uncertain(0.01, 50.0)
    compute_efficiency: float = field(metadata={"limits": (0.01, 1.0)})
    memory_efficiency: float = field(metadata={"limits": (0.01, 1.0)})
    layer_microseconds: float = field(metadata={"limits": (0.0, 1e4)})
    collective_microseconds: float = field(metadata={"limits": (0.0, 1e4)})
    speed_error: Number = uncertain(0.05, 20.0)
    needs_porting: bool = False
    attention_tflops: float = field(default=0.0, metadata={"limits": (0.0, 1e6)})
    dense_weight_bytes: float = field(default=0.0, metadata={"limits": (0.0, 4.0)})
    calibration: str = "own"
    structure: Structure = field(default_factory=Structure)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedQueryAttention:
    """KV cache per token 2 L n_kv d b; layers with a sliding window hold at most `window_tokens` (E1).

    `linear_layers` keep a state of `linear_state_values` per request that does not grow, and no cache.
    """

    kv_heads: int
    head_dimension: int
    windowed_layers: int = 0
    window_tokens: int = 0
    linear_layers: int = 0
    linear_state_values: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention:
    """KV cache per token L (r_kv + r_rope) b (E1)."""

    latent_rank: int
    rope_dimension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Mixture of experts: of `count`, each token uses `per_token`; `routed_share` of the weights lies in them (E3).

    `layers` have experts; 0 means every layer.
    """

    count: int
    per_token: int
    routed_share: float
    layers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """The model served: an assumption card when its architecture is not public (engine.md 1)."""

    key: str
    active_parameters_b: Number = uncertain(0.01, 1e5)
    total_parameters_b: Number = uncertain(0.01, 1e6)
    layers: int = field(metadata={"limits": (1, 1000)})
    hidden_size: int = field(metadata={"limits": (64, 1_000_000)})
    attention_heads: int = field(metadata={"limits": (1, 10_000)})
    head_dimension: int = field(metadata={"limits": (8, 10_000)})
    attention: GroupedQueryAttention | LatentAttention
    experts: Experts | None
    embedding_parameters_b: float = field(default=0.0, metadata={"limits": (0.0, 1e4)})
    """Of the total: the table of input tokens, which is held but not read."""

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speculation:
    """A draft proposes tokens, one step of the model checks them all (E5).

    A step yields `accepted_tokens` of `draft_tokens` + 1 on average; drafting adds `draft_cost_share` of a step.
    """

    draft_tokens: int = field(metadata={"limits": (1, 64)})
    accepted_tokens: float = field(metadata={"limits": (1.0, 65.0)})
    draft_cost_share: float = field(metadata={"limits": (0.0, 1.0)})

    def __post_init__(self) -> None:
        """Check every stated value; no more tokens can be accepted than were proposed, and the model's own."""
        check_limits(self)
        if self.accepted_tokens > self.draft_tokens + 1:
            raise ValueError(
                f"accepted_tokens is {self.accepted_tokens:g}. With {self.draft_tokens} draft tokens a step yields at "
                f"most {self.draft_tokens + 1}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencySource:
    """One named reason why a chip-hour carries more tokens each year (E13); it stops after `lasts_quarters`.

    `mix_and_cache`: less compute for a token, from caching and what is asked. `software`: faster on the same chip.
    `chip`: faster chips inside lots as they are; chips that lots name have their own speed and belong to none.
    """

    key: str
    source: Literal["mix_and_cache", "software", "chip"]
    gain_annual: Number = uncertain(-0.9, 5.0)
    lasts_quarters: int = field(default=80, metadata={"limits": (0, 80)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One typical request, the limits it must meet, and how well paid hours are used (E5, E6, E8).

    `pools`: prefill and decode share the same chips, or each has its own, sized to balance.
    """

    input_tokens: float = field(metadata={"limits": (1.0, 1e7)})
    cached_share: Number = uncertain(0.0, 0.99)
    output_tokens: float = field(metadata={"limits": (1.0, 1e6)})
    minimum_tokens_per_s_per_user: float = field(metadata={"limits": (0.1, 1e4)})
    maximum_seconds_to_first_token: float = field(metadata={"limits": (0.01, 1e4)})
    utilisation: Number = uncertain(0.01, 1.0)
    efficiency_gain_annual: Number = uncertain(-0.9, 5.0)
    pools: Literal["shared", "split"] = "shared"
    speculation: Speculation | None = None
    efficiency_sources: tuple[EfficiencySource, ...] = ()
    """When any is named, `efficiency_gain_annual` must be 0: each gain is stated once."""

    def __post_init__(self) -> None:
        """Check every stated value against its limits, and that no gain is stated twice."""
        check_limits(self)
        sources = [named.source for named in self.efficiency_sources]
        if len(set(sources)) < len(sources):
            raise ValueError("efficiency_sources names a source twice. Each applies once.")
        if sources and is_stated(self.efficiency_gain_annual):
            raise ValueError("efficiency_gain_annual must be 0 when efficiency_sources are named.")
