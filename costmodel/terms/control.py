"""Terms about who serves the lab's demand and how fast it grows (M31, M32); (quarter, draw)."""

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.inputs.compute_terms import DemandGovernor, FirstRefusal


def placed_share(
    term: FirstRefusal, share: FloatArray, own_price: Number, other_price: Number, first: int, last: int
) -> FloatArray:
    """M31: return the share of the lab's need placed with the provider under exclusivity and first refusal.

    max(share, exclusive), and of the rest the refused part where the provider's price is within the gap it may match.
    """
    quarters = np.arange(share.shape[0])
    runs = ((quarters >= first) & (quarters <= last))[:, None]
    matches = np.asarray(own_price <= (1.0 + term.match_gap_share) * other_price, dtype=np.float64)
    floor = np.maximum(share, term.exclusive_share)
    return np.where(runs, floor + term.refusal_share * matches * (1.0 - floor), share)


def governed(term: DemandGovernor, demand: FloatArray, first: int) -> FloatArray:
    """M32: return demand that grows by at most the limit a quarter after quarter `first`, but for what is not flexible.

    g_t = D_t - flexible x max(0, D_t - g_{t-1} (1 + limit)).
    """
    kept = demand.copy()
    for quarter in range(max(first, 0) + 1, demand.shape[0]):
        limit = kept[quarter - 1] * (1.0 + term.growth_limit_quarterly)
        kept[quarter] = demand[quarter] - term.flexible_share * np.maximum(demand[quarter] - limit, 0.0)
    return kept
