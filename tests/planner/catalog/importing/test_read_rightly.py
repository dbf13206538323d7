"""Files as people have them, read as they were meant, with a sentence where something was decided."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from planner.catalog.models import CatalogEntry
from tests.planner.catalog.importing.conftest import Upload
from tests.planner.catalog.importing.making import (
    SHEET,
    book,
    csv_file,
    csv_text,
    place_of,
    replaced,
    row,
    zipped,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def entries(answer: Any) -> list[CatalogEntry]:
    assert answer.status_code == 200, (
        [
            *answer.context.get("rejections", []),
            *answer.context.get("form", {}).errors.values(),
        ]
        if "form" in answer.context or "rejections" in answer.context
        else answer
    )
    return [planned.entry for planned in answer.context["plan"].new]


TEXT: dict[str, tuple[bytes, str]] = {
    "66 commas": (csv_file(row(label="Zürich")), "UTF-8 with commas"),
    "66 semicolons": (csv_file(row(label="Zürich"), separator=";"), "semicolons"),
    "66 tabs": (csv_file(row(label="Zürich"), separator="\t"), "tabs"),
    "66 Excel's own line": (csv_file(row(label="Zürich"), separator=";", above="sep=;\n"), "semicolons"),
    "67 Windows": (csv_file(row(label="Zürich"), encoding="cp1252"), "Windows-1252"),
    "UTF-8 with a mark": (csv_file(row(label="Zürich"), encoding="utf-8-sig"), "UTF-8"),
    "UTF-16 with a mark": (csv_file(row(label="Zürich"), encoding="utf-16"), "UTF-16"),
    "UTF-16 without": (csv_file(row(label="Zürich"), encoding="utf-16-le"), "UTF-16"),
    "UTF-16 the other way round": (csv_file(row(label="Zürich"), encoding="utf-16-be"), "UTF-16"),
    "lines of Windows": (csv_text(row(label="Zürich")).replace("\n", "\r\n").encode(), "UTF-8"),
    "lines of an old Mac": (csv_text(row(label="Zürich")).replace("\n", "\r").encode(), "UTF-8"),
    "titles above": (csv_file(row(label="Zürich"), above="Prices of November\n\n"), "found in line 3"),
    "empty fields behind": (
        csv_text(row(label="Zürich")).replace("\n", ",,\n").encode() + b",,,,,,,,,,\n",
        "commas",
    ),
    "headings as in the forms": (
        csv_text(row(label="Zürich"))
        .replace("price_kind", "Price kind")
        .replace("source_title", "SOURCE")
        .encode(),
        "commas",
    ),
}


@pytest.mark.parametrize(("content", "note"), TEXT.values(), ids=TEXT)
def test_a_text_file_is_read_and_the_page_says_how(upload: Upload, content: bytes, note: str) -> None:
    answer = upload("a.csv", content)

    [entry] = entries(answer)
    assert (entry.label, entry.value, entry.kind) == ("Zürich", 2.35, "offer")
    assert any(note in told for told in answer.context["notes"])


@pytest.mark.parametrize(
    ("value", "meant", "beside", "separator"),
    [
        ("1.234,56", 1234.56, "1", ";"),
        ("0,56", 0.56, "1", ";"),
        ("0,56", 0.56, "1", ","),
        ("1,234.56", 1234.56, "1", ";"),
        ("1,234", 1.234, "0,5", ";"),
        ("1.234", 1234.0, "0,5", ";"),
        ("1,234", 1234.0, "0.5", ";"),
        ("1.234", 1.234, "0.5", ";"),
        ("1.234", 1.234, "1", ","),
        ("1,234,567", 1234567.0, "1", ";"),
        ("1.234.567", 1234567.0, "1", ";"),
        ("1 234,5", 1234.5, "1", ";"),
        ("1\u00a0234,5", 1234.5, "1", ";"),
        ("1'234.5", 1234.5, "1", ";"),
        ("0.123", 0.123, "1", ";"),
        (".5", 0.5, "1", ";"),
        ("1234567", 1234567.0, "1", ";"),
    ],
)
def test_74_a_number_is_read_as_the_file_writes_numbers(
    upload: Upload, value: str, meant: float, beside: str, separator: str
) -> None:
    rows = [row(value=value), row(key="offer.other", value=beside)]

    found = entries(upload("a.csv", csv_file(*rows, separator=separator)))

    assert found[0].value == meant


def test_74_a_thousand_or_a_fraction_is_not_guessed_with_semicolons(upload: Upload) -> None:
    answer = upload("a.csv", csv_file(row(value="1.234"), separator=";"))

    assert answer.status_code == 422
    assert "1.234 or 1234" in answer.context["rejections"][0].message


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("2026-11-24", "2026-01-01"),
        ("2026/11/24", "2026-01-01"),
        ("2026-11-24 00:00:00", "2026-01-01"),
        ("24.11.2026", "2026-01-01"),
        ("11/24/2026", "2026-01-01"),
        ("24/11/2026", "2026-01-01"),
    ],
)
def test_76_a_date_is_read_as_the_file_writes_dates(upload: Upload, text: str, beside: str) -> None:
    rows = [row(valid_from=text), row(key="offer.other", valid_from=beside)]

    assert entries(upload("a.csv", csv_file(*rows)))[0].valid_from == date(2026, 11, 24)


def test_76_one_sure_date_decides_for_the_others(upload: Upload) -> None:
    rows = [row(valid_from="03/04/2026"), row(key="offer.other", valid_from="13/04/2026")]

    answer = upload("a.csv", csv_file(*rows))

    assert entries(answer)[0].valid_from == date(2026, 4, 3)
    assert "Dates with slashes are read day first." in answer.content.decode()


def cells(value: Any, day: Any, *, mac: bool = False) -> Callable[[Workbook], None]:
    def change(made: Workbook) -> None:
        if mac:
            made.epoch = CALENDAR_MAC_1904
        made.active[place_of("value")].value = value
        made.active[place_of("valid_from")].value = day

    return change


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
@pytest.mark.parametrize("kind", ["date", "day number", "text"])
def test_76_dates_of_a_workbook_are_read_by_its_calendar(upload: Upload, kind: str, mac: bool) -> None:
    serial = (date(2026, 11, 24) - (date(1904, 1, 1) if mac else date(1899, 12, 30))).days
    given = {"date": date(2026, 11, 24), "day number": serial, "text": "24.11.2026"}[kind]

    answer = upload("a.xlsx", book(row(), change=cells(2.35, given, mac=mac)))

    [entry] = entries(answer)
    assert (entry.valid_from, entry.value) == (date(2026, 11, 24), 2.35)


def test_73_a_formula_with_a_stored_value_is_read_and_said(upload: Upload) -> None:
    made = zipped(book(row(value=4.5)), change={SHEET: replaced(b"<v>4.5</v>", b"<f>9/2</f><v>4.5</v>")})

    answer = upload("a.xlsx", made)

    assert entries(answer)[0].value == 4.5
    assert "1 cell holds a formula; the value stored with it was read." in answer.content.decode()


def test_77_the_sheet_that_names_columns_is_read_and_the_others_are_named(upload: Upload) -> None:
    def change(made: Workbook) -> None:
        made.create_sheet("Remarks", 0).append(["Ask Ann", "about these"])
        made.create_sheet("Old").append(["key", "value"])
        made["Old"].sheet_state = "hidden"

    answer = upload("a.xlsx", book(row(), change=change))

    assert len(entries(answer)) == 1
    page = answer.content.decode()
    assert "Read from the sheet “Prices”." in page
    assert "they are hidden or name no columns: “Remarks”, “Old”." in page


def test_77_titles_above_the_headings_may_be_merged(upload: Upload) -> None:
    def change(made: Workbook) -> None:
        made.active.insert_rows(1, 2)
        made.active["A1"] = "Prices of November"
        made.active.merge_cells("A1:F1")

    answer = upload("a.xlsx", book(row(), change=change))

    assert len(entries(answer)) == 1
    assert "The headings were found in row 3" in answer.content.decode()


def test_hidden_rows_and_columns_are_read_and_said(upload: Upload) -> None:
    def change(made: Workbook) -> None:
        made.active.row_dimensions[2].hidden = True
        made.active.column_dimensions["B"].hidden = True

    answer = upload("a.xlsx", book(row(), change=change))

    assert len(entries(answer)) == 1
    page = answer.content.decode()
    assert "1 hidden row was read too." in page
    assert "Hidden columns were read too." in page


def test_numbers_of_a_workbook_become_text_where_text_is_meant(upload: Upload) -> None:
    made = book(row(), change=lambda made: setattr(made.active[place_of("region")], "value", 7))

    assert entries(upload("a.xlsx", made))[0].region == "7"


def test_the_words_of_the_forms_are_understood(upload: Upload) -> None:
    [entry] = entries(upload("a.csv", csv_file(row(price_kind="Capacity block", confidence="b+"))))

    assert (entry.price_kind, entry.confidence) == ("capacity_block", "B+")
