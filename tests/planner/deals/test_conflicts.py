"""Which terms of a deal stop a version, and which only warn."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.documents import read_document, read_kept
from planner.core.errors import InvalidInput
from planner.deals.documents import DealDocument, conflicts
from tests.planner.scenarios.small_document import small_document


def deal(*added: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = small_document()["deal"]
    document["terms"] += list(added)
    return document


def tranche(**changes: Any) -> dict[str, Any]:
    fields = {
        "kind": "equity_tranche",
        "key": "later",
        "label": "Later",
        "amount_usd": 35e9,
        "state": "uncalled",
    }
    return {**fields, "valuation_usd": 730e9, **changes}


def trigger(**changes: Any) -> dict[str, Any]:
    return {"key": "one", "label": "Trigger", "event": "date", "on": "2027-12-31", **changes}


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        (tranche(), "Later is neither an option nor an obligation with a trigger, so it is never paid."),
        (
            tranche(state="paid", triggers=[trigger()]),
            "Later is paid already, so its triggers have no effect.",
        ),
        (
            {
                "kind": "price_steps",
                "key": "steps",
                "contract": "trainium",
                "floor_usd_per_chip_hour": 2.4,
            },
            "The floor of steps lies above the contract price, so the discount has no effect.",
        ),
        (
            {
                "kind": "volume_tiers",
                "key": "tiers",
                "contract": "trainium",
                "basis": "all_units",
                "tiers": [{"from_usd": 1e9, "discount_share": 0.1}],
            },
            "tiers discounts all spend once a tier is reached, so using more can lower the bill below the "
            "take-or-pay minimum of the same contract.",
        ),
    ],
)
def test_terms_that_make_little_sense_are_warned_about(term: dict[str, Any], sentence: str) -> None:
    found = conflicts(read_document(DealDocument, deal(term)))
    assert [(one.sentence, one.is_error) for one in found] == [(sentence, False)]


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ([tranche(triggers=[trigger(on=None)])], "terms[later].triggers[one].on"),
        ([tranche(triggers=[trigger(), trigger()])], "terms[later].triggers[one].key"),
        ([tranche(valuation_usd=0, option=True)], "terms[later].valuation_usd"),
        ([{"kind": "price_steps", "key": "steps", "contract": "gone"}], "terms[steps].contract"),
        (
            [{"kind": "preferred", "key": key, "tranches": ["paid"]} for key in ("first", "second")],
            "terms[second].tranches",
        ),
        ([{"kind": "warrant", "key": "w"}], "terms[w]"),
        ([tranche(triggers=[trigger(event="annual_revenue")])], "terms[later].triggers[one].threshold"),
        ([tranche(triggers=[trigger(event="gigawatts_online")])], "terms[later].triggers[one].threshold"),
        ([tranche(triggers=[trigger(event="milestone")])], "terms[later].triggers[one].hazard_annual"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_path(terms: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_document(DealDocument, deal(*terms))
    assert path in [problem.path for problem in refused.value.problems]


def test_a_deal_without_terms_is_a_deal() -> None:
    document = {**deal(), "terms": []}
    assert conflicts(read_document(DealDocument, document)) == []


def test_a_trigger_after_the_longstop_says_both_days() -> None:
    document = deal(tranche(triggers=[trigger()], longstop="2027-06-30"))
    with pytest.raises(InvalidInput) as refused:
        read_document(DealDocument, document)
    assert [(one.path, one.message) for one in refused.value.problems] == [
        (
            "terms[later].triggers[one].on",
            "Trigger of Later is on 2027-12-31, after the longstop on 2027-06-30, so it can never be met. "
            "Give a day up to the longstop.",
        )
    ]
    assert read_kept(DealDocument, document).terms[-1].key == "later"
