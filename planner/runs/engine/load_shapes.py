"""The bridge for load shapes: archetypes and traces of the planner as values of the engine, and back."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.loads import known
from planner.runs.engine.replayed import plain

if TYPE_CHECKING:
    from costmodel.inputs.demand import LoadShape
    from costmodel.traces.learning import Fleet
    from costmodel.traces.levers import LeverTable
    from costmodel.traces.trace import Trace

_DIGITS = 6


def shape(kept: dict[str, Any]) -> "LoadShape":
    """The curve that an archetype holds, with its replay where it has one."""
    from costmodel.inputs.demand import LoadShape
    from costmodel.inputs.levers import ReplayTables

    tables: dict[str, Any] = {
        name: tuple(held) if isinstance(held, list) else held for name, held in kept.get("replay", {}).items()
    }
    return LoadShape(
        exceedance_share=tuple(kept["exceedance_share"]),
        load_over_mean=tuple(kept["load_over_mean"]),
        replay=ReplayTables(**tables) if tables else None,
    )


def fleets() -> "list[Fleet]":
    """The archetypes that say what to expect of a fleet that is not known."""
    from costmodel.traces.learning import Fleet

    held = [known.archetype(name) for name in known.archetype_keys()]
    return [
        Fleet(name=one["key"], shape=shape(one), weight=one["pool_weight"], day_spread=one["pool_day_spread"])
        for one in held
        if one.get("pool_weight", 0.0) > 0.0
    ]


def trace(loads: Sequence[float], step_hours: float) -> "Trace":
    """A recorded load. Raises ValueError for what is none."""
    import numpy as np

    from costmodel.traces.trace import Trace

    return Trace(np.asarray(loads, dtype=np.float64), step_hours)


def made(law: str) -> "Trace":
    """The trace of a law. Raises KeyError for a name there is not."""
    from costmodel.traces import laws

    return laws.made({one.name: one for one in (laws.OFFICE_HOURS, laws.SMALL_TOOL)}[law])


def levels_of(trace: "Trace", shares: Sequence[float]) -> list[float]:
    """The levels of a trace exceeded at these shares of time; their mean, read with straight lines, is scaled to 1."""
    import numpy as np

    return _scaled(np.quantile(trace.over_mean, 1.0 - np.asarray(shares)), shares)


def pool_levels(shares: Sequence[float]) -> list[float]:
    """The levels of the pool of all fleets at these shares of time; mean 1."""
    import numpy as np

    from costmodel.traces.learning import pooled

    pool = pooled(fleets())
    return _scaled(np.interp(shares, pool.exceedance_share, pool.load_over_mean), shares)


def tabulated(trace: "Trace", kept: dict[str, Any]) -> "LeverTable":
    """The levers with a window, replayed on a trace, at the shares of time of its archetype."""
    from costmodel.traces import levers

    return levers.tabulated(trace, shape({**kept, "replay": {}}))


def replay_of(tables: "Sequence[LeverTable]") -> dict[str, Any]:
    """What a shape carries of its lever table, or of the mean of several."""
    from costmodel.traces.carried import carried
    from costmodel.traces.levers import averaged

    table = tables[0] if len(tables) == 1 else averaged(tables)
    return {name: plain(value) for name, value in dataclasses.asdict(carried(table)).items()}


def _scaled(levels: Any, shares: Sequence[float]) -> list[float]:
    import numpy as np

    return [round(float(level), _DIGITS) for level in levels / float(np.trapezoid(levels, shares))]
