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
        "replay": replay_of(known.levers(name)),
        "source": _("%(source)s. Licence: %(licence)s.") % said,
    }
    return Archetype(name, held["name"], held["notes"], load)


def replay_of(table: dict[str, Any]) -> dict[str, Any]:
    """A lever table as a scenario carries it: without the cells where nothing waits and the queue without an end."""
    deferral, cap = table["deferral"], table["rate_cap"]
    capacities = deferral["capacity_over_mean_for_0.1_percent_unserved"]
    queues = [place for place, hours in enumerate(cap["deadline_hours"]) if hours is not None]

    def by_queue(name: str) -> list[Any]:
        return [row[place] for row in cap[name] for place in queues]

    return {
        "exceedance_share": table["exceedance_share"],
        "load_over_mean": table["load_over_mean"],
        "deferrable_shares": deferral["deferrable_share"][1:],
        "window_hours": deferral["window_hours"][1:],
        "deferred_load_over_mean": [
            level for row in deferral["load_over_mean"][1:] for curve in row[1:] for level in curve
        ],
        "deferred_capacity_over_mean": [capacity for row in capacities[1:] for capacity in row[1:]],
        "capacity_over_mean": capacities[0][0],
        "caps_over_mean": cap["cap_over_mean"],
        "queue_hours": [cap["deadline_hours"][place] for place in queues],
        "capped_load_over_mean": [level for curve in by_queue("load_over_mean") for level in curve],
        "capped_shed_share": by_queue("shed_share"),
        "capped_mean_wait_hours": by_queue("mean_wait_hours"),
        "capped_p99_wait_hours": by_queue("p99_wait_hours"),
    }
