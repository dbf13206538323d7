"""Lines of a simulated ledger that several tests of the engine read."""

import numpy as np

from costmodel.simulate.worlds import Told


def flows(world: Told, kind: str, item: str) -> np.ndarray:
    """Return (Q+1, draw) of one ledger line."""
    lines = [line for line in world.accounts.ledger.lines if (line.kind, line.item) == (kind, item)]
    assert len(lines) == 1
    return lines[0].flows
