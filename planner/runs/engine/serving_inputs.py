"""Chips, model, workload, demand and market: documents to engine inputs, field by field, no rule of its own."""

from costmodel.inputs.demand import Demand, LoadShape, MarketPrices, Placement, PriceTier
from costmodel.inputs.levers import Levers, ReplayTables
from costmodel.inputs.serving import (
    Chip,
    EfficiencySource,
    Experts,
    GroupedQueryAttention,
    LatentAttention,
    ServedModel,
    Speculation,
    Workload,
)
from planner.loads.documents import LoadDocument
from planner.runs.engine.calibration import structure_at
from planner.runs.engine.family_inputs import families
from planner.runs.engine.quantities import quantity
from planner.scenarios.documents.demand import (
    DemandDocument,
    MarketDocument,
    PlacementDocument,
    PriceTierDocument,
)
from planner.scenarios.documents.levers import LeversDocument
from planner.scenarios.documents.serving import (
    ChipDocument,
    EfficiencySourceDocument,
    ExpertsDocument,
    GroupedQueryDocument,
    LatentAttentionDocument,
    ModelDocument,
    SpeculationDocument,
    WorkloadDocument,
)


def chip(document: ChipDocument) -> Chip:
    return Chip(
        key=document.key,
        dense_tflops=document.dense_tflops,
        weight_bytes=document.weight_bytes,
        cache_bytes=document.cache_bytes,
        memory_gb=document.memory_gb,
        memory_tb_per_s=document.memory_tb_per_s,
        link_gb_per_s=document.link_gb_per_s,
        scale_up_chips=document.scale_up_chips,
        provisioned_kw=quantity(document.provisioned_kw),
        compute_efficiency=document.compute_efficiency,
        memory_efficiency=document.memory_efficiency,
        layer_microseconds=document.layer_microseconds,
        collective_microseconds=document.collective_microseconds,
        speed_error=quantity(document.speed_error),
        needs_porting=document.needs_porting,
        attention_tflops=document.attention_tflops,
        dense_weight_bytes=document.dense_weight_bytes,
        calibration=document.calibration,
        structure=structure_at(document.weight_bytes),
    )


def served_model(document: ModelDocument) -> ServedModel:
    return ServedModel(
        key=document.key,
        active_parameters_b=quantity(document.active_parameters_b),
        total_parameters_b=quantity(document.total_parameters_b),
        layers=document.layers,
        hidden_size=document.hidden_size,
        attention_heads=document.attention_heads,
        head_dimension=document.head_dimension,
        attention=attention(document.attention),
        experts=experts(document.experts) if document.experts else None,
        embedding_parameters_b=document.embedding_parameters_b,
    )


def attention(
    document: GroupedQueryDocument | LatentAttentionDocument,
) -> GroupedQueryAttention | LatentAttention:
    if isinstance(document, LatentAttentionDocument):
        return LatentAttention(latent_rank=document.latent_rank, rope_dimension=document.rope_dimension)
    return GroupedQueryAttention(
        kv_heads=document.kv_heads,
        head_dimension=document.head_dimension,
        windowed_layers=document.windowed_layers,
        window_tokens=document.window_tokens,
        linear_layers=document.linear_layers,
        linear_state_values=document.linear_state_values,
    )


def experts(document: ExpertsDocument) -> Experts:
    return Experts(
        count=document.count,
        per_token=document.per_token,
        routed_share=document.routed_share,
        layers=document.layers,
    )


def workload(document: WorkloadDocument) -> Workload:
    return Workload(
        input_tokens=document.input_tokens,
        cached_share=quantity(document.cached_share),
        output_tokens=document.output_tokens,
        minimum_tokens_per_s_per_user=document.minimum_tokens_per_s_per_user,
        maximum_seconds_to_first_token=document.maximum_seconds_to_first_token,
        utilisation=quantity(document.utilisation),
        efficiency_gain_annual=quantity(document.efficiency_gain_annual),
        pools=document.pools,
        speculation=speculation(document.speculation) if document.speculation else None,
        efficiency_sources=tuple(_efficiency_source(named) for named in document.efficiency_sources),
    )


