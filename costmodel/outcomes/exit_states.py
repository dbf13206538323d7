"""How many futures stand where on the way to an IPO, by quarter (E31)."""

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray
from costmodel.simulate.state import WorldRun

STATES = {
    "private": exits.PRIVATE,
    "filed_confidentially": exits.FILED,
    "filed_publicly": exits.ANNOUNCED,
    "retrying": exits.RETRYING,
    "withdrawn": exits.WITHDRAWN,
    "listed": exits.LISTED,
    "sold": exits.SOLD,
}


def exit_curves(run: WorldRun, opening_state: int) -> dict[str, BoolArray]:
    """Return (Q+1, draw) flags: `state_*` at the end of each quarter, exactly one of them true; `*_by_quarter` ever.

    A lab in default is counted there and nowhere else, whatever its state was. Pricing and listing share a quarter.
    """
    state = np.vstack([np.full_like(run.exit_state[:1], opening_state), run.exit_state])
    failed = _ever(run.defaulted)
    curves = {f"state_{name}": (state == code) & ~failed for name, code in STATES.items()}
    return {
        **curves,
        "state_defaulted": failed,
        "withdrawn_by_quarter": np.logical_or.accumulate(state == exits.WITHDRAWN, axis=0),
        "retried_by_quarter": np.logical_or.accumulate(state == exits.RETRYING, axis=0),
        "sold_by_quarter": _ever(run.company_sold),
    }


def _ever(flags: BoolArray) -> BoolArray:
    return np.vstack([np.zeros_like(flags[:1]), np.logical_or.accumulate(flags, axis=0)])
