"""From preview to catalog: exactly what was shown, whole or not at all, once."""

import csv
import io
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from planner.audit.models import AuditEntry
from planner.catalog.importing import actions
from planner.catalog.importing.carrying import unpack
from planner.catalog.importing.plan import plan_of
from planner.catalog.models import CatalogEntry
from planner.core.errors import Conflict
from planner.teams.models import User
from tests.planner.catalog.conftest import Publish
from tests.planner.catalog.importing.conftest import Upload
from tests.planner.catalog.importing.making import csv_file, row

Stored = Callable[[], tuple[int, ...]]


@pytest.fixture
def entry(db: None) -> CatalogEntry:
    """The entry that a good row is about; no release holds it."""
    return CatalogEntry.objects.create(
        **row(value=2.35, low=None, high=None, valid_to=None),
        kind="offer",
        attributes={"chips": 8},
    )


def test_a_confirmed_preview_is_imported_with_its_history_and_one_audit_entry(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry, keeper: User
) -> None:
    preview = upload("of November.csv", csv_file(row(value="2.5", label="H100, Test"), row(key="offer.new")))

    page = preview.content.decode()
    assert "1 new, 1 changed, 0 unchanged, 0 rejected" in page
    changes = [(c.name, c.told_before, c.told_after) for c in preview.context["plan"].changed[0].changes]
    assert changes == [("label", "H100 from Test", "H100, Test"), ("value", "2.35", "2.5")]
    assert CatalogEntry.objects.count() == 1

    done = confirm(preview)

    assert "Imported 2 entries from of November.csv: 1 new, 1 changed." in done.content.decode()
    entry.refresh_from_db()
    assert (entry.value, entry.label, entry.attributes) == (2.5, "H100, Test", {"chips": 8})
    new = CatalogEntry.objects.get(key="offer.new")
    for stored in (entry, new):
        newest = stored.history.first()
        assert (newest.history_user, newest.history_change_reason) == (
            keeper,
            "imported from of November.csv",
        )
        assert newest.value == stored.value
    [audit] = AuditEntry.objects.filter(object_kind="catalog")
    assert (audit.actor, audit.action) == (keeper, "catalog imported")
    assert audit.details == {"file": "of November.csv", "new": 1, "changed": 1, "unchanged": 0}


def test_the_order_of_the_columns_changes_nothing(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry
) -> None:
    told = row(value="2.5", notes="Cut.", source_title="New list", region="eu")

    for columns in (list(told), sorted(told), sorted(told, reverse=True)):
        CatalogEntry.objects.update(value=2.35, notes="", source_title="Old list", region="us")
        preview = upload("a.csv", csv_file({name: told[name] for name in columns}))
        done = confirm(preview)

        assert done.status_code == 200
        entry.refresh_from_db()
        assert (entry.value, entry.notes, entry.source_title, entry.region) == (2.5, "Cut.", "New list", "eu")


def test_86_the_same_file_twice_changes_nothing(
    upload: Upload, confirm: Callable[..., Any], stored: Stored
) -> None:
    content = csv_file(row(), row(key="offer.new", notes="a\nb", low="1", high="3", valid_to="2027-01-01"))
    confirm(upload("a.csv", content))
    before = stored()

    again = upload("a.csv", content)

    assert again.status_code == 200
    assert "Nothing to change" in again.content.decode()
    assert again.context["carried"] == ""
    assert stored() == before


def test_a_second_click_imports_nothing_more(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry, stored: Stored
) -> None:
    preview = upload("a.csv", csv_file(row(value="2.5"), row(key="offer.new")))
    confirm(preview)
    before = stored()

    second = confirm(preview)

    assert "Nothing to change: the catalog already holds every row of a.csv." in second.content.decode()
    assert stored() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("value", ["2.5", "2.35"], ids=["a change and a new entry", "a new entry alone"])
