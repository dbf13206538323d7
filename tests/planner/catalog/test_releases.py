"""A release is a snapshot that nothing changes."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from planner.audit.models import AuditEntry
from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.core.canonical_json import digest_of
from planner.core.errors import Conflict, InvalidInput
from planner.core.models import NeverChanged
from planner.teams.models import User

NEXT_DAY = actions.SEEDED_AS_OF + timedelta(days=1)


def new_price(value: float, *, valid_from: date = NEXT_DAY, known_since: date = NEXT_DAY) -> CatalogEntry:
    entry = CatalogEntry.objects.filter(key="offer.semianalysis.h100.rental_3y").earliest("pk")
    entry.pk, entry.value, entry.valid_from, entry.known_since = None, value, valid_from, known_since
    entry.uuid = type(entry)._meta.get_field("uuid").get_default()
    entry._state.adding = True
    entry.save()
    return entry


def test_the_digest_is_over_the_stored_text(seeded: CatalogRelease) -> None:
    assert digest_of(seeded.document_text) == seeded.digest


def test_editing_an_entry_leaves_a_published_release_as_it_was(seeded: CatalogRelease) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    entry.value = 1
    entry.save()
    queries._parsed.clear()
    again = queries.current_release()
    assert again is not None
    assert again.digest == seeded.digest
    found = queries.entry(again, "chip.h100.tdp_w")
    assert found is not None
    assert found.value == 700


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog_catalogrelease SET name = 'other'",
        "UPDATE catalog_catalogrelease SET document_text = '{}'",
        "DELETE FROM catalog_catalogrelease",
    ],
)
def test_the_database_refuses_to_change_a_release(seeded: CatalogRelease, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement)
    assert CatalogRelease.objects.get().name == seeded.name


def test_querysets_and_save_refuse_to_change_a_release(seeded: CatalogRelease) -> None:
    for change in (
        lambda: CatalogRelease.objects.update(name="other"),
        lambda: CatalogRelease.objects.all().delete(),
        seeded.save,
        seeded.delete,
    ):
        with pytest.raises(NeverChanged):
            change()


def test_a_keeper_publishes_a_new_price_as_the_next_release(seeded: CatalogRelease, keeper: User) -> None:
    new_price(1.45)
    release = actions.publish_release(name=" 2026-11b ", publisher=keeper, as_of=NEXT_DAY)
    assert (release.number, release.name, release.published_by, release.drafted_by) == (
        2,
        "2026-11b",
        keeper,
        keeper,
    )
    prices = [queries.entry(which, "offer.semianalysis.h100.rental_3y") for which in (seeded, release)]
    assert [price and price.value for price in prices] == [1.30, 1.45]
    assert queries.current_release() == release
    assert AuditEntry.objects.filter(action="release published", object_uuid=release.uuid).count() == 1


def test_drafter_and_publisher_are_kept_apart(seeded: CatalogRelease, keeper: User) -> None:
    new_price(1.45)
    drafter = User.objects.create_user("keeper2", is_staff=True)
    release = actions.publish_release(name="x", publisher=keeper, drafted_by=drafter, as_of=NEXT_DAY)
    assert (release.drafted_by, release.published_by) == (drafter, keeper)


def test_publishing_an_unchanged_catalog_is_refused(seeded: CatalogRelease, keeper: User) -> None:
    with pytest.raises(Conflict, match="Nothing has changed since release 1"):
        actions.publish_release(name="again", publisher=keeper, as_of=actions.SEEDED_AS_OF)
    assert CatalogRelease.objects.count() == 1


def test_of_two_who_publish_at_the_same_moment_one_is_told(
    seeded: CatalogRelease, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "current_release", lambda: None)  # as if the other's were not there yet
    with pytest.raises(Conflict, match="Somebody else has just published"):
        actions.publish_release(name="mine", publisher=keeper, as_of=NEXT_DAY)
    assert CatalogRelease.objects.get() == seeded


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_release_needs_a_name_of_moderate_length(seeded: CatalogRelease, keeper: User, name: str) -> None:
    new_price(1.45)
    with pytest.raises(InvalidInput, match="1 to 80 characters"):
        actions.publish_release(name=name, publisher=keeper, as_of=NEXT_DAY)


def test_an_empty_catalog_cannot_be_published(keeper: User) -> None:
    with pytest.raises(InvalidInput, match="no entry to publish"):
        actions.publish_release(name="empty", publisher=keeper)


def test_who_is_no_keeper_cannot_publish(seeded: CatalogRelease, owner: User) -> None:
    new_price(1.45)
    with pytest.raises(Http404):
        actions.publish_release(name="mine", publisher=owner, as_of=NEXT_DAY)
    assert CatalogRelease.objects.count() == 1


def test_what_was_not_known_yet_or_not_valid_yet_stays_out(seeded: CatalogRelease, keeper: User) -> None:
    later = NEXT_DAY + timedelta(days=30)
    new_price(9.0, valid_from=actions.SEEDED_AS_OF, known_since=later)
    new_price(8.0, valid_from=later, known_since=actions.SEEDED_AS_OF)
    with pytest.raises(Conflict):
        actions.publish_release(name="early", publisher=keeper, as_of=NEXT_DAY)


def test_a_correction_known_later_wins_over_the_first_figure(seeded: CatalogRelease) -> None:
    first = CatalogEntry.objects.get(key="offer.semianalysis.h100.rental_3y")
    new_price(1.25, valid_from=first.valid_from, known_since=NEXT_DAY)

    def believed(known_on: date) -> float:
        rows = queries.entries_in_force(valid_on=NEXT_DAY, known_on=known_on)
        return next(row.value for row in rows if row.key == first.key)

    assert (believed(actions.SEEDED_AS_OF), believed(NEXT_DAY)) == (1.30, 1.25)


def test_ended_values_are_history_and_not_in_the_release(seeded: CatalogRelease) -> None:
    index = queries.history_of("market.h100.rental_index")
    assert [row.value for row in index] == [2.35, 1.70, 10]
    held = [item for item in queries.entries_of(seeded) if item.key == "market.h100.rental_index"]
    assert [item.value for item in held] == [2.35]


def test_unreleased_changes_name_what_is_new_changed_and_gone(seeded: CatalogRelease) -> None:
    assert queries.unreleased_changes(today=actions.SEEDED_AS_OF) == []
    new_price(1.45)
    CatalogEntry.objects.filter(key="chip.h100.tdp_w").update(valid_to=NEXT_DAY)
    found = queries.unreleased_changes(today=NEXT_DAY)
    assert [(c.key, c.before is None, c.after is None) for c in found] == [
        ("chip.h100.tdp_w", False, True),
        ("offer.semianalysis.h100.rental_3y", False, False),
    ]


def test_an_entry_that_a_release_holds_cannot_be_deleted(seeded: CatalogRelease) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    for attempt in (entry.delete, CatalogEntry.objects.filter(pk=entry.pk).delete):
        with pytest.raises(Conflict, match="is part of release 1"):
            attempt()
    assert CatalogEntry.objects.filter(pk=entry.pk).exists()


def test_an_entry_no_release_holds_can_be_deleted(seeded: CatalogRelease) -> None:
    new_price(1.45).delete()
    assert CatalogEntry.objects.filter(key="offer.semianalysis.h100.rental_3y").count() == 1


def test_a_release_is_parsed_once_per_process(
    seeded: CatalogRelease, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    queries.entries_of(seeded)
    unread = queries.releases().get()
    with django_assert_num_queries(0):
        assert len(queries.entries_of(unread)) > 700
    assert "document_text" in unread.get_deferred_fields()
