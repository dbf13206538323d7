"""One of every kind of term, each with every parameter at work, in a deal that holds together."""

from copy import deepcopy
from typing import Any

CONTRACT = {
    "kind": "compute_contract",
    "key": "c",
    "label": "Chips",
    "starts": "2026-07-01",
    "quarters": 28,
    "reference_usd_per_chip_hour": {"low": 1.9, "high": 2.3, "shape": "lognormal"},
    "discount_share": 0.25,
    "signed_earlier": False,
    "kept_without_equity_share": 0.4,
    "built_without_equity_share": 0.5,
}
TRANCHE = {
    "kind": "equity_tranche",
    "key": "t",
    "label": "First",
    "amount_usd": 35e9,
    "state": "uncalled",
    "triggers": [
        {"key": "listing", "event": "listing"},
        {"key": "revenue", "event": "annual_revenue", "threshold": 1e11},
        {"key": "agi", "label": "AGI", "event": "milestone", "hazard_annual": 0.1},
        {"key": "day", "event": "date", "on": "2027-12-31"},
        {"key": "spend", "event": "spend", "threshold": 2e10},
    ],
    "triggers_needed": "any",
    "longstop": "2028-12-31",
    "notice_quarters": 1,
    "obligation": True,
    "option": True,
    "option_margin_share": 0.2,
    "price_rule": "fixed_valuation",
    "valuation_usd": 730e9,
}
NAMES_CONTRACT = {"contract": "c"}
TERMS: dict[str, dict[str, Any]] = {
    "compute_contract": CONTRACT,
    "take_or_pay": {
        **NAMES_CONTRACT,
        "commitment_usd": 38e9,
        "ramp_quarters": 4,
        "undelivered_due_share": 0.3,
        "carry_forward_share": 0.5,
        "make_up_share": 0.6,
        "year_shares": [],
    },
    "volume_tiers": {
        **NAMES_CONTRACT,
        "basis": "marginal",
        "tiers": [{"from_usd": 1e10, "discount_share": 0.03}, {"from_usd": 2e10, "discount_share": 0.06}],
    },
    "price_steps": {
        **NAMES_CONTRACT,
        "annual_step_down_share": 0.05,
        "index_gap_share": 0.2,
        "floor_usd_per_chip_hour": 1.1,
    },
    "most_favoured": {
        **NAMES_CONTRACT,
        "peer_discount_share": 0.3,
        "starts": "2027-01-01",
        "look_back_share": 0.5,
    },
    "performance_guarantee": {**NAMES_CONTRACT, "guaranteed_ratio": 0.9, "measured_ratio": 0.8},
    "prepayment": {**NAMES_CONTRACT, "share": 0.2, "discount_share": 0.04, "draw_share": 0.5},
    "reservation": {
        **NAMES_CONTRACT,
        "fee_usd_per_chip_hour": 0.5,
        "ramp_quarters": 2,
        "ramp_fee_share": 0.6,
        "notice_quarters": 1,
        "notice_from": "2027-01-01",
        "exit_below_index": 0.4,
        "provider_exit_above_index": 2.5,
    },
    "service_tiers": {
        **NAMES_CONTRACT,
        "tiers": [
            {"key": "now", "use_share": 0.4, "price_multiple": 1.5, "cap_share": 0.6},
            {"key": "later", "use_share": 0.6, "price_multiple": 0.5, "cap_share": 0.8},
        ],
    },
    "delivery": {
        **NAMES_CONTRACT,
        "delay_quarters": {"low": 0, "high": 4, "shape": "uniform"},
        "damages_share": 0.3,
        "grace_quarters": 1,
        "exit_missing_share": 0.5,
    },
    "termination_fee": {
        **NAMES_CONTRACT,
        "fee_shares": [0.5, 0.3],
        "mitigation_share": 0.2,
        "exit_from": "2028-01-01",
        "exit_below_index": 0.5,
    },
    "first_refusal": {
        "exclusive_share": 0.2,
        "refusal_share": 0.5,
        "match_gap_share": 0.1,
        "starts": "2026-07-01",
        "ends": "2030-12-31",
    },
    "demand_governor": {"growth_limit_quarterly": 0.1, "flexible_share": 0.5, "starts": "2027-01-01"},
    "equity_tranche": TRANCHE,
    "preferred": {
        "tranches": ["t"],
        "multiple": 1.5,
        "ranks": "senior",
        "participating": True,
        "participation_cap_multiple": 3.0,
        "qualified_valuation_usd": 5e11,
        "qualified_proceeds_usd": 1e10,
        "unqualified": "stays",
    },
    "compute_credits": {
        **NAMES_CONTRACT,
        "tranche": "t",
        "face_usd": 5e9,
        "burn_share": 0.5,
        "expires": "2029-12-31",
    },
    "convertible_note": {
        "principal_usd": 1e9,
        "paid_on": "2026-07-01",
        "coupon_annual": 0.06,
        "discount_share": 0.2,
        "valuation_cap_usd": 4e11,
        "qualified_round_usd": 2e9,
        "matures": "2029-06-30",
    },
    "warrants": {
        **NAMES_CONTRACT,
        "strike_usd": 0.01,
        "expires": "2030-10-31",
        "taken": "at_vesting",
        "steps": [
            {
                "key": "one",
                "shares": 4e7,
                "purchases_usd": 1e10,
                "gigawatts": 1.0,
                "share_price_usd": 600.0,
                "condition_hazard_annual": 0.3,
            }
        ],
    },
    "stock_for_contract": {
        **NAMES_CONTRACT,
        "amount_usd": 3.5e8,
        "issued_on": "2026-07-01",
        "held_quarters": 2,
    },
    "anti_dilution": {"tranches": ["t"], "formula": "weighted_average"},
    "ipo_ratchet": {"tranches": ["t"], "target_multiple": 1.2},
    "pro_rata": {"uptake_share": 0.5},
    "ownership_cap": {"cap_share": 0.15, "excess": "non_voting"},
    "put_right": {"tranches": ["t"], "by": "2030-12-31", "return_annual": 0.08, "cash_share": 0.5},
    "revenue_share": {
        "rate_share": 0.2,
        "base_share": 0.8,
        "cap_usd": 38e9,
        "paid_before_usd": 5e9,
        "starts": "2026-04-01",
        "ends": "2030-12-31",
    },
    "profit_share": {
        "bands": [{"share": 0.75, "until_usd": 13e9}, {"share": 0.49, "until_usd": 92e9}],
        "received_before_usd": 1e9,
        "starts": "2026-04-01",
    },
    "resale_share": {
        "resale_share": 0.3,
        "cost_share": 0.4,
        "profit_share": 0.5,
        "starts": "2026-04-01",
        "ends": "2030-12-31",
    },
    "chip_lease": {
        "starts": "2026-07-01",
        "quarters": 20,
        "capex_usd": {"low": 15e9, "high": 25e9, "shape": "lognormal"},
        "lease_rate_annual": 0.1,
        "residual_share": 0.1,
        "loan_to_value": 0.6,
        "debt_rate_annual": 0.08,
        "purchase_option": True,
        "balloon_share": 0.2,
    },
    "residual_guarantee": {
        "lease": "chip_lease",
        "guaranteed_usd": 2e9,
        "depreciation_annual": 0.3,
        "index_elasticity": 0.8,
    },
    "backstop": {
        **NAMES_CONTRACT,
        "cap_usd": 6.3e9,
        "price_usd_per_chip_hour": 1.8,
        "ends": "2032-04-13",
    },
    "lease_guarantee": {
        "starts": "2026-07-01",
        "quarters": 36,
        "guaranteed_usd": 1.4e9,
        "loss_share": 0.6,
        "premium_usd": 3e8,
    },
    "customer_loan": {
        **NAMES_CONTRACT,
        "principal_usd": 1e9,
        "paid_on": "2026-07-01",
        "rate_annual": 0.06,
        "quarters": 12,
        "repaid": "cash",
    },
}


def one_of(kind: str, **changes: Any) -> dict[str, Any]:
    """A term of this kind with every parameter at work."""
    fields = deepcopy(TERMS[kind])
    return {"key": kind, **fields, "kind": kind, **changes}


def beside(kind: str) -> list[dict[str, Any]]:
    """What a term of this kind may name: the contract, the tranche, the lease."""
    return [one_of(name) for name in ("compute_contract", "equity_tranche", "chip_lease") if name != kind]
