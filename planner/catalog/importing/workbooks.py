"""Excel workbooks: which sheet is meant, and its cells with the values that were stored in them.

openpyxl reads the parts; its own loop over rows fills every gap between cells, so that one cell in a far corner
would cost minutes. `_SheetCells` reads only what is there.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, MERGE_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse
from typing_extensions import override

from planner.catalog.importing.archives import checked_archive
from planner.catalog.importing.grids import (
    MOST_COLUMNS,
    Cell,
    Grid,
    GridRow,
    Unreadable,
    kept_rows,
    refuse,
    shown,
)
from planner.catalog.importing.names import recognised
from planner.core.errors import InvalidInput, Problem


class SeveralSheets(InvalidInput):
    """More than one sheet could be meant. `names` are theirs."""

    def __init__(self, names: list[str]) -> None:
        sentence = _("The workbook has several sheets: %(names)s. Say which, and choose the file again.")
        listed = ", ".join(f"“{shown(name)}”" for name in names)
        super().__init__([Problem("file", sentence % {"names": listed})])
        self.names = names


def read_workbook(raw: bytes, *, sheet: str = "") -> Grid:
    """The sheet of this name, or the only one that can be meant. Raises InvalidInput, also as SeveralSheets."""
    archive = checked_archive(raw)
    try:
        book = load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
        return _chosen_sheet(book, sheet)
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl has no error of its own: a broken part may raise anything at all
        if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
            refuse(_("The workbook defines entities in its XML, which no spreadsheet does. Save it anew."))
        refuse(_("The workbook is damaged and cannot be read. Open it in Excel and save it anew as .xlsx."))


def _chosen_sheet(book: Any, wanted: str) -> Grid:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if wanted:
        visible = [sheet for sheet in visible if sheet.title == wanted]
        if not visible:
            refuse(_("The workbook has no visible sheet named “%(name)s”.") % {"name": shown(wanted)})
    filled = _grids(book, visible[:20])
    if not filled:
        refuse(_("The workbook has no visible sheet with anything in it."))
    named = {title: grid for title, grid in filled.items() if _names_columns(grid)}
    candidates = named or filled
    if len(candidates) > 1:
        raise SeveralSheets(list(candidates))
    title, grid = next(iter(candidates.items()))
    grid.notes.insert(0, _("Read from the sheet “%(name)s”.") % {"name": shown(title)})
    others = [shown(name) for name in filled if name != title] + [shown(name) for name in hidden]
    if others:
        sentence = _("Sheets that were not read, because they are hidden or name no columns: %(names)s.")
        grid.notes.insert(1, sentence % {"names": ", ".join(f"“{name}”" for name in others[:10])})
    return grid


def _grids(book: Any, sheets: list[Any]) -> dict[str, Grid]:
    """The sheets that hold anything. Raises InvalidInput for one that cannot be read, when it is the only one."""
    try:
        grids = {sheet.title: _grid_of(book, sheet) for sheet in sheets}
    except InvalidInput:
        if len(sheets) == 1:
            raise
        raise SeveralSheets([sheet.title for sheet in sheets]) from None
    return {title: grid for title, grid in grids.items() if grid.rows}


def _names_columns(grid: Grid) -> bool:
    return any(len(recognised(row.cells)) > 1 for row in grid.rows[:20])


def _grid_of(book: Any, sheet: Any) -> Grid:
    with sheet.parent._archive.open(sheet._worksheet_path) as source:
        cells = _SheetCells(book, sheet, source)
        grid = Grid(rows=kept_rows(cells.grid_rows()), place="row")
    grid.merged = cells.merged
    grid.day_zero = book.epoch.date()
    if cells.formulas:
        sentence = ngettext(
            "%(count)d cell holds a formula; the value stored with it was read.",
            "%(count)d cells hold formulas; the values stored with them were read.",
            cells.formulas,
        )
        grid.notes.append(sentence % {"count": cells.formulas})
    if cells.hidden_rows:
        sentence = ngettext(
            "%(count)d hidden row was read too.", "%(count)d hidden rows were read too.", cells.hidden_rows
        )
        grid.notes.append(sentence % {"count": cells.hidden_rows})
    if cells.hidden_columns:
        grid.notes.append(_("Hidden columns were read too."))
    return grid


class _SheetCells(WorkSheetParser):  # type: ignore[misc] # openpyxl has no types
    """The cells that are there, and what people should know of them."""

    def __init__(self, book: Any, sheet: Any, source: Any) -> None:
        super().__init__(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._book = book
        self.formulas = 0
        self.hidden_rows = 0
        self.hidden_columns = False
        self.merged: tuple[tuple[int, int, str], ...] = ()

    def grid_rows(self) -> Iterator[GridRow]:
        """Rows in the order of the file, which must be that of their numbers."""
        last = 0
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                number, cells = self.parse_row(element)
                if number <= last:
                    raise ValueError("rows out of order")
                last = number
                row = GridRow(number, self._filled(number, cells))
                self.hidden_rows += element.get("hidden") in {"1", "true"} and not row.is_empty
                yield row
            elif element.tag == MERGE_TAG:
                self.merged = tuple(self._merge(part.get("ref", "")) for part in element)
            elif element.tag == COL_TAG:
                self.hidden_columns |= element.get("hidden") in {"1", "true"}
            else:
                continue
            element.clear()

    def _merge(self, reference: str) -> tuple[int, int, str]:
        _left, top, _right, bottom = range_boundaries(reference)
        return top, bottom, shown(reference)

    def _filled(self, number: int, cells: list[dict[str, Any]]) -> tuple[Cell, ...]:
        held = {cell["column"]: cell["value"] for cell in cells if cell["value"] not in (None, "")}
        widest = max(held, default=0)
        if len(held) > MOST_COLUMNS or widest > 16_384:
            refuse(
                _("Row %(row)d has values in %(count)s columns. At most %(most)d columns are read.")
                % {"row": number, "count": f"{len(held):,}", "most": MOST_COLUMNS}
            )
        if widest > MOST_COLUMNS:
            refuse(
                _("Row %(row)d has a value in column number %(column)s. At most %(most)d columns are read.")
                % {"row": number, "column": f"{widest:,}", "most": MOST_COLUMNS}
            )
        return tuple(held.get(column, "") for column in range(1, widest + 1))

    @override
    def parse_cell(self, element: Any) -> dict[str, Any]:
        """As openpyxl does, with the value as a `Cell`."""
        found: dict[str, Any] = super().parse_cell(element)
        has_formula = element.find(FORMULA_TAG) is not None
        has_value = bool(element.findtext(VALUE_TAG)) or element.get("t") == "str"
        self.formulas += has_formula and has_value
        if has_formula and not has_value:
            why = _("The cell holds a formula without a stored value. Put the value itself there.")
            found["value"] = Unreadable(_("formula"), why)
        elif found["value"] is not None:
            found["value"] = self._cell(found["value"], found["data_type"], found["style_id"])
        return found

    def _cell(self, value: Any, data_type: str, style: int) -> Cell:
        if data_type == "e":
            return Unreadable(shown(value), _("Excel reports an error here. Put the value itself there."))
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            if "%" in self._number_format(style):
                sentence = _(
                    "The cell is formatted as a percentage, so it shows %(shown)s and holds %(held)s. "
                    "Write the number without the format, and say %% in the unit."
                )
                figures = {"shown": f"{value * 100:.6g}%", "held": f"{value:.6g}"}
                return Unreadable(f"{value * 100:.6g}%", sentence % figures)
            return float(value)
        if isinstance(value, datetime):
            if value.time() == time(0):
                return value.date()
            return Unreadable(shown(value), _("The cell holds a time of day too. Write the date alone."))
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            return value.strip()
        return Unreadable(shown(value), _("The cell holds a time, not a value."))

    def _number_format(self, style: int) -> str:
        number: int = self._book._cell_styles[style].numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return str(BUILTIN_FORMATS.get(number, "General"))
        return str(self._book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
