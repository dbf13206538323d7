"""What differs between two releases, in words and units; and the notice of what no release holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from planner.catalog import actions, queries
from planner.catalog.changes import EntryChange, counted, most_telling_first
from planner.catalog.documents import ReleasedEntry
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

NEXT_DAY = actions.SEEDED_AS_OF + timedelta(days=1)
SignIn = Callable[[User], Client]
Add = Callable[..., CatalogEntry]
Publish = Callable[..., CatalogRelease]


@pytest.fixture
def held(seeded: CatalogRelease) -> ReleasedEntry:
    found = queries.entry(seeded, "offer.semianalysis.h100.rental_3y")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "words", "is_large"),
    [
        ({"value": 2.0}, {"value": 2.25}, "12.5% higher", False),
        ({"value": 2.0}, {"value": 1.6}, "20.0% lower", False),
        ({"value": 2.0}, {"value": 1.59}, "20.5% lower", True),
        ({"value": 10.0}, {"value": 12.01}, "20.1% higher", True),
        ({"value": -2.0}, {"value": -1.0}, "50.0% higher", True),
        ({"value": 0.0}, {"value": 1.0}, "was zero", True),
        ({"value": 10000.0}, {"value": 10001.0}, "under 0.1% higher", False),
        ({"value": 2.0}, {"value": 2.0, "confidence": "A"}, "", False),
        (
            {"value": 2.0, "unit": "USD"},
            {"value": 9.0, "unit": "EUR"},
            "not comparable: another unit or price kind",
            False,
        ),
        (
            {"value": 2.0, "price_kind": "list"},
            {"value": 9.0, "price_kind": "rental"},
            "not comparable: another unit or price kind",
            False,
        ),
    ],
)
def test_how_far_a_figure_moved(
    held: ReleasedEntry, before: dict[str, Any], after: dict[str, Any], words: str, is_large: bool
) -> None:
    change = EntryChange(held.key, held.model_copy(update=before), held.model_copy(update=after))
    assert (change.kind, change.move_words, change.is_large) == ("changed", words, is_large)


def test_what_else_differs_is_said(held: ReleasedEntry) -> None:
    change = EntryChange(held.key, held, held.model_copy(update={"confidence": "C", "valid_to": NEXT_DAY}))
    assert change.other_words == [
        f"confidence: C, was {held.confidence}",
        "valid to: 2026-11-25, was nothing",
    ]


def test_the_most_telling_comes_first(held: ReleasedEntry) -> None:
    def change(key: str, value: float | None, **other: Any) -> EntryChange:
        after = None if value is None else held.model_copy(update={"value": value, **other})
        return EntryChange(key, held, after)

    changes = [
        change("a", held.value, confidence="A"),
        EntryChange("b", None, held),
        change("c", held.value * 1.1),
        change("d", None),
        change("e", held.value * 0.5),
    ]
    assert [found.key for found in most_telling_first(changes)] == ["e", "c", "d", "b", "a"]
    count = counted(changes)
    assert (count.new, count.changed, count.ended, count.large, count.total) == (1, 3, 1, 1, 5)


@pytest.fixture
def second(seeded: CatalogRelease, add_row: Add, publish: Publish) -> CatalogRelease:
    add_row(value=1.95)
    new = add_row(value=7.0, valid_from=actions.SEEDED_AS_OF)
    CatalogEntry.objects.filter(pk=new.pk).update(key="offer.test.new.rental", label="A new offer")
    CatalogEntry.objects.filter(key="chip.h100.tdp_w").update(valid_to=NEXT_DAY)
    return publish()


def test_a_release_says_what_it_changed_and_links_to_it(
    second: CatalogRelease, owner: User, signed_in: SignIn
) -> None:
    client = signed_in(owner)
    page = " ".join(client.get("/prices/releases/2/").content.decode().split())
    assert "3 entries differ: 1 changed, 1 new, 1 ended. 1 figure moved by more than 20%." in page
    answer = client.get("/prices/releases/2/changes/")
    page = " ".join(answer.content.decode().split())
    for shown in ("<del>1.3</del>", "<ins>1.95</ins>", "50.0% higher, <strong>more than 20%</strong>"):
        assert shown in page
    for shown in ("A new offer", "H100: thermal design power", "USD per chip-hour", "rental"):
        assert shown in page
    assert [change.kind for change in answer.context["page"]] == ["changed", "ended", "new"]
    assert "What differs in 2" in client.get("/prices/releases/").content.decode()


def test_any_two_releases_compare_either_way(second: CatalogRelease, owner: User, signed_in: SignIn) -> None:
    answer = signed_in(owner).get("/prices/releases/1/changes/?against=2")
    assert answer.status_code == 200
    assert [change.kind for change in answer.context["page"]] == ["changed", "ended", "new"]
    assert "33.3% lower" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["99", "2", "abc", "-1", "1e9", "9" * 40, "<b>"])
def test_a_release_that_is_none_is_refused_in_a_sentence(
    second: CatalogRelease, owner: User, signed_in: SignIn, wanted: str
) -> None:
    answer = signed_in(owner).get("/prices/releases/2/changes/", {"against": wanted})
    assert answer.status_code == 422
    assert "Choose one of the list." in answer.content.decode()


def test_the_only_release_compares_with_none(seeded: CatalogRelease, owner: User, signed_in: SignIn) -> None:
    assert signed_in(owner).get("/prices/releases/1/changes/").status_code == 404
    assert signed_in(owner).get(f"/prices/releases/{'9' * 30}/changes/").status_code == 404


def test_the_releases_say_how_many_entries_they_hold(
    second: CatalogRelease, seeded: CatalogRelease, owner: User, signed_in: SignIn
) -> None:
    rows = signed_in(owner).get("/prices/releases/").context["rows"]
    assert [(release.number, total) for release, total in rows] == [
        (2, len(queries.entries_of(second))),
        (1, len(queries.entries_of(seeded))),
    ]


def notice(user: User) -> str:
    request = RequestFactory().get("/")
    request.user = user
    drawn = Template("{% load catalog_figures %}{% unreleased_notice %}").render(
        Context({"request": request})
    )
    return " ".join(drawn.split())


def test_the_notice_counts_what_is_new_changed_or_ended_and_is_silent_otherwise(
    seeded: CatalogRelease, owner: User, keeper: User, add_row: Add, publish: Publish
) -> None:
    assert notice(owner) == ""
    add_row(value=1.45)
    assert "1 price change is not in any release." in notice(owner)
    ended = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    ended.valid_to = NEXT_DAY
    ended.save()
    changed = CatalogEntry.objects.get(key="site.server_life")
    changed.value = 6
    changed.save()
    assert "3 price changes are not in any release." in notice(owner)
    assert "Draft a release" not in notice(owner)
    assert "Draft a release" in notice(keeper)
    assert queries.unreleased_change_count() == len(queries.unreleased_changes(today=NEXT_DAY))
    publish()
    assert notice(keeper) == ""


def test_a_known_count_costs_one_query(
    seeded: CatalogRelease, add_row: Add, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add_row(value=1.45)
    assert queries.unreleased_change_count() == 1
    with django_assert_num_queries(1):
        assert queries.unreleased_change_count() == 1


def test_before_the_first_release_every_entry_is_unreleased(db: None) -> None:
    assert queries.unreleased_change_count() == 0
    for row in actions.seeded_entries()[:3]:
        row.save()
    assert queries.unreleased_change_count() == 3
