"""What a result tells about model families: shares over time, and who leads (E11, E38)."""

from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.simulate.paths import Paths

SHARE, LEADS = "family_share.", "family_leads."


def opening_and_later(inputs: Any, paths: Paths) -> dict[str, FloatArray]:
    """Return (Q+1, draw) shares by family key, the opening date first; nothing without families."""
    if paths.family_shares is None:
        return {}
    start = np.ones_like(paths.family_shares[0][:1])
    return {
        family.key: np.vstack([family.start_share * start, shares])
        for family, shares in zip(inputs.demand.families.members, paths.family_shares, strict=True)
    }


def family_fans(inputs: Any, paths: Paths) -> dict[str, FloatArray]:
    """Return the shares of each family as fans."""
    return {f"{SHARE}{key}": shares for key, shares in opening_and_later(inputs, paths).items()}


def family_curves(inputs: Any, paths: Paths) -> dict[str, BoolArray]:
    """Return (Q+1, draw) for each family whether it has the largest share; of equals, the first named."""
    shares = opening_and_later(inputs, paths)
    if not shares:
        return {}
    leader = np.argmax(np.stack(list(shares.values())), axis=0)
    return {f"{LEADS}{key}": leader == place for place, key in enumerate(shares)}
