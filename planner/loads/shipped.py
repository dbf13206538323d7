"""The load shapes that come with the product: measured ones with their source, and a flat one to compare with."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from planner.loads.documents import LoadDocument

FOLDER = Path(__file__).parent / "archetypes"
POOLED = "pooled"
_FIRST = ("hard_to_forecast", "ordinary_api", "office_hours", "reasoning", "small_tool", "flat")


@dataclass(frozen=True, slots=True)
class Archetype:
    """One of them: its name in addresses, what people read, and the load part of a scenario."""

    name: str
    title: str
    summary: str
    load: dict[str, Any]


def archetypes() -> list[Archetype]:
    """Those that are installed, the heaviest to forecast first."""
    found = {name: held(name) for name in names()}
    order = [name for name in _FIRST if name in found] + [name for name in found if name not in _FIRST]
    return [_archetype(name, found[name]) for name in order]


def archetype_named(name: str) -> Archetype | None:
    """The archetype of this name; None when there is none."""
    return next((one for one in archetypes() if one.name == name), None)


def _archetype(name: str, kept: dict[str, Any]) -> Archetype:
    source = _("%(source)s. Licence: %(licence)s.") % {
        "source": kept.get("source", ""),
        "licence": kept.get("licence", ""),
    }
    load = {field: kept[field] for field in LoadDocument.model_fields if field in kept}
    load |= {"key": name, "label": kept["name"], "source": source}
    return Archetype(name, kept["name"], kept.get("notes", ""), load)


def names() -> list[str]:
    """The names of all archetypes, in the order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def held(name: str) -> dict[str, Any]:
    """An archetype as it is kept, not to be changed; raises FileNotFoundError for a name there is not.

    `made_from` names the trace or the law it is made from, `days` the days of that record, `pool_weight` and
    `pool_day_spread` what it counts for where a fleet is not known.
    """
    kept: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return kept
