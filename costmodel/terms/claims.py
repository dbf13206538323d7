"""Claims on what the lab earns (M14-M16, E25); (quarter, draw) USD each."""

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.claim_terms import ProfitShare, ResaleShare, RevenueShare


def revenue_share(term: RevenueShare, revenue: FloatArray, first: int, last: int) -> FloatArray:
    """M14: return min(rate x base x revenue, cap - paid so far) in quarters `first` to `last`."""
    paid = np.zeros_like(revenue)
    so_far = np.zeros(revenue.shape[1]) + term.paid_before_usd
    for quarter in range(max(first, 0), min(last + 1, revenue.shape[0])):
        due = term.rate_share * term.base_share * np.maximum(revenue[quarter], 0.0)
        if term.cap_usd:
            due = np.minimum(due, np.maximum(term.cap_usd - so_far, 0.0))
        paid[quarter] = due
        so_far = so_far + due
    return paid


def profit_share(term: ProfitShare, profit: FloatArray, first: int) -> FloatArray:
    """M15: return the share of positive profit from quarter `first` on, in bands of what was received.

    A band with a share a that ends at U takes at most (U - received) / a of a quarter's profit; the rest meets the next
    band. What is above the last band pays nothing.
    """
    paid = np.zeros_like(profit)
    received = np.zeros(profit.shape[1]) + term.received_before_usd
    for quarter in range(max(first, 0), profit.shape[0]):
        left = np.maximum(profit[quarter], 0.0)
        for band in term.bands:
            due = band.share * left
            if band.until_usd:
                due = np.minimum(due, np.maximum(band.until_usd - received, 0.0))
            left = np.maximum(left - (due / band.share if band.share else 0.0), 0.0)
            received = received + due
            paid[quarter] += due
    return paid


def resale_share(term: ResaleShare, revenue: FloatArray, first: int, last: int) -> FloatArray:
    """M16: return g x max(0, resale revenue - its inference cost) in quarters `first` to `last`."""
    quarters = np.arange(revenue.shape[0])
    runs = ((quarters >= first) & (quarters <= last))[:, None]
    gross = term.resale_share * revenue * np.maximum(0.0, 1.0 - term.cost_share)
    return np.asarray(term.profit_share * gross * runs)
