"""Load shapes the product comes with, and what the levers with a window do to each: files beside this module.

`archetypes/KEY.json` holds a curve with its source; `made_from` names the trace or the law it is made from, `days` the
days of the record, `pool_weight` and `pool_day_spread` what it counts for where a fleet is not known.
`levers/KEY.json` holds the replays of that trace or law; `manage.py tabulate_loads` makes both anew.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

ARCHETYPES = Path(__file__).parent / "archetypes"
LEVERS = Path(__file__).parent / "levers"
POOLED = "pooled"


@lru_cache(maxsize=1)
def archetype_keys() -> tuple[str, ...]:
    """The keys of all archetypes, in the order of the alphabet."""
    return tuple(sorted(file.stem for file in ARCHETYPES.glob("*.json")))


@lru_cache(maxsize=32)
def archetype(key: str) -> dict[str, Any]:
    """An archetype as it is kept; not to be changed. Raises KeyError for a key there is not."""
    return _read(ARCHETYPES, key)


@lru_cache(maxsize=32)
def levers(key: str) -> dict[str, Any]:
    """The lever tables of an archetype; those of the pool for one without its own. Raises KeyError for no archetype."""
    archetype(key)
    return _read(LEVERS, key if (LEVERS / f"{key}.json").exists() else POOLED)


def _read(folder: Path, key: str) -> dict[str, Any]:
    if key not in archetype_keys():
        raise KeyError(key)
    held: dict[str, Any] = json.loads((folder / f"{key}.json").read_text("utf-8"))
    return held