def test_two_clicks_at_the_same_moment_import_once(
    upload: Upload, entry: CatalogEntry, keeper: User, stored: Stored, value: str
) -> None:
    preview = upload("a.csv", csv_file(row(value=value), row(key="offer.new")))
    carried = unpack(preview.context["carried"], keeper)
    both = threading.Barrier(2)

    def click() -> None:
        both.wait()
        try:
            actions.import_entries(
                reading=carried.reading, digest=carried.digest, file_name="a.csv", keeper=keeper
            )
        except Conflict:
            pass
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert stored()[:2] == (2, 3 if value == "2.5" else 2)
    assert AuditEntry.objects.filter(action="catalog imported").count() == 1


def test_a_catalog_that_changed_meanwhile_shows_the_preview_again(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry, stored: Stored
) -> None:
    preview = upload("a.csv", csv_file(row(value="2.5")))
    entry.value = 2.4
    entry.save()
    before = stored()

    again = confirm(preview)

    assert again.status_code == 409
    assert "The catalog has changed since this preview was made." in again.content.decode()
    assert stored() == before
    assert again.context["plan"].changed[0].changes[0].told_before == "2.4"
    assert confirm(again).status_code == 200
    entry.refresh_from_db()
    assert entry.value == 2.5


def test_85_when_a_write_fails_halfway_nothing_is_saved(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry, stored: Stored, monkeypatch: Any
) -> None:
    preview = upload("a.csv", csv_file(row(value="2.5"), row(key="offer.new")))
    before = stored()

    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(actions, "bulk_update_with_history", fails)
    with pytest.raises(OSError, match="disk"):
        confirm(preview)

    assert stored() == before


def test_75_an_entry_that_a_release_holds_is_corrected_by_a_later_row_only(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry, publish: Publish, stored: Stored
) -> None:
    publish(name="2026-11", as_of=date(2026, 11, 25))
    before = stored()

    refused = upload("a.csv", csv_file(row(value="2.5")))

    [rejection] = refused.context["rejections"]
    assert (refused.status_code, rejection.number, rejection.column) == (422, 2, "known_since")
    assert rejection.message == (
        "Release 1 (2026-11) holds this entry, so its value cannot change. To correct it, add a row with the same "
        "valid_from and a later known_since than 2026-11-21."
    )
    assert stored() == before
    correction = upload("a.csv", csv_file(row(value="2.5", known_since="2026-11-22")))
    assert correction.context["plan"].new[0].latest == entry
    confirm(correction)
    assert CatalogEntry.objects.filter(key=entry.key).count() == 2


def test_a_released_entry_that_the_file_repeats_is_unchanged(
    upload: Upload, entry: CatalogEntry, publish: Publish
) -> None:
    publish(name="2026-11", as_of=date(2026, 11, 25))

    assert len(upload("a.csv", csv_file(row())).context["plan"].unchanged) == 1


def test_a_missing_column_leaves_its_field_and_an_empty_cell_empties_it(
    upload: Upload, confirm: Callable[..., Any], entry: CatalogEntry
) -> None:
    CatalogEntry.objects.update(notes="kept", region="eu", high=3)
    told = row(region="", high="", valid_to="2027-01-01")
    del told["notes"]

    confirm(upload("a.csv", csv_file(told)))

    entry.refresh_from_db()
    assert (entry.notes, entry.region, entry.high, entry.valid_to) == ("kept", "", None, date(2027, 1, 1))


def test_a_preview_is_for_one_person_and_one_day(
    upload: Upload, desk: Client, signed_in: Callable[[User], Client], stored: Stored, keeper: User
) -> None:
    carried = upload("a.csv", csv_file(row())).context["carried"]
    other = signed_in(User.objects.create_superuser("second"))
    address = reverse("admin:catalog_catalogentry_import_confirm")
    before = stored()

    answers = [
        other.post(address, {"carried": carried}),
        desk.post(address, {"carried": carried[:-1] + "x"}),
        desk.post(address, {"carried": ""}),
        desk.post(address, {}),
    ]
    with travel(timezone.now() + timedelta(days=2)):
        answers.append(desk.post(address, {"carried": carried}))

    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("no longer valid" in answer.content.decode() for answer in answers)
    assert stored() == before


def test_a_preview_needs_few_queries_whatever_the_number_of_rows(
    upload: Upload, entry: CatalogEntry, keeper: User
) -> None:
    rows = [row(value="2.5"), *(row(key=f"offer.k{number}") for number in range(1_500))]

    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = upload("a.csv", csv_file(*rows))

    assert len(answer.context["plan"].new) == 1_500
    assert len(asked) <= 8


