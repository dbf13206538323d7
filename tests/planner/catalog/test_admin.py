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
    assert "is part of release 1 (2026-11)" in page
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_an_entry_no_release_holds_can_be_deleted(desk: Client, entry: CatalogEntry) -> None:
    entry.pk, entry.key, entry.uuid = None, "chip.h100.other", CatalogEntry().uuid
    entry._state.adding = True
    entry.save()
    desk.post(reverse("admin:catalog_catalogentry_delete", args=(entry.pk,)), {"post": "yes"})
    assert not CatalogEntry.objects.filter(key="chip.h100.other").exists()


def test_the_admin_leads_to_the_draft_of_a_release(desk: Client) -> None:
    assert "Draft a release" in desk.get(reverse(LISTS[1])).content.decode()
    answer = desk.get(reverse("admin:catalog_catalogrelease_add"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("catalog:draft_new"))


def test_an_overlap_that_makes_in_force_ambiguous_is_an_error_at_the_field(
    desk: Client, entry: CatalogEntry
) -> None:
    later = {"valid_from": "2026-12-01", "known_since": entry.known_since, "value": "710"}
    answer = desk.post(reverse("admin:catalog_catalogentry_add"), edited(entry, **later))
    assert answer.status_code == 200
    (sentence,) = answer.context["adminform"].form.errors["valid_from"]
    assert "From 2026-12-01 on two entries say different things: 700 W" in sentence
    assert "End the earlier entry on 2026-12-01" in sentence
    assert CatalogEntry.objects.filter(key=entry.key).count() == 1


def test_history_entered_late_must_end_where_the_known_value_begins(
    desk: Client, entry: CatalogEntry
) -> None:
    begin = entry.valid_from
    earlier = {"valid_from": "2020-01-01", "known_since": "2026-11-25", "value": "650"}
    answer = desk.post(reverse("admin:catalog_catalogentry_add"), edited(entry, **earlier))
    (sentence,) = answer.context["adminform"].form.errors["valid_to"]
    assert f"Give this entry a last day of {begin} or earlier" in sentence
    answer = desk.post(
        reverse("admin:catalog_catalogentry_add"), edited(entry, **earlier, valid_to=begin.isoformat())
    )
    assert answer.status_code == 302
    assert CatalogEntry.objects.filter(key=entry.key).count() == 2


def test_a_later_value_that_became_known_later_takes_over_without_a_word(
    desk: Client, entry: CatalogEntry
) -> None:
    later = {"valid_from": "2026-11-25", "known_since": "2026-11-25", "value": "710"}
    answer = desk.post(reverse("admin:catalog_catalogentry_add"), edited(entry, **later), follow=True)
    assert "no entry is in force" not in answer.content.decode()
    assert CatalogEntry.objects.filter(key=entry.key).count() == 2


def test_a_gap_is_saved_with_a_warning(desk: Client, entry: CatalogEntry) -> None:
    desk.post(
        reverse("admin:catalog_catalogentry_change", args=(entry.pk,)), edited(entry, valid_to="2026-11-01")
    )
    later = {"valid_from": "2026-11-20", "known_since": "2026-11-25", "value": "710"}
    answer = desk.post(reverse("admin:catalog_catalogentry_add"), edited(entry, **later), follow=True)
    assert "From 2026-11-01 to 2026-11-20 no entry is in force." in answer.content.decode()
    assert CatalogEntry.objects.filter(key=entry.key).count() == 2


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
    clerk = signed_in(User.objects.create_user("clerk", is_staff=True))
    for name in ("admin:catalog_catalogrelease_add", "catalog:draft_new"):
        assert clerk.get(reverse(name)).status_code == 404