def speculation(document: SpeculationDocument) -> Speculation:
    return Speculation(
        draft_tokens=document.draft_tokens,
        accepted_tokens=document.accepted_tokens,
        draft_cost_share=document.draft_cost_share,
    )


def demand(document: DemandDocument) -> Demand:
    return Demand(
        tokens_per_day_trillion=quantity(document.tokens_per_day_trillion),
        growth_is=document.growth_is,
        growth_now_annual=quantity(document.growth_now_annual),
        growth_slowing_annual=quantity(document.growth_slowing_annual),
        growth_saturated_annual=quantity(document.growth_saturated_annual),
        now_quarters=document.now_quarters,
        slowing_half_life_quarters=document.slowing_half_life_quarters,
        saturation_starts_quarter=document.saturation_starts_quarter,
        saturation_half_life_quarters=document.saturation_half_life_quarters,
        volatility_annual=quantity(document.volatility_annual),
        jumps_per_year=document.jumps_per_year,
        jump_log_mean=document.jump_log_mean,
        jump_log_sd=document.jump_log_sd,
        market_loading=document.market_loading,
        paid_price_usd_per_1m_tokens=quantity(document.paid_price_usd_per_1m_tokens),
        paid_price_change_annual=quantity(document.paid_price_change_annual),
        families=families(document.families) if document.families else None,
        price_tiers=tuple(_price_tier(tier) for tier in document.price_tiers),
    )


def _price_tier(document: PriceTierDocument) -> PriceTier:
    return PriceTier(
        key=document.key,
        token_share_start=document.token_share_start,
        token_share_end=document.token_share_end,
        shift_quarters=document.shift_quarters,
        price_usd_per_1m_tokens=quantity(document.price_usd_per_1m_tokens),
        price_change_annual=quantity(document.price_change_annual),
        discounted_share=quantity(document.discounted_share),
        discount_share=quantity(document.discount_share),
    )


def _efficiency_source(document: EfficiencySourceDocument) -> EfficiencySource:
    return EfficiencySource(
        key=document.key,
        source=document.source,
        gain_annual=quantity(document.gain_annual),
        lasts_quarters=document.lasts_quarters,
    )


def load_shape(document: LoadDocument) -> LoadShape:
    return LoadShape(
        exceedance_share=document.exceedance_share,
        load_over_mean=document.load_over_mean,
        replay=ReplayTables(**document.replay.model_dump()) if document.replay else None,
    )


def levers(document: LeversDocument) -> Levers:
    return Levers(**document.model_dump())


def placement(document: PlacementDocument) -> Placement:
    return Placement(
        provider_share_start=quantity(document.provider_share_start),
        provider_share_end=quantity(document.provider_share_end),
        provider_share_ramp_quarters=document.provider_share_ramp_quarters,
        training_share_start=quantity(document.training_share_start),
        training_share_end=quantity(document.training_share_end),
        training_share_ramp_quarters=document.training_share_ramp_quarters,
        ported_share_start=quantity(document.ported_share_start),
        ported_share_end=quantity(document.ported_share_end),
        porting_quarters=document.porting_quarters,
        porting_cost_usd=quantity(document.porting_cost_usd),
    )


def market_prices(document: MarketDocument) -> MarketPrices:
    return MarketPrices(
        index_change_annual=quantity(document.index_change_annual),
        index_volatility_annual=quantity(document.index_volatility_annual),
        index_market_loading=document.index_market_loading,
        outside_chip=document.outside_chip,
        on_demand_usd_per_chip_hour=quantity(document.on_demand_usd_per_chip_hour),
        on_demand_limit_share=quantity(document.on_demand_limit_share),
        burst_price_multiple=quantity(document.burst_price_multiple),
        burst_limit_share=quantity(document.burst_limit_share),
        owner_cost_usd_per_chip_hour=quantity(document.owner_cost_usd_per_chip_hour),
        other_clouds_usd_per_chip_hour=quantity(document.other_clouds_usd_per_chip_hour),
        other_clouds_spare_share=quantity(document.other_clouds_spare_share),
    )
