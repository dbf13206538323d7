"""What was believed on one day about another: closed cases, worked out by hand, on pages and over the API."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from planner.catalog import queries
from planner.catalog.coverage import in_force_on
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

SignIn = Callable[[User], Client]
KEY = "offer.test.h100.list"


def row(
    value: float, valid_from: str, valid_to: str | None, known_since: str, key: str = KEY
) -> CatalogEntry:
    fields = {"kind": "offer", "label": f"Test {value:g}", "unit": "USD per chip-hour", "currency": "USD"}
    return CatalogEntry.objects.create(
        uuid=uuid4(),
        key=key,
        value=value,
        valid_from=date.fromisoformat(valid_from),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        known_since=date.fromisoformat(known_since),
        price_kind="list",
        source_title="A source",
        source_date=date(2026, 1, 1),
        confidence="A",
        region="us",
        **fields,
    )


@pytest.fixture
def key_with_a_past(db: None) -> None:
    """10 from January; corrected to 12 on 1 March; 8 from June, known in May; 8 ends in September, known in August."""
    row(10, "2026-01-01", None, "2026-01-05")
    row(12, "2026-01-01", None, "2026-03-01")
    row(8, "2026-06-01", None, "2026-05-20")
    row(8.5, "2026-06-01", "2026-09-01", "2026-08-15")


CASES = [
    # asked about, as known on, believed
    ("2026-02-01", "2026-01-04", None),  # not known yet
    ("2026-02-01", "2026-01-05", 10.0),  # known on the day itself
    ("2025-12-31", "2026-11-25", None),  # before it begins
    ("2026-01-01", "2026-02-28", 10.0),  # on its first day, before the correction
    ("2026-01-01", "2026-03-01", 12.0),  # on its first day, corrected
    ("2026-07-01", "2026-03-01", 12.0),  # the future as it looked in March
    ("2026-05-31", "2026-06-30", 12.0),  # the day before the next begins
    ("2026-06-01", "2026-06-30", 8.0),
    ("2026-10-01", "2026-07-01", 8.0),  # before its end became known
    ("2026-08-31", "2026-08-15", 8.5),  # corrected, and not ended
    # Corrected to end in September: the uncorrected 8 does not come back, the 12 of January is what still stands.
    ("2026-09-01", "2026-08-15", 12.0),
]


@pytest.mark.parametrize(("valid_on", "known_on", "believed"), CASES)
def test_one_value_is_believed_of_a_day(
    key_with_a_past: None, valid_on: str, known_on: str, believed: float | None
) -> None:
    days = {"valid_on": date.fromisoformat(valid_on), "known_on": date.fromisoformat(known_on)}
    found = [entry.value for entry in queries.entries_in_force(**days)]
    assert found == ([] if believed is None else [believed])
    in_memory = in_force_on(list(queries.history_of(KEY)), **days)
    assert (in_memory.value if in_memory else None) == believed


@pytest.mark.parametrize(("valid_on", "known_on", "believed"), CASES[:6])
def test_pages_and_api_answer_the_same(
    key_with_a_past: None,
    owner: User,
    signed_in: SignIn,
    valid_on: str,
    known_on: str,
    believed: float | None,
) -> None:
    client = signed_in(owner)
    asked = {"valid_on": valid_on, "known_on": known_on}
    page = client.get("/prices/", asked).content.decode()
    shown = [] if believed is None else [believed]
    assert [value for value in (8.0, 8.5, 10.0, 12.0) if f"Test {value:g}<" in page] == shown
    answer = client.get("/api/catalog/entries/", asked).json()
    assert [found["value"] for found in answer["results"]] == shown


def test_the_database_and_the_rows_agree_about_the_whole_seed(seeded: CatalogRelease) -> None:
    rows = list(CatalogEntry.objects.order_by("key"))
    keys = sorted({found.key for found in rows})
    for valid_on, known_on in (
        (date(2025, 6, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 11, 23)),
        (date(2026, 11, 25), date(2026, 11, 25)),
    ):
        days = {"valid_on": valid_on, "known_on": known_on}
        by_key = {key: in_force_on([found for found in rows if found.key == key], **days) for key in keys}
        expected = [found.pk for found in by_key.values() if found is not None]
        assert [found.pk for found in queries.entries_in_force(**days)] == expected


def test_one_day_alone_stands_for_the_other(key_with_a_past: None, owner: User, signed_in: SignIn) -> None:
    client = signed_in(owner)
    known = client.get("/prices/", {"known_on": "2026-03-01"}).content.decode()
    assert "In force on 2026-03-01, as known on 2026-03-01." in known
    valid = client.get("/prices/", {"valid_on": "2026-02-01"}).content.decode()
    assert "In force on 2026-02-01, as known on 2026-11-25." in valid


BAD_DAYS = ["2026-02-30", "0000-01-01", "01/03/2026", "yesterday", "2026-13-01", "20260301", "<b>", "9" * 400]


@pytest.mark.parametrize("typed", BAD_DAYS)
@pytest.mark.parametrize("field", ["valid_on", "known_on"])
def test_a_day_that_is_none_is_refused_at_its_field(
    key_with_a_past: None, owner: User, signed_in: SignIn, field: str, typed: str
) -> None:
    client = signed_in(owner)
    entry = CatalogEntry.objects.earliest("pk")
    for address in ("/prices/", reverse("catalog:entry", args=(entry.uuid,))):
        answer = client.get(address, {field: typed, "q": "kept"})
        assert answer.status_code == 422
        form = answer.context["filter"] if address == "/prices/" else answer.context["days_form"]
        (sentence,) = form.errors[field]
        assert sentence.startswith(f"“{typed[:40]}” is not a day.")
        page = answer.content.decode()
        assert f'id="id_{field}_error"' in page
        assert "<b>” is" not in page
    told = client.get("/api/catalog/entries/", {field: typed})
    assert told.status_code == 400
    assert [problem["path"] for problem in told.json()["errors"]] == [field]


def test_a_wrong_day_makes_htmx_load_the_page_that_says_so(
    key_with_a_past: None, owner: User, signed_in: SignIn
) -> None:
    answer = signed_in(owner).get("/prices/?valid_on=2026-02-30", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/prices/?valid_on=2026-02-30"


def test_the_days_stay_in_sorts_and_pages(seeded: CatalogRelease, owner: User, signed_in: SignIn) -> None:
    page = signed_in(owner).get("/prices/?valid_on=2026-11-24&known_on=2026-11-24").content.decode()
    for kept in ("sort=value", "page=2"):
        assert f'href="?valid_on=2026-11-24&amp;known_on=2026-11-24&amp;{kept}"' in page


ODD = [
    "page=-1",
    "page=1e9",
    "page=999999999999",
    "page_size=1000000000",
    "ordering=password",
    "sort=password",
    "sort=-history__history_user__password",
    "history__value=1",
    "uuid__startswith=a",
    "region=nowhere&currency=usd&confidence=Z&source_title=x",
    "valid_on=0001-01-01",
    "valid_on=9999-12-31&known_on=9999-12-31",
    "q=a&q=b&kind=chip&kind=offer",
]


@pytest.mark.parametrize("asked", ODD)
def test_odd_questions_never_fail(seeded: CatalogRelease, owner: User, signed_in: SignIn, asked: str) -> None:
    client = signed_in(owner)
    for address in ("/prices/", "/prices/releases/1/", "/prices/releases/", "/api/catalog/entries/"):
        assert client.get(f"{address}?{asked}").status_code == 200, address


def test_filters_by_region_currency_confidence_and_source(
    seeded: CatalogRelease, owner: User, signed_in: SignIn
) -> None:
    client = signed_in(owner)
    for name, value in (
        ("region", "us-east"),
        ("currency", "USD"),
        ("confidence", "B+"),
        ("source_title", "SemiAnalysis InferenceX: cost and power constants"),
    ):
        wanted = CatalogEntry.objects.filter(**{name: value}).count()
        answer = client.get("/prices/", {name: value})
        assert answer.context["page"].paginator.count == wanted > 0
        assert '<details class="seldom" open>' in answer.content.decode()


def test_a_sort_by_value_over_several_price_kinds_says_that_they_do_not_compare(
    seeded: CatalogRelease, owner: User, signed_in: SignIn
) -> None:
    client, words = signed_in(owner), "price kinds or units that do not compare"
    assert words in client.get("/prices/?sort=value").content.decode()
    assert words not in client.get("/prices/").content.decode()
    one_kind = client.get("/prices/?sort=value&kind=offer&price_kind=rental&subject=H100").content.decode()
    assert words not in one_kind


def test_an_entry_page_says_what_was_believed(key_with_a_past: None, owner: User, signed_in: SignIn) -> None:
    entry = CatalogEntry.objects.get(value=8)
    answer = signed_in(owner).get(
        reverse("catalog:entry", args=(entry.uuid,)), {"valid_on": "2026-02-01", "known_on": "2026-02-28"}
    )
    assert answer.context["in_force"].value == 10
    states = {told.entry.value: told.state for told in answer.context["history"].rows}
    assert states == {10: "in force", 12: "not yet known", 8: "not yet known", 8.5: "not yet known"}
