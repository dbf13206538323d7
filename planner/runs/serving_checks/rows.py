"""A file of published measurements, row by row: what was run, and apart from it what was measured."""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

ASKED = (
    "row_id",
    "chip",
    "n_chips",
    "model",
    "precision",
    "input_len",
    "output_len",
    "batch_or_concurrency",
    "load_kind",
    "parallelism",
    "framework",
    "source_id",
    "notes",
    "spec_decode",
)
MEASURED = ("tpot_ms", "output_tok_s_per_chip", "ttft_ms", "throughput_basis")
_MAY_LACK = ("notes", "source_id", "spec_decode", *MEASURED)
_MOST_ROWS = 100_000
_DRAWN_LENGTHS = "[0.8,1.0]x"
_DRAWING_SOURCE = "inferencex-aic"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was run, in the words of the file; numbers are None where it is blank. Nothing measured is in here."""

    row_id: str
    chip: str
    chips: int
    model: str
    precision: str
    parallelism: str
    framework: str
    load_kind: str
    source: str
    speculation: str
    input_tokens: float | None
    output_tokens: float | None
    concurrency: float | None
    lengths_are_drawn: bool
    """Whether lengths were drawn between 0.8 and 1.0 of those stated."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; None where the file is blank. A derived throughput is left out."""

    tpot_ms: float | None
    ttft_ms: float | None
    output_tok_s_per_chip: float | None


def read(text: str) -> list[tuple[Asked, Measured]]:
    """The rows. Raises InvalidInput naming missing columns, or rows and columns that hold no number."""
    table = csv.DictReader(io.StringIO(text))
    columns = [name.strip() for name in table.fieldnames or []]
    missing = [name for name in ASKED if name not in columns and name not in _MAY_LACK]
    if missing:
        said = _("The file lacks the columns %(columns)s.") % {"columns": ", ".join(missing)}
        raise InvalidInput([Problem("", said)])
    problems: list[Problem] = []
    found = list(_rows(table, problems))
    if problems:
        raise InvalidInput(problems)
    if not found:
        raise InvalidInput([Problem("", _("The file holds no rows."))])
    return found


def _rows(table: "csv.DictReader[str]", problems: list[Problem]) -> Iterator[tuple[Asked, Measured]]:
    for place, raw in enumerate(table):
        if place >= _MOST_ROWS:
            said = _("The file holds more than %(most)s rows.") % {"most": f"{_MOST_ROWS:,}"}
            problems.append(Problem("", said))
            return
        row = {(name or "").strip(): (value or "").strip() for name, value in raw.items() if name}
        reader = _Reader(row, place + 2, problems)
        asked = Asked(
            row_id=row["row_id"] or _("line %(line)d") % {"line": place + 2},
            chip=row["chip"],
            chips=reader.count("n_chips"),
            model=row["model"],
            precision=row["precision"],
            parallelism=row["parallelism"],
            framework=row["framework"],
            load_kind=row["load_kind"],
            source=row.get("source_id", ""),
            speculation=row.get("spec_decode", ""),
            input_tokens=reader.number("input_len"),
            output_tokens=reader.number("output_len"),
            concurrency=reader.number("batch_or_concurrency"),
            lengths_are_drawn=_are_drawn(row),
        )
        derived = row.get("throughput_basis") == "derived"
        yield (
            asked,
            Measured(
                tpot_ms=reader.number("tpot_ms"),
                ttft_ms=reader.number("ttft_ms"),
                output_tok_s_per_chip=None if derived else reader.number("output_tok_s_per_chip"),
            ),
        )


def _are_drawn(row: Mapping[str, str]) -> bool:
    """Whether the notes say so, or the source is known to draw its lengths."""
    return _DRAWN_LENGTHS in row.get("notes", "") or row.get("source_id", "") == _DRAWING_SOURCE


class _Reader:
    """Numbers of one row; what is no positive number becomes a problem that names row and column."""

    def __init__(self, row: Mapping[str, str], line: int, problems: list[Problem]) -> None:
        self._row, self._line, self._problems = row, line, problems

    def number(self, column: str) -> float | None:
        text = self._row.get(column, "")
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if math.isfinite(found) and found > 0.0:
            return found
        said = _("Line %(line)d: %(column)s is %(text)s. It must be a number above 0, or blank.") % {
            "line": self._line,
            "column": column,
            "text": text[:40],
        }
        self._problems.append(Problem("", said))
        return None

    def count(self, column: str) -> int:
        """A whole number; 1 when it is blank or wrong."""
        found = self.number(column)
        if found is None or found.is_integer():
            return int(found or 1)
        said = _("Line %(line)d: %(column)s is %(text)s. It must be a whole number.")
        words = {"line": self._line, "column": column, "text": self._row[column][:40]}
        self._problems.append(Problem("", said % words))
        return 1
