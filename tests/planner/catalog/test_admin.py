"""Where keepers work."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

SignIn = Callable[[User], Client]
LISTS = ("admin:catalog_catalogentry_changelist", "admin:catalog_catalogrelease_changelist")


@pytest.fixture
def entry(seeded: CatalogRelease) -> CatalogEntry:
    return CatalogEntry.objects.get(key="chip.h100.tdp_w")


@pytest.fixture
def desk(seeded: CatalogRelease, keeper: User, signed_in: SignIn) -> Client:
    return signed_in(keeper)


FORM_FIELDS = (
    *(
        "kind",
        "key",
        "label",
        "subject",
        "provider",
        "value",
        "low",
        "high",
        "unit",
        "currency",
        "price_kind",
    ),
    *("region", "source_title", "source_address", "source_date", "confidence", "notes"),
    *("valid_from", "valid_to", "known_since"),
)


def edited(entry: CatalogEntry, **changes: object) -> dict[str, object]:
    """What the admin's form would send for this entry, with these changes."""
    found = {name: getattr(entry, name) for name in FORM_FIELDS}
    found = {name: "" if value is None else value for name, value in found.items()}
    return {**found, "attributes": "{}", **changes}


@pytest.mark.parametrize("name", LISTS)
def test_the_keeper_opens_the_lists_and_others_do_not(
    desk: Client, owner: User, signed_in: SignIn, name: str
) -> None:
    assert desk.get(reverse(name)).status_code == 200
    assert signed_in(owner).get(reverse(name)).status_code in {302, 404}
    assert Client().get(reverse(name)).status_code == 302


def test_the_list_searches_and_filters(desk: Client) -> None:
    page = desk.get(reverse(LISTS[0]), {"q": "trainium3", "kind__exact": "chip"}).content.decode()
    assert "Trainium3: thermal design power" in page
    assert "1,000 W" in page
    assert "H100: thermal design power" not in page


def test_an_edit_is_kept_with_its_author(desk: Client, keeper: User, entry: CatalogEntry) -> None:
    address = reverse("admin:catalog_catalogentry_change", args=(entry.pk,))
    assert desk.get(address).status_code == 200
    answer = desk.post(address, edited(entry, value=701))
    assert answer.status_code == 302
    newest = entry.history.first()
    assert (newest.value, newest.history_user) == (701, keeper)
    page = desk.get(reverse("admin:catalog_catalogentry_history", args=(entry.pk,)))
    assert page.status_code == 200
    assert "keeper" in page.content.decode()


def test_a_bad_edit_says_why_and_saves_nothing(desk: Client, entry: CatalogEntry) -> None:
    address = reverse("admin:catalog_catalogentry_change", args=(entry.pk,))
    answer = desk.post(address, edited(entry, value="nan", low="900"))
    assert answer.status_code == 200
    entry.refresh_from_db()
    assert entry.value == 700


@pytest.mark.parametrize(
    "attributes",
    [
        '{"a": "\\ud800"}',
        '{"a": NaN}',
        '{"a": 1e400}',
        '{"a": ' + "[" * 20 + "]" * 20 + "}",
        '{"a": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"a": 1, "a": 2}',
        "[]",
        "[1]",
        '"text"',
        "7",
    ],
    ids=[
        "half_a_character",
        "nan",
        "too_large",
        "deep",
        "very_deep",
        "twice",
        "empty_list",
        "list",
        "text",
        "number",
    ],
)
def test_attributes_nobody_could_read_are_refused_in_a_sentence(
    desk: Client, entry: CatalogEntry, attributes: str
) -> None:
    kept = dict(entry.attributes)
    address = reverse("admin:catalog_catalogentry_change", args=(entry.pk,))

    answer = desk.post(address, edited(entry, attributes=attributes))

    assert answer.status_code == 200
    assert answer.context["errors"]
    entry.refresh_from_db()
    assert entry.attributes == kept


def test_an_empty_box_of_attributes_means_none(desk: Client, entry: CatalogEntry) -> None:
    address = reverse("admin:catalog_catalogentry_change", args=(entry.pk,))

    assert desk.post(address, edited(entry, attributes="", value=701)).status_code == 302

    entry.refresh_from_db()
    assert (entry.attributes, entry.value) == ({}, 701)


def test_deleting_a_released_entry_is_refused_in_a_sentence(desk: Client, entry: CatalogEntry) -> None:
    answer = desk.post(
        reverse("admin:catalog_catalogentry_delete", args=(entry.pk,)), {"post": "yes"}, follow=True
    )
    assert "is part of release 1 (2026-11) and cannot be deleted" in answer.content.decode()
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_deleting_a_selection_with_a_released_entry_names_it(desk: Client, entry: CatalogEntry) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    page = desk.post(reverse(LISTS[0]), chosen).content.decode()
    assert "in release 1 (2026-11)" in page
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_an_entry_no_release_holds_can_be_deleted(desk: Client, entry: CatalogEntry) -> None:
    entry.pk, entry.key, entry.uuid = None, "chip.h100.other", CatalogEntry().uuid
    entry._state.adding = True
    entry.save()
    desk.post(reverse("admin:catalog_catalogentry_delete", args=(entry.pk,)), {"post": "yes"})
    assert not CatalogEntry.objects.filter(key="chip.h100.other").exists()


def test_a_keeper_publishes_and_sees_what_changes(desk: Client, keeper: User, entry: CatalogEntry) -> None:
    entry.value = 701
    entry.save()
    address = reverse("admin:catalog_catalogrelease_add")
    assert "Publish a release" in desk.get(reverse(LISTS[1])).content.decode()
    assert "chip.h100.tdp_w" in desk.get(address).content.decode()
    answer = desk.post(address, {"name": "2026-12"}, follow=True)
    assert "Release 2 (2026-12) is published" in answer.content.decode()
    assert CatalogRelease.objects.get(number=2).published_by == keeper


def test_publishing_twice_makes_one_release(desk: Client, entry: CatalogEntry) -> None:
    entry.value = 701
    entry.save()
    address = reverse("admin:catalog_catalogrelease_add")
    desk.post(address, {"name": "2026-12"})
    again = desk.post(address, {"name": "2026-12"})
    assert "Nothing has changed since release 2" in again.content.decode()
    assert CatalogRelease.objects.count() == 2


def test_a_release_is_read_only_for_the_keeper_too(desk: Client, seeded: CatalogRelease) -> None:
    address = reverse("admin:catalog_catalogrelease_change", args=(seeded.pk,))
    page = desk.get(address).content.decode()
    assert seeded.digest in page
    assert 'name="_save"' not in page
    assert desk.post(address, {"name": "other"}).status_code == 403
    assert desk.post(reverse("admin:catalog_catalogrelease_delete", args=(seeded.pk,))).status_code == 403
    seeded.refresh_from_db()
    assert seeded.name == "2026-11"


def test_staff_without_the_right_to_publish_get_a_404(seeded: CatalogRelease, signed_in: SignIn) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    assert signed_in(clerk).get(reverse("admin:catalog_catalogrelease_add")).status_code == 404
