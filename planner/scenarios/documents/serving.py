"""Chips, the served model and its workload: what the cost table needs (E1-E8)."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from django.utils.translation import gettext_noop as _
from pydantic import Field

from planner.core.documents import Document, Key, choice, flag, listed, number, part, words
from planner.core.quantities import QuantityDocument

_CHIPS = _("Prices, chip specifications")
_MODELS = _("Prices, model architectures")

Calibration: TypeAlias = Literal["calibrated", "transferred", "specification_only", "own"]
CALIBRATIONS = {
    "calibrated": _("fitted to measurements of this chip"),
    "transferred": _("fitted to other chips of its vendor"),
    "specification_only": _("specification only: hardly measured"),
    "own": _("your own"),
}


class ChipDocument(Document):
    """One chip at the precision it serves, with the efficiencies its speed is computed with."""

    title: ClassVar[str] = _("Chip")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this chip."), default="")
    dense_tflops: float = number(
        _("Dense compute"), "TFLOPS", 0.1, 1e6, _("At the precision served, without sparsity."), source=_CHIPS
    )
    weight_bytes: float = number(
        _("Bytes per weight"), "bytes", 0.25, 4.0, _("2 for BF16, 1 for FP8, 0.5 for FP4."), default=1.0
    )
    cache_bytes: float = number(
        _("Bytes per cached value"), "bytes", 0.25, 4.0, _("Precision of the key-value cache."), default=1.0
    )
    memory_gb: float = number(
        _("Memory"), "GB", 1.0, 1e5, _("High-bandwidth memory of one chip."), source=_CHIPS
    )
    memory_tb_per_s: float = number(
        _("Memory bandwidth"), "TB/s", 0.01, 1e3, _("Of one chip, as specified."), source=_CHIPS
    )
    link_gb_per_s: float = number(
        _("Link bandwidth"), "GB/s", 1.0, 1e5, _("To the other chips of the scale-up domain."), source=_CHIPS
    )
    scale_up_chips: int = number(
        _("Scale-up domain"), "chips", 1, 10_000, _("Most chips one replica can span."), source=_CHIPS
    )
    provisioned_kw: QuantityDocument = number(
        _("Power provisioned"),
        "kW per chip",
        0.01,
        50.0,
        _("With its share of server, network and storage."),
        source=_CHIPS,
    )
    compute_efficiency: float = number(
        _("Compute efficiency"), "share", 0.01, 1.0, _("Reached over specified compute."), default=0.5
    )
    memory_efficiency: float = number(
        _("Memory efficiency"), "share", 0.01, 1.0, _("Reached over specified bandwidth."), default=0.7
    )
    layer_microseconds: float = number(
        _("Overhead per layer"),
        "microseconds",
        0.0,
        1e4,
        _("Launch and scheduling, per layer and step."),
        default=5.0,
    )
    collective_microseconds: float = number(
        _("Overhead per exchange"), "microseconds", 0.0, 1e4, _("Latency of one all-reduce."), default=10.0
    )
    speed_error: QuantityDocument = number(
        _("Speed error"),
        "times",
        0.05,
        20.0,
        _("Real over computed speed: 1 with the spread of measurements."),
    )
    needs_porting: bool = flag(
        _("Needs porting"),
        _("Yes for the alternative chip: only the ported share of the load runs on it."),
        default=False,
    )
    attention_tflops: float = number(
        _("Compute of attention"),
        "TFLOPS",
        0.0,
        1e6,
        _("Attention keeps more bits than the weights: the BF16 rate. 0 is the same as dense compute."),
        default=0.0,
        source=_CHIPS,
    )
    dense_weight_bytes: float = number(
        _("Bytes per weight outside experts"),
        "bytes",
        0.0,
        4.0,
        _("More than in the experts of a model in four bits. 0 is the same as in them."),
        default=0.0,
    )
    calibration: Calibration = choice(
        _("Calibration"),
        _("Where efficiencies and overheads come from."),
        CALIBRATIONS,
        default="specification_only",
    )


class GroupedQueryDocument(Document):
    """Attention whose heads share keys and values (E1)."""

    title: ClassVar[str] = _("Grouped-query attention")
    kind: Literal["grouped_query"] = choice(
        _("Attention"), _("How the model attends."), {"grouped_query": _("grouped-query")}
    )
    kv_heads: int = number(
        _("KV heads"), "heads", 1, 10_000, _("Heads that hold keys and values."), source=_MODELS
    )
    head_dimension: int = number(
        _("KV head dimension"), "values", 8, 10_000, _("Size of one head."), source=_MODELS
    )
    windowed_layers: int = number(
        _("Windowed layers"), "layers", 0, 1000, _("Layers that look at a window of tokens only."), default=0
    )
    window_tokens: int = number(_("Window"), "tokens", 0, 10_000_000, _("Length of that window."), default=0)
    linear_layers: int = number(
        _("Linear layers"), "layers", 0, 1000, _("Layers that keep a state, and no cache."), default=0
    )
    linear_state_values: float = number(
        _("State of a linear layer"),
        "values",
        0.0,
        1e9,
        _("Kept for each request; it does not grow."),
        default=0.0,
    )


class LatentAttentionDocument(Document):
    """Attention over a compressed cache (E1)."""

    title: ClassVar[str] = _("Latent attention")
    kind: Literal["latent"] = choice(_("Attention"), _("How the model attends."), {"latent": _("latent")})
    latent_rank: int = number(
        _("Latent rank"), "values", 1, 100_000, _("Size of the compressed cache."), source=_MODELS
    )
    rope_dimension: int = number(
        _("Position values"), "values", 0, 10_000, _("Kept beside it."), source=_MODELS
    )


AttentionDocument: TypeAlias = Annotated[
    GroupedQueryDocument | LatentAttentionDocument, Field(discriminator="kind")
]


class ExpertsDocument(Document):
    """Mixture of experts (E3)."""

    title: ClassVar[str] = _("Experts")
    count: int = number(
        _("Experts"),
        "experts",
        1,
        100_000,
        _("Routed experts in a layer. All are empty for a dense model."),
        source=_MODELS,
    )
    per_token: int = number(
        _("Experts per token"), "experts", 1, 100_000, _("How many a token uses."), source=_MODELS
    )
    routed_share: float = number(
        _("Weights in experts"),
        "share",
        0.0,
        1.0,
        _("Share of all weights that lies in routed experts."),
        source=_MODELS,
    )
    layers: int = number(
        _("Layers with experts"), "layers", 0, 1000, _("0 when every layer has them."), default=0
    )


class ModelDocument(Document):
    """The model served: an assumption card when its architecture is not public."""

    title: ClassVar[str] = _("Model")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this model."), default="")
    active_parameters_b: QuantityDocument = number(
        _("Active parameters"), "billion", 0.01, 1e5, _("Used for each token."), source=_MODELS
    )
    total_parameters_b: QuantityDocument = number(
        _("Total parameters"), "billion", 0.01, 1e6, _("Held in memory."), source=_MODELS
    )
    layers: int = number(_("Layers"), "layers", 1, 1000, _("Transformer layers."), source=_MODELS)
    hidden_size: int = number(
        _("Hidden size"), "values", 64, 1_000_000, _("Width of the model."), source=_MODELS
    )
    attention_heads: int = number(_("Attention heads"), "heads", 1, 10_000, _("Query heads."), source=_MODELS)
    head_dimension: int = number(
        _("Head dimension"), "values", 8, 10_000, _("Size of one query head."), source=_MODELS
    )
    attention: AttentionDocument = part(_("Attention"), _("What the model keeps per token."))
    experts: ExpertsDocument | None = part(_("Experts"), _("Empty for a dense model."), default=None)
    embedding_parameters_b: float = number(
        _("Embedding parameters"),
        "billion",
        0.0,
        1e4,
        _("Of the total: the table of input tokens, held in memory and not read."),
        default=0.0,
        source=_MODELS,
    )


class SpeculationDocument(Document):
    """A draft proposes tokens, one step of the model checks them all (E5)."""

    title: ClassVar[str] = _("Speculation")
    draft_tokens: int = number(
        _("Draft tokens"),
        "tokens",
        1,
        64,
        _("Proposed for each step. All three are empty when there is no draft."),
    )
    accepted_tokens: float = number(
        _("Tokens per step"), "tokens", 1.0, 65.0, _("Accepted on average, with the model's own.")
    )
    draft_cost_share: float = number(
        _("Cost of drafting"), "share", 0.0, 1.0, _("Over the time of a step of the model.")
    )


class EfficiencySourceDocument(Document):
    """One named reason why a chip-hour carries more tokens each year (E13)."""

    title: ClassVar[str] = _("Source of efficiency")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this source."), default="")
    source: Literal["mix_and_cache", "software", "chip"] = choice(
        _("Source"),
        _("What the gain comes from. Chips that lots name have their own speed and belong to none."),
        {
            "mix_and_cache": _("what is asked, and caching: less compute for a token"),
            "software": _("software: faster on the same chip"),
            "chip": _("chips: faster ones in lots as they are"),
        },
    )
    gain_annual: QuantityDocument = number(
        _("Gain"), "share a year", -0.9, 5.0, _("More tokens per chip-hour each year.")
    )
    lasts_quarters: int = number(_("Lasts"), "quarters", 0, 80, _("After that it stands still."), default=80)


class WorkloadDocument(Document):
    """One typical request, the limits it must meet, and how well paid hours are used (E5, E6, E8)."""

    title: ClassVar[str] = _("Workload")
    input_tokens: float = number(_("Prompt"), "tokens", 1.0, 1e7, _("Input tokens of a typical request."))
    cached_share: QuantityDocument = number(
        _("Cached share of prompt"), "share", 0.0, 0.99, _("Input tokens found in the cache."), default=0.0
    )
    output_tokens: float = number(_("Answer"), "tokens", 1.0, 1e6, _("Output tokens of a typical request."))
    minimum_tokens_per_s_per_user: float = number(
        _("Least speed"), "tokens/s per user", 0.1, 1e4, _("Slower service is not acceptable."), default=30.0
    )
    maximum_seconds_to_first_token: float = number(
        _("Longest wait"), "seconds", 0.01, 1e4, _("Until the first token."), default=2.0
    )
    utilisation: QuantityDocument = number(
        _("Use of paid hours"), "share", 0.01, 1.0, _("Share of paid chip-hours that serve requests.")
    )
    efficiency_gain_annual: QuantityDocument = number(
        _("Efficiency gain"),
        "share a year",
        -0.9,
        5.0,
        _("More tokens per chip-second each year from software."),
    )
    pools: Literal["shared", "split"] = choice(
        _("Pools"),
        _("Whether prompts and answers are worked on by the same chips."),
        {
            "shared": _("shared: the same chips do both"),
            "split": _("split: each has chips of its own"),
        },
        default="shared",
    )
    speculation: SpeculationDocument | None = part(
        _("Speculation"), _("Empty when no draft proposes tokens."), default=None
    )
    efficiency_sources: tuple[EfficiencySourceDocument, ...] = listed(
        _("Sources of efficiency"),
        _("Named gains, each once, in place of the single efficiency gain, which must then be 0."),
        default=(),
        most=3,
    )
