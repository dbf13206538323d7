"""The rules of one entry."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.catalog.templatetags.catalog_figures import figure


@pytest.fixture
def entry(seeded: CatalogRelease) -> CatalogEntry:
    return CatalogEntry.objects.get(key="offer.semianalysis.h100.rental_3y")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("key", "chip.h100.tdp_w2", "begins with “offer.”"),
        ("key", "offer", "dots between the parts"),
        ("key", "offer.H100", "small letters"),
        ("unit", "chip-hours", "must begin with the currency, USD"),
        ("currency", "usd", "Three capital letters"),
        ("value", float("nan"), "finite number"),
        ("value", float("inf"), "finite number"),
        ("low", 2.0, "between low and high"),
        ("high", 1.0, "between low and high"),
        ("price_kind", "", "needs a price kind"),
        ("price_kind", "negotiated", "not a valid choice"),
        ("confidence", "E", "not a valid choice"),
        ("source_title", "", "cannot be blank"),
        ("unit", "", "cannot be blank"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(
    entry: CatalogEntry, field: str, value: object, sentence: str
) -> None:
    setattr(entry, field, value)
    with pytest.raises(ValidationError, match=sentence):
        entry.full_clean()


def test_an_entry_ends_after_it_begins(entry: CatalogEntry) -> None:
    entry.valid_to = entry.valid_from
    with pytest.raises(ValidationError, match="later than valid from"):
        entry.full_clean()


def test_two_entries_never_share_key_and_dates(entry: CatalogEntry) -> None:
    fields = {name: getattr(entry, name) for name in ("key", "valid_from", "known_since")}
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogEntry.objects.create(
            **fields, kind="offer", price_kind="list", label="twin", value=1, source_date=entry.source_date
        )


def test_every_edit_leaves_a_line_of_history(entry: CatalogEntry) -> None:
    entry.value = 1.35
    entry.save()
    assert [line.value for line in entry.history.all()] == [1.35, 1.30]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3_400_000.0, "3,400,000"),
        (1.30, "1.3"),
        (0.467333, "0.467333"),
        (2.0, "2"),
        (-0.0, "0"),
        (0.0, "0"),
        (None, ""),
    ],
)
def test_figures_are_written_as_people_write_them(value: float | None, text: str) -> None:
    assert figure(value) == text
