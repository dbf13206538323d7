"""What a file is before anybody knows what its columns mean, and how much of it is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn, TypeAlias

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

MOST_ROWS = 2_000
"""With values, below the headings. The catalog has some 800 entries, and a person is to read the preview."""
MOST_LINES = 20_000
"""Of any kind: Excel likes to keep thousands of empty rows that were once formatted."""
MOST_COLUMNS = 100
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something, but no value. `why` is a sentence that says what to do."""

    text: str
    why: str


Cell: TypeAlias = str | float | date | Unreadable
"""Text is stripped; "" is an empty cell. Only workbooks hold numbers, dates and cells that cannot be read."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """`number` is the line of the file where it begins, or the row of the sheet."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        return all(cell == "" for cell in self.cells)


@dataclass(slots=True)
class Grid:
    """The rows that hold something, in their order."""

    rows: list[GridRow]
    place: str
    """ "line" or "row": what its numbers count."""
    notes: list[str] = field(default_factory=list)
    """Sentences about how the file was read, for the preview."""
    separator: str = ""
    """Between the fields of a text file; "" for a workbook."""
    merged: tuple[tuple[int, int, str], ...] = ()
    """First row, last row and name ("A5:A7") of each merged range."""
    day_zero: date | None = None
    """From which a workbook counts days; None for a text file, which does not say."""


def refuse(sentence: str) -> NoReturn:
    """Raises InvalidInput for the whole file."""
    raise InvalidInput([Problem("file", sentence)])


def kept_rows(rows: Iterator[GridRow]) -> list[GridRow]:
    """The rows that hold something. Raises InvalidInput when there are too many, without reading on."""
    kept: list[GridRow] = []
    for count, row in enumerate(rows, start=1):
        if count > MOST_LINES:
            refuse(
                _("The file has more than %(most)s lines, empty ones included. Delete the empty ones.")
                % {"most": f"{MOST_LINES:,}"}
            )
        if row.is_empty:
            continue
        if len(kept) > MOST_ROWS + 20:  # titles and headings stand above the rows
            refuse_too_many_rows()
        kept.append(row)
    return kept


def refuse_too_many_rows() -> NoReturn:
    refuse(
        _("The file has more than %(most)s rows. Split it and import the parts one by one.")
        % {"most": f"{MOST_ROWS:,}"}
    )


def shown(value: object) -> str:
    """A value as a sentence quotes it: at most 60 characters, none that cannot be seen."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
