"""Compute terms: what the lab is billed (M17 take-or-pay, E22)."""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.inputs.deal import TakeOrPay


def minimum_by_quarter(commitment_usd: float, ramp_quarters: int, quarters: int) -> FloatArray:
    """Return (quarters,) USD: the commitment spread over the contract in proportion to its ramp min((i+1)/ramp, 1)."""
    weights = np.minimum((np.arange(quarters) + 1.0) / ramp_quarters, 1.0)
    return np.asarray(commitment_usd * weights / weights.sum(), dtype=np.float64)


def promised_by_quarter(promise: TakeOrPay, quarters: int) -> FloatArray:
    """Return (quarters,) USD of a minimum: by its ramp, or each contract year's share spread evenly over that year.

    ValueError when the stated years are not those of the contract.
    """
    if not promise.year_shares:
        return minimum_by_quarter(promise.commitment_usd, promise.ramp_quarters, quarters)
    years = -(-quarters // 4)
    if len(promise.year_shares) != years:
        raise ValueError(
            f"year_shares of {promise.key} has {len(promise.year_shares)} years. Its contract has {years}."
        )
    year = np.arange(quarters) // 4
    in_year = np.bincount(year)
    return np.asarray(promise.commitment_usd * np.asarray(promise.year_shares)[year] / in_year[year])


@dataclass(frozen=True, slots=True)
class TrueUps:
    """A minimum settled year by year, (quarter of the contract, draw) USD.

    `payments` is cash; `earned` what the books count of it: the part of a shortfall that can still be made up is owed
    until it is used or lapses. `running` is the shortfall of the contract year up to each quarter that is not settled
    yet: what would be claimed if the lab failed now; None when nobody asked.
    """

    payments: FloatArray
    earned: FloatArray
    running: FloatArray | None


def shortfall_payments(
    term: TakeOrPay, billed: FloatArray, minimum: FloatArray, delivered_share: Number
) -> FloatArray:
    """M17: return the cash of `settle_minimum`."""
    return settle_minimum(term, billed, minimum, delivered_share).payments


def settle_minimum(
    term: TakeOrPay,
    billed: FloatArray,
    minimum: FloatArray,
    delivered_share: Number,
    *,
    keeps_running: bool = False,
) -> TrueUps:
    """M17: true-up at the end of each contract year, net of make-up credits (E22).

    `billed` and `minimum` are (quarter of the contract, draw) USD and `delivered_share` the capacity delivered over the
    capacity announced, one figure, (draw,) or by quarter (quarter, draw). Due in year y:
    max(0, M_y d - billed_y - carried_y) with d = u + (1 - u) min(1, delivered). Of a shortfall
    `make_up_share` is credited against next year's spend above its minimum. Negative values are credits. A dollar
    spent above the minimum counts once: what redeems a credit is not carried forward as well.
    """
    payments, earned = np.zeros_like(billed), np.zeros_like(billed)
    running = np.zeros_like(billed) if keeps_running else None
    kept = term.undelivered_due_share
    due_share = kept + (1.0 - kept) * np.minimum(delivered_share, 1.0)
    by_quarter = np.ndim(due_share) == 2
    carried = credit = np.zeros(billed.shape[1])
    for start in range(0, billed.shape[0], 4):
        year = slice(start, min(start + 4, billed.shape[0]))
        last = year.stop - 1
        spent = _added(billed[year])
        due = _added(minimum[year] * due_share[year]) if by_quarter else _added(minimum[year]) * due_share
        shortfall = np.maximum(due - spent - carried, 0.0)
        above = np.maximum(spent - due, 0.0)
        used = np.minimum(credit, above)
        payments[last] = shortfall - used
        if running is not None:
            ahead = minimum[year] * (due_share[year] if by_quarter else due_share) - billed[year]
            running[year][:-1] = np.maximum(np.cumsum(ahead, axis=0)[:-1] - carried, 0.0)
        carried = term.carry_forward_share * (above - used)
        earned[last] = payments[last] + credit
        credit = term.make_up_share * shortfall
        earned[last] -= credit if year.stop < billed.shape[0] else 0.0
    return TrueUps(payments, earned, running)


def _added(rows: FloatArray) -> FloatArray:
    """Sum rows one by one: the same order, hence the same bits, whatever the block."""
    total = rows[0].copy()
    for row in rows[1:]:
        total += row
    return total
