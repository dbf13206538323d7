"""Chips, models, requests and a lot that several engine tests use; round numbers unless a test cites a source."""

from dataclasses import replace
from datetime import date
from typing import Any

from costmodel.inputs.efficiency import Structure
from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.serving import (
    Chip,
    Experts,
    GroupedQueryAttention,
    LatentAttention,
    ServedModel,
    Workload,
)

# Every part of a pass reaches what the chip reaches, and nothing takes time beside layers and exchanges.
PLAIN = Structure(
    cache_memory=1.0,
    expert_compute=1.0,
    attention_compute=1.0,
    prefill_compute=1.0,
    expert_prefill_compute=1.0,
    attention_prefill_compute=1.0,
    link=1.0,
    reduce_growth=0.0,
    exchange=1.0,
    beyond_domain=1.0,
    expert_layer=0.0,
    linear_layer=0.0,
    step=0.0,
    request=0.0,
    prompt_milliseconds=0.0,
    expert_reuse=1.0,
    expert_imbalance=1.0,
    interference=1.0,
    own_prefill=1.0,
)
CHIP = Chip(
    key="chip",
    dense_tflops=1000.0,
    weight_bytes=1.0,
    cache_bytes=1.0,
    memory_gb=100.0,
    memory_tb_per_s=4.0,
    link_gb_per_s=500.0,
    scale_up_chips=8,
    provisioned_kw=1.5,
    compute_efficiency=0.5,
    memory_efficiency=0.8,
    layer_microseconds=30.0,
    collective_microseconds=20.0,
    speed_error=1.0,
    structure=PLAIN,
)
DENSE = ServedModel(
    key="dense",
    active_parameters_b=70.6,
    total_parameters_b=70.6,
    layers=80,
    hidden_size=8192,
    attention_heads=64,
    head_dimension=128,
    attention=GroupedQueryAttention(kv_heads=8, head_dimension=128),
    experts=None,
)
MIXTURE = ServedModel(
    key="mixture",
    active_parameters_b=37.0,
    total_parameters_b=671.0,
    layers=61,
    hidden_size=7168,
    attention_heads=128,
    head_dimension=128,
    attention=LatentAttention(latent_rank=512, rope_dimension=64),
    experts=Experts(count=256, per_token=8, routed_share=0.97),
)
WORKLOAD = Workload(
    input_tokens=4000.0,
    cached_share=0.5,
    output_tokens=500.0,
    minimum_tokens_per_s_per_user=30.0,
    maximum_seconds_to_first_token=3.0,
    utilisation=0.5,
    efficiency_gain_annual=0.0,
)
LOT = Lot(
    key="lot",
    chip="chip",
    contract="contract",
    chips=1000.0,
    online_from=date(2026, 1, 1),
    ramp_quarters=1,
    built_share=1.0,
    lead_quarters=1,
    it_capex_usd_per_chip=40_000.0,
    site_capex_usd_per_kw=12_000.0,
    it_life_quarters=20,
    last_replacement_quarters=4,
    site_life_quarters=80,
    operations_usd_per_chip_hour=0.1,
)
FLEET = Fleet(
    lots=(LOT,),
    power_usd_per_kwh=0.06,
    power_usage_effectiveness=1.25,
    mean_power_share=0.8,
    availability=0.95,
    residual_share=0.5,
    site_residual_share=0.5,
    residual_index_elasticity=1.0,
)


def changed(thing: Any, **changes: Any) -> Any:
    """Return a copy with some fields changed."""
    return replace(thing, **changes)
