"""The bridge for load shapes: archetypes, lever tables and traces of the planner as values of the engine."""

from typing import TYPE_CHECKING, Any

from planner.loads import known

if TYPE_CHECKING:
    from costmodel.inputs.demand import LoadShape
    from costmodel.traces.learning import Fleet
    from costmodel.traces.levers import LeverTable, PromiseTable
    from costmodel.traces.trace import Trace

DIGITS = 6


def archetype_shape(key: str) -> "LoadShape":
    """The curve of an archetype. Raises KeyError for a key there is not."""
    return shape(known.archetype(key))


def shape(held: dict[str, Any]) -> "LoadShape":
    """The curve that an archetype or a lever table holds."""
    from costmodel.inputs.demand import LoadShape

    return LoadShape(
        exceedance_share=tuple(held["exceedance_share"]), load_over_mean=tuple(held["load_over_mean"])
    )


def fleets() -> "list[Fleet]":
    """The archetypes that say what to expect of a fleet that is not known."""
    from costmodel.traces.learning import Fleet

    held = [known.archetype(key) for key in known.archetype_keys()]
    return [
        Fleet(
            name=one["key"],
            shape=archetype_shape(one["key"]),
            weight=one["pool_weight"],
            day_spread=one["pool_day_spread"],
        )
        for one in held
        if one.get("pool_weight", 0.0) > 0.0
    ]


def lever_table(key: str) -> "LeverTable":
    """The lever tables of an archetype, those of the pool where it has none. Raises KeyError for no archetype."""
    import numpy as np

    from costmodel.traces.levers import DeferralTable, LeverTable

    held = known.levers(key)
    deferral = held["deferral"]
    return LeverTable(
        base=shape(held),
        deferral=DeferralTable(
            shares=np.array(deferral["deferrable_share"]),
            windows_hours=np.array(deferral["window_hours"]),
            load_over_mean=np.array(deferral["load_over_mean"]),
            capacity_over_mean=np.array(deferral["capacity_over_mean_for_0.1_percent_unserved"]),
        ),
        rate_cap=_promise_table(held["rate_cap"], "cap_over_mean"),
        ramp=_promise_table(held["ramp"], "rise_per_hour"),
    )


def told(table: "LeverTable") -> dict[str, Any]:
    """A lever table as JSON; a deadline without end is null."""
    deferral = table.deferral
    return {
        "exceedance_share": list(table.base.exceedance_share),
        "load_over_mean": _rounded(table.base.load_over_mean),
        "deferral": {
            "deferrable_share": deferral.shares.tolist(),
            "window_hours": deferral.windows_hours.tolist(),
            "capacity_over_mean_for_0.1_percent_unserved": _rounded(deferral.capacity_over_mean.tolist()),
            "load_over_mean": _rounded(deferral.load_over_mean.tolist()),
        },
        "rate_cap": _promise_told(table.rate_cap, "cap_over_mean"),
        "ramp": None if table.ramp is None else _promise_told(table.ramp, "rise_per_hour"),
    }


def shape_of(trace: "Trace", shares: list[float]) -> "LoadShape":
    """The curve of a trace at these shares of time; its mean, read with straight lines, is scaled to 1."""
    import numpy as np

    from costmodel.inputs.demand import LoadShape

    levels = np.quantile(trace.over_mean, 1.0 - np.array(shares))
    levels = levels / float(np.trapezoid(levels, shares))
    return LoadShape(exceedance_share=tuple(shares), load_over_mean=tuple(_rounded(levels.tolist())))


def trace(load: list[float], step_hours: float) -> "Trace":
    """A recorded load. Raises ValueError for what is none."""
    import numpy as np

    from costmodel.traces.trace import Trace

    return Trace(np.array(load), step_hours)


def tabulated(trace: "Trace", base: "LoadShape") -> "LeverTable":
    """The levers with a window, replayed on a trace; its curve says at which shares of time curves are kept."""
    from costmodel.traces import levers

    return levers.tabulated(trace, base)


def averaged(tables: "list[LeverTable]") -> "LeverTable":
    """What to expect of a load that none of the tables was replayed on."""
    from costmodel.traces import levers

    return levers.averaged(tables)


def made(law: str) -> "Trace":
    """The trace of a law. Raises KeyError for a name there is not."""
    from costmodel.traces import laws

    return laws.made({one.name: one for one in (laws.OFFICE_HOURS, laws.SMALL_TOOL)}[law])


def pool_levels(shares: list[float]) -> list[float]:
    """The levels of the pool of all fleets at these shares of time, mean 1."""
    import numpy as np

    from costmodel.traces.learning import pooled

    pool = pooled(fleets())
    levels = np.interp(shares, pool.exceedance_share, pool.load_over_mean)
    found: list[float] = _rounded((levels / float(np.trapezoid(levels, shares))).tolist())
    return found


_FIGURES = ("shed_share", "held_share", "mean_wait_hours", "p99_wait_hours")


def _promise_table(held: dict[str, Any], limit: str) -> "PromiseTable":
    import numpy as np

    from costmodel.traces.levers import PromiseTable

    return PromiseTable(
        limits=np.array(held[limit]),
        deadlines_hours=np.array([np.inf if hours is None else hours for hours in held["deadline_hours"]]),
        load_over_mean=np.array(held["load_over_mean"]),
        **{name: np.array(held[name]) for name in _FIGURES},
    )


def _promise_told(table: "PromiseTable", limit: str) -> dict[str, Any]:
    return {
        limit: table.limits.tolist(),
        "deadline_hours": [None if hours == float("inf") else hours for hours in table.deadlines_hours],
        **{name: _rounded(getattr(table, name).tolist()) for name in _FIGURES},
        "load_over_mean": _rounded(table.load_over_mean.tolist()),
    }


def _rounded(values: Any) -> Any:
    return [_rounded(one) for one in values] if isinstance(values, list | tuple) else round(values, DIGITS)
