"""Files as people have them, and as attackers do: made here, so that none is kept as bytes."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

GOOD: dict[str, str] = {
    "key": "offer.test.h100.list.us",
    "label": "H100 from Test",
    "subject": "H100",
    "provider": "Test",
    "value": "2.35",
    "low": "",
    "high": "",
    "unit": "USD per chip-hour",
    "currency": "USD",
    "region": "us",
    "price_kind": "list",
    "source_title": "Price list",
    "source_address": "https://example.com/prices",
    "source_date": "2026-11-20",
    "confidence": "A",
    "valid_from": "2026-11-01",
    "valid_to": "",
    "known_since": "2026-11-21",
    "notes": "",
}


def row(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def csv_text(*rows: dict[str, Any], separator: str = ",", above: str = "") -> str:
    def cell(value: Any) -> str:
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if set(text) & {separator, '"', "\n"} else text

    lines = [separator.join(rows[0]), *(separator.join(cell(v) for v in r.values()) for r in rows)]
    return above + "\n".join(lines) + "\n"


def csv_file(*rows: dict[str, Any], separator: str = ",", above: str = "", encoding: str = "utf-8") -> bytes:
    return csv_text(*rows, separator=separator, above=above).encode(encoding)


def book(
    *rows: dict[str, Any],
    sheets: Sequence[str] = ("Prices",),
    change: Callable[[Workbook], None] | None = None,
) -> bytes:
    """A workbook with these rows in each of the sheets, then changed."""
    made = Workbook()
    made.remove(made.active)
    for title in sheets:
        sheet = made.create_sheet(title)
        sheet.append(list(rows[0]))
        for values in rows:
            sheet.append([None if value == "" else value for value in values.values()])
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(
    original: bytes,
    *,
    change: dict[str, Callable[[bytes], bytes]] | None = None,
    add: dict[Any, bytes] | None = None,
) -> bytes:
    """The archive with parts changed (None of the others) and parts added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(original)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        assert set(change or {}) <= set(source.namelist())
        for part in source.infolist():
            edit = (change or {}).get(part.filename, bytes)
            target.writestr(part.filename, edit(source.read(part)))
        for name, content in (add or {}).items():
            target.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def replaced(pattern: bytes, by: bytes) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        changed = re.sub(pattern, lambda _found: by, content, count=1, flags=re.DOTALL)
        assert changed != content
        return changed

    return edit


def place_of(name: str, number: int = 2) -> str:
    """The coordinate of a column of GOOD: "E2"."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(list(GOOD).index(name) + 1)}{number}"
