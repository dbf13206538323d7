"""What it costs to serve a load that swings, against the same tokens flat and known (E18, E19).

Everything is per mean token: capacity in multiples of the mean load, prices in USD per 1M tokens of capacity or use.
The load to come is X = M L: L the curve of a quarter, M the level, lognormal with mean 1, known only when it comes.
Commitment is chosen before M is known; a reservation after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from costmodel.arrays import FloatArray

_COMMITMENTS, _LEVELS, _MOMENTS = 81, 21, 400


@dataclass(frozen=True, slots=True)
class LoadPrices:
    """USD per 1M tokens: committed and paid always, on demand, burst, unserved (what a lost token would have earned).

    On-demand and burst capacity are limited to shares of the commitment.
    """

    committed: float
    on_demand: float
    burst: float
    unserved: float
    on_demand_limit: float
    burst_limit: float

    def offers(self) -> "list[Offer]":
        """Return them as offers for a unit of capacity; what is not served costs its value while it is wanted."""
        return [
            Offer("committed", self.committed, 0.0),
            Offer("on_demand", 0.0, self.on_demand),
            Offer("burst", 0.0, self.burst),
            Offer("unserved", 0.0, self.unserved),
        ]


@dataclass(frozen=True, slots=True)
class Tiers:
    """The share of the load that is shed first, and what one of its tokens is worth in mean tokens."""

    low_share: float = 0.0
    low_value: float = 1.0


@dataclass(frozen=True, slots=True)
class Reserving:
    """A band reserved once the level is known, at the on-demand price less a discount; `most` over the mean."""

    most: float
    discount: float


@dataclass(frozen=True, slots=True)
class Cost:
    """The cheapest way to serve a load: USD per 1M tokens, and the commitment over the mean load that gives it."""

    usd_per_1m: float
    commitment: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to serve a unit of capacity: paid always, and paid for the share of the time it is used."""

    name: str
    fixed: float
    moving: float


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The offer to take for capacity used between two shares of the time."""

    name: str
    from_share: float
    to_share: float


def screened(offers: Sequence[Offer]) -> list[Cheapest]:
    """Return the cheapest offer by how much of the time capacity is used, from never to always (E18).

    The lower edge of the lines fixed + moving x share (the screening curve of Stoft 2002): two neighbours cross at
    (K_i - K_j) / (v_j - v_i). An offer that another beats everywhere does not show.
    """
    best = min(offers, key=lambda one: (one.fixed, one.moving))
    found: list[Cheapest] = []
    start = 0.0
    while True:
        crossings = [
            ((one.fixed - best.fixed) / (best.moving - one.moving), one.moving, one)
            for one in offers
            if one.moving < best.moving
        ]
        end, _moving, then = min(crossings, key=lambda one: one[:2], default=(1.0, 0.0, best))
        if end >= 1.0:
            return [*found, Cheapest(best.name, start, 1.0)]
        if end > start:
            found.append(Cheapest(best.name, start, end))
        start, best = end, then


class Mixture:
    """Moments of M L, sorted, to ask for E[min(M L, x)] at many x at once."""

    def __init__(self, load: FloatArray, levels: FloatArray) -> None:
        """Take equally likely moments of the load and equally likely levels."""
        self.sorted: FloatArray = np.sort(np.multiply.outer(levels, load).ravel())
        self.sums: FloatArray = np.concatenate(([0.0], np.cumsum(self.sorted)))

    def served(self, capacity: FloatArray) -> FloatArray:
        """Return E[min(M L, capacity)]."""
        below = np.searchsorted(self.sorted, capacity)
        size = self.sorted.size
        return np.asarray((self.sums[below] + capacity * (size - below)) / size)


def levels_ahead(volatility_annual: float, quarters: float) -> FloatArray:
    """Return equally likely levels of the load so many quarters ahead: a lognormal walk with mean 1."""
    spread = volatility_annual * np.sqrt(max(quarters, 0.0) / 4.0)
    if spread == 0.0:
        return np.ones(1)
    middle = (np.arange(_LEVELS) + 0.5) / _LEVELS
    levels = np.exp(spread * special.ndtri(middle))
    return np.asarray(levels / levels.mean())


def cheapest(
    load: FloatArray,
    levels: FloatArray,
    prices: LoadPrices,
    tiers: Tiers | None = None,
    reserving: Reserving | None = None,
) -> Cost:
    """Return the least cost of serving a load, over the commitments from none to the highest moment.

    `load` are equally likely moments of mean 1, `levels` equally likely levels of mean 1. Cost = p_c c + p_o E[band] +
    p_b E[band] + the value of what is left. A flat load at a known level costs the committed price.
    """
    moments = _thinned(load)
    peak = float(moments.max() * levels.max())
    # The mean is on the grid, so that a flat load costs exactly what it must.
    grid = np.union1d(np.linspace(0.0, peak, _COMMITMENTS), [1.0])
    if reserving is None:
        costs = _costs(Mixture(moments, levels), grid, np.zeros(1), prices, tiers or Tiers(), 0.0)[:, 0]
    else:
        extra = np.linspace(0.0, reserving.most, 17)
        price = prices.on_demand * (1.0 - reserving.discount)
        known = [
            _costs(Mixture(moments, np.array([level])), grid, extra, prices, tiers or Tiers(), price).min(
                axis=1
            )
            for level in levels
        ]
        costs = np.mean(known, axis=0)
    best = int(np.argmin(costs))
    return Cost(float(costs[best]), float(grid[best]))


def _costs(
    mixture: Mixture, grid: FloatArray, extra: FloatArray, prices: LoadPrices, tiers: Tiers, reserved: float
) -> FloatArray:
    """Return (commitment, reservation) USD per 1M tokens."""
    firm = grid[:, None] + extra
    first = firm + grid[:, None] * prices.on_demand_limit
    last = first + grid[:, None] * prices.burst_limit
    by_firm, by_first, by_last = (mixture.served(level) for level in (firm, first, last))
    mean = float(mixture.sorted.mean())
    left = mean - by_last
    high_share = 1.0 - tiers.low_share
    left_high = high_share * (mean - mixture.served(last / high_share))
    value_high = (1.0 - tiers.low_share * tiers.low_value) / high_share
    lost = left_high * value_high + (left - left_high) * tiers.low_value if tiers.low_share else left
    cost = grid[:, None] * prices.committed + extra * reserved + (by_first - by_firm) * prices.on_demand
    return np.asarray(cost + (by_last - by_first) * prices.burst + lost * prices.unserved)


def _thinned(load: FloatArray) -> FloatArray:
    """Return fewer moments with the same mean: neighbours in size become one."""
    if load.size <= _MOMENTS or load.size % _MOMENTS:
        return load
    return np.asarray(np.sort(load).reshape(_MOMENTS, -1).mean(axis=1))


def commitment_at_critical_ratio(above: "Above", prices: LoadPrices, resale: float, most: float) -> float:
    """Return the commitment c at which its last unit is worth its price; 0 when none is (E18).

    `above(x)` is P(X > x) of the predictive distribution over the whole term, in the unit of c. The last unit saves
    p_o while the load lies between c and c', the end of what on-demand can carry, p_b from there to c'', the end of
    burst, the lost value V beyond, and brings its resale where it is idle: p_c = s P(X <= c) + p_o [P(X > c) - P(X >
    c')] + p_b [P(X > c') - P(X > c'')] + V P(X > c''). Without a limit this is the critical ratio (p_o - p_c)/(p_o - s).
    """
    on_demand_ends = 1.0 + prices.on_demand_limit
    burst_ends = on_demand_ends + prices.burst_limit

    def worth(commitment: float) -> float:
        used, bursting = above(commitment), above(commitment * on_demand_ends)
        beyond = above(commitment * burst_ends)
        saved = prices.on_demand * (used - bursting) + prices.burst * (bursting - beyond)
        return resale * (1.0 - used) + saved + max(prices.unserved, prices.on_demand) * beyond

    low, high = 0.0, most
    if worth(0.0) <= prices.committed:
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if worth(middle) > prices.committed else (low, middle)
    return low


class Above:
    """P(X > x) of a load X = need x (flat part + moving part x L), over quarters and draws."""

    def __init__(self, need: FloatArray, flat: FloatArray, load: FloatArray) -> None:
        """Take (quarter, draw) mean need and its flat share, and equally likely moments of mean 1."""
        self.need, self.flat = np.maximum(need, 1e-300), flat
        self.falling: FloatArray = np.sort(load)

    def __call__(self, level: float) -> float:
        """Return the share of the time over the whole term that the need is above the level."""
        moving = np.maximum(1.0 - self.flat, 1e-12)
        at = (level / self.need - self.flat) / moving
        below = np.searchsorted(self.falling, at, side="right") / self.falling.size
        return float(1.0 - below.mean())
