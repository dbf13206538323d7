"""Who uses an entry: what is used stays, a keeper learns how much, a team sees its own versions and no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from planner.catalog import actions
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.catalog.uses import own_uses, use_count
from planner.core.errors import Conflict
from planner.scenarios.actions import create_scenario
from planner.scenarios.models import ScenarioVersion
from planner.teams.models import User
from tests.people import People
from tests.planner.scenarios.small_document import small_document

SignIn = Callable[[User], Client]
Add = Callable[..., CatalogEntry]
Publish = Callable[..., CatalogRelease]
KEY = "offer.semianalysis.h100.rental_3y"
CANARY = "Heron of the other team"


def save_version(team: Any, author: User, name: str, key: str = "") -> ScenarioVersion:
    document = small_document()
    if key:
        document["evidence"] = {"timeline.quarters": {"catalog_key": key}}
    scenario = create_scenario(team=team, author=author, name=name, document=document)
    assert scenario.newest_version is not None
    return scenario.newest_version


@pytest.fixture
def unpinned(people: People) -> dict[str, ScenarioVersion]:
    """Versions from before the first release: one of each team names the key, a third names another."""
    return {
        "ours": save_version(people.team, people.owner, "Our question", KEY),
        "theirs": save_version(people.other_team, people.outsider, CANARY, KEY),
        "other": save_version(people.team, people.owner, "Another question", f"{KEY}.us"),
    }


@pytest.fixture
def pinned(seeded: CatalogRelease, people: People) -> dict[str, ScenarioVersion]:
    """Versions that pin release 1: two of ours, the second naming the key, and one of the other team."""
    return {
        "silent": save_version(people.team, people.owner, "Silent question"),
        "ours": save_version(people.team, people.owner, "Our question", KEY),
        "theirs": save_version(people.other_team, people.outsider, CANARY, KEY),
    }


def test_a_version_uses_what_its_release_holds(
    pinned: dict[str, ScenarioVersion], seeded: CatalogRelease, add_row: Add
) -> None:
    held = CatalogEntry.objects.get(key=KEY)
    assert str(use_count(held)) == "used by 3 versions of 2 teams"
    # A later row of the key is in no release: nobody's value, though its key is named.
    assert str(use_count(add_row(value=9))) == "used by no version"


def test_a_version_without_a_release_uses_what_it_names(
    unpinned: dict[str, ScenarioVersion], add_row: Add
) -> None:
    actions.load_seed()
    entry = add_row(value=9)
    assert str(use_count(entry)) == "used by 2 versions of 2 teams"
    with pytest.raises(Conflict, match=r"is used by 2 versions of 2 teams and cannot be deleted"):
        entry.delete()


@pytest.mark.parametrize("way", ["row", "queryset", "admin", "admin selection"])
def test_deleting_a_used_entry_is_refused_with_a_sentence(
    pinned: dict[str, ScenarioVersion], keeper: User, signed_in: SignIn, way: str
) -> None:
    entry, desk = CatalogEntry.objects.get(key=KEY), signed_in(keeper)
    sentence = "is part of release 1 (2026-11)"
    uses = "used by 3 versions of 2 teams"
    if way in {"row", "queryset"}:
        act = entry.delete if way == "row" else CatalogEntry.objects.filter(pk__gte=entry.pk).delete
        with pytest.raises(Conflict) as refused:
            act()
        page = refused.value.message
    elif way == "admin":
        address = reverse("admin:catalog_catalogentry_delete", args=(entry.pk,))
        page = desk.post(address, {"post": "yes"}, follow=True).content.decode()
    else:
        chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        page = desk.post(reverse("admin:catalog_catalogentry_changelist"), chosen).content.decode()
    assert sentence in page
    assert uses in page
    assert CANARY not in page
    assert "Our question" not in page
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_the_api_deletes_nothing(pinned: dict[str, ScenarioVersion], keeper: User, signed_in: SignIn) -> None:
    entry = CatalogEntry.objects.get(key=KEY)
    assert signed_in(keeper).delete(f"/api/catalog/entries/{entry.uuid}/").status_code in {403, 405}
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_the_admin_says_how_often_it_is_used_and_names_no_team(
    pinned: dict[str, ScenarioVersion], keeper: User, signed_in: SignIn, people: People
) -> None:
    entry = CatalogEntry.objects.get(key=KEY)
    desk = signed_in(keeper)
    for address in (
        reverse("admin:catalog_catalogentry_change", args=(entry.pk,)),
        reverse("catalog:entry", args=(entry.uuid,)),
        reverse("catalog:uses", args=(entry.uuid,)),
    ):
        page = desk.get(address).content.decode()
        assert ("used by 3 versions of 2 teams" in page) or address.endswith("/uses/")
        for name in (CANARY, "Our question", people.team.name, people.other_team.name):
            assert name not in page


def test_a_team_sees_its_own_versions_with_links(
    pinned: dict[str, ScenarioVersion], people: People, signed_in: SignIn
) -> None:
    entry = CatalogEntry.objects.get(key=KEY)
    for address in (
        reverse("catalog:entry", args=(entry.uuid,)),
        reverse("catalog:uses", args=(entry.uuid,)),
    ):
        page = signed_in(people.owner).get(address).content.decode()
        assert reverse("scenarios:version", args=(pinned["ours"].uuid,)) in page
        assert "Silent question" in page
        assert "through release 1, no input names it" in " ".join(page.split())
        assert "an input names it as its source" in page
        assert CANARY not in page
        assert "used by 3 versions" not in page
        theirs = signed_in(people.outsider).get(address).content.decode()
        assert CANARY in theirs
        assert "Our question" not in theirs


def test_which_versions_are_ours_is_decided_by_membership(
    pinned: dict[str, ScenarioVersion], people: People
) -> None:
    entry = CatalogEntry.objects.get(key=KEY)
    assert list(own_uses(people.viewer, entry)) == [pinned["ours"], pinned["silent"]]
    assert list(own_uses(people.loner, entry)) == list(own_uses(people.keeper, entry)) == []


def test_a_version_of_the_next_release_does_not_use_what_that_no_longer_holds(
    pinned: dict[str, ScenarioVersion], people: People, add_row: Add, publish: Publish
) -> None:
    first, second = CatalogEntry.objects.get(key=KEY), add_row(value=9)
    publish(as_of=actions.SEEDED_AS_OF + timedelta(days=1))
    later = save_version(people.team, people.owner, "Later question", KEY)
    assert later not in list(own_uses(people.owner, first))
    assert list(own_uses(people.owner, second)) == [later]


def test_many_versions_are_paged_and_ask_as_few_queries(
    pinned: dict[str, ScenarioVersion],
    people: People,
    signed_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    entry, client = CatalogEntry.objects.get(key=KEY), signed_in(people.owner)
    address = reverse("catalog:entry", args=(entry.uuid,))
    with django_assert_max_num_queries(8):
        client.get(address)
    with django_assert_max_num_queries(8) as few:
        client.get(address)
    for number in range(12):
        save_version(people.team, people.owner, f"Question {number}")
    with django_assert_max_num_queries(8) as many:
        page = client.get(address).content.decode()
    assert len(many.captured_queries) == len(few.captured_queries)
    assert "All versions that use it" in page
    assert client.get(reverse("catalog:uses", args=(entry.uuid,))).context["page"].paginator.count == 14
