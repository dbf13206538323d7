"""Load shapes the product comes with, as they are kept beside this module: `archetypes/KEY.json`.

Each holds a curve with its source and what levers with a window do to it; `made_from` names the trace or the law it is
made from, `days` the days of that record, `pool_weight` and `pool_day_spread` what it counts for where a fleet is not
known. `manage.py tabulate_loads` makes curves and replays anew.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

ARCHETYPES = Path(__file__).parent / "archetypes"
POOLED = "pooled"


@lru_cache(maxsize=1)
def archetype_keys() -> tuple[str, ...]:
    """The keys of all archetypes, in the order of the alphabet."""
    return tuple(sorted(file.stem for file in ARCHETYPES.glob("*.json")))


@lru_cache(maxsize=32)
def archetype(key: str) -> dict[str, Any]:
    """An archetype as it is kept, not to be changed. Raises KeyError for a key there is not."""
    if key not in archetype_keys():
        raise KeyError(key)
    held: dict[str, Any] = json.loads((ARCHETYPES / f"{key}.json").read_text("utf-8"))
    return held


def replay(key: str) -> dict[str, Any]:
    """What levers with a window do to an archetype; to the pool where it was not replayed. Raises KeyError."""
    found: dict[str, Any] = archetype(key).get("replay") or archetype(POOLED)["replay"]
    return found
