"""Compute terms: what the lab is billed (M17 take-or-pay, E22)."""

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.inputs.deal import TakeOrPay


def minimum_by_quarter(commitment_usd: float, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (quarters,) USD: the commitment spread over the contract in proportion to its ramp min((i+1)/ramp, 1)."""
    weights = np.minimum((np.arange(quarters) + 1.0) / ramp_quarters, 1.0)
    return np.asarray(commitment_usd * weights / weights.sum(), dtype=np.float64)


def shortfall_payments(
    term: TakeOrPay, billed: FloatArray, minimum: FloatArray, delivered_share: Number
) -> FloatArray:
    """M17: true-up at the end of each contract year, net of make-up credits (E22).

    `billed` and `minimum` are (quarter of the contract, draw) USD and
    `delivered_share` the capacity delivered over the capacity announced. Due in year y:
    max(0, M_y d - billed_y - carried_y) with d = u + (1 - u) min(1, delivered). Of a shortfall
    `make_up_share` is credited against next year's spend above its minimum. Negative values are credits. A dollar
    spent above the minimum counts once: what redeems a credit is not carried forward as well.
    """
    payments = np.zeros_like(billed)
    due_share = term.undelivered_due_share + (1.0 - term.undelivered_due_share) * np.minimum(
        delivered_share, 1.0
    )
    carried: FloatArray = np.zeros(billed.shape[1])
    credit: FloatArray = np.zeros(billed.shape[1])
    for start in range(0, billed.shape[0], 4):
        year = slice(start, min(start + 4, billed.shape[0]))
        spent = _added(billed[year])
        due = _added(minimum[year]) * due_share
        shortfall = np.maximum(due - spent - carried, 0.0)
        above = np.maximum(spent - due, 0.0)
        used = np.minimum(credit, above)
        payments[year.stop - 1] = shortfall - used
        carried = term.carry_forward_share * (above - used)
        credit = term.make_up_share * shortfall
    return payments


def _added(rows: FloatArray) -> FloatArray:
    """Sum rows one by one: the same order, hence the same bits, whatever the block."""
    total = rows[0].copy()
    for row in rows[1:]:
        total += row
    return total
