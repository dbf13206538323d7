"""The bridge for checks of load curves: what a curve predicts of capacity beside what replay found (E14)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.loads import known
from planner.runs.engine import load_shapes

if TYPE_CHECKING:
    from costmodel.inputs.demand import LoadShape
    from costmodel.traces.trace import Trace, Use

PLANS = [(c1, c2) for c1 in (0.8, 1.0, 1.2, 1.5) for c2 in (1.25, 1.5, 2.0, 2.5) if c2 > c1]
"""Commitment and all capacity, in multiples of the mean (demand.md 3, protocol 2)."""
FIGURES = {
    "burst_percent": "burst_share",
    "unserved_percent": "unserved_share",
    "time_above_c1_percent": "time_above_c1",
    "time_above_c2_percent": "time_above_c2",
}
WAITING_SHARE, WAITING_HOURS = 0.3, 4.0
_DIGITS = 4


class Check:
    """A recorded load to judge by, and the curve that is judged."""

    def __init__(self, loads: Sequence[float], step_hours: float) -> None:
        """Take the load by its own curve. Raises ValueError for what is no load."""
        from costmodel.traces.curve import curve_of
        from costmodel.traces.deferral import capacity_when_deferred

        self.trace: Trace = load_shapes.trace(loads, step_hours)
        self.shape: LoadShape = curve_of(self.trace)
        self.level = 1.0
        self.learned: dict[str, Any] | None = None
        self._waiting = capacity_when_deferred(self.trace, WAITING_SHARE, WAITING_HOURS)
        self._waiting_predicted = self._waiting

    def take_archetype(self, name: str) -> None:
        """Judge the curve of an archetype, with what its replay says of waiting."""
        self.shape = load_shapes.shape(known.archetype(name))
        self._predict_waiting(name)

    def learn(
        self, loads: Sequence[float], places: Sequence[int], step_hours: float, prior: str | None
    ) -> None:
        """Judge the curve learned from other steps, shrunk towards an archetype, or towards all that count."""
        import numpy as np

        from costmodel.traces.learning import Fleet, learned

        fleets = load_shapes.fleets()
        if prior is not None:
            fleets = [Fleet(name=prior, shape=load_shapes.shape(known.archetype(prior)), weight=1.0)]
        found = learned(load_shapes.trace(loads, step_hours), np.asarray(places, dtype=np.int64), fleets)
        self.shape = found.shape
        self.learned = {
            "own_weight": round(found.own_weight, _DIGITS),
            "clock_share": round(found.clock_share, _DIGITS),
            "day_spread": round(found.day_spread, _DIGITS),
            "of_archetypes": {name: round(weight, _DIGITS) for name, weight in found.of_fleets},
        }
        self._predict_waiting(prior or known.POOLED)

    def expect_mean_of(self, loads: Sequence[float]) -> None:
        """Take the mean of other steps as the level expected, instead of being told the mean."""
        self.level = sum(loads) / len(loads) / self.trace.mean

    def plans(self) -> list[dict[str, Any]]:
        """Each plan: what the curve predicts, and what replay found; in percent."""
        from costmodel.traces.curve import use_of
        from costmodel.traces.trace import replay

        return [
            {
                "c1": c1,
                "c2": c2,
                "predicted": _told(use_of(self.shape, c1 / self.level, c2 / self.level)),
                "replayed": _told(replay(self.trace, c1, c2)),
            }
            for c1, c2 in PLANS
        ]

    def waiting(self) -> dict[str, Any]:
        """The capacity over the mean that leaves 0.1% unserved when a share of the load may wait."""
        return {
            "deferrable_share": WAITING_SHARE,
            "window_hours": WAITING_HOURS,
            "unserved_percent": 0.1,
            "predicted": round(self._waiting_predicted * self.level, _DIGITS),
            "replayed": round(self._waiting, _DIGITS),
        }

    def _predict_waiting(self, name: str) -> None:
        from costmodel.traces.carried import table_of
        from costmodel.traces.levers import capacity_with_deferral

        table = table_of(load_shapes.shape({**known.archetype(name), "replay": known.replay(name)}))
        self._waiting_predicted = capacity_with_deferral(table, self.shape, WAITING_SHARE, WAITING_HOURS)


def _told(use: "Use") -> dict[str, float]:
    return {told: round(100.0 * getattr(use, name), _DIGITS) for told, name in FIGURES.items()}
