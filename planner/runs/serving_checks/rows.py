"""A file of published measurements, row by row: what was run, and apart from it what was measured."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from planner.core.documents import MOST_PROBLEMS
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
_RANGES = {
    "n_chips": (1.0, 100_000.0),
    "input_len": (1.0, 1e7),
    "output_len": (1.0, 1e7),
    "batch_or_concurrency": (1.0, 1e6),
}
_ANY_RANGE = (1e-9, 1e12)
_WHOLE = ("n_chips",)
# Digits as programs write them: float() also takes 1_000, digits of other scripts, nan and inf.
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DEGREE = re.compile(r"\d{1,5}", re.ASCII)
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
    input_tokens: float | None
    output_tokens: float | None
    concurrency: float | None
    lengths_are_drawn: bool
    """Whether lengths were drawn between 0.8 and 1.0 of those stated."""
    problem: str = ""
    """Why this row cannot be asked, as sentences; "" when it can."""
    speculation: str = ""
    """What the file says of drafts."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; None where the file is blank. A derived throughput is left out."""

    tpot_ms: float | None
    ttft_ms: float | None
    output_tok_s_per_chip: float | None
    ignored: tuple[str, ...] = ()
    """A sentence for each value that is no number."""


def read(text: str) -> list[tuple[Asked, Measured]]:
    """The rows. A row that cannot be asked says so in `Asked.problem`; measurements that are no numbers are left out.

    Raises InvalidInput for what is wrong with the whole file: columns that lack or repeat, no rows, no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        columns = _columns(next(reader, []))
        found = [_row(columns, cells, reader.line_num) for cells in _lines(reader)]
    except csv.Error:
        said = _(
            "Line %(line)d cannot be read as CSV: a cell may hold at most %(most)s characters,"
            " and quotes must be closed."
        ) % {"line": reader.line_num, "most": f"{csv.field_size_limit():,}"}
        raise InvalidInput([Problem("", said)]) from None
    if not found:
        raise InvalidInput([Problem("", _("The file holds no rows."))])
    return found


def read_for_a_fit(text: str) -> list[tuple[Asked, Measured]]:
    """The rows, as `read`; raises InvalidInput for every value that is wrong: a fit must not guess."""
    found = read(text)
    said = [
        _("%(row)s: %(told)s") % {"row": asked.row_id, "told": told}
        for asked, measured in found
        for told in (asked.problem, *measured.ignored)
        if told
    ]
    if said:
        raise InvalidInput([Problem("", sentence) for sentence in said[:MOST_PROBLEMS]])
    return found


def digest_of(text: str) -> str:
    """What tells one file of measurements from another."""
    return sha256(text.encode()).hexdigest()


def _columns(head: Sequence[str]) -> list[str]:
    """Names of the columns, in small letters; columns without a name are "" and not read."""
    columns = [name.strip().casefold() for name in head]
    missing = [name for name in ASKED if name not in columns and name not in _MAY_LACK]
    if missing:
        said = _("The file lacks the columns %(columns)s.") % {"columns": ", ".join(missing)}
        raise InvalidInput([Problem("", said)])
    repeated = [name for name, times in Counter(columns).items() if name and times > 1]
    if repeated:
        said = _("The file has more than one column %(columns)s. Keep one of each.")
        raise InvalidInput([Problem("", said % {"columns": ", ".join(repeated)})])
    return columns


def _lines(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows that are not blank. Raises InvalidInput when there are too many."""
    for place, cells in enumerate(cells for cells in reader if cells):
        if place >= _MOST_ROWS:
            said = _("The file holds more than %(most)s rows.") % {"most": f"{_MOST_ROWS:,}"}
            raise InvalidInput([Problem("", said)])
        yield cells


def _row(columns: Sequence[str], cells: Sequence[str], line: int) -> tuple[Asked, Measured]:
    row = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
    asks, measures = _Reader(row), _Reader(row)
    if len(cells) < len(columns) or any(cells[len(columns) :]):
        said = _("The row has %(cells)d cells; the file has %(columns)d columns.")
        asks.problems.append(said % {"cells": len(cells), "columns": len(columns)})
    chips = asks.number("n_chips")
    asks.check_degrees("parallelism")
    lengths = asks.number("input_len"), asks.number("output_len")
    concurrency = asks.number("batch_or_concurrency")
    asked = Asked(
        row_id=row.get("row_id") or _("line %(line)d") % {"line": line},
        chip=row.get("chip", ""),
        chips=int(chips or 1),
        model=row.get("model", ""),
        precision=row.get("precision", ""),
        parallelism=row.get("parallelism", ""),
        framework=row.get("framework", ""),
        load_kind=row.get("load_kind", ""),
        source=row.get("source_id", ""),
        speculation=row.get("spec_decode", ""),
        input_tokens=lengths[0],
        output_tokens=lengths[1],
        concurrency=concurrency,
        lengths_are_drawn=_are_drawn(row),
        problem=" ".join(asks.problems),
    )
    rate = measures.number("output_tok_s_per_chip")
    measured = Measured(
        tpot_ms=measures.number("tpot_ms"),
        ttft_ms=measures.number("ttft_ms"),
        output_tok_s_per_chip=None if row.get("throughput_basis") == "derived" else rate,
        ignored=tuple(measures.problems),
    )
    return asked, measured


def _are_drawn(row: Mapping[str, str]) -> bool:
    """Whether the notes say so, or the source is known to draw its lengths."""
    return _DRAWN_LENGTHS in row.get("notes", "") or row.get("source_id", "") == _DRAWING_SOURCE


class _Reader:
    """Numbers of one row; what is no number in the range of its column becomes a sentence, and reads as blank."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row = row
        self.problems: list[str] = []

    def number(self, column: str) -> float | None:
        text = self._row.get(column, "")
        if not text:
            return None
        low, high = _RANGES.get(column, _ANY_RANGE)
        found = float(text) if _PLAIN.fullmatch(text) else math.nan
        if low <= found <= high and (column not in _WHOLE or found.is_integer()):
            return found
        said = _("%(column)s is “%(text)s”. It must be a number between %(low)s and %(high)s, or blank.")
        if column in _WHOLE:
            said = _("%(column)s is “%(text)s”. It must be a whole number between %(low)s and %(high)s.")
        words = {"column": column, "text": text[:40], "low": f"{low:,.10g}", "high": f"{high:,.10g}"}
        self.problems.append(said % words)
        return None

    def check_degrees(self, column: str) -> None:
        """Every number in a label of a layout counts chips or replicas: none is 0, none has no end."""
        text = self._row.get(column, "")
        wrong = [one for one in re.findall(r"\d+", text) if not (_DEGREE.fullmatch(one) and int(one))]
        if wrong:
            said = _("%(column)s is “%(text)s”. Its numbers must be whole, between 1 and 99,999.")
            self.problems.append(said % {"column": column, "text": text[:40]})
