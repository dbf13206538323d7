"""The archetypes as load parts of a scenario: curve, source, and what the levers with a window do to it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.loads import known
from planner.loads.documents import LoadDocument

_FIRST = ("hard_to_forecast", "ordinary_api", "office_hours", "reasoning", "small_tool")
_LAST = (known.POOLED, "flat")


@dataclass(frozen=True, slots=True)
class Archetype:
    """One of them: its name in addresses, what people read, and the load part of a scenario."""

    name: str
    title: str
    summary: str
    load: dict[str, Any]


def archetypes() -> list[Archetype]:
    """Those that are installed, the heaviest to forecast first."""
    found = known.archetype_keys()
    others = [name for name in found if name not in (*_FIRST, *_LAST)]
    return [_archetype(name) for name in (*_FIRST, *others, *_LAST) if name in found]


def archetype_named(name: str) -> Archetype | None:
    """The archetype of this name; None when there is none."""
    return _archetype(name) if name in known.archetype_keys() else None


def _archetype(name: str) -> Archetype:
    held = known.archetype(name)
    said = {"source": held["source"], "licence": held["licence"]}
    curve = {field: held[field] for field in LoadDocument.model_fields if field in held}
    load = {
        **curve,
        "key": name,
        "label": held["name"],
        "replay": known.replay(name),
        "source": _("%(source)s. Licence: %(licence)s.") % said,
    }
    return Archetype(name, held["name"], held["notes"], load)
