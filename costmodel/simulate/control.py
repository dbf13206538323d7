"""How much of its compute spend the lab has in its hands (M32, E19)."""

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.simulate.deal_legs import compute_cost
from costmodel.simulate.operations import Operations

QUARTERS_AHEAD = 4


def control_index(operations: Operations) -> FloatArray:
    """Return (Q, draw) 1 - fixed next four quarters / planned next four quarters, between 0 and 1, while the lab pays.

    The plan is four quarters like this one, and at least what is fixed: nothing later is known. Without spend: 1.
    """
    fixed = fixed_ahead(operations)
    planned = np.maximum(QUARTERS_AHEAD * compute_cost(operations), fixed)
    return 1.0 - np.divide(fixed, planned, out=np.zeros_like(fixed), where=planned > 0.0)


def fixed_ahead(operations: Operations) -> FloatArray:
    """Return (Q, draw) USD due in the four quarters after each that the lab cannot get out of: minimums, fees for
    capacity held ready, leases.

    A right to leave by notice binds for the notice only.
    """
    fixed = np.zeros_like(operations.revenue)
    quarters = np.arange(fixed.shape[0])[:, None]
    for flows in operations.contracts.values():
        due = flows.minimum if flows.reserved_fee is None else flows.minimum + flows.reserved_fee
        ahead = np.zeros_like(fixed)
        for later in range(1, QUARTERS_AHEAD + 1):
            ahead[:-later] += due[later:] * (quarters + later <= flows.bound[:, None])[:-later]
        fixed += ahead if flows.ending is None else ahead * (quarters < flows.ending.last)
    for leg in operations.legs:
        if leg.kind == "lease_payment":
            for later in range(1, QUARTERS_AHEAD + 1):
                fixed[:-later] += leg.flows[1 + later :]
    return fixed


def fixed_next_year(operations: Operations) -> FloatArray:
    """Return (4 or fewer, draw) USD due in the first four quarters that the lab cannot get out of on the opening date.

    Minimums and fees for capacity held ready, as long as a right to leave by notice binds, and leases.
    """
    fixed = np.zeros_like(operations.revenue[:QUARTERS_AHEAD])
    quarters = np.arange(fixed.shape[0])[:, None]
    for flows in operations.contracts.values():
        due = flows.minimum if flows.reserved_fee is None else flows.minimum + flows.reserved_fee
        fixed += due[:QUARTERS_AHEAD] * (quarters <= flows.bound[0])
    for leg in operations.legs:
        if leg.kind == "lease_payment":
            fixed += leg.flows[1 : 1 + QUARTERS_AHEAD]
    return fixed
