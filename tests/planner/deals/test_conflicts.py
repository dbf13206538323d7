"""Which terms of a deal stop a version, and which only warn."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.documents import read_document, read_kept
from planner.core.errors import InvalidInput
from planner.deals.documents import DealDocument, conflicts
from tests.planner.deals.every_term import one_of
from tests.planner.scenarios.small_document import small_document

STOCK = {"price_usd": 200.0, "drift_annual": 0.05, "volatility_annual": 0.3}


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


def of(kind: str, **changes: Any) -> dict[str, Any]:
    """A term of this kind on the contract and the tranche of the small deal."""
    term = one_of(kind, **changes)
    for name, key in (("contract", "trainium"), ("tranche", "paid")):
        if name in term:
            term[name] = key
    return term


PAIRS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "a: a preference where the shares become common": (
        [{"kind": "preferred", "key": "p", "tranches": ["paid"]}],
        "terms[p].multiple",
        "p counts in a sale only: at an IPO the shares become common, and in a default they get nothing.",
    ),
    "a: a preference with a qualified IPO": (
        [{"kind": "preferred", "key": "p", "tranches": ["paid"], "qualified_valuation_usd": 5e11}],
        "terms[p].multiple",
        "p has no value at a qualified IPO: there the shares become common. In a default they get nothing.",
    ),
    "b: credits and a minimum": (
        [of("compute_credits")],
        "terms[compute_credits].contract",
        "compute_credits pays bills that also count towards minimum: the same bill is counted twice, once as credits"
        " and once as commitment met.",
    ),
    "c: warrants and a volume discount": (
        [of("volume_tiers"), of("warrants")],
        "terms[warrants].contract",
        "warrants vests by purchases that volume_tiers discounts too: the same purchases bring two rebates.",
    ),
    "d: an exit by notice": (
        [of("reservation", notice_from="2027-01-01", notice_quarters=1)],
        "terms[reservation].notice_quarters",
        "reservation lets the lab leave from 2027 Q1 on, so the commitment of Trainium contract binds for 4 quarters:"
        " $12.5 B, not $100.0 B.",
    ),
    "e: a favoured investee": (
        [of("most_favoured")],
        "terms[most_favoured].peer_discount_share",
        "most_favoured is given to a lab the provider invests in. A special price to it is the lowest peer price of"
        " every other customer with such a clause and lowers theirs too; that loss is not counted here.",
    ),
    "f: a backstop by the seller of the chips": (
        [of("backstop")],
        "terms[backstop].cap_usd",
        "backstop is paid by the chip vendor that also sells the chips: its sale and its payment for unsold capacity"
        " inflate both sides. Read them together.",
    ),
    "g: two shares of one revenue": (
        [of("revenue_share"), of("resale_share")],
        "terms[revenue_share].base_share",
        "revenue_share and resale_share take a part of the same revenue. To count it once, let revenue_share count at"
        " most 70% of it.",
    ),
}


@pytest.mark.parametrize(("terms", "path", "sentence"), PAIRS.values(), ids=PAIRS)
def test_pairs_that_count_twice_are_warned_about(
    terms: list[dict[str, Any]], path: str, sentence: str
) -> None:
    document = deal(*terms) | {"provider_stock": STOCK}
    found = conflicts(read_document(DealDocument, document))
    assert [(one.path, one.sentence, one.is_error) for one in found] == [(path, sentence, False)]


@pytest.mark.parametrize(
    "terms",
    [
        [of("volume_tiers"), of("stock_for_contract")],
        [of("reservation", exit_below_index=0.0, provider_exit_above_index=2.0)],
        [of("revenue_share", base_share=0.7), of("resale_share")],
        [of("revenue_share", ends="2028-12-31"), of("resale_share", starts="2029-01-01")],
    ],
)
def test_terms_that_do_not_meet_are_not_warned_about(terms: list[dict[str, Any]]) -> None:
    document = deal(*terms) | {"provider_stock": STOCK}
    assert conflicts(read_document(DealDocument, document)) == []


def test_notice_that_may_be_given_only_at_the_end_binds_for_the_whole_and_is_not_warned_about() -> None:
    late = of("reservation", notice_from="2033-12-31", notice_quarters=8)
    assert conflicts(read_document(DealDocument, deal(late))) == []
