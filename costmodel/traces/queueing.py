"""Two promises of a customer that bend the load before it meets capacity: a cap on its rate and a limit on its rise."""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.traces.trace import Trace


@dataclass(frozen=True, slots=True, eq=False)
class Bent:
    """A load that was held back: what is left of it in each step, over the old mean, and what that did to users.

    `shed_share` is the share of tokens never served, `held_share` that above the promise when it was asked for, of
    which the part not shed was served late. Waits are those of a token that comes at the end of a step, over all steps.
    """

    load: FloatArray
    shed_share: float
    held_share: float
    mean_wait_hours: float
    p99_wait_hours: float
    longest_wait_hours: float


def capped(trace: Trace, cap: float, deadline_hours: float) -> Bent:
    """Return the load under a cap (over the mean): the excess queues, and is shed once it would wait too long.

    A deadline of 0 sheds all excess, an infinite one none: the queue is then lossless. The wait is queue over cap.
    """
    if cap <= 0.0:
        raise ValueError("A rate cap must be above 0.")
    load = trace.over_mean
    longest = cap * deadline_hours / trace.step_hours
    queue, carried, queues, shed = 0.0, np.empty_like(load), np.empty_like(load), 0.0
    for step, asked in enumerate(load):
        due = queue + asked
        carried[step] = min(due, cap)
        queue = min(due - carried[step], longest)
        shed += due - carried[step] - queue
        queues[step] = queue
    held = float(np.maximum(load - cap, 0.0).sum())
    return _bent(trace, carried, shed, held, queues / cap * trace.step_hours)


def ramped(trace: Trace, rise_per_hour: float, deadline_hours: float) -> Bent:
    """Return the load when it may rise by at most `rise_per_hour` (over the mean): the excess queues, then is shed.

    It may fall freely. The first step is taken as it came. A token is shed that has waited the whole steps of the
    deadline; the wait is the age of the oldest that is left.
    """
    if rise_per_hour <= 0.0:
        raise ValueError("A limit on the rise of load must be above 0.")
    load, wait = trace.over_mean, trace.steps_in(min(deadline_hours, 1e9))
    rise = rise_per_hour * trace.step_hours
    arrived = np.concatenate(([0.0], np.cumsum(load)))
    carried, waits = np.empty_like(load), np.empty_like(load)
    before, done, shed, held, oldest = float(load[0]), 0.0, 0.0, 0.0, 0
    for step, asked in enumerate(load):
        expired = arrived[max(0, step - wait)]
        shed += max(expired - done, 0.0)
        done = max(done, expired)
        held += max(asked - before - rise, 0.0)
        carried[step] = before = min(arrived[step + 1] - done, before + rise)
        done = done + before
        while oldest <= step and arrived[oldest + 1] <= done + 1e-12 * arrived[-1]:
            oldest += 1
        waits[step] = (step + 1 - oldest) * trace.step_hours
    return _bent(trace, carried, shed, held, waits)


def _bent(trace: Trace, carried: FloatArray, shed: float, held: float, waits: FloatArray) -> Bent:
    steps = trace.load.size
    return Bent(
        load=carried,
        shed_share=shed / steps,
        held_share=held / steps,
        mean_wait_hours=float(waits.mean()),
        p99_wait_hours=float(np.quantile(waits, 0.99)),
        longest_wait_hours=float(waits.max()),
    )
