"""A recorded load and its replay: min(L, c1) is served from commitment, then up to c2 by burst, the rest by nobody."""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray, read_only


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Load per step of one length, in any unit; steps that were not recorded are left out, as if time stood still."""

    load: FloatArray
    step_hours: float

    def __post_init__(self) -> None:
        """Refuse what is no load: nothing recorded, below 0, not a number, 0 throughout."""
        load = np.array(self.load, dtype=np.float64)
        if load.ndim != 1 or load.size == 0:
            raise ValueError("A trace needs at least one step.")
        if not np.isfinite(load).all():
            raise ValueError("A trace holds a load that is no number.")
        if (load < 0.0).any():
            raise ValueError("A trace holds a load below 0.")
        if not 0.0 < load.sum() < np.inf:
            raise ValueError(
                "The load of a trace must be above 0 in at least one step, and its sum a number."
            )
        if not (np.isfinite(self.step_hours) and self.step_hours > 0.0):
            raise ValueError("The step of a trace must be longer than 0 hours.")
        object.__setattr__(self, "load", read_only(load))

    @property
    def mean(self) -> float:
        """The mean load, in the unit of the load."""
        return float(self.load.mean())

    @property
    def over_mean(self) -> FloatArray:
        """The load of each step over the mean."""
        return np.asarray(self.load / self.mean)

    def steps_in(self, hours: float) -> int:
        """How many whole steps lie within so many hours, at most those of the trace."""
        return int(min(np.floor(hours / self.step_hours + 1e-9), self.load.size))


@dataclass(frozen=True, slots=True)
class Use:
    """What two levels of capacity do for a load: shares of its tokens, and shares of the time."""

    burst_share: float
    unserved_share: float
    time_above_c1: float
    time_above_c2: float


def replay(trace: Trace, c1: float, c2: float) -> Use:
    """Return what a trace makes of capacities c1 <= c2, both in units of its mean (demand.md 3, protocol 1)."""
    load = trace.over_mean
    below_c1, below_c2 = (float(np.minimum(load, level).mean()) for level in (c1, c2))
    return Use(
        burst_share=below_c2 - below_c1,
        unserved_share=1.0 - below_c2,
        time_above_c1=float((load > c1).mean()),
        time_above_c2=float((load > c2).mean()),
    )
