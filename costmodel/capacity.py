"""The stack that serves a quarter's load, band by band (E15, E17).

Everything is in mean tokens an hour over the quarter. The load at a moment is demand x L', where training is its
flat part: L' = (1 - training) L trend + training. Only the ported share of the tokens runs on the alternative chip,
at every moment: with lots that need porting of capacity P and others of capacity C, what can run at one moment is
min(load, P + C, C + ported x load), which is served as two separate pools when porting binds and as one when not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.load import LoadTable


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Mean tokens an hour served in each band; over all bands they sum to the demand."""

    served_by_lot: list[FloatArray]
    on_demand: FloatArray
    burst: FloatArray
    other_clouds: FloatArray
    unserved: FloatArray


@dataclass(frozen=True, slots=True)
class _Load:
    """The load of the quarter: its mean, growth inside the quarter, flat share, and the shape's table."""

    demand: FloatArray
    growth: Number
    training_share: Number
    table: LoadTable

    def served_share(self, capacity: Number) -> FloatArray:
        """Return the share of the tokens that `capacity`, in tokens an hour, can serve: E[min(L', x)]."""
        level = np.asarray(capacity) / np.where(self.demand > 0.0, self.demand, 1.0)
        moving = 1.0 - np.asarray(self.training_share)
        above_training = (level - self.training_share) / np.maximum(moving, 1e-12)
        return np.asarray(self.training_share + moving * self.table.expected_min(above_training, self.growth))


def dispatch(
    demand: FloatArray,
    growth: Number,
    training_share: Number,
    committed: Sequence[tuple[Number, Number | None]],
    on_demand_capacity: Number,
    burst_capacity: Number,
    other_clouds_capacity: Number,
    table: LoadTable,
) -> Dispatch:
    """Return who serves the demand: committed lots in order, on-demand, burst, other clouds, then nobody (E17).

    `committed` holds (capacity in tokens an hour, ported share) for each lot; None means that every token can run
    there. Lots that need porting share one ported share, that of the first. Zero demand gives zeros.
    """
    load = _Load(demand, growth, training_share, table)
    ported = next((share for _, share in committed if share is not None), 0.0)
    bands = [
        *((capacity, share is not None) for capacity, share in committed),
        *((capacity, False) for capacity in (on_demand_capacity, burst_capacity, other_clouds_capacity)),
    ]
    alternative: Number = 0.0
    general: Number = 0.0
    reached = np.zeros_like(demand)
    served = []
    for capacity, is_alternative in bands:
        alternative = alternative + capacity if is_alternative else alternative
        general = general if is_alternative else general + capacity
        cumulative = demand * _pooled_share(load, general, alternative, ported)
        cumulative = np.minimum(np.maximum(cumulative, reached), demand)
        served.append(cumulative - reached)
        reached = cumulative
    *by_lot, on_demand, burst, other_clouds = served
    return Dispatch(by_lot, on_demand, burst, other_clouds, demand - reached)


def _pooled_share(load: _Load, general: Number, alternative: Number, ported: Number) -> FloatArray:
    """Return the share of tokens served by the two kinds of capacity together.

    E[min(l, P + C, C + p l)] = (1 - p) E[min(l, C / (1 - p))] + p E[min(l, P / p)] when P / p > C / (1 - p),
    and E[min(l, P + C)] when not.
    """
    together = load.served_share(general + alternative)
    if np.ndim(alternative) == 0 and not np.any(alternative):
        return together
    apart = (1.0 - ported) * load.served_share(general / np.maximum(1.0 - ported, 1e-12))
    apart = apart + ported * load.served_share(alternative / np.maximum(ported, 1e-12))
    return np.where(alternative * (1.0 - ported) > general * ported, apart, together)
