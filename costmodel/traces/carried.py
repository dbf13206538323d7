"""The lever table of a load as its shape carries it, and back: plain numbers for a document, arrays for the engine."""

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.demand import LoadShape
from costmodel.inputs.levers import ReplayTables
from costmodel.traces.levers import DeferralTable, LeverTable, PromiseTable

# Digits behind the point that are kept: a load is known to a thousandth of its mean at best.
_DIGITS = 5


def carried(table: LeverTable) -> ReplayTables:
    """Return what a shape carries of its table; a queue without a deadline is left out."""
    caps, deferral = table.rate_cap, table.deferral
    ends = np.isfinite(caps.deadlines_hours)
    return ReplayTables(
        exceedance_share=table.base.exceedance_share,
        load_over_mean=table.base.load_over_mean,
        deferrable_shares=_plain(deferral.shares[1:]),
        window_hours=_plain(deferral.windows_hours[1:]),
        deferred_load_over_mean=_plain(deferral.load_over_mean[1:, 1:]),
        deferred_capacity_over_mean=_plain(deferral.capacity_over_mean[1:, 1:]),
        capacity_over_mean=round(float(deferral.capacity_over_mean[0, 0]), _DIGITS),
        caps_over_mean=_plain(caps.limits),
        queue_hours=_plain(caps.deadlines_hours[ends]),
        capped_load_over_mean=_plain(caps.load_over_mean[:, ends]),
        capped_shed_share=_plain(caps.shed_share[:, ends]),
        capped_mean_wait_hours=_plain(caps.mean_wait_hours[:, ends]),
        capped_p99_wait_hours=_plain(caps.p99_wait_hours[:, ends]),
    )


def table_of(shape: LoadShape) -> LeverTable:
    """Return the lever table a shape carries. Raises ValueError when it was never replayed."""
    held = shape.replay
    if held is None:
        raise ValueError("This load shape was never replayed in the order of time.")
    base, points = (
        LoadShape(exceedance_share=held.exceedance_share, load_over_mean=held.load_over_mean),
        len(held.load_over_mean),
    )
    grid = np.empty((len(held.deferrable_shares) + 1, len(held.window_hours) + 1, points))
    grid[0], grid[:, 0] = base.load_over_mean, base.load_over_mean
    grid[1:, 1:] = np.reshape(held.deferred_load_over_mean, (grid.shape[0] - 1, grid.shape[1] - 1, points))
    capacities = np.full(grid.shape[:2], held.capacity_over_mean)
    capacities[1:, 1:] = np.reshape(held.deferred_capacity_over_mean, (grid.shape[0] - 1, grid.shape[1] - 1))
    deferral = DeferralTable(
        shares=np.array((0.0, *held.deferrable_shares)),
        windows_hours=np.array((0.0, *held.window_hours)),
        load_over_mean=grid,
        capacity_over_mean=capacities,
    )
    size = (len(held.caps_over_mean), len(held.queue_hours))
    curves = np.reshape(held.capped_load_over_mean, (*size, points))
    above = np.maximum(np.asarray(base.load_over_mean) - np.array(held.caps_over_mean)[:, None], 0.0)
    excess = np.trapezoid(above, base.exceedance_share, axis=1)
    rate_cap = PromiseTable(
        limits=np.array(held.caps_over_mean),
        deadlines_hours=np.array(held.queue_hours),
        load_over_mean=curves,
        shed_share=np.reshape(held.capped_shed_share, size),
        held_share=np.repeat(excess[:, None], size[1], axis=1),
        mean_wait_hours=np.reshape(held.capped_mean_wait_hours, size),
        p99_wait_hours=np.reshape(held.capped_p99_wait_hours, size),
    )
    return LeverTable(base, deferral, rate_cap)


def _plain(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(np.ravel(values), _DIGITS).tolist())
