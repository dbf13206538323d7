"""A recorded load from a CSV file: one row a step of time, refused where time stumbles or load is none."""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

OUTPUT_WEIGHT = 5.0
"""An output token loads a chip as much as so many input tokens (the convention of the traces behind the archetypes)."""

FEWEST_STEPS, MOST_STEPS = 144, 20_000
_TIMES = ("t_start_s", "time_s", "time", "timestamp")
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Recorded:
    """The load of each step, in whatever unit; `skipped` steps were marked as suspect and left out."""

    loads: list[float]
    step_hours: float
    skipped: int
    what: str
    """What was taken as load."""
    places: list[int]
    """Which steps of the record the loads are, from 0; the others were skipped."""


def recorded_load(held: bytes, *, fewest: int = FEWEST_STEPS, most: int = MOST_STEPS) -> Recorded:
    """The load of a CSV with a time column and `load`, or `input_tokens_per_s` and `output_tokens_per_s`.

    Time is in seconds or a moment such as 2026-03-31 10:20. Rows whose `gap_suspect` is not 0 are skipped and counted.
    Raises InvalidInput naming the rows that are wrong: time that does not move in equal steps, a load below 0; and for
    a file of fewer steps with a load than `fewest`, or more than `most`.
    """
    reader = csv.DictReader(io.StringIO(_text(held), newline=""))
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        rows = _rows(reader, _time_column(names), most)
    except csv.Error:
        raise _refused(_("Row %(row)d cannot be read as CSV.") % {"row": max(reader.line_num, 1)}) from None
    step, uneven = _step(rows.times)
    if problems := [*rows.problems, *uneven]:
        raise _refused(*problems[:_MOST_PROBLEMS])
    if len(rows.loads) < fewest or not sum(rows.loads) > 0.0:
        raise _refused(
            _("The file has %(held)d steps with a load. At least %(fewest)d are needed, not all of them 0.")
            % {"held": len(rows.loads), "fewest": fewest}
        )
    what = "load" if "load" in names else f"input_tokens_per_s + {OUTPUT_WEIGHT:g} x output_tokens_per_s"
    return Recorded(rows.loads, step / 3600.0, rows.skipped, what, rows.places)


@dataclass(slots=True)
class _Rows:
    """What the rows hold: (row, seconds) of each, the loads that count, and what is wrong."""

    times: list[tuple[int, float]]
    loads: list[float]
    problems: list[str]
    places: list[int]
    skipped: int = 0


def _rows(reader: "csv.DictReader[str]", time: str, most: int) -> _Rows:
    found = _Rows([], [], [], [])
    for number, row in enumerate(reader, start=2):
        if len(found.problems) >= _MOST_PROBLEMS:  # no more are told, and a file may hold millions
            break
        if len(found.times) >= most:
            raise _refused(_("The file has more than %(most)d rows. Send fewer.") % {"most": most})
        moment = _moment(row.get(time) or "")
        if moment is None:
            sentence = _("Row %(row)d: its time is not a number of seconds or a moment.")
            found.problems.append(sentence % {"row": number})
            continue
        found.times.append((number, moment))
        load = _load(row)
        if _is_suspect(row):
            found.skipped += 1
        elif load is None or load < 0.0:
            found.problems.append(_("Row %(row)d: its load must be a number of 0 or more.") % {"row": number})
        else:
            found.loads.append(load)
            found.places.append(len(found.times) - 1)
    return found


def _time_column(names: list[str]) -> str:
    """The column that tells the time. Raises InvalidInput when it or the load is not there."""
    time = next((name for name in _TIMES if name in names), None)
    if time is not None and ("load" in names or {"input_tokens_per_s", "output_tokens_per_s"} <= set(names)):
        return time
    raise _refused(
        _(
            "The first row must name a time column (time or t_start_s) and load, or input_tokens_per_s and "
            "output_tokens_per_s. It names: %(names)s."
        )
        % {"names": ", ".join(names)[:200] or _("nothing")}
    )


def _text(held: bytes) -> str:
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(_("The file is not text in UTF-8. Save it as CSV (UTF-8).")) from error


def _refused(*sentences: str) -> InvalidInput:
    return InvalidInput([Problem("file", sentence) for sentence in sentences])


def _moment(text: str) -> float | None:
    """Seconds, from wherever; None for what is no time."""
    text = text.strip()
    try:
        seconds = float(text)
        return seconds if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _is_suspect(row: Mapping[str, str | None]) -> bool:
    return (row.get("gap_suspect") or "0").strip().lower() not in {"", "0", "0.0", "false"}


def _load(row: Mapping[str, str | None]) -> float | None:
    try:
        if "load" in row:
            load = float(row["load"] or "")
        else:
            tokens = [float(row[name] or "") for name in ("input_tokens_per_s", "output_tokens_per_s")]
            load = tokens[0] + OUTPUT_WEIGHT * tokens[1] if min(tokens) >= 0.0 else min(tokens)
    except (TypeError, ValueError):
        return None
    return load if math.isfinite(load) else None


def _step(times: list[tuple[int, float]]) -> tuple[float, list[str]]:
    """The step in seconds, and a sentence for each row that does not follow the one before by that step."""
    if len(times) < 2:
        return 0.0, []
    step = times[1][1] - times[0][1]
    if step <= 0.0:
        return step, [_("Row %(row)d: time must rise from row to row.") % {"row": times[1][0]}]
    return step, list(_uneven(times, step))


def _uneven(times: list[tuple[int, float]], step: float) -> Iterator[str]:
    sentence = _(
        "Row %(row)d comes %(held)s seconds after the one before. Every step must be %(step)s seconds."
    )
    for (_before, earlier), (number, later) in pairwise(times):
        if abs(later - earlier - step) > 1e-6 * step:
            yield sentence % {"row": number, "held": f"{later - earlier:g}", "step": f"{step:g}"}
