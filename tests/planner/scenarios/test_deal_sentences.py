"""Each kind of term in one plain sentence."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from planner.deals.documents import TermDocument
from planner.scenarios.sentences import Parties, dates_of, sentence_of

CONTRACT = {
    "kind": "compute_contract",
    "key": "c",
    "starts": "2026-02-14",
    "quarters": 28,
    "reference_usd_per_chip_hour": {"low": 1.9, "high": 2.3, "shape": "lognormal"},
    "discount_share": 0.25,
    "kept_without_equity_share": 0.5,
    "built_without_equity_share": 0.5,
}
TRANCHE = {"kind": "equity_tranche", "key": "t", "label": "First", "amount_usd": 35e9, "state": "uncalled"}


def term(**fields: Any) -> Any:
    return TypeAdapter(TermDocument).validate_json(_json(fields))


def _json(fields: dict[str, Any]) -> str:
    from planner.core.canonical_json import canonical_text

    return canonical_text(fields)


def said(**fields: Any) -> str:
    one = term(**fields)
    return sentence_of(one, Parties("Amazon", "OpenAI", (term(**CONTRACT), term(**TRANCHE), one)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            CONTRACT,
            "OpenAI buys compute from Amazon at $1.90 to $2.30 per chip-hour less 25%, for the hours it uses,"
            " over 28 quarters from 2026 Q1. Without the equity 50% of it would have been signed, and 50% of the rest"
            " built.",
        ),
        (
            {"kind": "take_or_pay", "key": "m", "contract": "c", "commitment_usd": 38e9},
            "OpenAI pays at least $38.0 B over 28 quarters from 2026 Q1, whether it uses it or not.",
        ),
        (
            {
                "kind": "volume_tiers",
                "key": "v",
                "contract": "c",
                "tiers": [{"from_usd": 1e10, "discount_share": 0.03}],
            },
            "Spending more in a year of c lowers OpenAI's price: 3% from $10.0 B; only what lies above a tier"
            " gets its discount.",
        ),
        (
            {"kind": "price_steps", "key": "s", "contract": "c", "annual_step_down_share": 0.05},
            "The price of c falls by 5% each contract year.",
        ),
        (
            {
                **TRANCHE,
                "triggers": [
                    {"key": "a", "event": "listing"},
                    {"key": "b", "event": "annual_revenue", "threshold": 1e11},
                ],
                "triggers_needed": "all",
                "longstop": "2028-12-31",
                "price_rule": "price_of_the_day",
            },
            "Amazon must pay $35.0 B for shares at the price of the day once the lab is listed and annual revenue"
            " reaches $100.0 B, by 2028-12-31.",
        ),
        (
            {**TRANCHE, "obligation": False, "option": True, "valuation_usd": 8.5e11},
            "Amazon may pay $35.0 B for shares at a valuation of $850.0 B, when it chooses.",
        ),
        (
            {**TRANCHE, "valuation_usd": 8.5e11},
            "$35.0 B for shares that nothing makes due: it is never paid.",
        ),
        (
            {"kind": "preferred", "key": "p", "tranches": ["t", "x"], "multiple": 1.5, "ranks": "senior"},
            "In a sale Amazon gets 1.5 times its money first, before the other preferences, for: First, x.",
        ),
    ],
)
def test_a_term_is_said_in_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    assert said(**fields) == sentence


def test_a_term_of_a_contract_that_is_not_there_still_has_a_sentence_and_no_dates() -> None:
    fields = {"kind": "take_or_pay", "key": "m", "contract": "gone", "commitment_usd": 1e9}
    assert "over a contract that is not there" in said(**fields)
    assert dates_of(term(**fields), (term(**CONTRACT),)) is None
