"""The mean of the worst futures: what is lost when it goes wrong (E32)."""

from typing import TypedDict

import numpy as np

from costmodel.arrays import FloatArray

TAIL_SHARE = 0.05


class Tail(TypedDict):
    """The mean of the worst `share` of the draws that have the figure, and how many those are."""

    share: float
    draws: int
    mean: float | None


def tail(values: FloatArray, share: float = TAIL_SHARE) -> Tail:
    """Return the tail of a figure (draw,), exact, from its draws (expected shortfall, Acerbi and Tasche 2002).

    n x share is seldom whole: the next worst draw counts with the fraction that is left.
    """
    held = np.sort(values[np.isfinite(values)])
    if not held.size:
        return Tail(share=share, draws=0, mean=None)
    wanted = share * held.size
    whole = min(int(np.floor(wanted + 1e-9)), held.size)
    rest = max(wanted - whole, 0.0)
    added = float(held[:whole].sum()) + (
        rest * float(held[min(whole, held.size - 1)]) if rest > 1e-9 else 0.0
    )
    return Tail(share=share, draws=int(np.ceil(wanted - 1e-9)), mean=added / wanted)
