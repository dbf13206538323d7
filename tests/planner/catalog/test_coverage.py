"""Overlaps and gaps among the rows of a key, and which row is in force when. Worked out by hand."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from planner.catalog.coverage import findings_of, spans_in_force
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

Row = tuple[float, str, str | None, str]


def rows(*said: Row) -> list[CatalogEntry]:
    return [
        CatalogEntry(
            pk=place,
            key="site.test",
            label="Test",
            value=value,
            unit="USD",
            valid_from=date.fromisoformat(begin),
            valid_to=date.fromisoformat(end) if end else None,
            known_since=date.fromisoformat(known),
        )
        for place, (value, begin, end, known) in enumerate(said, start=1)
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param([(1, "2026-01-01", None, "2026-01-01")], [], id="one row"),
        pytest.param(
            [(1, "2026-01-01", "2026-06-01", "2026-01-01"), (2, "2026-06-01", None, "2026-01-01")],
            [],
            id="they meet",
        ),
        pytest.param(
            [(1, "2026-01-01", None, "2026-01-01"), (2, "2026-06-01", None, "2026-06-01")],
            [],
            id="the later known takes over",
        ),
        pytest.param(
            [(1, "2026-01-01", None, "2026-01-01"), (2, "2026-06-01", None, "2026-01-01")],
            [("overlap", "2026-06-01", None)],
            id="known at the same time",
        ),
        pytest.param(
            [(1, "2026-01-01", "2026-08-01", "2026-01-01"), (2, "2026-06-01", "2026-07-01", "2026-01-01")],
            [("overlap", "2026-06-01", "2026-07-01")],
            id="one inside the other",
        ),
        pytest.param(
            [(1, "2026-01-01", None, "2026-09-01"), (2, "2026-06-01", None, "2026-06-01")],
            [("overlap", "2026-06-01", None)],
            id="history that was learnt late and has no end",
        ),
        pytest.param(
            [(1, "2026-01-01", None, "2026-01-01"), (1, "2026-06-01", None, "2026-01-01")],
            [],
            id="the same value twice",
        ),
        pytest.param(
            [(1, "2026-01-01", None, "2026-01-01"), (2, "2026-01-01", None, "2026-03-01")],
            [],
            id="a correction",
        ),
        pytest.param(
            [(1, "2026-01-01", "2026-03-01", "2026-01-01"), (2, "2026-06-01", None, "2026-01-01")],
            [("gap", "2026-03-01", "2026-06-01")],
            id="a gap",
        ),
        pytest.param(
            [
                (1, "2026-01-01", "2026-09-01", "2026-01-01"),
                (2, "2026-03-01", "2026-04-01", "2026-03-01"),
                (3, "2026-09-01", None, "2026-09-01"),
            ],
            [],
            id="no gap while an earlier row goes on",
        ),
        pytest.param(
            [
                (1, "2026-01-01", None, "2026-01-01"),
                (1, "2026-01-01", "2026-03-01", "2026-02-01"),
                (2, "2026-06-01", None, "2026-06-01"),
            ],
            [("gap", "2026-03-01", "2026-06-01")],
            id="a correction that gives an end makes a gap",
        ),
    ],
)
def test_what_there_is_to_look_at(said: list[Row], found: list[tuple[str, str, str | None]]) -> None:
    told = [
        (finding.kind, finding.begin.isoformat(), finding.end and finding.end.isoformat())
        for finding in findings_of(rows(*said))
    ]
    assert told == found


def test_an_earlier_row_that_goes_on_is_in_force_again_after_a_shorter_one() -> None:
    kept = rows((1, "2026-01-01", None, "2026-01-01"), (2, "2026-03-01", "2026-04-01", "2026-03-01"))
    spans = [
        (span.row.value, span.begin.isoformat(), span.end and span.end.isoformat())
        for span in spans_in_force(kept)
    ]
    assert spans == [
        (1, "2026-01-01", "2026-03-01"),
        (2, "2026-03-01", "2026-04-01"),
        (1, "2026-04-01", None),
    ]


def test_the_seed_has_nothing_to_look_at(seeded: CatalogRelease) -> None:
    from planner.catalog.queries import all_findings

    assert [finding.sentence for finding in all_findings()] == []


def test_keepers_see_the_list_and_everybody_the_sentence_at_the_entry(
    seeded: CatalogRelease, keeper: User, owner: User, signed_in: object, add_row: object
) -> None:
    sign_in, add = signed_in, add_row
    assert callable(sign_in)
    assert callable(add)
    first = CatalogEntry.objects.get(key="offer.semianalysis.h100.rental_3y")
    added = add(value=9, valid_from=date(2026, 11, 1), known_since=first.known_since)
    desk: Client = sign_in(keeper)
    assert "1 thing to look at" in " ".join(desk.get("/prices/").content.decode().split())
    sentence = "From 2026-11-01 on two entries say different things: 1.3 USD per chip-hour"
    assert sentence in desk.get(reverse("catalog:checks")).content.decode()
    reader: Client = sign_in(owner)
    assert reader.get(reverse("catalog:checks")).status_code == 404
    assert sentence in reader.get(reverse("catalog:entry", args=(added.uuid,))).content.decode()
