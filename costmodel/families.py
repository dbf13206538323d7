"""Who wins: shares of model families in the market's tokens, a logit walk (E11)."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from scipy import stats

from costmodel.arrays import BoolArray, FloatArray, IntArray

MOST_JUMPS = 40
Shock: TypeAlias = Callable[[str], FloatArray]
"""Name of a family's shock -> its (Q, draw) luck."""


def student_steps(radius: FloatArray, angle: FloatArray) -> FloatArray:
    """Return Student-t(5) steps of variance 1 from two uniforms in [0, 1).

    Bailey's polar method (Mathematics of Computation 62, 1994): sqrt(n (U^(-2/n) - 1)) cos(2 pi V) is exactly t(n); its
    variance n/(n - 2) = 5/3 is divided out.
    """
    return np.asarray(np.sqrt(3.0 * ((1.0 - radius) ** -0.4 - 1.0)) * np.cos(2.0 * np.pi * angle))


def release_jumps(family: Any, uniform: FloatArray, normal: FloatArray) -> FloatArray:
    """Return the sum of a Poisson number of normal jumps a quarter: n m + sqrt(n) s e, given the number n."""
    if family.jumps_per_quarter == 0.0:
        return np.zeros_like(uniform)
    chances = stats.poisson.cdf(np.arange(MOST_JUMPS), family.jumps_per_quarter)
    count = np.searchsorted(chances, uniform, side="right")
    return np.asarray(count * family.jump_log_mean + np.sqrt(count) * family.jump_log_sd * normal)


def steps_of(family: Any, factor: FloatArray, uniforms: Shock, normals: Shock) -> FloatArray:
    """Return (Q, draw) what luck moves a family's logit by: s (l F + sqrt(1 - l^2) e) + jumps, e Student-t(5)."""
    loading = family.market_loading
    own = student_steps(uniforms("radius"), uniforms("angle"))
    moved = family.volatility_quarterly * (loading * factor + np.sqrt(max(1.0 - loading**2, 0.0)) * own)
    return np.asarray(moved + release_jumps(family, uniforms("jumps"), normals("jump_size")))


def share_paths(
    members: tuple[Any, ...],
    factor: FloatArray,
    uniforms: Callable[[str], Shock],
    normals: Callable[[str], Shock],
) -> FloatArray:
    """Return (family, Q, draw) shares; every quarter of every draw sums to 1 (E11).

    z_k = anchor_k + x_k, share = softmax(z). The anchor starts at ln(start share) and drifts; x starts at 0 and
    x <- (1 - reversion) x + step, so with reversion 0 the walk keeps what happened. A newcomer has no share until it
    enters; it enters at its entry share of the market it meets, and its anchor climbs to the logit of its peak in
    equal steps. The share of a quarter is that after its step: the whole quarter has it.
    """
    steps = [steps_of(family, factor, uniforms(family.key), normals(family.key)) for family in members]
    draws = factor.shape[1]
    walk = _Walk(members, draws)
    shares = np.empty((len(members), factor.shape[0], draws))
    entries = {family.key: uniforms(family.key)("entry") for family in members if family.start_share == 0.0}
    for quarter in range(factor.shape[0]):
        for place in range(len(members)):
            walk.move(place, steps[place][quarter])
        for place, family in enumerate(members):
            if family.key in entries:
                walk.enter(place, entries[family.key][quarter])
        shares[:, quarter] = walk.shares()
    return shares


class _Walk:
    """The logits of all families in one quarter, (family, draw)."""

    def __init__(self, members: tuple[Any, ...], draws: int) -> None:
        """Start at the stated shares."""
        self.members = members
        start = np.array([[max(family.start_share, 1e-300)] for family in members])
        self.inside: BoolArray = np.array([[family.start_share > 0.0] for family in members]) & np.ones(
            draws, dtype=np.bool_
        )
        self.anchor: FloatArray = np.log(start) + np.zeros(draws)
        self.moved: FloatArray = np.zeros((len(members), draws))
        self.age: IntArray = np.zeros((len(members), draws), dtype=np.int64)

    def move(self, place: int, step: FloatArray) -> None:
        """Move a family in the market by drift, reversion and luck, and by its ramp when it has just entered."""
        family, inside = self.members[place], self.inside[place]
        climb = family.drift_quarterly + np.zeros_like(step)
        if family.start_share == 0.0:
            whole = _logit(family.peak_share) - _logit(family.entry_share)
            climb = climb + np.where(
                self.age[place] < family.ramp_quarters, whole / family.ramp_quarters, 0.0
            )
        self.anchor[place] += np.where(inside, climb, 0.0)
        self.moved[place] = np.where(inside, (1.0 - family.reversion_share) * self.moved[place] + step, 0.0)
        self.age[place] += inside

    def enter(self, place: int, uniform: FloatArray) -> None:
        """Let a newcomer in: its weight against all others is that of its entry share."""
        family = self.members[place]
        entering = ~self.inside[place] & (uniform < family.entry_hazard)
        if entering.any():
            top, weights = self._weights()
            met = np.log(weights.sum(axis=0)) + top
            self.anchor[place] = np.where(entering, met + _logit(family.entry_share), self.anchor[place])
            self.inside[place] |= entering

    def shares(self) -> FloatArray:
        """Return (family, draw) shares: the softmax over the families in the market."""
        _top, weights = self._weights()
        return np.asarray(weights / weights.sum(axis=0))

    def _weights(self) -> tuple[FloatArray, FloatArray]:
        level = np.where(self.inside, self.anchor + self.moved, -np.inf)
        top = level.max(axis=0)
        return top, np.exp(level - top)


def _logit(share: Any) -> Any:
    return np.log(share / (1.0 - share))
