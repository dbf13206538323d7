"""What the C step needs that is the same in every draw and quarter."""

from datetime import date
from typing import Any

import numpy as np

from costmodel.market import jump_probability
from costmodel.simulate.worlds import Stage


def numbers_of(stage: Stage) -> dict[str, float]:
    """Return what is the same in every draw and quarter."""
    inputs = stage.luck.inputs
    return {
        **_market_numbers(inputs),
        **_lab_numbers(inputs.lab, inputs.valuation),
        **_exit_numbers(inputs.exit),
        **_deal_numbers(inputs),
        **_fleet_numbers(stage),
    }


def _market_numbers(inputs: Any) -> dict[str, float]:
    demand, market, place = inputs.demand, inputs.market, inputs.placement
    chance = jump_probability(demand.jumps_per_year)
    return {
        "demand_loading": demand.market_loading,
        "demand_rest": np.sqrt(1.0 - demand.market_loading**2),
        "jump_chance": chance,
        "jump_mean": demand.jump_log_mean,
        "jump_sd": demand.jump_log_sd,
        "growth_mature": np.log1p(demand.growth_saturated_annual),
        "compensation": chance * demand.jump_log_mean,
        "index_loading": market.index_market_loading,
        "index_rest": np.sqrt(1.0 - market.index_market_loading**2),
        "index_vol": market.index_volatility_annual,
        "share_end": place.provider_share_end,
        "ported_start": place.ported_share_start,
        "on_demand_limit": market.on_demand_limit_share,
        "burst_limit": market.burst_limit_share,
        "other_spare": market.other_clouds_spare_share,
        "burst_multiple": market.burst_price_multiple,
        "owner_cost": market.owner_cost_usd_per_chip_hour,
        "other_price": market.other_clouds_usd_per_chip_hour,
        "porting_quarters": place.porting_quarters,
        "least_value": 0.02,
    }


def _lab_numbers(lab: Any, value: Any) -> dict[str, float]:
    low, high = (np.log(h / (1.0 - h)) for h in (lab.distress_hazard_short, lab.distress_hazard_long))
    return {
        "regime_now": {"cold": 0, "normal": 1, "hot": 2}[value.regime_now],
        "opening_value": value.opening_equity_value_usd,
        "debt": value.debt_usd,
        "stay": value.regime_persistence,
        "cold": value.regime_share_cold,
        "hot": value.regime_share_hot,
        "regime_log": value.regime_log_multiple,
        "value_loading": value.market_loading,
        "value_rest": np.sqrt(1.0 - value.market_loading**2),
        "value_jump_chance": min(value.jumps_per_year / 4.0, 1.0),
        "value_jump_sd": value.jump_log_sd,
        "pull": 1.0 - 0.5 ** (1.0 / value.half_life_quarters),
        "other_cost_share": lab.other_cost_share_of_revenue,
        "open_cold": lab.round_open_cold,
        "open_normal": lab.round_open_normal,
        "open_hot": lab.round_open_hot,
        "round_size": lab.round_size_quarters,
        "round_limit": lab.round_limit_share,
        "round_below": lab.round_below_runway_quarters,
        "hazard_at": low,
        "hazard_slope": (high - low) / 4.0,
    }


def _exit_numbers(exit_: Any) -> dict[str, float]:
    return {
        "value_pull": exit_.value_sensitivity,
        "value_floor": exit_.value_floor_usd,
        "regime_pull": exit_.regime_sensitivity,
        "retry": exit_.retry_hazard,
        "resolve": 1.0 / exit_.listing_lag_quarters,
        "withdraw": exit_.withdrawal_probability,
        "book_sd": exit_.book_building_sd,
        "first_day_sd": exit_.first_day_sd,
        "offer_share": exit_.offer_share,
        "drift": (1.0 + exit_.drift_annual) ** 0.25,
        "drift_quarters": exit_.drift_quarters,
        "report_mean": exit_.report_jump_mean,
        "report_sd": exit_.report_jump_sd,
        "report_chance": exit_.report_jump_probability,
        **{f"release_{one.quarters_after_listing}": one.share for one in exit_.lock_up},
        "turnover": exit_.turnover_annual,
        "participation": exit_.participation_share,
        "impact": exit_.price_impact_share,
    }


def _deal_numbers(inputs: Any) -> dict[str, float]:
    old, new = inputs.contracts()
    tiers, steps, promise = inputs.tiers_of("new"), inputs.steps_of("new"), inputs.take_or_pay_of("new")
    paid, more = inputs.tranches()
    return {
        "paid_usd": paid.amount_usd,
        "paid_price": paid.valuation_usd,
        "old_quarters": old.quarters,
        "new_quarters": new.quarters,
        "price_old": old.reference_usd_per_chip_hour * (1.0 - old.discount_share),
        "index_gap": steps.index_gap_share,
        "floor": steps.floor_usd_per_chip_hour,
        "tier_1": tiers.tiers[0].discount_share,
        "tier_1_from": tiers.tiers[0].from_usd,
        "tier_2": tiers.tiers[1].discount_share,
        "tier_2_from": tiers.tiers[1].from_usd,
        "make_up": promise.make_up_share,
        "carry": promise.carry_forward_share,
        "more_usd": more.amount_usd,
        "longstop": inputs.timeline.index_of(more.longstop or date.max),
        "notice": more.notice_quarters,
        "contract_rate": inputs.deal.provider_contract_rate,
        "capex_rate": inputs.deal.provider_capex_rate,
        "equity_rate": inputs.deal.provider_equity_rate,
    }


def _fleet_numbers(stage: Stage) -> dict[str, float]:
    inputs = stage.luck.inputs
    terms, fleet = inputs.deal.on_default, inputs.fleet
    lot = fleet.lots[0]
    return {
        "level_step": stage.load_table.level_step,
        "availability": fleet.availability,
        "relet_use": terms.relet_utilisation,
        "relet_lag": terms.relet_lag_quarters,
        "power_share": fleet.mean_power_share,
        "pue": fleet.power_usage_effectiveness,
        "operations": lot.operations_usd_per_chip_hour,
        "site_usd": lot.site_capex_usd_per_kw,
        "kw_gpu": inputs.chip("gpu").provisioned_kw,
        "kw_asic": inputs.chip("asic").provisioned_kw,
        "it_life": lot.it_life_quarters,
        "site_life": lot.site_life_quarters,
        "residual_elasticity": fleet.residual_index_elasticity,
    }
