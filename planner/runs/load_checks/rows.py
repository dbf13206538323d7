"""A file of recorded load, step by step: t_start_s, tokens a second, and whether the step is a gap of the record."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

TIME, INPUT, OUTPUT, GAP = "t_start_s", "input_tokens_per_s", "output_tokens_per_s", "gap_suspect"
COLUMNS = (TIME, INPUT, OUTPUT, GAP)
OUTPUT_WEIGHT = 5.0
"""One output token costs about as much as so many input tokens: the ratio of list prices (demand.md 2)."""
_MOST_ROWS = 1_000_000
_MOST = 1e15
# Digits as programs write them: float() also takes 1_000, digits of other scripts, nan and inf.
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """Steps of one length; `load` is None in a gap of the record."""

    step_s: float
    load: tuple[float | None, ...]

    @property
    def skipped(self) -> int:
        """How many steps are gaps."""
        return self.load.count(None)

    def kept(self) -> tuple[list[float], float]:
        """The load without its gaps, and the hours of a step. Raises InvalidInput when there is none or all is 0."""
        kept = [load for load in self.load if load is not None]
        if not kept:
            raise _refused(_("Every row is marked as a gap (gap_suspect is 1). At least one must not be."))
        if not any(kept):
            raise _refused(
                _("The load is 0 in every row that is not a gap. It must be above 0 in at least one.")
            )
        return kept, self.step_s / 3600.0

    def places(self) -> list[int]:
        """The places of the steps that are no gaps."""
        return [place for place, load in enumerate(self.load) if load is not None]

    def cut(self, days: int) -> "tuple[Recorded, Recorded]":
        """The first days, and the rest. Raises InvalidInput when one of the two would be empty."""
        first = math.ceil(days * _DAY_S / self.step_s - 1e-9)
        if first >= len(self.load):
            said = _("The file holds %(days).4g days; %(asked)d to learn from leave none to judge by.")
            raise _refused(said % {"days": len(self.load) * self.step_s / _DAY_S, "asked": days})
        return Recorded(self.step_s, self.load[:first]), Recorded(self.step_s, self.load[first:])


def read(text: str) -> Recorded:
    """The steps of a file. Raises InvalidInput, one sentence, for the first thing that is wrong."""
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        columns = _columns(next(reader, []))
        times, load = _steps(reader, columns)
    except csv.Error:
        said = _("Line %(line)d cannot be read as CSV.") % {"line": reader.line_num}
        raise _refused(said) from None
    if len(times) < 2:
        raise _refused(
            _("The file holds %(rows)d rows of data. It needs at least two.") % {"rows": len(times)}
        )
    return Recorded(_step(times), tuple(load))


def _columns(head: Sequence[str]) -> dict[str, int]:
    names = [name.strip().casefold() for name in head]
    if not any(names):
        raise _refused(_("The file is empty. Its first line must name the columns."))
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise _refused(_("The file lacks the columns %(columns)s.") % {"columns": ", ".join(missing)})
    repeated = [name for name, times in Counter(names).items() if name in COLUMNS and times > 1]
    if repeated:
        said = _("The file has more than one column %(columns)s. Keep one of each.")
        raise _refused(said % {"columns": ", ".join(repeated)})
    return {name: names.index(name) for name in COLUMNS}


def _steps(reader: Iterable[list[str]], columns: dict[str, int]) -> tuple[list[float], list[float | None]]:
    times: list[float] = []
    load: list[float | None] = []
    for row, cells in enumerate((cells for cells in reader if any(cells)), start=1):
        if row > _MOST_ROWS:
            raise _refused(_("The file holds more than %(most)s rows.") % {"most": f"{_MOST_ROWS:,}"})
        of_row = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
        times.append(_number(of_row, TIME, row, -_MOST))
        gap = _number(of_row, GAP, row, 0.0)
        if gap not in (0.0, 1.0):
            said = _("Row %(row)d: gap_suspect is “%(text)s”. It must be 0 or 1.")
            raise _refused(said % {"row": row, "text": of_row[GAP][:40]})
        tokens = None if gap else _number(of_row, INPUT, row, 0.0)
        load.append(None if tokens is None else tokens + OUTPUT_WEIGHT * _number(of_row, OUTPUT, row, 0.0))
    return times, load


def _number(of_row: dict[str, str], column: str, row: int, low: float) -> float:
    text = of_row[column]
    found = float(text) if _PLAIN.fullmatch(text) else math.nan
    if low <= found <= _MOST:
        return found
    words = {"row": row, "column": column, "text": text[:40]}
    if not text:
        raise _refused(_("Row %(row)d: %(column)s is blank.") % words)
    if found < low:
        raise _refused(_("Row %(row)d: %(column)s is %(text)s. It must not be below 0.") % words)
    raise _refused(_("Row %(row)d: %(column)s is “%(text)s”. It must be a number.") % words)


def _step(times: list[float]) -> float:
    """The length of a step. Raises InvalidInput where time does not go on by it."""
    step = times[1] - times[0]
    if step <= 0.0:
        raise _refused(_("Row 2: t_start_s must be later than in the row before."))
    for row in range(2, len(times)):
        found = times[row] - times[row - 1]
        if abs(found - step) > 1e-6 * step:
            said = _(
                "Row %(row)d: t_start_s goes on by %(found).10g s; every step must be %(step).10g s,"
                " as between the first two rows. Mark a step that was not recorded with gap_suspect 1."
            )
            raise _refused(said % {"row": row + 1, "found": found, "step": step})
    return step


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput([Problem("", sentence)])
