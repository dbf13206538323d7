"""What margin, controllability and litigation add to the chance of an IPO, by quarter (E31)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import FloatArray
from costmodel.simulate.control import fixed_ahead
from costmodel.simulate.deal_legs import compute_cost
from costmodel.simulate.operations import Operations, schedule


def more_pull(inputs: Any, operations: Operations) -> FloatArray:
    """Return (Q, draw) what is added to the covariate of the announcement hazard; (Q, 1) zeros when nothing is stated.

    The margin counts the compute that serves; training is not part of the cost of what is sold.
    """
    quarters = inputs.timeline.quarters
    if inputs.exit.drivers is None:
        return np.zeros((quarters, 1))
    spend = compute_cost(operations)
    place = inputs.placement
    training = schedule(
        place.training_share_start, place.training_share_end, place.training_share_ramp_quarters, quarters
    )
    fixed = fixed_ahead(operations)
    return exits.margin_and_control(
        inputs.exit.drivers, operations.revenue, spend * (1.0 - training), spend, fixed
    )
