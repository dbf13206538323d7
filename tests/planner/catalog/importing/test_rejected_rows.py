"""Rows that cannot be imported: each is named with its column, what was given and what is allowed."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

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
Case = tuple[dict[str, Any], str, str, tuple[str, ...]]
"""What is changed in a good row, the column that is named, what it shows as given, words of the sentence."""

CSV: dict[str, Case] = {
    "73 a formula": ({"value": "=1+1"}, "value", "=1+1", ("run it as a formula",)),
    "73 a command": (
        {"label": "=cmd|' /C calc'!A0"},
        "label",
        "=cmd|' /C calc'!A0",
        ("must not begin with =",),
    ),
    "73 a command behind a plus": ({"notes": "+cmd|x"}, "notes", "+cmd|x", ("must not begin with =",)),
    "73 a command behind an at": ({"region": "@SUM(A1)"}, "region", "@SUM(A1)", ("must not begin with =",)),
    "74 euros": ({"value": "€5"}, "value", "€5", ("currency in its own column",)),
    "74 dollars": ({"value": "$5"}, "value", "$5", ("currency in its own column",)),
    "74 per cent": ({"value": "5 %"}, "value", "5 %", ("put % in the unit",)),
    "74 a shortened number": ({"value": "1e3"}, "value", "1e3", ("in full",)),
    "74 an error of Excel": ({"value": "#DIV/0!"}, "value", "#DIV/0!", ("reports an error",)),
    "74 thousands or a fraction": ({"value": "1,234"}, "value", "1,234", ("1.234 or 1234", "1.2340")),
    "74 words": ({"value": "about 2"}, "value", "about 2", ("not a number",)),
    "74 not a number": ({"value": "NaN"}, "value", "NaN", ("not a number",)),
    "74 too long": ({"value": "9" * 61}, "value", "9" * 59 + "…", ("too long for a number",)),
    "74 digits of another script": ({"value": "２"}, "value", "２", ("not a number",)),
    "74 nothing": ({"value": ""}, "value", "", ("A value is needed",)),
    "76 a day number": ({"valid_from": "46350"}, "valid_from", "46350", ("Write 2026-11-24",)),
    "76 either order": (
        {"valid_from": "03/04/2026"},
        "valid_from",
        "03/04/2026",
        ("2026-03-04 or 2026-04-03",),
    ),
    "76 no such day": ({"valid_from": "2026-02-30"}, "valid_from", "2026-02-30", ("no such day",)),
    "76 two digits of a year": ({"valid_from": "24.11.26"}, "valid_from", "24.11.26", ("not a date",)),
    "76 a far year": (
        {"valid_from": "0026-11-24"},
        "valid_from",
        "0026-11-24",
        ("from 1990-01-01 to 2100-12-31",),
    ),
    "negative price": ({"value": "-5"}, "value", "-5", ("at least 0",)),
    "currency in small letters": ({"currency": "usd"}, "currency", "usd", ("such as USD",)),
    "no such currency": ({"currency": "QQQ", "unit": "QQQ per hour"}, "currency", "QQQ", ("ISO 4217",)),
    "unit without its currency": (
        {"unit": "per hour"},
        "unit",
        "per hour",
        ("begin with the currency, USD",),
    ),
    "offer without a price kind": ({"price_kind": ""}, "price_kind", "", ("needs a price kind",)),
    "no such price kind": ({"price_kind": "spot"}, "price_kind", "spot", ("one of: list, capacity_block",)),
    "no such confidence": ({"confidence": "E"}, "confidence", "E", ("one of: A, B+, B",)),
    "outside the range": ({"low": "3", "high": "4"}, "value", "2.35", ("between low (3) and high (4)",)),
    "above the range": ({"high": "2"}, "value", "2.35", ("low (none) and high (2)",)),
    "ends before it begins": (
        {"valid_to": "2026-10-01"},
        "valid_to",
        "2026-10-01",
        ("later than valid_from, 2026-11-01",),
    ),
    "ends when it begins": ({"valid_to": "2026-11-01"}, "valid_to", "2026-11-01", ("later than valid_from",)),
    "key of no kind": ({"key": "price.x"}, "key", "price.x", ("one of: chip, offer",)),
    "key with a space": ({"key": "offer.a b"}, "key", "offer.a b", ("small letters",)),
    "no key": ({"key": ""}, "key", "", ("A value is needed",)),
    "too long": ({"label": "x" * 201}, "label", "x" * 59 + "…", ("201 characters", "at most 200")),
    "a hidden character": ({"label": "a\u202eb"}, "label", "a b", ("cannot be shown",)),
    "a line break": ({"label": "a\nb"}, "label", "a b", ("line break",)),
}


def rejected(answer: Any) -> list[tuple[int, str, str, str]]:
    assert answer.status_code == 422, answer.content.decode()[-6000:]
    assert answer.context["carried"] == ""
    return [(r.number, r.column, r.given, r.message) for r in answer.context["rejections"]]


@pytest.mark.parametrize(("changes", "column", "given", "words"), CSV.values(), ids=CSV)
def test_a_row_is_rejected_with_its_line_its_column_and_what_is_allowed(
    upload: Upload,
    stored: Callable[[], Any],
    changes: dict[str, Any],
    column: str,
    given: str,
    words: tuple[str, ...],
) -> None:
    before = stored()

    answer = upload("a.csv", csv_file(row(region="eu", value="2"), row(**changes)))

    found = [item for item in rejected(answer) if item[1] == column]
    assert [item[:3] for item in found] == [(3, column, given)]
    assert all(word in found[0][3] for word in words), found
    assert "nothing can be imported" in answer.content.decode()
    assert stored() == before


def test_kind_that_contradicts_the_key_is_rejected(upload: Upload) -> None:
    answer = upload("a.csv", csv_file({**row(), "kind": "chip"}))

    assert rejected(answer)[0][:3] == (2, "key", "offer.test.h100.list.us")


def test_attributes_nobody_could_read_are_rejected(upload: Upload) -> None:
    answer = upload(
        "a.csv",
        csv_file({**row(), "attributes": '{"a": 1, "a": 2}'}, {**row(region="eu"), "attributes": "[1]"}),
    )

    assert [item[:2] for item in rejected(answer)] == [(2, "attributes"), (3, "attributes")]


@pytest.mark.parametrize(
    ("line", "words"),
    [("offer.x,only,three", "only 3 fields"), (csv_text(row()).splitlines()[1] + ",more", "20 fields")],
    ids=["too few", "too many"],
)
def test_69_a_ragged_row_names_its_line(upload: Upload, line: str, words: str) -> None:
    answer = upload("a.csv", csv_file(row()) + f"\n{line}\n".encode())

    assert rejected(answer)[0][:2] == (4, "")
    assert words in rejected(answer)[0][3]
    assert "19 headings" in rejected(answer)[0][3]


def test_75_a_key_twice_in_the_file_names_both_lines(upload: Upload) -> None:
    answer = upload("a.csv", csv_file(row(), row(region="eu"), row(key="offer.other")))

    [(number, column, given, message)] = rejected(answer)
    assert (number, column, given) == (3, "key", "offer.test.h100.list.us")
    assert "Lines 2 and 3 have the same key, valid_from and known_since" in message


def test_85_every_bad_row_is_reported_up_to_a_hundred(upload: Upload, stored: Callable[[], Any]) -> None:
    before = stored()
    rows = [row(key=f"offer.k{n}", value="x" if n >= 850 else "1") for n in range(1_000)]

    answer = upload("a.csv", csv_file(*rows))

    assert [item[0] for item in rejected(answer)] == list(range(852, 952))
    page = answer.content.decode()
    assert "850 new, 0 changed, 0 unchanged, 150 rejected" in page
    assert "The first 100 of 150 rejected rows are shown." in page
    assert stored() == before


def put(**cells: Any) -> Callable[[Workbook], None]:
    """Cells of the first row, by column; a pair is a value and its number format."""

    def change(made: Workbook) -> None:
        for name, value in cells.items():
            cell = made.active[place_of(name)]
            cell.value = value[0] if isinstance(value, tuple) else value
            cell.number_format = value[1] if isinstance(value, tuple) else cell.number_format

    return change


WORKBOOK: dict[str, tuple[dict[str, Any], str, str]] = {
    "73 a formula never calculated": ({"value": "=1+1"}, "value", "a formula without a stored value"),
    "74 a percentage": ({"value": (0.05, "0.0%")}, "value", "shows 5% and holds 0.05"),
    "74 a date instead of a number": ({"value": date(2026, 2, 3)}, "value", "Excel may have made it one"),
    "74 a date instead of a text": ({"subject": date(2026, 2, 3)}, "subject", "Format it as text"),
    "76 a time of day": ({"valid_from": datetime(2026, 11, 1, 9, 30)}, "valid_from", "a time of day"),  # noqa: DTZ001
    "76 only a time": ({"valid_from": time(9, 30)}, "valid_from", "a time, not a value"),
    "76 a number that is no day": ({"valid_from": 20261101}, "valid_from", "not a day"),
    "74 an error": ({"value": "#N/A"}, "value", "reports an error"),
    "true": ({"value": True}, "value", "not a number"),
}


@pytest.mark.parametrize(("cells", "column", "words"), WORKBOOK.values(), ids=WORKBOOK)
def test_a_cell_of_a_workbook_is_rejected_with_its_row(
    upload: Upload, stored: Callable[[], Any], cells: dict[str, Any], column: str, words: str
) -> None:
    before = stored()

    answer = upload("a.xlsx", book(row(), change=put(**cells)))

    [(number, named, _given, message)] = rejected(answer)
    assert (number, named) == (2, column)
    assert words in message
    assert stored() == before


def test_a_workbook_row_wider_than_its_headings_is_rejected(upload: Upload) -> None:
    answer = upload("a.xlsx", book(row(), change=lambda made: setattr(made.active["U2"], "value", "x")))

    assert "21 fields" in rejected(answer)[0][3]


def test_a_command_kept_as_text_in_a_workbook_is_rejected(upload: Upload) -> None:
    made = zipped(book(row()), change={SHEET: replaced(b"H100 from Test", b"=cmd|' /C calc'!A0")})

    assert rejected(upload("a.xlsx", made))[0][1] == "label"
