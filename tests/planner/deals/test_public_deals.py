"""The 29 public deals load and hold together, say what they leave out, and begin a library deal."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from planner.core.documents import plain, read_document
from planner.deals.documents import DealDocument, conflicts
from planner.deals.models import Deal
from planner.deals.public import UNSTATED, PublicDeal, public_deal_named, public_deals
from planner.runs.engine.deal_inputs import deal as engine_deal
from planner.scenarios.sentences import said_terms

if TYPE_CHECKING:
    from django.test import Client

DEALS = public_deals()
EACH = pytest.mark.parametrize("deal", DEALS, ids=lambda one: one.key)


def page(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def test_there_are_29_each_once() -> None:
    assert [one.number for one in DEALS] == list(range(1, 30))
    assert len({one.key for one in DEALS}) == 29


@EACH
def test_it_is_a_deal_the_engine_takes(deal: PublicDeal) -> None:
    document = deal.document
    assert len(engine_deal(document).terms) == len(deal.terms)
    assert [found.sentence for found in conflicts(document) if found.is_error] == []
    assert read_document(DealDocument, plain(document)) == document


@EACH
def test_each_term_has_a_name_and_a_sentence(deal: PublicDeal) -> None:
    said = said_terms(deal.raw)
    assert [one.key for one in said] == [term["key"] for term in deal.terms]
    assert all(one.sentence.endswith(".") and one.name != one.key for one in said)


@EACH
def test_it_says_from_where_and_what_is_left_out(deal: PublicDeal) -> None:
    assert all(source["title"] and source["address"].startswith("https://") for source in deal.sources)
    assert deal.sources
    assert deal.left_out
    assert all(one["what"] and one["why"] for one in deal.left_out)
    assert deal.confidence in {"A", "B", "C", "D"}
    assert re.match(r"20\d\d", deal.date)


@EACH
def test_what_is_assumed_is_said(deal: PublicDeal) -> None:
    """A range in a term is never a public fact: the deal says what it stands for."""
    ranges = [held for term in deal.terms for held in _all_values(term) if isinstance(held, dict)]
    assert bool(deal.assumed) or not any("low" in one for one in ranges)


def _all_values(held: Any) -> list[Any]:
    if isinstance(held, dict):
        return [held, *(one for value in held.values() for one in _all_values(value))]
    if isinstance(held, list):
        return [one for value in held for one in _all_values(value)]
    return [held]


def test_the_deal_of_the_worked_example_is_the_public_one() -> None:
    deal = public_deal_named("amazon-openai-2026")
    assert deal is not None
    terms = {term.key: term for term in deal.document.terms}
    assert (terms["paid"].amount_usd, terms["contingent"].amount_usd) == (15e9, 35e9)
    assert terms["minimum"].commitment_usd + terms["minimum-2025"].commitment_usd == 138e9
    assert terms["contingent"].longstop.isoformat() == "2028-12-31"
    assert "The milestone: redacted" in deal.reasons
    assert [one.number for one in deal.mechanisms] == ["M01", "M03", "M17"]


def test_a_deal_there_is_not_is_none() -> None:
    assert public_deal_named("gone") is None


def test_the_list_names_all_with_what_is_modelled_and_what_is_left_out(owner_client: Client) -> None:
    said = page(owner_client.get("/library/public-deals/"))
    for deal in DEALS:
        assert f'href="/library/public-deals/{deal.key}/"' in said
        assert all(reason in said for reason in deal.reasons)
    assert "Take-or-pay" in said
    assert "nothing of it" in said


@EACH
def test_a_deal_has_a_page_with_its_sentences_and_sources(owner_client: Client, deal: PublicDeal) -> None:
    said = page(owner_client.get(f"/library/public-deals/{deal.key}/"))
    assert all(one.sentence in said for one in said_terms(deal.raw))
    assert all(source["title"] in said for source in deal.sources)
    assert all(one in said for one in deal.assumed)


def test_a_library_deal_begins_with_a_public_one(owner_client: Client) -> None:
    shown = page(owner_client.get("/library/public-deals/spacex-google-2026/"))
    (address,) = re.findall(r'href="([^"]*from=public-[^"]*)"', shown)
    opened = page(owner_client.get(address))
    assert "SpaceX gives notice of 1 quarter" in opened
    fields = dict(
        re.findall(r'name="(name|working)"\s+value="([^"]*)"', owner_client.get(address).content.decode())
    )
    assert fields["name"] == "SpaceX x Google 2026"
    body = {"name": fields["name"], "working": unescape(fields["working"]), "do": "save"}
    saved = owner_client.post("/library/deals/new/", body)
    assert saved.status_code == 302
    kept = Deal.objects.get()
    assert (kept.name, kept.provider, kept.lab) == ("SpaceX x Google 2026", "SpaceX", "Google Cloud")


def test_somebody_who_may_not_write_is_not_offered_to(sign_in: Any, people: Any) -> None:
    viewer = sign_in(people.viewer)
    assert "Use in a new deal" not in page(viewer.get("/library/public-deals/amd-openai-2025/"))


def test_an_unknown_one_is_404(owner_client: Client) -> None:
    assert owner_client.get("/library/public-deals/gone/").status_code == 404
    assert owner_client.get("/library/deals/new/?from=public-gone").status_code == 404


def test_what_no_deal_states_is_the_same_for_all() -> None:
    assert all(deal.raw["on_default"] == UNSTATED["on_default"] for deal in DEALS)
