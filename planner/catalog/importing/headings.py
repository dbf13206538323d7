"""Which row names the columns. Titles above it are skipped; what is not understood is refused, never ignored."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from planner.catalog.importing.grids import (
    MOST_ROWS,
    Cell,
    Grid,
    GridRow,
    refuse,
    refuse_too_many_rows,
    shown,
)
from planner.catalog.importing.names import COLUMNS, Column, column_named, nearest, recognised
from planner.core.errors import InvalidInput, Problem

_LOOKED_AT = 20
"""Rows that may hold the headings; above them people write titles and dates."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the headings, and which column each place of a row belongs to."""

    columns: dict[int, Column]
    rows: list[GridRow]
    grid: Grid

    def cells_of(self, column: Column) -> Iterator[tuple[GridRow, Cell]]:
        """The cells of one column, with their rows; nothing for a column the file does not have."""
        for place, found in self.columns.items():
            if found is column:
                yield from ((row, row.cells[place]) for row in self.rows if place < len(row.cells))


def table_of(grid: Grid) -> Table:
    """The grid with its columns known. Raises InvalidInput naming everything that is wrong with the headings."""
    counts = [len(recognised(row.cells)) for row in grid.rows[:_LOOKED_AT]]
    if max(counts, default=0) < 2:
        refuse(
            _("No row names the columns. The first row must hold: %(names)s.")
            % {"names": ", ".join(column.name for column in COLUMNS if column.required)}
        )
    at = counts.index(max(counts))
    header, rows = grid.rows[at], grid.rows[at + 1 :]
    if len(rows) > MOST_ROWS:
        refuse_too_many_rows()
    columns = _columns(header, rows)
    if not rows:
        refuse(_("There is no row below the headings. Nothing can be imported."))
    _refuse_merged(grid, header.number)
    if at:
        note = _("The headings were found in %(place)s %(number)d; what stands above was not read.")
        grid.notes.append(note % {"place": place_word(grid), "number": header.number})
    return Table(columns, rows, grid)


def place_word(grid: Grid, *, capital: bool = False) -> str:
    """What the numbers of its rows count."""
    if grid.place == "line":
        return _("Line") if capital else _("line")
    return _("Row") if capital else _("row")


def _columns(header: GridRow, rows: list[GridRow]) -> dict[int, Column]:
    columns: dict[int, Column] = {}
    problems: list[str] = []
    for place, heading in enumerate(header.cells):
        column = column_named(heading)
        if column is None:
            problems += _unknown(place, heading, rows)
        elif column in columns.values():
            before = next(other for other, found in columns.items() if found is column)
            sentence = _("Columns %(first)s and %(second)s are both headed “%(name)s”. Keep one.")
            problems.append(
                sentence
                % {
                    "first": get_column_letter(before + 1),
                    "second": get_column_letter(place + 1),
                    "name": column.name,
                }
            )
        else:
            columns[place] = column
    absent = [c.name for c in COLUMNS if c.required and c not in columns.values()]
    if absent:
        problems.append(_("These columns are missing: %(names)s.") % {"names": ", ".join(absent)})
    if problems:
        raise InvalidInput([Problem("file", sentence) for sentence in problems[:20]])
    return columns


def _unknown(place: int, heading: Cell, rows: list[GridRow]) -> list[str]:
    """A sentence, or none for an empty heading above empty cells."""
    letter = get_column_letter(place + 1)
    if heading == "":
        held = next((row for row in rows if place < len(row.cells) and row.cells[place] != ""), None)
        if held is None:
            return []
        return [_("Column %(letter)s holds values, but has no heading.") % {"letter": letter}]
    suggested = nearest(str(heading))
    if suggested:
        sentence = _("Column %(letter)s is headed “%(heading)s”, which is not known. Is it “%(nearest)s”?")
        return [sentence % {"letter": letter, "heading": shown(heading), "nearest": suggested}]
    sentence = _("Column %(letter)s is headed “%(heading)s”, which is not known. Remove it or rename it.")
    return [sentence % {"letter": letter, "heading": shown(heading)}]


def _refuse_merged(grid: Grid, header: int) -> None:
    """A merged cell says nothing about the rows it covers; above the headings it harms nobody."""
    names = [name for _top, bottom, name in grid.merged if bottom >= header]
    if names:
        sentence = _("Merged cells: %(names)s. Unmerge them and give every row its own value.")
        refuse(sentence % {"names": ", ".join(names[:5])})
