"""What became of the equity by the horizon: one fate a draw, so that the shares add up to 1 (E32)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.outcomes.recovery import Position, ProviderMoney
from costmodel.timeline import discount_factors


@dataclass(frozen=True, slots=True)
class Fates:
    """One of four for each draw, (draw,) each, and the quarter of the first touch; nan where it never touched.

    Back and stays: back at some quarter and at every later one. Reversed: back once, out again at the horizon; by a
    later tranche when what was paid after the first touch is the whole gap, else by losses. Not yet: never back.
    """

    stays: BoolArray
    reversed_by_tranche: BoolArray
    reversed_by_losses: BoolArray
    not_yet: BoolArray
    first_touch_quarter: FloatArray

    def shares(self) -> dict[str, BoolArray]:
        """Return the four by name."""
        return {
            "fate.stays": self.stays,
            "fate.reversed_by_tranche": self.reversed_by_tranche,
            "fate.reversed_by_losses": self.reversed_by_losses,
            "fate.not_yet": self.not_yet,
        }


def fates(deal: Any, money: ProviderMoney, position: Position) -> Fates:
    """Return the fates of a cash position; `money` is what it was accumulated from.

    A touch needs equity out: before the first payment nothing can come back.
    """
    rows = np.arange(position.cumulative.shape[0])[:, None]
    out = np.cumsum(money.equity_paid, axis=0) > 0.0
    touches = out & (position.cumulative >= -position.tolerance)
    touched = touches.any(axis=0)
    first = np.where(touched, touches.argmax(axis=0), rows.shape[0])
    at_equity = discount_factors(deal.provider_equity_rate, rows.shape[0] - 1)[:, None]
    paid_later = (money.equity_paid * at_equity * (rows > first)).sum(axis=0)
    stays = position.recovered > 0.0
    reversed_ = touched & ~stays
    by_tranche = reversed_ & (position.cumulative[-1] + paid_later >= -position.tolerance)
    return Fates(
        stays=stays,
        reversed_by_tranche=by_tranche,
        reversed_by_losses=reversed_ & ~by_tranche,
        not_yet=~touched & ~stays,
        first_touch_quarter=np.where(touched, first - 1.0, np.nan),
    )
