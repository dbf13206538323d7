"""A small valid scenario, for tests that need one and do not care which."""

from copy import deepcopy
from typing import Any

_CHIP = {
    "dense_tflops": 1300,
    "memory_gb": 144,
    "memory_tb_per_s": 4.9,
    "link_gb_per_s": 1200,
    "scale_up_chips": 64,
    "provisioned_kw": 1.2,
    "speed_error": {"low": 0.7, "high": 1.4, "shape": "lognormal"},
}
_DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "timeline": {"opening": "2026-03-31", "quarters": 40},
    "chips": [
        {"key": "trainium", "label": "Trainium3", "needs_porting": True, **_CHIP},
        {"key": "gb300", "label": "GB300", **_CHIP},
    ],
    "model": {
        "key": "frontier",
        "label": "Frontier model",
        "active_parameters_b": 40,
        "total_parameters_b": 800,
        "layers": 60,
        "hidden_size": 7168,
        "attention_heads": 64,
        "head_dimension": 128,
        "attention": {"kind": "grouped_query", "kv_heads": 8, "head_dimension": 128},
        "experts": {"count": 256, "per_token": 8, "routed_share": 0.95},
    },
    "workload": {
        "input_tokens": 4000,
        "output_tokens": 600,
        "utilisation": 0.6,
        "efficiency_gain_annual": 0.3,
    },
    "demand": {
        "tokens_per_day_trillion": 20,
        "growth_now_annual": {"low": 0.5, "high": 2.0, "shape": "normal"},
        "growth_slowing_annual": 0.3,
        "growth_saturated_annual": 0.05,
        "now_quarters": 6,
        "slowing_half_life_quarters": 6,
        "saturation_starts_quarter": 20,
        "saturation_half_life_quarters": 8,
        "volatility_annual": 0.3,
        "paid_price_usd_per_1m_tokens": 2.5,
        "paid_price_change_annual": -0.3,
    },
    "load": {"label": "Working week", "exceedance_share": [0, 0.1, 1], "load_over_mean": [2.2, 1.6, 0.4]},
    "placement": {
        "provider_share_start": 0.1,
        "provider_share_end": 0.3,
        "provider_share_ramp_quarters": 8,
        "training_share_start": 0.5,
        "training_share_end": 0.3,
        "training_share_ramp_quarters": 12,
        "ported_share_start": 0.1,
        "ported_share_end": 0.8,
        "porting_quarters": 6,
        "porting_cost_usd": 2e8,
    },
    "market": {
        "index_change_annual": -0.2,
        "index_volatility_annual": 0.25,
        "outside_chip": "gb300",
        "on_demand_usd_per_chip_hour": 4,
        "on_demand_limit_share": 0.1,
        "burst_price_multiple": 1.5,
        "burst_limit_share": 0.05,
        "owner_cost_usd_per_chip_hour": 1.5,
        "other_clouds_usd_per_chip_hour": 3.5,
        "other_clouds_spare_share": 0.2,
    },
    "fleet": {
        "lots": [
            {
                "key": "first",
                "label": "First gigawatt",
                "chip": "trainium",
                "contract": "trainium",
                "chips": 500000,
                "online_from": "2026-07-01",
                "ramp_quarters": 6,
                "it_capex_usd_per_chip": 14000,
                "site_capex_usd_per_kw": 12000,
                "operations_usd_per_chip_hour": 0.1,
            }
        ],
        "power_usd_per_kwh": 0.07,
        "power_usage_effectiveness": 1.15,
        "residual_share": 0.5,
        "site_residual_share": 0.5,
    },
    "deal": {
        "provider": "Amazon",
        "lab": "OpenAI",
        "terms": [
            {
                "kind": "compute_contract",
                "key": "trainium",
                "label": "Trainium contract",
                "starts": "2026-04-01",
                "quarters": 32,
                "reference_usd_per_chip_hour": 2.5,
                "discount_share": 0.25,
                "kept_without_equity_share": {"low": 0.1, "high": 0.6, "shape": "uniform"},
                "built_without_equity_share": 0.5,
            },
            {"kind": "take_or_pay", "key": "minimum", "contract": "trainium", "commitment_usd": 100e9},
            {
                "kind": "equity_tranche",
                "key": "paid",
                "label": "First tranche",
                "amount_usd": 15e9,
                "state": "paid",
                "valuation_usd": 730e9,
            },
        ],
        "on_default": {
            "termination_share": 0.5,
            "recovery_share": 0.3,
            "relet_price_share": 0.8,
            "relet_utilisation": 0.7,
        },
        "provider_contract_rate": 0.08,
        "provider_equity_rate": 0.15,
        "provider_capex_rate": 0.05,
        "lab_rate": 0.15,
    },
    "lab": {
        "opening_cash_usd": 60e9,
        "other_cost_usd_per_quarter": 3e9,
        "other_cost_growth_annual": 0.3,
        "round_open_cold": 0.3,
        "round_open_normal": 0.8,
        "round_open_hot": 0.95,
        "distress_hazard_short": 0.1,
        "distress_hazard_long": 0.01,
    },
    "valuation": {
        "opening_equity_value_usd": 852e9,
        "mature_multiple": {"low": 4, "high": 12, "shape": "lognormal"},
        "half_life_quarters": 8,
        "volatility_annual": 0.4,
        "regime_persistence": 0.8,
        "regime_share_cold": 0.25,
        "regime_share_hot": 0.25,
    },
    "exit": {
        "confidential_filing_annual": 0.5,
        "quoted_on": "2026-03-31",
        "quoted_odds": [{"by": "2026-12-31", "probability": 0.3}, {"by": "2027-12-31", "probability": 0.7}],
        "later_hazard": 0.05,
        "withdrawal_probability": 0.1,
        "retry_hazard": 0.1,
        "first_day_mean": 0.15,
        "lock_up": [{"quarters_after_listing": 2, "share": 1.0}],
    },
    "evidence": {
        "deal.terms[trainium].discount_share": {
            "source": "Company announcement",
            "confidence": "B",
            "note": "Judged.",
        }
    },
}


def small_document(**changes: Any) -> dict[str, Any]:
    """A fresh copy, with changes given as path=value through `**{"deal.lab": "X"}`."""
    from planner.scenarios.paths import with_values

    return with_values(deepcopy(_DOCUMENT), changes)
