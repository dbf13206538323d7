"""Who called each tranche, when and how far in the money (E20)."""

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.simulate.holdings import NEVER
from costmodel.simulate.state import WorldRun


def moneyness(run: WorldRun) -> FloatArray:
    """Return (draw,) value over price of a share when tranches were called, by their amounts; nan where none was.

    Tranches called before the opening date are left out.
    """
    worth, amount = np.zeros((2, run.cash.shape[1]))
    for call in run.calls.values():
        called = ~np.isnan(call.moneyness)
        worth += np.where(called, call.moneyness, 0.0) * call.tranche.amount_usd
        amount += called * call.tranche.amount_usd
    return np.where(amount > 0.0, worth / np.maximum(amount, 1.0), np.nan)


def callers(run: WorldRun) -> dict[str, BoolArray]:
    """Return (draw,) for each tranche still open on the opening date: called by a trigger, by the provider, never."""
    found: dict[str, BoolArray] = {}
    for key, call in run.calls.items():
        if call.tranche.state == "uncalled":
            called = call.called != NEVER
            found |= {
                f"called:{key}.by_trigger": called & ~call.by_option,
                f"called:{key}.by_option": called & call.by_option,
                f"called:{key}.never": ~called,
            }
    return found


def called_curves(run: WorldRun) -> dict[str, BoolArray]:
    """Return (Q+1, draw) for each tranche whether it has been called by then."""
    rows = np.arange(run.holding_share.shape[0])[:, None] - 1
    return {f"called_by_quarter.{key}": call.called <= rows for key, call in run.calls.items()}
