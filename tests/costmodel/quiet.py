"""A deal with every noise switched off: the worked deals go through the whole engine with it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from costmodel.inputs.deal import ComputeContract, Deal, DefaultTerms, EquityTranche, TakeOrPay
from costmodel.inputs.demand import Demand, LoadShape, MarketPrices, Placement
from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.lab import Exit, Lab, Valuation
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.inputs.serving import Chip, GroupedQueryAttention, ServedModel, Workload
from costmodel.timeline import Timeline
from costmodel.units import HOURS_PER_QUARTER

OPENING = date(2026, 3, 31)
BILLION = 1e9


@dataclass(frozen=True)
class Worked:
    """One row of the table: what goes in, and the published answer (None: never)."""

    name: str
    commitment: float
    years: int
    ramp: int
    equity: float
    margin: float
    total_margin: float
    payback_years: float | None
    present_value: float
    discounted_payback_years: float | None
    irr: float


def quiet_scenario(deal: Worked, rate: float) -> Scenario:
    """Return the deal with every noise switched off and far more demand than capacity."""
    quarters = deal.years * 4
    ramp = np.minimum((np.arange(quarters) + 1) / deal.ramp, 1.0)
    chips = deal.commitment * BILLION / (ramp.sum() * HOURS_PER_QUARTER)
    return Scenario(
        timeline=Timeline(opening=OPENING, quarters=40),
        chips=(_chip(),),
        model=_model(),
        workload=_workload(),
        demand=_demand(),
        load=LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.0, 1.0)),
        placement=_placement(),
        market=_market(),
        fleet=_fleet(chips, deal),
        deal=_deal(deal, quarters, rate),
        lab=_lab(),
        valuation=_valuation(),
        exit=_exit(),
    )


def _deal(deal: Worked, quarters: int, rate: float) -> Deal:
    nothing = DefaultTerms(
        termination_share=fixed(0.0),
        recovery_share=fixed(0.0),
        relet_lag_quarters=0,
        relet_price_share=fixed(0.0),
        relet_utilisation=fixed(0.0),
    )
    return Deal(
        terms=(_contract(quarters), _minimum(deal), _equity(deal)),
        on_default=nothing,
        provider_contract_rate=rate,
        provider_equity_rate=rate,
        provider_capex_rate=rate,
        lab_rate=rate,
    )


def _contract(quarters: int) -> ComputeContract:
    return ComputeContract(
        key="contract",
        starts=date(2026, 4, 1),
        quarters=quarters,
        reference_usd_per_chip_hour=fixed(1.0),
        discount_share=fixed(0.0),
        signed_earlier=False,
        kept_without_equity_share=fixed(0.0),
        built_without_equity_share=fixed(0.0),
    )


def _minimum(deal: Worked) -> TakeOrPay:
    return TakeOrPay(
        key="minimum",
        contract="contract",
        commitment_usd=deal.commitment * BILLION,
        ramp_quarters=deal.ramp,
        undelivered_due_share=fixed(1.0),
        carry_forward_share=0.0,
        make_up_share=0.0,
    )


def _equity(deal: Worked) -> EquityTranche:
    return EquityTranche(
        key="equity",
        amount_usd=deal.equity * BILLION,
        state="paid",
        triggers_needed="any",
        triggers=(),
        longstop=None,
        notice_quarters=0,
        obligation=True,
        option=False,
        option_margin_share=0.0,
        price_rule="fixed_valuation",
        valuation_usd=852 * BILLION,
    )


def _chip() -> Chip:
    return Chip(
        key="chip",
        dense_tflops=1000.0,
        weight_bytes=1.0,
        cache_bytes=1.0,
        memory_gb=192.0,
        memory_tb_per_s=8.0,
        link_gb_per_s=900.0,
        scale_up_chips=8,
        provisioned_kw=fixed(1.0),
        compute_efficiency=0.5,
        memory_efficiency=0.8,
        layer_microseconds=10.0,
        collective_microseconds=5.0,
        speed_error=fixed(1.0),
    )


def _model() -> ServedModel:
    return ServedModel(
        key="model",
        active_parameters_b=fixed(70.0),
        total_parameters_b=fixed(70.0),
        layers=80,
        hidden_size=8192,
        attention_heads=64,
        head_dimension=128,
        attention=GroupedQueryAttention(kv_heads=8, head_dimension=128),
        experts=None,
    )


def _workload() -> Workload:
    return Workload(
        input_tokens=1000.0,
        cached_share=fixed(0.0),
        output_tokens=500.0,
        minimum_tokens_per_s_per_user=10.0,
        maximum_seconds_to_first_token=30.0,
        utilisation=fixed(1.0),
        efficiency_gain_annual=fixed(0.0),
    )


def _demand() -> Demand:
    return Demand(
        tokens_per_day_trillion=fixed(1e5),
        growth_is="median",
        growth_now_annual=fixed(0.0),
        growth_slowing_annual=fixed(0.0),
        growth_saturated_annual=fixed(0.0),
        now_quarters=0,
        slowing_half_life_quarters=4.0,
        saturation_starts_quarter=8,
        saturation_half_life_quarters=4.0,
        volatility_annual=fixed(0.0),
        jumps_per_year=0.0,
        jump_log_mean=0.0,
        jump_log_sd=0.0,
        market_loading=0.0,
        paid_price_usd_per_1m_tokens=fixed(1.0),
        paid_price_change_annual=fixed(0.0),
    )


def _placement() -> Placement:
    return Placement(
        provider_share_start=fixed(1.0),
        provider_share_end=fixed(1.0),
        provider_share_ramp_quarters=1,
        training_share_start=fixed(0.0),
        training_share_end=fixed(0.0),
        training_share_ramp_quarters=1,
        ported_share_start=fixed(1.0),
        ported_share_end=fixed(1.0),
        porting_quarters=1,
        porting_cost_usd=fixed(0.0),
    )


def _market() -> MarketPrices:
    return MarketPrices(
        index_change_annual=fixed(0.0),
        index_volatility_annual=fixed(0.0),
        index_market_loading=0.0,
        outside_chip="chip",
        on_demand_usd_per_chip_hour=fixed(0.0),
        on_demand_limit_share=fixed(0.0),
        burst_price_multiple=fixed(0.0),
        burst_limit_share=fixed(0.0),
        owner_cost_usd_per_chip_hour=fixed(0.0),
        other_clouds_usd_per_chip_hour=fixed(0.0),
        other_clouds_spare_share=fixed(0.0),
    )


def _fleet(chips: float, deal: Worked) -> Fleet:
    lot = Lot(
        key="lot",
        chip="chip",
        contract="contract",
        chips=chips,
        online_from=date(2026, 4, 1),
        ramp_quarters=deal.ramp,
        built_share=fixed(1.0),
        lead_quarters=0,
        it_capex_usd_per_chip=fixed(0.0),
        site_capex_usd_per_kw=fixed(0.0),
        it_life_quarters=20,
        last_replacement_quarters=4,
        site_life_quarters=80,
        operations_usd_per_chip_hour=fixed(1.0 - deal.margin),
    )
    return Fleet(
        lots=(lot,),
        power_usd_per_kwh=fixed(0.0),
        power_usage_effectiveness=1.0,
        mean_power_share=fixed(0.0),
        availability=1.0,
        residual_share=fixed(0.0),
        site_residual_share=fixed(0.0),
        residual_index_elasticity=0.0,
    )


def _lab() -> Lab:
    return Lab(
        opening_cash_usd=fixed(1e13),
        other_cost_usd_per_quarter=fixed(0.0),
        other_cost_growth_annual=fixed(0.0),
        other_cost_share_of_revenue=fixed(0.0),
        round_below_runway_quarters=0.0,
        round_size_quarters=0.0,
        round_limit_share=0.0,
        round_open_cold=0.0,
        round_open_normal=0.0,
        round_open_hot=0.0,
        distress_hazard_short=0.0,
        distress_hazard_long=0.0,
    )


def _valuation() -> Valuation:
    return Valuation(
        opening_equity_value_usd=852 * BILLION,
        mature_multiple=fixed(10.0),
        half_life_quarters=8.0,
        volatility_annual=fixed(0.0),
        market_loading=0.0,
        jumps_per_year=0.0,
        jump_log_sd=0.0,
        debt_usd=0.0,
        other_preferences_usd=0.0,
        regime_now="normal",
        regime_persistence=0.0,
        regime_share_cold=0.0,
        regime_share_hot=0.0,
        regime_log_multiple=0.0,
    )


def _exit() -> Exit:
    return Exit(
        state_now="private",
        confidential_filing_annual=0.0,
        quoted_odds=(),
        later_hazard=0.0,
        quoted_on=date(2026, 3, 31),
        later_hazard_decay=1.0,
        value_floor_usd=1e12,
        value_sensitivity=0.0,
        regime_sensitivity=0.0,
        withdrawal_probability=fixed(0.0),
        retry_hazard=fixed(0.0),
        listing_lag_quarters=1.0,
        offer_share=0.0,
        book_building_sd=0.0,
        first_day_mean=fixed(0.0),
        first_day_sd=0.0,
        drift_annual=fixed(0.0),
        drift_quarters=0,
        report_jump_probability=0.0,
        report_jump_mean=0.0,
        report_jump_sd=0.0,
        lock_up=(),
        turnover_annual=1.0,
        participation_share=0.0,
        price_impact_share=0.0,
        sale_hazard=0.0,
        sale_premium_log_sd=0.0,
    )
