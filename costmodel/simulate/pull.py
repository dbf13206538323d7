"""What margin, controllability and litigation add to the chance of an IPO, by quarter (E31)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import FloatArray
from costmodel.simulate.operations import Operations, schedule

QUARTERS_AHEAD = 4


def more_pull(inputs: Any, operations: Operations) -> FloatArray:
    """Return (Q, draw) what is added to the covariate of the announcement hazard; (Q, 1) zeros when nothing is stated.

    The margin counts the compute that serves; training is not part of the cost of what is sold.
    """
    quarters = inputs.timeline.quarters
    if inputs.exit.drivers is None:
        return np.zeros((quarters, 1))
    spend = compute_spend(operations)
    place = inputs.placement
    training = schedule(
        place.training_share_start, place.training_share_end, place.training_share_ramp_quarters, quarters
    )
    fixed = fixed_ahead(operations)
    return exits.margin_and_control(
        inputs.exit.drivers, operations.revenue, spend * (1.0 - training), spend, fixed
    )


def compute_spend(operations: Operations) -> FloatArray:
    """Return (Q, draw) USD the lab pays for compute while it pays: contracts, on-demand, burst, other clouds."""
    spend = operations.on_demand_bill + operations.burst_bill + operations.other_clouds_bill
    for flows in operations.contracts.values():
        spend = spend + flows.billed + flows.shortfall
    return spend


def fixed_ahead(operations: Operations) -> FloatArray:
    """Return (Q, draw) USD of minimums due in the four quarters after each, known when the contracts are signed."""
    fixed = np.zeros_like(operations.revenue)
    for flows in operations.contracts.values():
        for ahead in range(1, QUARTERS_AHEAD + 1):
            fixed[:-ahead] += flows.minimum[ahead:]
    return fixed
