"""Chips, the served model and its workload: what the cost table needs (E1-E8)."""

from dataclasses import dataclass, field

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One chip at the precision it serves, with the efficiencies its speed is computed with.

    `speed_error` multiplies the computed speed: 1 with the residual spread of the calibration (E9).
    `needs_porting` marks the alternative chip: only the ported share of the load runs on it (E17).
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

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedQueryAttention:
    """KV cache per token 2 L n_kv d b; layers with a sliding window hold at most `window_tokens` (E1)."""

    kv_heads: int
    head_dimension: int
    windowed_layers: int = 0
    window_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention:
    """KV cache per token L (r_kv + r_rope) b (E1)."""

    latent_rank: int
    rope_dimension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Mixture of experts: of `count`, each token uses `per_token`; `routed_share` of the weights lies in them (E3)."""

    count: int
    per_token: int
    routed_share: float


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

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One typical request, the limits it must meet, and how well paid hours are used (E5, E6, E8)."""

    input_tokens: float = field(metadata={"limits": (1.0, 1e7)})
    cached_share: Number = uncertain(0.0, 0.99)
    output_tokens: float = field(metadata={"limits": (1.0, 1e6)})
    minimum_tokens_per_s_per_user: float = field(metadata={"limits": (0.1, 1e4)})
    maximum_seconds_to_first_token: float = field(metadata={"limits": (0.01, 1e4)})
    utilisation: Number = uncertain(0.01, 1.0)
    efficiency_gain_annual: Number = uncertain(-0.9, 5.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
