"""Cells to values, row by row. What cannot be read is a `Rejection`; nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from planner.catalog.importing.figures import (
    Habits,
    Unclear,
    day,
    day_of_number,
    formula_sentence,
    habits_of,
    number,
    within_reach,
)
from planner.catalog.importing.grids import Cell, GridRow, Unreadable, shown
from planner.catalog.importing.headings import Table, place_word
from planner.catalog.importing.names import CHOICES, COLUMNS, Column
from planner.core.canonical_json import parse_strict
from planner.core.errors import InvalidInput
from planner.core.texts import is_plain

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row cannot be imported. `column` is "" when the row as a whole is wrong."""

    number: int
    column: str
    given: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read: the values of the columns the file has, by field name."""

    number: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """All of a file: rows that could be read, and those that could not."""

    place: str
    """ "line" or "row": what their numbers count."""
    rows: list[Row] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_rows(table: Table) -> Reading:
    """Every row of the table. Raises InvalidInput when the file contradicts itself about decimal signs or dates."""
    habits = habits_of(_texts(table, "number"), _texts(table, "date"), table.grid.separator)
    reading = Reading(place=table.grid.place, notes=table.grid.notes)
    if habits.decimal == ",":
        reading.notes.append(_("Numbers are read with a decimal comma, as the file writes them."))
    if habits.day_first is not None:
        order = _("day first") if habits.day_first else _("month first")
        reading.notes.append(_("Dates with slashes are read %(order)s.") % {"order": order})
    if any(
        isinstance(cell, float)
        for column in COLUMNS
        if column.reading == "date"
        for _r, cell in table.cells_of(column)
    ):
        reading.notes.append(_("Dates given as day numbers are read by the calendar of the workbook."))
    for row in table.rows:
        _read_row(row, table, habits, reading)
    return reading


def _texts(table: Table, kind: str) -> list[tuple[str, str]]:
    """The cells of this kind that hold text, each with the name of its place."""
    word = place_word(table.grid)
    return [
        (cell, f"{word} {row.number}, {column.name}")
        for column in COLUMNS
        if column.reading == kind
        for row, cell in table.cells_of(column)
        if isinstance(cell, str) and cell
    ]


def _read_row(row: GridRow, table: Table, habits: Habits, reading: Reading) -> None:
    width = max(table.columns) + 1
    if problem := _raggedness(row, width, is_text=table.grid.place == "line"):
        reading.rejections.append(Rejection(row.number, "", "", problem))
        return
    values: dict[str, Any] = {}
    found: list[Rejection] = []
    for place, column in sorted(table.columns.items()):
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            values[column.name] = _value(cell, column, habits, table.grid.day_zero)
        except Unclear as unclear:
            given = cell.text if isinstance(cell, Unreadable) else shown(cell)
            found.append(Rejection(row.number, column.name, given, str(unclear)))
    if found:
        reading.rejections += found
    else:
        reading.rows.append(Row(row.number, values))


def _raggedness(row: GridRow, width: int, *, is_text: bool) -> str:
    """A sentence when the row has more fields than there are headings, or (in a text file) fewer."""
    filled = max((place + 1 for place, cell in enumerate(row.cells) if cell != ""), default=0)
    if filled > width:
        sentence = _("The row has %(count)d fields, but there are %(width)d headings.")
        return sentence % {"count": filled, "width": width}
    if is_text and len(row.cells) < width:
        sentence = _("The row has only %(count)d fields, but there are %(width)d headings.")
        return sentence % {"count": len(row.cells), "width": width}
    return ""


def _value(cell: Cell, column: Column, habits: Habits, day_zero: date | None) -> Any:
    """The value for the field of this column. Raises Unclear."""
    if isinstance(cell, Unreadable):
        raise Unclear(cell.why)
    if cell == "":
        return _nothing(column)
    if column.reading == "number":
        return _number(cell, habits)
    if column.reading == "date":
        return _date(cell, habits, day_zero)
    text = _text(cell, column)
    if column.reading == "choice":
        return _choice(text, column)
    return _object(text) if column.reading == "object" else text


def _nothing(column: Column) -> Any:
    """What an empty cell means. Raises Unclear where there must be a value."""
    if column.required:
        raise Unclear(_("A value is needed here: %(allowed)s.") % {"allowed": column.allowed})
    return {"number": None, "date": None, "object": {}}.get(column.reading, "")


def _number(cell: str | float | date, habits: Habits) -> float:
    if isinstance(cell, date):
        raise Unclear(_("The cell is a date: Excel may have made it one. Write a number such as 2.35."))
    return cell if isinstance(cell, float) else number(cell, habits)


def _date(cell: str | float | date, habits: Habits, day_zero: date | None) -> date:
    if isinstance(cell, date):
        return within_reach(cell)
    if isinstance(cell, float):
        assert day_zero is not None  # only workbooks hold numbers
        return day_of_number(cell, day_zero)
    return day(cell, habits)


def _text(cell: str | float | date, column: Column) -> str:
    if isinstance(cell, date):
        raise Unclear(
            _("The cell is a date: Excel may have made it one. Format it as text and type it again.")
        )
    text = f"{cell:.15g}" if isinstance(cell, float) else cell
    if text.startswith(_FORMULA_SIGNS):
        raise Unclear(formula_sentence())
    visible = text.replace("\n", " ").replace("\t", " ") if column.name == "notes" else text
    if not is_plain(visible):
        raise Unclear(_("The text holds a character that cannot be shown, or a line break."))
    if column.reading == "text" and len(text) > column.most:
        sentence = _("The text has %(length)s characters. It may have at most %(most)s.")
        raise Unclear(sentence % {"length": f"{len(text):,}", "most": f"{column.most:,}"})
    return text


def _choice(text: str, column: Column) -> str:
    """The stored word for what was written: the word itself in any capitals, or its label."""
    choices = CHOICES[column.name]
    wanted = text.casefold()
    for value, label in choices:
        if wanted in {str(value).casefold(), str(label).casefold()}:
            return str(value)
    raise Unclear(
        _("Write one of: %(allowed)s.") % {"allowed": ", ".join(str(value) for value, _l in choices)}
    )


def _object(text: str) -> Any:
    try:
        return parse_strict(text, max_bytes=10_000, max_depth=8)
    except InvalidInput as refusal:
        raise Unclear(refusal.problems[0].message) from refusal
    except (RecursionError, ValueError) as error:
        raise Unclear(_("This cannot be read as JSON.")) from error
