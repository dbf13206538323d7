"""Bad input of a deal is refused at its field with a sentence: in the document, the editor, the API and on the command
line.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from planner.core.documents import read_kept
from planner.core.errors import InvalidInput
from planner.scenarios.documents import ScenarioDocument, scenario_document
from planner.scenarios.editor import problems_of, sections_of, texts_of
from planner.scenarios.models import Scenario
from planner.scenarios.paths import with_values
from tests.planner.deals.every_term import one_of
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

IN_DEAL = "deal.terms"


def tranche(**changes: Any) -> dict[str, Any]:
    held = {"amount_usd": 35e9, "state": "uncalled", "valuation_usd": 730e9}
    return {"kind": "equity_tranche", "key": "later", "label": "Later", **held, **changes}


def trigger(**changes: Any) -> dict[str, Any]:
    return {"key": "one", "label": "Trigger", **changes}


def of(kind: str, **changes: Any) -> dict[str, Any]:
    """A term of this kind on the contract and the tranche of the small document."""
    term = one_of(kind, **changes)
    for name, key in (("contract", "trainium"), ("tranche", "paid")):
        if name in term and name not in changes:
            term[name] = key
    if "tranches" in term and "tranches" not in changes:
        term["tranches"] = ["paid"]
    return term


STOCK = {"price_usd": 200.0, "drift_annual": 0.05, "volatility_annual": 0.3}

BAD: list[tuple[str, list[dict[str, Any]], dict[str, Any], str, str]] = [
    (
        "date after longstop",
        [tranche(triggers=[trigger(event="date", on="2027-12-31")], longstop="2027-06-30")],
        {},
        "deal.terms[later].triggers[one].on",
        "so it can never be met",
    ),
    (
        "revenue of nothing",
        [tranche(triggers=[trigger(event="annual_revenue")])],
        {},
        "deal.terms[later].triggers[one].threshold",
        "has a threshold of 0. Give one above 0.",
    ),
    (
        "milestone without a chance",
        [tranche(triggers=[trigger(event="milestone")])],
        {},
        "deal.terms[later].triggers[one].hazard_annual",
        "can never be met. Give its yearly chance, above 0.",
    ),
    (
        "more gigawatts than the fleet has",
        [tranche(triggers=[trigger(event="gigawatts_online", threshold=2.0)])],
        {},
        "deal.terms[later].triggers[one].threshold",
        "asks for 2 GW online and the fleet has at most 0.6 GW",
    ),
    (
        "longstop before the opening",
        [tranche(triggers=[trigger(event="listing")], longstop="2026-03-31")],
        {},
        "deal.terms[later].longstop",
        "The longstop of Later is on 2026-03-31. It must come after the opening date 2026-03-31",
    ),
    (
        "end before start",
        [of("revenue_share", starts="2029-01-01", ends="2028-01-01")],
        {},
        "deal.terms[revenue_share].ends",
        "ends on 2028-01-01, before it begins on 2029-01-01",
    ),
    (
        "backstop that ends before the contract starts",
        [of("backstop", ends="2026-03-01")],
        {},
        "deal.terms[backstop].ends",
        "before it begins on 2026-04-01",
    ),
    (
        "volume tiers that overlap",
        [
            of(
                "volume_tiers",
                tiers=[
                    {"from_usd": 2e10, "discount_share": 0.03},
                    {"from_usd": 1e10, "discount_share": 0.06},
                ],
            )
        ],
        {},
        "deal.terms[volume_tiers].tiers[1].from_usd",
        "Tier 2 of volume_tiers starts at 10,000,000,000 USD and overlaps the one before it.",
    ),
    (
        "service tiers that leave a gap",
        [of("service_tiers", tiers=[{"key": "a", "use_share": 0.4}, {"key": "b", "use_share": 0.5}])],
        {},
        "deal.terms[service_tiers].tiers[b].use_share",
        "add up to 90%. They must add up to 100%",
    ),
    (
        "service tiers over 100%",
        [of("service_tiers", tiers=[{"key": "a", "use_share": 0.7}, {"key": "b", "use_share": 0.5}])],
        {},
        "deal.terms[service_tiers].tiers[b].use_share",
        "add up to 120%",
    ),
    (
        "profit bands that overlap",
        [
            of(
                "profit_share",
                bands=[{"share": 0.75, "until_usd": 13e9}, {"share": 0.49, "until_usd": 9e9}],
            )
        ],
        {},
        "deal.terms[profit_share].bands[1].until_usd",
        "Band 2 of profit_share overlaps the one before it. It must reach above 13,000,000,000 USD.",
    ),
    (
        "profit band over 100%",
        [of("profit_share", bands=[{"share": 1.2}])],
        {},
        "deal.terms[profit_share].bands[0].share",
        "Share of profit is 120%. It must be between 0% and 100%.",
    ),
    (
        "band without end in the middle",
        [of("profit_share", bands=[{"share": 0.75}, {"share": 0.49, "until_usd": 9e9}])],
        {},
        "deal.terms[profit_share].bands[0].until_usd",
        "Band 1 of profit_share is without end. Only the last band may be.",
    ),
    (
        "fees over 100%",
        [of("termination_fee", fee_shares=[0.5, 1.3])],
        {},
        "deal.terms[termination_fee].fee_shares[1]",
        "A fee of termination_fee is 130%. It must be between 0% and 100%.",
    ),
    (
        "minimums by year that do not add up",
        [],
        {"deal.terms[minimum].year_shares": [0.125] * 7 + [0.2]},
        "deal.terms[minimum].year_shares",
        "The years of minimum add up to 107.5%. They must add up to 100%.",
    ),
    (
        "minimums by year for other years",
        [],
        {"deal.terms[minimum].year_shares": [0.5, 0.5]},
        "deal.terms[minimum].year_shares",
        "minimum states 2 years. Its contract has 8.",
    ),
    (
        "lock-up over 100%",
        [],
        {
            "exit.lock_up": [
                {"quarters_after_listing": 1, "share": 0.6},
                {"quarters_after_listing": 2, "share": 0.6},
            ]
        },
        "exit.lock_up",
        "add up to 120%",
    ),
    (
        "loadings over 1",
        [],
        {
            "deal.terms[trainium].discount_share": {
                "low": 0.1,
                "high": 0.2,
                "shape": "uniform",
                "loadings": {"chips": 1.4},
            }
        },
        "deal.terms[trainium].discount_share.loadings.chips",
        "is 1.4. It must be at most 1.",
    ),
    (
        "loadings over 1 together",
        [],
        {
            "deal.terms[trainium].discount_share": {
                "low": 0.1,
                "high": 0.2,
                "shape": "uniform",
                "loadings": {"chips": 0.8, "power": -0.8},
            }
        },
        "deal.terms[trainium].discount_share",
        "The squares of the shared factors add up to more than 1.",
    ),
    (
        "low above high",
        [],
        {"deal.terms[trainium].discount_share": {"low": 0.3, "high": 0.2, "shape": "uniform"}},
        "deal.terms[trainium].discount_share",
        "Low is 30% and high is 20%. Low must be below high.",
    ),
    (
        "horizon shorter than the contract",
        [],
        {"timeline.quarters": 20},
        "deal.terms[trainium].quarters",
        "Trainium contract needs 32 quarters and the scenario has 20.",
    ),
    (
        "horizon shorter than lock-up and sale",
        [],
        {"exit.lock_up": [{"quarters_after_listing": 40, "share": 1.0}]},
        "exit.lock_up[0].quarters_after_listing",
        "A listing with its lock-up and sale needs 41 quarters and the scenario has 40.",
    ),
    (
        "horizon shorter than a lease",
        [of("chip_lease", quarters=60)],
        {},
        "deal.terms[chip_lease].quarters",
        "chip_lease needs 61 quarters and the scenario has 40.",
    ),
    (
        "horizon shorter than a claim",
        [of("revenue_share", ends="2040-12-31")],
        {},
        "deal.terms[revenue_share].ends",
        "The end of revenue_share needs 59 quarters",
    ),
    (
        "a put that would be paid beyond the horizon",
        [of("put_right", by="2036-03-31")],
        {},
        "deal.terms[put_right].by",
        "The end of put_right needs 41 quarters and the scenario has 40.",
    ),
    (
        "a lease from before the opening",
        [of("chip_lease", starts="2025-07-01")],
        {},
        "deal.terms[chip_lease].starts",
        "It must begin after the opening date 2026-03-31.",
    ),
    (
        "more credits than the tranche pays",
        [of("compute_credits", face_usd=16e9)],
        {},
        "deal.terms[compute_credits].face_usd",
        "It may credit at most 15,000,000,000 USD.",
    ),
    (
        "a note that matures before it is paid",
        [of("convertible_note", matures="2026-06-30")],
        {},
        "deal.terms[convertible_note].matures",
        "It must mature after it is paid on 2026-07-01.",
    ),
    (
        "warrants without a share price",
        [of("warrants")],
        {},
        "deal.provider_stock.price_usd",
        "warrants is paid in the provider's shares. Give their price.",
    ),
    (
        "a contract that is not there",
        [of("backstop", contract="gone")],
        {},
        "deal.terms[backstop].contract",
        "It must be one of: trainium.",
    ),
    (
        "a lease that is not there",
        [of("residual_guarantee", lease="gone")],
        {},
        "deal.terms[residual_guarantee].lease",
        "names the chip lease “gone”. It must be one of: none.",
    ),
    (
        "a tranche that is not there",
        [of("compute_credits", tranche="gone")],
        {},
        "deal.terms[compute_credits].tranche",
        "names the tranche “gone”. It must be one of: paid.",
    ),
    (
        "two of a kind on one contract",
        [of("backstop"), of("backstop", key="second")],
        {},
        "deal.terms[second].contract",
        "second is the second backstop of Trainium contract. A contract has at most one.",
    ),
    (
        "two of a kind on one tranche",
        [of("put_right"), of("put_right", key="second")],
        {},
        "deal.terms[second].tranches",
        "which another put right covers already",
    ),
    (
        "two governors",
        [of("demand_governor"), of("demand_governor", key="second")],
        {},
        "deal.terms[second]",
        "second is the second demand governor. A deal has at most one.",
    ),
    (
        "a prepayment of no commitment",
        [of("prepayment", contract="other"), {**of("compute_contract"), "key": "other", "quarters": 8}],
        {},
        "deal.terms[prepayment].contract",
        "which has none. Add a take-or-pay first.",
    ),
    (
        "notice without a day",
        [of("reservation", notice_from=None)],
        {},
        "deal.terms[reservation].notice_from",
        "Give the day from which that may be.",
    ),
]
ONE_BY_ONE = pytest.mark.parametrize(
    ("added", "changes", "path", "sentence"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)


def document(added: list[dict[str, Any]], changes: dict[str, Any]) -> dict[str, Any]:
    raw = small_document()
    terms = [{name: held for name, held in term.items() if held is not None} for term in added]
    raw["deal"]["terms"] += terms
    return with_values(raw, changes)


@ONE_BY_ONE
def test_the_document_is_refused_at_the_field_and_at_no_other(
    added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    raw = document(added, changes)
    with pytest.raises(InvalidInput) as refused:
        scenario_document(raw)
    assert [problem.path for problem in refused.value.problems] == [path]
    assert sentence in refused.value.problems[0].message


@ONE_BY_ONE
def test_the_editor_shows_the_sentence_at_the_field(
    added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    raw = document(added, changes)
    fields = [one for section in sections_of(raw, texts_of(raw), problems_of(raw)) for one in section.fields]
    shown = {one.leaf.path: one.errors for one in fields if one.errors}
    if path in {"deal.terms[second]", "exit.lock_up"}:  # about a whole item: said above the form
        assert shown == {}
        return
    assert len(shown) == 1
    ((where, errors),) = shown.items()
    assert path.startswith(where)
    assert sentence in errors[0]


@ONE_BY_ONE
def test_the_api_answers_400_with_path_and_sentence(
    owner_client: Client, added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    body = json.dumps({"name": "Bad", "document": document(added, changes)})
    answer = owner_client.post("/api/scenarios/", body, content_type="application/json")
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert [error["path"].removeprefix("document.") for error in errors] == [path]
    assert sentence in errors[0]["message"]
    assert not Scenario.objects.exists()


@ONE_BY_ONE
def test_the_command_line_says_path_and_sentence_and_writes_nothing(
    tmp_path: Path, added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document(added, changes)))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("evaluate", str(file), "--draws", "64", stdout=out)
    assert out.getvalue() == ""
    assert path in str(ended.value.code)
    assert sentence in str(ended.value.code)


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_what_was_kept_before_a_check_still_reads(case: Any) -> None:
    _name, added, changes, path, _sentence = case
    if any(word in path for word in ("loadings", "discount_share", "bands[0].share")):
        return  # limits of a single value, as old as the field
    assert read_kept(ScenarioDocument, document(added, changes)).deal.terms


@pytest.mark.parametrize("kind", ["warrants", "stock_for_contract"])
def test_with_a_share_price_terms_paid_in_shares_are_taken(kind: str) -> None:
    raw = document([of(kind)], {"deal.provider_stock": STOCK})
    assert scenario_document(raw).deal.provider_stock is not None
