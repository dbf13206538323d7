"""Whole files that cannot be imported: each is refused in a sentence, and nothing is saved."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from tests.planner.catalog.importing.conftest import Upload
from tests.planner.catalog.importing.making import (
    GOOD,
    SHEET,
    book,
    csv_file,
    csv_text,
    replaced,
    row,
    zipped,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
Make = Callable[[], bytes]


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != name}


def renamed(old: str, new: str) -> bytes:
    return csv_file({new if key == old else key: value for key, value in GOOD.items()})


def ole(*, encrypted: bool) -> bytes:
    name = "EncryptedPackage" if encrypted else "Workbook"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + name.encode("utf-16-le") + bytes(1024)


def flagged_encrypted() -> bytes:
    raw = bytearray(book(row()))
    at = raw.index(b"PK\x01\x02")
    raw[at + 8 : at + 10] = struct.pack("<H", 1)
    return bytes(raw)


def linked() -> bytes:
    link = zipfile.ZipInfo("xl/worksheets/link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(book(row()), add={link: b"/etc/passwd"})


def plain_zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def many_parts(count: int) -> bytes:
    return zipped(book(row()), add={f"x/{number}": b"" for number in range(count)})


def with_doctype(doctype: bytes, reference: bytes) -> bytes:
    """In the sheet itself, where its cells are read."""
    return zipped(
        book(row()),
        change={
            SHEET: lambda old: replaced(b"H100 from Test", reference)(
                replaced(b"<worksheet", doctype + b"<worksheet")(old)
            )
        },
    )


def with_doctype_in_strings(doctype: bytes, reference: bytes) -> bytes:
    """In the table of texts, which most workbooks of Excel have."""
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + main + b'"/></Types>'
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    return zipped(
        book(row()),
        change={"[Content_Types].xml": replaced(b"</Types>", override)},
        add={"xl/sharedStrings.xml": doctype + strings + reference + b"</t></si></sst>"},
    )


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
)
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def merged(made: Workbook) -> None:
    made.active.merge_cells("A2:A3")


def hidden_only(made: Workbook) -> None:
    made.create_sheet("Empty")
    made["Prices"].sheet_state = "hidden"
    made.active = 1


def many_columns() -> bytes:
    return (",".join([*GOOD, *(f"c{n}" for n in range(20_000))]) + "\n").encode()


def wide(made: Workbook) -> None:
    for column in range(200):
        made.active.cell(1, 30 + column, f"c{column}")


REFUSED: dict[str, tuple[str, Make, tuple[str, ...]]] = {
    "63 nothing at all": ("a.csv", lambda: b"", ("The file is empty",)),
    "63 only spaces": ("a.csv", lambda: b" \n \n", ("The file is empty",)),
    "63 an empty workbook": ("a.xlsx", lambda: b"", ("The file is empty",)),
    "64 only headings": ("a.csv", lambda: csv_text(row()).splitlines()[0].encode(), ("no row below",)),
    "64 a workbook of headings": (
        "a.xlsx",
        lambda: book(row(), change=lambda made: made.active.delete_rows(2)),
        ("no row below",),
    ),
    "64 no headings": ("a.csv", lambda: b"1,2,3\n4,5,6\n", ("No row names the columns", "key")),
    "65 a missing column": ("a.csv", lambda: csv_file(without("unit")), ("missing: unit",)),
    "65 a column twice": (
        "a.csv",
        lambda: ("value," + csv_text(row()).replace("\n", "\n1,", 1)).encode(),
        ("Columns A and F are both headed", "value"),
    ),
    "65 a renamed column": ("a.csv", lambda: renamed("value", "values"), ("“values”", "Is it “value”?")),
    "65 a strange column": ("a.csv", lambda: renamed("notes", "wxyz"), ("Column S", "“wxyz”", "not known")),
    "65 values without a heading": (
        "a.csv",
        lambda: csv_file({**without("notes"), "": "beware"}),
        ("Column S holds values",),
    ),
    "68 a quotation mark never closed": (
        "a.csv",
        lambda: csv_text(row(), row(label="X")).replace("X,", '"X,').encode(),
        ("line 3", "never closed"),
    ),
    "68 text after a quotation mark": (
        "a.csv",
        lambda: csv_text(row(label="X")).replace("X,", '"X"y,').encode(),
        ("line 2", "follows a closing quotation mark"),
    ),
    "70 a row of 1 MB": (
        "a.csv",
        lambda: csv_file(row(), row(notes="x" * 1_000_000)),
        ("Line 3", "At most 200,000"),
    ),
    "70 a field of many lines": (
        "a.csv",
        lambda: csv_file(row(), row(notes="x\n" * 70_000)),
        ("Line 3", "131,072 characters"),
    ),
    "71 a million rows": ("a.csv", lambda: csv_file(row()) + b"a\n" * 1_000_000, ("more than 2,000 rows",)),
    "71 a million empty lines": (
        "a.csv",
        lambda: csv_file(row()) + b"\n" * 1_000_000,
        ("more than 20,000 lines",),
    ),
    "71 too many rows": ("a.csv", lambda: csv_file(*[row()] * 2_001), ("more than 2,000 rows",)),
    "71 too many rows of a sheet": ("a.xlsx", lambda: book(*[row()] * 2_001), ("more than 2,000 rows",)),
    "71 more bytes than are read": ("a.csv", lambda: b"x" * 5_000_001, ("larger than 5 MB",)),
    "72 20,000 columns": ("a.csv", many_columns, ("Line 1", "20,019 fields", "At most 100")),
    "72 a wide sheet": ("a.xlsx", lambda: book(row(), change=wide), ("Row 1", "At most 100 columns")),
    "74 decimal signs of both kinds": (
        "a.csv",
        lambda: csv_file(row(value="1,5"), row(value="2.5", region="eu")),
        ("“1,5” (line 2, value)", "“2.5” (line 3, value)"),
    ),
    "76 dates of both orders": (
        "a.csv",
        lambda: csv_file(row(valid_from="24/11/2026"), row(valid_from="11/24/2026")),
        ("“24/11/2026” (line 2, valid_from)", "with the day", "with the month"),
    ),
    "77 merged cells": ("a.xlsx", lambda: book(row(), row(), change=merged), ("Merged cells: A2:A3",)),
    "77 two sheets": (
        "a.xlsx",
        lambda: book(row(), sheets=("Old", "New")),
        ("several sheets: “Old”, “New”",),
    ),
    "77 only a hidden sheet": (
        "a.xlsx",
        lambda: book(row(), change=hidden_only),
        ("no visible sheet with anything",),
    ),
    "78 encrypted by Excel": ("a.xlsx", lambda: ole(encrypted=True), ("protected by a password",)),
    "78 encrypted parts": ("a.xlsx", flagged_encrypted, ("protected by a password",)),
    "79 an old workbook": ("a.xlsx", lambda: ole(encrypted=False), ("old workbook (.xls)",)),
    "79 an OpenDocument file": (
        "a.xlsx",
        lambda: plain_zip({"mimetype": b"application/vnd.oasis", "content.xml": b"<a/>"}),
        ("OpenDocument",),
    ),
    "79 a ZIP archive": ("a.xlsx", lambda: plain_zip({"a.txt": b"x"}), ("ZIP archive, but not a workbook",)),
    "79 text named .xlsx": ("a.xlsx", lambda: csv_file(row()), ("is no workbook",)),
    "79 a workbook named .csv": ("a.csv", lambda: book(row()), ("named .csv, but is not text",)),
    "79 another ending": ("a.pdf", lambda: b"%PDF-1.7", ("must end in .csv or .xlsx",)),
    "79 bytes that are no text": ("a.csv", lambda: b"key,value\n\x81\x8d\n", ("Line 2", "not text")),
    "79 a NUL in a text": ("a.csv", lambda: csv_file(row(label="a\x00b")), ("Line 2", "NUL")),
    "79 half a workbook": ("a.xlsx", lambda: book(row())[:2_000], ("damaged",)),
    "79 a broken part": (
        "a.xlsx",
        lambda: zipped(book(row()), change={"xl/workbook.xml": lambda old: old[:200]}),
        ("damaged",),
    ),
    "80 a bomb": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"xl/media/x.bin": bytes(10_000_000)}),
        ("times its size", "At most 100"),
    ),
    "80 a large bomb": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"xl/media/x.bin": bytes(30_000_000)}),
        ("unpacks to 30 MB", "At most 20 MB"),
    ),
    "80 30,000 parts": ("a.xlsx", lambda: many_parts(30_000), ("30,0", "At most 1,000")),
    "80 an archive inside": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"x/inner.zip": plain_zip({"a": b""})}),
        ("another archive", "inner.zip"),
    ),
    "80 too many tags": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"xl/other.xml": b"<a/>" * 20_001}),
        ("too long", "20,000"),
    ),
    "80 too many cells": (
        "a.xlsx",
        lambda: zipped(
            book(row()),
            change={
                SHEET: replaced(
                    b"</sheetData>",
                    b"".join(b'<row r="%d"/>' % n for n in range(9, 500_000)) + b"</sheetData>",
                )
            },
        ),
        ("too many cells",),
    ),
    "81 a billion laughs": ("a.xlsx", lambda: with_doctype(LAUGHS + b"]>", b"&j;"), ("defines entities",)),
    "81 laughs among the texts": (
        "a.xlsx",
        lambda: with_doctype_in_strings(LAUGHS + b"]>", b"&j;"),
        ("defines entities",),
    ),
    "81 an external entity": ("a.xlsx", lambda: with_doctype(XXE, b"&e;"), ("defines entities",)),
    "81 an external entity among the texts": (
        "a.xlsx",
        lambda: with_doctype_in_strings(XXE, b"&e;"),
        ("defines entities",),
    ),
    "82 an absolute name": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"/etc/x.xml": b""}),
        ("outside itself", "/etc/x.xml"),
    ),
    "82 a name that climbs": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"xl/../../x": b""}),
        ("outside itself",),
    ),
    "82 a link": ("a.xlsx", linked, ("a link instead of a part",)),
    "83 macros": (
        "a.xlsx",
        lambda: zipped(book(row()), add={"xl/vbaProject.bin": b"x"}),
        ("holds macros",),
    ),
    "83 macros by their type": (
        "a.xlsx",
        lambda: zipped(
            book(row()),
            change={"[Content_Types].xml": replaced(rb"sheet\.main\+xml", b"sheet.macroEnabled.main+xml")},
        ),
        ("holds macros",),
    ),
    "83 a name that promises macros": ("a.xlsm", lambda: book(row()), ("without macros (.xlsx)",)),
    "84 a cell in the farthest corner": (
        "a.xlsx",
        lambda: book(row(), change=lambda made: made.active.cell(1_048_576, 16_384, "x") and None),
        ("Row 1048576", "column number 16,384"),
    ),
}


@pytest.mark.parametrize(("name", "make", "words"), REFUSED.values(), ids=REFUSED)
def test_the_file_is_refused_in_a_sentence_and_nothing_is_saved(
    upload: Upload, stored: Callable[[], Any], name: str, make: Make, words: tuple[str, ...]
) -> None:
    before = stored()

    answer = upload(name, make())

    assert answer.status_code == 422
    said = " ".join(answer.context["form"].errors["file"])
    assert all(word in said for word in words), said
    assert said.endswith((".", "?"))
    assert stored() == before


def test_no_file_at_all_is_asked_for(upload: Upload, desk: Any) -> None:
    from django.urls import reverse

    answer = desk.post(reverse("admin:catalog_catalogentry_import"), {})

    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_the_sheets_of_a_workbook_become_a_choice_and_the_named_one_is_read(upload: Upload) -> None:
    made = book(row(), sheets=("Old", "New"))

    asked = upload("a.xlsx", made).content.decode()
    read = upload("a.xlsx", made, sheet="New")

    assert '<option value="New">New</option>' in asked
    assert read.status_code == 200
    assert "Read from the sheet “New”." in read.content.decode()
    wrong = upload("a.xlsx", made, sheet="Nowhere")
    assert "no visible sheet named “Nowhere”" in wrong.content.decode()


def test_a_declared_size_of_a_whole_sheet_costs_nothing(upload: Upload) -> None:
    made = zipped(
        book(row()),
        change={SHEET: replaced(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')},
    )

    answer = upload("a.xlsx", made)

    assert answer.status_code == 200
    assert len(answer.context["plan"].new) == 1
