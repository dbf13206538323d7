"""The price pages: readable by everybody who is signed in, quick, and safe."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from planner.catalog import queries
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User
from tests.people import People

SignIn = Callable[[User], Client]


@pytest.fixture
def browser(seeded: CatalogRelease, owner: User, signed_in: SignIn) -> Client:
    return signed_in(owner)


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def row_labels(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<th scope="row">\s*<a [^>]*>([^<]*)</a>', page)]


def pages_of_the_catalog() -> list[str]:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    return [
        reverse("catalog:entries"),
        reverse("catalog:entry", args=(entry.uuid,)),
        reverse("catalog:releases"),
        reverse("catalog:release", args=(1,)),
        reverse("catalog:uses", args=(entry.uuid,)),
        reverse("catalog:history", args=(entry.uuid,)),
    ]


def test_whoever_is_not_signed_in_is_sent_to_sign_in(seeded: CatalogRelease) -> None:
    for address in pages_of_the_catalog():
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_every_page_opens_for_somebody_of_no_team(
    seeded: CatalogRelease, people: People, signed_in: SignIn
) -> None:
    for address in pages_of_the_catalog():
        text_of(signed_in(people.loner), address)


def test_the_pages_only_read(browser: Client) -> None:
    before = CatalogEntry.objects.count()
    for address in pages_of_the_catalog():
        browser.post(address)
    assert (CatalogEntry.objects.count(), CatalogRelease.objects.count()) == (before, 1)


@pytest.mark.parametrize(
    "address",
    [
        "/prices/00000000-0000-0000-0000-000000000000/",
        "/prices/releases/99/",
        "/prices/nonsense/",
    ],
)
def test_what_does_not_exist_is_a_404(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_a_row_shows_value_unit_source_and_confidence(browser: Client) -> None:
    page = text_of(browser, "/prices/?q=rental_3y&subject=H100")
    assert row_labels(page) == ["H100, three-year rental, 25% upfront"]
    for shown in ("1.3", "USD per chip-hour", "SemiAnalysis InferenceX: cost and power constants", "rental"):
        assert shown in page


def test_every_word_of_the_search_must_occur(browser: Client) -> None:
    labels = row_labels(text_of(browser, "/prices/?q=trainium3+bandwidth"))
    assert sorted(labels) == [
        "Trainium3: memory bandwidth",
        "Trainium3: scale-out bandwidth",
        "Trainium3: scale-up bandwidth, one direction",
    ]


def test_asked_for_nothing_the_list_begins_with_price_offers(browser: Client) -> None:
    shown = row_labels(text_of(browser, "/prices/"))
    offers = CatalogEntry.objects.filter(kind="offer", label__in=shown).values("label").distinct()
    assert offers.count() == len(set(shown))


def test_filters_narrow_to_kind_chip_and_price_kind(browser: Client) -> None:
    labels = row_labels(text_of(browser, "/prices/?kind=offer&subject=H200&price_kind=owners_cost"))
    assert sorted(labels) == ["H200, owner's cost, hyperscaler", "H200, owner's cost, large neocloud"]


def test_an_unknown_filter_counts_as_not_asked(browser: Client) -> None:
    page = text_of(browser, "/prices/?kind=nonsense&sort=nonsense&page=nonsense")
    assert len(row_labels(page)) == 50


def test_values_sort_both_ways_in_the_database(browser: Client) -> None:
    asked = "/prices/?kind=chip&q=tdp_w&sort="
    rising = row_labels(text_of(browser, f"{asked}value"))
    falling = row_labels(text_of(browser, f"{asked}-value"))
    assert rising[0] == "L40S: thermal design power"
    assert falling[-1] == rising[0]
    assert 'aria-sort="descending"' in text_of(browser, f"{asked}-value")


def test_pages_follow_one_another_without_loss(browser: Client) -> None:
    labels: list[str] = []
    for number in (1, 2, 3, 4, 5):
        labels += row_labels(text_of(browser, f"/prices/?kind=chip&page={number}"))
    assert len(labels) == len(set(labels)) == CatalogEntry.objects.filter(kind="chip").count()


def test_the_next_page_keeps_what_was_asked(browser: Client) -> None:
    page = text_of(browser, "/prices/?kind=model&sort=-value")
    assert "?kind=model&amp;sort=-value&amp;page=2" in page


def test_nothing_found_offers_a_way_back(browser: Client) -> None:
    page = text_of(browser, "/prices/?q=zzzz")
    assert row_labels(page) == []
    assert "Show all entries" in page


def test_a_search_for_markup_is_shown_as_text(browser: Client) -> None:
    page = text_of(browser, "/prices/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_markup_in_an_entry_is_shown_as_text_and_never_linked(browser: Client) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    CatalogEntry.objects.filter(pk=entry.pk).update(
        label="<script>alert(2)</script> 原価 🚀",
        notes="<img src=x>",
        source_address="javascript:alert(3)",
        source_title="=SUM(A1)",
    )
    for address in ("/prices/?q=%E5%8E%9F%E4%BE%A1", "/prices/?q=alert", f"/prices/{entry.uuid}/"):
        page = text_of(browser, address)
        assert "&lt;script&gt;alert(2)" in page
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("odd", ["%00", "%F0%9F%9A%80", "a" * 3000, "%27%3B--", "%25%5F"])
def test_odd_searches_never_fail(browser: Client, odd: str) -> None:
    text_of(browser, f"/prices/?q={odd}")
    text_of(browser, f"/prices/releases/1/?q={odd}")


def test_htmx_gets_the_table_alone(browser: Client) -> None:
    fragment = text_of(browser, "/prices/?q=trainium3", **{"HX-Request": "true"})
    assert fragment.lstrip().startswith('<section id="entry-table"')
    assert "<html" not in fragment
    answer = browser.get("/prices/?q=trainium3")
    assert "HX-Request" in answer["Vary"]


def test_the_list_asks_the_same_number_of_queries_for_any_number_of_rows(
    browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):  # the first of a process, which reads every entry once
        text_of(browser, "/prices/")
    with django_assert_max_num_queries(8) as few:
        text_of(browser, "/prices/?q=chip.h100.tdp_w")
    with django_assert_max_num_queries(8) as many:
        text_of(browser, "/prices/")
    assert len(few.captured_queries) == len(many.captured_queries)


@pytest.mark.parametrize("address", ["/prices/releases/", "/prices/releases/1/"])
def test_release_pages_ask_few_queries(
    browser: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    text_of(browser, address)
    with django_assert_max_num_queries(8):
        text_of(browser, address)


def test_an_entry_shows_the_history_of_its_key(browser: Client) -> None:
    latest = CatalogEntry.objects.filter(key="market.h100.rental_index").latest("valid_from")
    page = text_of(browser, reverse("catalog:entry", args=(latest.uuid,)))
    for shown in ("2023-01-01", "2025-10-01", "2026-03-01", ">2.35<", ">1.7<", ">10<"):
        assert shown in page


def test_a_release_page_shows_the_snapshot_not_the_entries_of_today(browser: Client) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    entry.value = 123456
    entry.save()
    assert "123,456" in text_of(browser, "/prices/?q=chip.h100.tdp_w")
    snapshot = text_of(browser, "/prices/releases/1/?q=chip.h100.tdp_w")
    assert "123,456" not in snapshot
    assert ">700<" in snapshot


def test_before_the_first_release_the_pages_say_so(owner: User, signed_in: SignIn) -> None:
    client = signed_in(owner)
    assert "No release has been published yet" in text_of(client, "/prices/")
    assert "No release has been published yet" in text_of(client, "/prices/releases/")


def test_searching_a_release_finds_what_searching_the_entries_finds(seeded: CatalogRelease) -> None:
    in_force = {row.key for row in queries.entries_in_force(valid_on=seeded.as_of, known_on=seeded.as_of)}
    for words, kind in (("trainium aws", ""), ("", "power"), ("INPUT tokens", "token")):
        rows = {row.key for row in queries.matching_entries(words=words, kind=kind)} & in_force
        held = {item.key for item in queries.matching_released(seeded, words=words, kind=kind)}
        assert held == rows != set()


def test_dates_of_an_ended_value_are_shown(browser: Client) -> None:
    assert CatalogEntry.objects.filter(valid_to=date(2026, 3, 1)).exists()
    assert "to 2026-03-01" in text_of(browser, "/prices/?q=rental_index")
