"""An uploaded file to rows: which kind it is, by its name and by its first bytes, which must agree."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.catalog.importing.grids import Grid, refuse
from planner.catalog.importing.headings import table_of
from planner.catalog.importing.rows import Reading, read_rows
from planner.catalog.importing.text_files import read_text
from planner.catalog.importing.workbooks import read_workbook
from planner.core.texts import plain_text

_ZIP, _OLE, _PDF = b"PK", b"\xd0\xcf\x11\xe0", b"%PDF"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """What somebody uploaded. `sheet`: the one they named; "" when they named none."""

    name: str
    content: bytes
    sheet: str = ""

    @property
    def shown_name(self) -> str:
        """Its name without a path and without characters that cannot be shown; at most 100 characters."""
        return plain_text(self.name.replace("\\", "/").rpartition("/")[2])[-100:]


def read_file(chosen: ChosenFile) -> Reading:
    """Its rows, read or rejected. Raises InvalidInput with one sentence when the file as a whole is wrong."""
    return read_rows(table_of(_grid(chosen)))


def _grid(chosen: ChosenFile) -> Grid:
    raw = chosen.content
    ending = chosen.name.rpartition(".")[2].lower()
    if ending == "xlsm":
        refuse(_("The workbook may hold macros. Save it as a workbook without macros (.xlsx)."))
    if ending not in {"csv", "xlsx"}:
        refuse(_("The name of the file must end in .csv or .xlsx."))
    if not raw.strip():
        refuse(_("The file is empty. It must hold a row of headings and the rows to import."))
    if raw.startswith(_OLE):
        refuse(_why_ole(raw))
    if ending == "xlsx":
        if not raw.startswith(_ZIP):
            refuse(_("The file is named .xlsx, but is no workbook. Save it as .xlsx or name it .csv."))
        return read_workbook(raw, sheet=chosen.sheet)
    if raw.startswith((_ZIP, _PDF)):
        refuse(_("The file is named .csv, but is not text. Save it as CSV, or as a workbook named .xlsx."))
    return read_text(raw)


def _why_ole(raw: bytes) -> str:
    """Old workbooks and encrypted new ones share their first bytes."""
    if _ENCRYPTED in raw:
        return _("The workbook is protected by a password. Save it without one.")
    return _("This is an old workbook (.xls). Save it as .xlsx.")
