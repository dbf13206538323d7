"""Terms about capacity, each by its formula (M20-M25, E24): arrays run over the quarters of a contract.

Money is USD, capacity is in chip-hours; (quarter, draw) unless said otherwise.
"""

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray, Number
from costmodel.inputs.compute_terms import PerformanceGuarantee, Reservation, ServiceTiers

NEVER = 10_000


def first_quarter(happens: BoolArray) -> IntArray:
    """Return (draw,) the first quarter in which something happens; NEVER where it does not."""
    return np.where(happens.any(axis=0), happens.argmax(axis=0), NEVER)


def ramp_after(start: int, delay: Number, ramp_quarters: int, quarters: int) -> FloatArray:
    """M24: return the share of a ramp reached `delay` quarters late, (quarter, draw) or (quarter, 1).

    Part of a quarter's delay is part of that quarter's capacity.
    """
    steps = np.arange(quarters)[:, None] - start - np.asarray(delay) + 1.0
    return np.asarray(np.clip(steps / max(ramp_quarters, 1), 0.0, 1.0))


def performance_credit(term: PerformanceGuarantee, billed: FloatArray) -> FloatArray:
    """M20: return the credit for chips slower than guaranteed: bill x max(0, 1 - e / e_g)."""
    return np.asarray(billed * np.maximum(0.0, 1.0 - term.measured_ratio / term.guaranteed_ratio))


def reservation_fee(term: Reservation, available: FloatArray, first: int, stop: int) -> FloatArray:
    """M22: return (Q, draw) the fee for available chip-hours from `first` to before `stop`; less in the ramp."""
    quarters = np.arange(available.shape[0])
    share = np.where(quarters < first + term.ramp_quarters, term.ramp_fee_share, 1.0)
    share = share * ((quarters >= first) & (quarters < stop))
    return np.asarray(term.fee_usd_per_chip_hour * available * share[:, None])


def draw_down(face: Number, draw_share: float, billed: FloatArray) -> tuple[FloatArray, FloatArray]:
    """M21: return what each bill draws from a prepayment, and (draw,) what is left of it at the end."""
    left = np.zeros(billed.shape[1]) + face
    drawn = np.zeros_like(billed)
    for quarter, bill in enumerate(billed):
        drawn[quarter] = np.minimum(left, draw_share * np.maximum(bill, 0.0))
        left = left - drawn[quarter]
    return drawn, left


def in_tiers(term: ServiceTiers, used: FloatArray, capacity: FloatArray) -> tuple[FloatArray, FloatArray]:
    """M23: return the chip-hours kept after each tier's cap, and those hours times their tier's price multiple."""
    kept, weighted = np.zeros_like(used), np.zeros_like(used)
    for tier in term.tiers:
        hours = np.minimum(tier.use_share * used, tier.cap_share * capacity)
        kept += hours
        weighted += tier.price_multiple * hours
    return kept, weighted


def present_value_after(minimum: FloatArray, rate_annual: float) -> FloatArray:
    """M25: return at the end of each quarter the value of all later minimums, at the quarter's share of the rate."""
    factor = (1.0 + rate_annual) ** -0.25
    value = np.zeros_like(minimum)
    for quarter in range(minimum.shape[0] - 2, -1, -1):
        value[quarter] = (minimum[quarter + 1] + value[quarter + 1]) * factor
    return value


def fee_by_quarter(shares: tuple[float, ...], mitigation: Number, value_after: FloatArray) -> FloatArray:
    """M25: return the fee for leaving at the end of each quarter: phi of its contract year x value after x (1 - mu)."""
    year = np.minimum(np.arange(value_after.shape[0]) // 4, len(shares) - 1)
    return np.asarray(np.asarray(shares)[year][:, None] * value_after * (1.0 - mitigation))


def look_back_credit(share: float, billed: FloatArray, price: FloatArray, first: int) -> FloatArray:
    """M19: return what comes back at each contract year's end of bills priced above that quarter's price.

    Counts quarters from `first` on. The year's last price is the lowest peer's or the floor, whichever binds.
    """
    credit = np.zeros_like(billed)
    for start in range(0, billed.shape[0], 4):
        last = min(start + 4, billed.shape[0]) - 1
        for quarter in range(max(start, first), last):
            paid = np.where(price[quarter] > 0.0, price[quarter], 1.0)
            credit[last] += billed[quarter] * np.maximum(0.0, 1.0 - price[last] / paid)
    return share * credit