def test_what_the_file_holds_is_shown_as_text(upload: Upload) -> None:
    attack = "<script>alert(1)</script>{{7*7}}%s%n'\"--"

    good = upload("<b>.csv", csv_file(row(label=attack, source_title=attack, provider=attack)))
    bad = upload("<b>.csv", csv_file(row(value=attack)))

    assert (good.status_code, bad.status_code) == (200, 422)
    for answer in (good, bad):
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}%s%n" in page


def test_a_preview_too_long_to_be_sent_back_is_refused(upload: Upload, monkeypatch: Any) -> None:
    monkeypatch.setattr("planner.catalog.importing.carrying.MOST_CARRIED", 100)

    answer = upload("a.csv", csv_file(row()))

    assert answer.status_code == 422
    assert "too much text" in answer.content.decode()


def test_the_template_holds_an_entry_and_changes_nothing(
    upload: Upload, desk: Client, entry: CatalogEntry
) -> None:
    template = desk.get(reverse("admin:catalog_catalogentry_import_template"))

    answer = upload("template.csv", template.content)

    assert template["Content-Disposition"].startswith("attachment")
    assert len(answer.context["plan"].unchanged) == 1


def test_the_template_of_an_empty_catalog_can_be_imported(upload: Upload, desk: Client) -> None:
    template = desk.get(reverse("admin:catalog_catalogentry_import_template"))

    assert len(upload("template.csv", template.content).context["plan"].new) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_the_template_runs_no_formula(desk: Client, entry: CatalogEntry, sign: str) -> None:
    CatalogEntry.objects.update(label=f"{sign}cmd|' /C calc'!A0", value=2)

    template = desk.get(reverse("admin:catalog_catalogentry_import_template")).content.decode("utf-8-sig")

    cells = list(csv.reader(io.StringIO(template)))[1]
    assert f"'{sign}cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_an_import_plans_what_the_database_accepts(upload: Upload, entry: CatalogEntry) -> None:
    """Each rule of the tables is also a rule of the plan; what passes here is saved without an error."""
    from hypothesis import given
    from hypothesis import strategies as some

    from planner.catalog.importing.rows import Reading, Row

    numbers = some.none() | some.floats(-3, 3, allow_nan=False)
    days = some.dates(date(2026, 1, 1), date(2026, 1, 5))

    @given(
        value=some.floats(-3, 3, allow_nan=False),
        low=numbers,
        high=numbers,
        valid_from=days,
        valid_to=some.none() | days,
        price_kind=some.sampled_from(["", "list"]),
    )
    def check(**drawn: Any) -> None:
        values = {
            **row(),
            "key": "offer.drawn",
            "source_date": date(2026, 1, 1),
            "known_since": date(2026, 1, 1),
        }
        plan = plan_of(Reading("line", [Row(2, {**values, **drawn})]))
        for planned in plan.planned:
            planned.entry.full_clean()
        assert plan.planned or plan.rejections

    check()


def test_rows_that_would_say_different_things_of_a_day_are_rejected(
    upload: Upload, entry: CatalogEntry, stored: Stored
) -> None:
    before = stored()
    as_well_known = row(value="2.6", valid_from="2026-11-10")  # and the entry of 2026-11-01 has no end
    first = row(key="offer.test.other.list", value="1")
    second = row(key="offer.test.other.list", value="3", valid_from="2026-11-05")

    refused = upload("a.csv", csv_file(as_well_known, first, second))

    found = refused.context["rejections"]
    assert [(one.number, one.column) for one in found] == [(2, "valid_from"), (4, "valid_from")]
    assert found[0].message == (
        "From 2026-11-10 on two entries say different things: 2.35 USD per chip-hour (known since 2026-11-21) and "
        "2.6 USD per chip-hour (known since 2026-11-21)."
    )
    assert refused.status_code == 422
    assert stored() == before
    known_later = row(value="2.6", valid_from="2026-11-10", known_since="2026-11-22")
    assert upload("a.csv", csv_file(known_later)).status_code == 200
