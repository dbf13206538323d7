"""Archetypes with their replays, made from traces and laws and written as files to be committed."""

import json
import re
from pathlib import Path
from typing import Any

from planner.loads import known
from planner.loads.recorded import recorded_load
from planner.runs.engine import load_shapes
from planner.runs.management.files import bytes_of

# The replay of the pool: its records of a day are too short for windows of days.
_AVERAGED = ("hard_to_forecast", "ordinary_api")
# Scenarios hold curves made from figures of four digits: what only rounding changes stays.
_ROUNDING = 2e-4
_ROW_OF_NUMBERS = re.compile(r"\[\s+(?:[-\d.e]+,?\s+)+\]")


def tabulate(traces: Path) -> list[str]:
    """Write all archetypes; the names of those written. Raises InvalidInput for a trace that cannot be read."""
    tables: dict[str, Any] = {}
    for name in known.archetype_keys():
        kept = dict(known.archetype(name))
        if (trace := _trace_of(kept.get("made_from", {}), traces)) is None:
            continue
        levels = load_shapes.levels_of(trace, kept["exceedance_share"])
        if max(abs(a - b) for a, b in zip(levels, kept["load_over_mean"], strict=True)) > _ROUNDING:
            kept["load_over_mean"] = levels
        tables[name] = load_shapes.tabulated(trace, kept)
        _write(name, kept | {"replay": load_shapes.replay_of([tables[name]])})
    known.archetype.cache_clear()
    pool = dict(known.archetype(known.POOLED))
    pool["load_over_mean"] = load_shapes.pool_levels(pool["exceedance_share"])
    pool["replay"] = load_shapes.replay_of([tables[name] for name in _AVERAGED])
    _write(known.POOLED, pool)
    return [*tables, known.POOLED]


def _trace_of(made_from: dict[str, Any], traces: Path) -> Any:
    """The trace an archetype is made from; None when it is from none."""
    if "law" in made_from:
        return load_shapes.made(made_from["law"])
    if "trace" not in made_from:
        return None
    recorded = recorded_load(bytes_of(str(traces / made_from["trace"])))
    return load_shapes.trace(recorded.loads, recorded.step_hours)


def _write(name: str, kept: dict[str, Any]) -> None:
    text = _ROW_OF_NUMBERS.sub(_in_one_line, json.dumps(kept, indent=2, ensure_ascii=False))
    (known.ARCHETYPES / f"{name}.json").write_text(text + "\n", "utf-8")


def _in_one_line(found: re.Match[str]) -> str:
    return "[" + " ".join(found.group(0)[1:-1].split()) + "]"
