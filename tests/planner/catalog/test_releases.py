"""A release is a snapshot that nothing changes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from planner.audit.models import AuditEntry
from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.core.canonical_json import digest_of
from planner.core.errors import Conflict
from planner.core.models import NeverChanged
from planner.teams.models import User

NEXT_DAY = actions.SEEDED_AS_OF + timedelta(days=1)
Add = Callable[..., CatalogEntry]
Publish = Callable[..., CatalogRelease]


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


def test_a_new_price_is_published_as_the_next_release(
    seeded: CatalogRelease, keeper: User, keeper2: User, add_row: Add, publish: Publish
) -> None:
    add_row(value=1.45)
    release = publish(" 2026-11b ", note="Rents rose.")
    assert (release.number, release.name, release.drafted_by, release.published_by) == (
        2,
        "2026-11b",
        keeper,
        keeper2,
    )
    prices = [queries.entry(which, "offer.semianalysis.h100.rental_3y") for which in (seeded, release)]
    assert [price and price.value for price in prices] == [1.30, 1.45]
    assert queries.current_release() == release
    assert release.draft.note == "Rents rose."
    assert AuditEntry.objects.filter(action="release published", object_uuid=release.uuid).count() == 1


def test_nobody_drafted_the_seed(seeded: CatalogRelease) -> None:
    assert (seeded.drafted_by, seeded.by_one_person) == (None, False)


def test_what_was_not_known_yet_or_not_valid_yet_stays_out(
    seeded: CatalogRelease, add_row: Add, publish: Publish
) -> None:
    later = NEXT_DAY + timedelta(days=30)
    add_row(value=9.0, valid_from=actions.SEEDED_AS_OF, known_since=later)
    add_row(value=8.0, valid_from=later, known_since=actions.SEEDED_AS_OF)
    with pytest.raises(Conflict, match="Nothing has changed since release 1"):
        publish()


def test_a_correction_known_later_wins_over_the_first_figure(seeded: CatalogRelease, add_row: Add) -> None:
    first = CatalogEntry.objects.get(key="offer.semianalysis.h100.rental_3y")
    add_row(value=1.25, valid_from=first.valid_from, known_since=NEXT_DAY)

    def believed(known_on: date) -> float:
        rows = queries.entries_in_force(valid_on=NEXT_DAY, known_on=known_on)
        return next(row.value for row in rows if row.key == first.key)

    assert (believed(actions.SEEDED_AS_OF), believed(NEXT_DAY)) == (1.30, 1.25)


def test_ended_values_are_history_and_not_in_the_release(seeded: CatalogRelease) -> None:
    index = queries.history_of("market.h100.rental_index")
    assert [row.value for row in index] == [2.35, 1.70, 10]
    held = [item for item in queries.entries_of(seeded) if item.key == "market.h100.rental_index"]
    assert [item.value for item in held] == [2.35]


def test_unreleased_changes_name_what_is_new_changed_and_gone(seeded: CatalogRelease, add_row: Add) -> None:
    assert queries.unreleased_changes(today=actions.SEEDED_AS_OF) == []
    add_row(value=1.45)
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


def test_an_entry_no_release_holds_can_be_deleted(seeded: CatalogRelease, add_row: Add) -> None:
    add_row(value=1.45).delete()
    assert CatalogEntry.objects.filter(key="offer.semianalysis.h100.rental_3y").count() == 1


def test_a_release_is_parsed_once_per_process(
    seeded: CatalogRelease, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    queries.entries_of(seeded)
    unread = queries.releases().get()
    with django_assert_num_queries(0):
        assert len(queries.entries_of(unread)) > 700
    assert "document_text" in unread.get_deferred_fields()
