"""A recorded load replayed by the engine: its curve, and what waiting and a cap do to it."""

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_POINTS, _TABLE_POINTS = 160, 40
"""Of the curve, which tells what replay tells within 0.1 points, and of each curve of the tables."""


def replayed_load(loads: Sequence[float], step_hours: float) -> dict[str, Any]:
    """The load part of a scenario, without names. Raises ValueError for what is no load."""
    import numpy as np

    from costmodel.traces.carried import carried
    from costmodel.traces.curve import curve_of
    from costmodel.traces.levers import tabulated
    from costmodel.traces.trace import Trace

    trace = Trace(np.asarray(loads, dtype=np.float64), step_hours)
    curve = curve_of(trace, _POINTS)
    replay = carried(tabulated(trace, curve_of(trace, _TABLE_POINTS)))
    return {
        "exceedance_share": _rising(curve.exceedance_share),
        "load_over_mean": [round(level, 6) for level in curve.load_over_mean],
        "replay": {name: plain(value) for name, value in dataclasses.asdict(replay).items()},
    }


def _rising(shares: Sequence[float]) -> list[float]:
    """The shares with as few digits as keep them apart: a level seen in one step of 20,000 leans over 5e-11."""
    rounded = [round(share, 9) for share in shares]
    is_kept = all(earlier < later for earlier, later in pairwise(rounded))
    return rounded if is_kept else [float(share) for share in shares]


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return list(value) if isinstance(value, tuple) else value
