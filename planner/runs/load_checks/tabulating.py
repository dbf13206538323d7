"""Archetypes and their lever tables, made from traces and laws and written as files to be committed."""

import json
import re
from pathlib import Path
from typing import Any

from planner.loads import known
from planner.runs.engine import load_shapes
from planner.runs.load_checks import rows
from planner.runs.management.files import text_of

# Longer than a week, so that their tables show windows of days.
_AVERAGED = ("hard_to_forecast", "ordinary_api")
_ROUNDING = 2e-4
_ROW_OF_NUMBERS = re.compile(r"\[\s+(?:(?:null|[-\d.e]+),?\s+)+\]")


def tabulate(traces: Path) -> list[str]:
    """Write all files; the names of those written. Raises InvalidInput for a trace that cannot be read."""
    tables, written = {}, []
    for key in known.archetype_keys():
        held = dict(known.archetype(key))
        made_from = held.get("made_from", {})
        if not ({"trace", "law"} & set(made_from)):
            continue
        trace = (
            load_shapes.trace(*rows.read(text_of(str(traces / made_from["trace"]))).kept())
            if "trace" in made_from
            else load_shapes.made(made_from["law"])
        )
        levels = load_shapes.shape_of(trace, held["exceedance_share"]).load_over_mean
        # Scenarios hold curves made from figures of four digits: what only rounding changed stays.
        if max(abs(a - b) for a, b in zip(levels, held["load_over_mean"], strict=True)) > _ROUNDING:
            held["load_over_mean"] = list(levels)
        base = load_shapes.shape(held)
        tables[key] = load_shapes.tabulated(trace, base)
        written += [_write(known.ARCHETYPES, key, held), _write_levers(key, tables[key])]
    known.archetype.cache_clear()
    pool = dict(known.archetype(known.POOLED))
    pool["load_over_mean"] = load_shapes.pool_levels(pool["exceedance_share"])
    written.append(_write(known.ARCHETYPES, known.POOLED, pool))
    written.append(_write_levers(known.POOLED, load_shapes.averaged([tables[key] for key in _AVERAGED])))
    return written


def _in_one_line(found: re.Match[str]) -> str:
    return "[" + " ".join(found.group(0)[1:-1].split()) + "]"


def _write_levers(key: str, table: Any) -> str:
    return _write(known.LEVERS, key, {"key": key, **load_shapes.told(table)}, rows_in_lines=True)


def _write(folder: Path, key: str, held: dict[str, Any], rows_in_lines: bool = False) -> str:
    file = folder / f"{key}.json"
    text = json.dumps(held, indent=1 if rows_in_lines else 2, ensure_ascii=False)
    if rows_in_lines:
        text = _ROW_OF_NUMBERS.sub(_in_one_line, text)
    file.write_text(text + "\n", "utf-8")
    return f"{folder.name}/{file.name}"
