"""The template `blank` with every noise switched off: documents whose answer has a closed form.

One contract at USD 1 a chip-hour on a fleet that works a billion chip-hours a quarter; no cost, far more demand than
capacity, a lab with money without end that never fails, raises or lists. Each test turns on one thing.
"""

from copy import deepcopy
from typing import Any

from costmodel.evaluate import evaluate
from planner.runs import engine
from planner.scenarios.paths import with_values
from planner.scenarios.worked_examples import template_document

BILLION = 1e9
CHIPS = BILLION / 2190.0
CONTRACT: dict[str, Any] = {
    "kind": "compute_contract",
    "key": "contract",
    "label": "Contract",
    "starts": "2026-10-01",
    "quarters": 20,
    "reference_usd_per_chip_hour": 1.0,
    "discount_share": 0.0,
    "signed_earlier": False,
    "kept_without_equity_share": 0.0,
    "built_without_equity_share": 0.0,
}
EQUITY: dict[str, Any] = {
    "kind": "equity_tranche",
    "key": "equity",
    "label": "Equity",
    "amount_usd": 10 * BILLION,
    "state": "paid",
    "valuation_usd": 90 * BILLION,
}
_LOT: dict[str, Any] = {
    "contract": "contract",
    "chips": CHIPS,
    "lead_quarters": 0,
    "it_capex_usd_per_chip": 0.0,
    "site_capex_usd_per_kw": 0.0,
    "operations_usd_per_chip_hour": 0.0,
}
_QUIET: dict[str, dict[str, Any]] = {
    "workload": {"efficiency_gain_annual": 0.0},
    "demand": {
        "tokens_per_day_trillion": 1e5,
        "growth_now_annual": 0.0,
        "growth_slowing_annual": 0.0,
        "growth_saturated_annual": 0.0,
        "volatility_annual": 0.0,
        "jumps_per_year": 0.0,
        "jump_log_mean": 0.0,
        "jump_log_sd": 0.0,
        "market_loading": 0.0,
        "paid_price_usd_per_1m_tokens": 0.0,
        "paid_price_change_annual": 0.0,
    },
    "load": {"exceedance_share": [0.0, 1.0], "load_over_mean": [1.0, 1.0], "replay": None},
    "placement": {
        "provider_share_start": 1.0,
        "provider_share_end": 1.0,
        "training_share_start": 0.0,
        "training_share_end": 0.0,
    },
    "market": {
        "index_change_annual": 0.0,
        "index_volatility_annual": 0.0,
        "index_market_loading": 0.0,
        "on_demand_limit_share": 0.0,
        "burst_limit_share": 0.0,
        "burst_price_multiple": 1.0,
        "other_clouds_spare_share": 0.0,
    },
    "fleet": {
        "power_usd_per_kwh": 0.0,
        "availability": 1.0,
        "residual_share": 0.0,
        "site_residual_share": 0.0,
    },
    "lab": {
        "opening_cash_usd": 9000 * BILLION,
        "other_cost_usd_per_quarter": 0.0,
        "other_cost_growth_annual": 0.0,
        "other_cost_share_of_revenue": 0.0,
        "round_below_runway_quarters": 0.0,
        "distress_hazard_short": 0.0,
        "distress_hazard_long": 0.0,
    },
    "valuation": {
        "opening_equity_value_usd": 9000 * BILLION,
        "volatility_annual": 0.0,
        "market_loading": 0.0,
        "jumps_per_year": 0.0,
        "jump_log_sd": 0.0,
        "regime_log_multiple": 0.0,
    },
    "exit": {
        "confidential_filing_annual": 0.0,
        "quoted_odds": [],
        "later_hazard": 0.0,
        "value_sensitivity": 0.0,
        "regime_sensitivity": 0.0,
        "withdrawal_probability": 0.0,
        "retry_hazard": 0.0,
        "listing_lag_quarters": 1.0,
        "book_building_sd": 0.0,
        "first_day_mean": 0.0,
        "first_day_sd": 0.0,
        "drift_annual": 0.0,
        "report_jump_probability": 0.0,
        "sale_hazard": 0.0,
        "sale_premium_log_sd": 0.0,
    },
}
_RATES = ("provider_contract_rate", "provider_equity_rate", "provider_capex_rate", "lab_rate")


def quiet(*terms: dict[str, Any], rate: float = 0.0, **changes: Any) -> dict[str, Any]:
    """Return the quiet document with further terms, one discount rate, and changes by path."""
    document = _without_ranges(template_document("blank"))
    document["evidence"] = {}
    for part, values in _QUIET.items():
        document[part].update(deepcopy(values))
    document["fleet"]["lots"][0].update(_LOT)
    document["deal"].update(dict.fromkeys(_RATES, rate))
    document["deal"]["terms"] = [deepcopy(CONTRACT), *deepcopy(list(terms))]
    return with_values(document, changes)


def _without_ranges(part: Any) -> Any:
    """Return the part with the middle of every range."""
    if isinstance(part, list):
        return [_without_ranges(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "low" in part and "high" in part:
        return (part["low"] + part["high"]) / 2.0
    return {name: _without_ranges(held) for name, held in part.items()}


def told(document: dict[str, Any], draws: int = 8, seed: int = 1) -> dict[str, Any]:
    """Return the result of the document, as `manage.py evaluate` computes it."""
    return evaluate(engine.inputs_of_json(document), draws, seed)


def flows(result: dict[str, Any], kind: str, item: str | None = None) -> list[float]:
    """Return Q+1 mean billions of all lines of a kind, the opening date first."""
    lines = [
        line["mean_by_quarter_usd"]
        for line in result["ledger"]["lines"]
        if line["kind"] == kind and item in (None, line["item"])
    ]
    quarters = len(result["quarters"]) + 1
    return [sum(line[row] for line in lines) / BILLION for row in range(quarters)]
