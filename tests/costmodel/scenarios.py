"""A small scenario that holds every kind of term, with overrides, and the same with its noise off.

Two chips, two contracts, two tranches, sixteen quarters. `small_scenario(lab={"distress_hazard_short": 0.0})` changes
fields of one part; whole parts are changed with `dataclasses.replace` on the result.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from costmodel.inputs.deal import (
    ComputeContract,
    Deal,
    DefaultTerms,
    EquityTranche,
    Preferred,
    PriceSteps,
    TakeOrPay,
    Term,
    Tier,
    Trigger,
    VolumeTiers,
)
from costmodel.inputs.demand import Demand, LoadShape, MarketPrices, Placement
from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.lab import Exit, Lab, LockUpRelease, QuotedOdds, Valuation
from costmodel.inputs.quantity import Quantity, Shape, fixed
from costmodel.inputs.scenario import Scenario
from costmodel.inputs.serving import Chip, Experts, LatentAttention, ServedModel, Workload
from costmodel.timeline import Timeline
from tests.costmodel.trees import fixed_tree

BILLION = 1e9
SEED = 7
FIRST_DAY = date(2026, 4, 1)


def between(low: float, high: float, shape: Shape = "lognormal", **more: Any) -> Quantity:
    """Return the range that holds 90% of the probability."""
    return Quantity(shape=shape, low=low, high=high, **more)


GPU = Chip(
    key="gpu",
    dense_tflops=5000.0,
    weight_bytes=1.0,
    cache_bytes=1.0,
    memory_gb=192.0,
    memory_tb_per_s=8.0,
    link_gb_per_s=900.0,
    scale_up_chips=72,
    provisioned_kw=fixed(2.1),
    compute_efficiency=0.4,
    memory_efficiency=0.8,
    layer_microseconds=30.0,
    collective_microseconds=20.0,
    speed_error=between(0.7, 1.43),
)
ASIC = replace(
    GPU,
    key="asic",
    dense_tflops=2500.0,
    memory_gb=144.0,
    memory_tb_per_s=4.9,
    scale_up_chips=64,
    provisioned_kw=fixed(1.75),
    speed_error=between(0.5, 2.0),
    needs_porting=True,
)
MODEL = ServedModel(
    key="frontier",
    active_parameters_b=between(80.0, 300.0),
    total_parameters_b=fixed(2000.0),
    layers=80,
    hidden_size=8192,
    attention_heads=128,
    head_dimension=128,
    attention=LatentAttention(latent_rank=512, rope_dimension=64),
    experts=Experts(count=256, per_token=8, routed_share=0.95),
)
WORKLOAD = Workload(
    input_tokens=4000.0,
    cached_share=between(0.2, 0.7, "beta"),
    output_tokens=600.0,
    minimum_tokens_per_s_per_user=30.0,
    maximum_seconds_to_first_token=6.0,
    utilisation=between(0.25, 0.55, "beta"),
    efficiency_gain_annual=between(0.05, 0.35, "normal"),
)
DEMAND = Demand(
    tokens_per_day_trillion=between(30.0, 65.0, loadings=(("token_mix", 1.0),)),
    growth_is="median",
    growth_now_annual=between(0.8, 1.8),
    growth_slowing_annual=between(0.2, 0.45),
    growth_saturated_annual=fixed(0.08),
    now_quarters=4,
    slowing_half_life_quarters=5.0,
    saturation_starts_quarter=14,
    saturation_half_life_quarters=6.0,
    volatility_annual=between(0.2, 0.4),
    jumps_per_year=0.6,
    jump_log_mean=-0.05,
    jump_log_sd=0.3,
    market_loading=0.5,
    paid_price_usd_per_1m_tokens=between(1.05, 2.275, loadings=(("token_mix", -1.0),)),
    paid_price_change_annual=between(-0.3, 0.08, "normal"),
)
LOAD = LoadShape(exceedance_share=(0.0, 0.1, 0.5, 1.0), load_over_mean=(2.5, 1.5, 1.0, 0.2))
PLACEMENT = Placement(
    provider_share_start=between(0.12, 0.28, "beta"),
    provider_share_end=fixed(0.3),
    provider_share_ramp_quarters=12,
    training_share_start=fixed(0.7),
    training_share_end=fixed(0.45),
    training_share_ramp_quarters=12,
    ported_share_start=fixed(0.15),
    ported_share_end=between(0.6, 0.95, "beta"),
    porting_quarters=6,
    porting_cost_usd=between(3e8, 1.5e9),
)
MARKET = MarketPrices(
    index_change_annual=between(-0.25, 0.02, "normal"),
    index_volatility_annual=fixed(0.25),
    index_market_loading=0.6,
    outside_chip="gpu",
    on_demand_usd_per_chip_hour=between(3.9, 5.2),
    on_demand_limit_share=fixed(0.1),
    burst_price_multiple=fixed(2.0),
    burst_limit_share=fixed(0.05),
    owner_cost_usd_per_chip_hour=fixed(2.21),
    other_clouds_usd_per_chip_hour=fixed(3.3),
    other_clouds_spare_share=fixed(0.1),
)
OLD_LOT = Lot(
    key="old-lot",
    chip="gpu",
    contract="old",
    chips=190_000.0,
    online_from=FIRST_DAY,
    ramp_quarters=3,
    built_share=fixed(1.0),
    lead_quarters=2,
    it_capex_usd_per_chip=between(42_000.0, 53_000.0),
    site_capex_usd_per_kw=fixed(16_000.0),
    it_life_quarters=6,
    last_replacement_quarters=4,
    site_life_quarters=40,
    operations_usd_per_chip_hour=fixed(0.1),
)
NEW_LOT = replace(
    OLD_LOT,
    key="new-lot",
    chip="asic",
    contract="new",
    chips=1_000_000.0,
    online_from=date(2026, 7, 1),
    ramp_quarters=6,
    built_share=between(0.6, 1.05, "normal"),
    it_capex_usd_per_chip=between(18_500.0, 30_000.0),
)
FLEET = Fleet(
    lots=(OLD_LOT, NEW_LOT),
    power_usd_per_kwh=between(0.055, 0.105),
    power_usage_effectiveness=1.15,
    mean_power_share=fixed(0.6),
    availability=0.97,
    residual_share=between(0.4, 0.9, "beta"),
    site_residual_share=between(0.4, 0.9, "beta"),
    residual_index_elasticity=0.5,
)
OLD = ComputeContract(
    key="old",
    starts=FIRST_DAY,
    quarters=12,
    reference_usd_per_chip_hour=fixed(3.3),
    discount_share=fixed(0.0),
    signed_earlier=True,
    kept_without_equity_share=fixed(1.0),
    built_without_equity_share=fixed(0.0),
)
NEW = ComputeContract(
    key="new",
    starts=FIRST_DAY,
    quarters=14,
    reference_usd_per_chip_hour=between(1.65, 2.15),
    discount_share=between(0.2, 0.4, "normal"),
    signed_earlier=False,
    kept_without_equity_share=fixed(0.2),
    built_without_equity_share=between(0.0, 0.6, "uniform"),
)
NEW_MINIMUM = TakeOrPay(
    key="new-minimum",
    contract="new",
    commitment_usd=40 * BILLION,
    ramp_quarters=8,
    undelivered_due_share=between(0.0, 1.0, "uniform", coverage=1.0),
    carry_forward_share=0.5,
    make_up_share=0.25,
)
NEW_TIERS = VolumeTiers(
    key="new-tiers",
    contract="new",
    basis="marginal",
    tiers=(
        Tier(from_usd=6 * BILLION, discount_share=0.03),
        Tier(from_usd=10 * BILLION, discount_share=0.06),
    ),
)
NEW_STEPS = PriceSteps(
    key="new-steps",
    contract="new",
    annual_step_down_share=between(0.0, 0.04, "uniform"),
    index_gap_share=fixed(1.0),
    floor_usd_per_chip_hour=0.8,
)
PUBLIC_FILING = Trigger(key="filing", event="public_filing", hazard_annual=fixed(0.0))
MILESTONE = Trigger(key="milestone", event="milestone", hazard_annual=between(0.02, 0.12))
PAID = EquityTranche(
    key="paid",
    amount_usd=15 * BILLION,
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
CONTINGENT = replace(
    PAID,
    key="contingent",
    amount_usd=35 * BILLION,
    state="uncalled",
    triggers=(PUBLIC_FILING, MILESTONE),
    longstop=date(2029, 12, 31),
    price_rule="price_of_the_day",
)
PREFERRED = Preferred(key="preferred", tranches=("paid", "contingent"), multiple=1.0, ranks="pari_passu")
TERMS: tuple[Term, ...] = (OLD, NEW, NEW_MINIMUM, NEW_TIERS, NEW_STEPS, PAID, CONTINGENT, PREFERRED)
ON_DEFAULT = DefaultTerms(
    termination_share=between(0.2, 0.8, "uniform"),
    recovery_share=between(0.1, 0.45, "beta"),
    relet_lag_quarters=1,
    relet_price_share=between(0.45, 0.85, "beta"),
    relet_utilisation=fixed(0.7),
)
DEAL = Deal(
    terms=TERMS,
    on_default=ON_DEFAULT,
    provider_contract_rate=0.1,
    provider_equity_rate=0.12,
    provider_capex_rate=0.08,
    lab_rate=0.15,
)
LAB = Lab(
    opening_cash_usd=between(30e9, 60e9),
    other_cost_usd_per_quarter=between(2e9, 4e9),
    other_cost_growth_annual=fixed(0.15),
    other_cost_share_of_revenue=fixed(0.28),
    round_below_runway_quarters=6.0,
    round_size_quarters=6.0,
    round_limit_share=0.15,
    round_open_cold=0.15,
    round_open_normal=0.5,
    round_open_hot=0.8,
    distress_hazard_short=0.06,
    distress_hazard_long=0.01,
)
VALUATION = Valuation(
    opening_equity_value_usd=852 * BILLION,
    mature_multiple=between(5.0, 14.0),
    half_life_quarters=8.0,
    volatility_annual=between(0.3, 0.6),
    market_loading=0.6,
    jumps_per_year=1.0,
    jump_log_sd=0.25,
    debt_usd=0.0,
    other_preferences_usd=200 * BILLION,
    regime_now="hot",
    regime_persistence=0.85,
    regime_share_cold=0.25,
    regime_share_hot=0.2,
    regime_log_multiple=0.3,
)
EXIT = Exit(
    state_now="filed_confidentially",
    confidential_filing_annual=0.5,
    quoted_odds=(
        QuotedOdds(by=date(2026, 12, 31), probability=0.33),
        QuotedOdds(by=date(2027, 6, 30), probability=0.6),
    ),
    later_hazard=0.2,
    quoted_on=date(2026, 3, 31),
    later_hazard_decay=0.9,
    value_floor_usd=1000 * BILLION,
    value_sensitivity=2.0,
    regime_sensitivity=0.7,
    withdrawal_probability=fixed(0.3),
    retry_hazard=fixed(0.04),
    listing_lag_quarters=1.5,
    offer_share=0.05,
    book_building_sd=0.1,
    first_day_mean=between(0.07, 0.3, "normal"),
    first_day_sd=0.25,
    drift_annual=fixed(-0.06),
    drift_quarters=12,
    report_jump_probability=0.5,
    report_jump_mean=-0.12,
    report_jump_sd=0.12,
    lock_up=(
        LockUpRelease(quarters_after_listing=2, share=0.4),
        LockUpRelease(quarters_after_listing=3, share=0.3),
        LockUpRelease(quarters_after_listing=4, share=0.3),
    ),
    turnover_annual=1.0,
    participation_share=0.1,
    price_impact_share=0.2,
    sale_hazard=0.01,
    sale_premium_log_sd=0.25,
)
# What makes two draws differ, besides the uncertain inputs and the IPO itself.
CALM: dict[str, dict[str, Any]] = {
    "demand": {"volatility_annual": fixed(0.0), "jumps_per_year": 0.0},
    "market": {"index_volatility_annual": fixed(0.0)},
    "valuation": {
        "volatility_annual": fixed(0.0),
        "jumps_per_year": 0.0,
        "regime_now": "normal",
        "regime_log_multiple": 0.0,
    },
    "lab": {"distress_hazard_short": 0.0, "distress_hazard_long": 0.0},
    "exit": {
        "book_building_sd": 0.0,
        "first_day_sd": 0.0,
        "report_jump_probability": 0.0,
        "regime_sensitivity": 0.0,
        "sale_hazard": 0.0,
        "sale_premium_log_sd": 0.0,
    },
}


def small_scenario(
    *, quarters: int = 16, terms: tuple[Term, ...] = TERMS, **changes: dict[str, Any]
) -> Scenario:
    """Return the small scenario with fields of its parts changed: lab={...}, exit={...}, deal={...} and so on."""
    whole = Scenario(
        timeline=Timeline(opening=date(2026, 3, 31), quarters=quarters),
        chips=(GPU, ASIC),
        model=MODEL,
        workload=WORKLOAD,
        demand=DEMAND,
        load=LOAD,
        placement=PLACEMENT,
        market=MARKET,
        fleet=FLEET,
        deal=replace(DEAL, terms=terms),
        lab=LAB,
        valuation=VALUATION,
        exit=EXIT,
    )
    return replace(whole, **{part: replace(getattr(whole, part), **held) for part, held in changes.items()})


def calm_scenario(**changes: Any) -> Scenario:
    """Return the small scenario with its noise off: every input at its median, no volatility, no default, no sale."""
    merged = {part: {**held, **changes.pop(part, {})} for part, held in CALM.items()}
    return fixed_tree(small_scenario(**merged, **changes))
