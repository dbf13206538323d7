"""What the provider holds of the lab in one world: stakes, and what may become one (M01, M02, M05, M10, M13, E20)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.legs import Leg

NEVER = 10_000


@dataclass(slots=True)
class Stake:
    """What one term holds of the lab: a tranche, a converted note, or pro-rata purchases.

    `shares` are in units of the whole company on the opening date; `invested` is what was paid for them, and
    `paid_at` the quarter it was (-1 the opening date). `held_back`: preferred that an IPO did not convert.
    """

    key: str
    preferred: Any
    shares: FloatArray
    invested: FloatArray
    invested_before_ipo: FloatArray
    paid_at: IntArray
    held_back: BoolArray

    @property
    def preference(self) -> FloatArray:
        """Return (draw,) USD that rank before common on a sale."""
        return self.invested_before_ipo * (self.preferred.multiple if self.preferred else 0.0)

    @staticmethod
    def none_yet(key: str, preferred: Any) -> "Stake":
        """Return a stake without shares."""
        zeros, never = np.zeros(BLOCK_SIZE), np.full(BLOCK_SIZE, NEVER)
        return Stake(
            key, preferred, zeros.copy(), zeros.copy(), zeros.copy(), never, np.zeros(BLOCK_SIZE, np.bool_)
        )

    def add(self, shares: FloatArray, invested: FloatArray, before_ipo: BoolArray, quarter: int) -> None:
        """Add shares bought in a quarter; (draw,) each, zero where none."""
        self.paid_at = np.where((invested > 0.0) & (self.paid_at == NEVER), quarter, self.paid_at)
        self.shares = self.shares + shares
        self.invested = self.invested + invested
        self.invested_before_ipo = self.invested_before_ipo + np.where(before_ipo, invested, 0.0)


@dataclass(slots=True)
class Call:
    """One tranche in one world; (draw,) each. `called` is the quarter it was called in, NEVER when it was not.

    `by_option`: the provider chose to; `moneyness` is the value of a share over its price then (nan: not called since
    the opening date).
    """

    tranche: Any
    stake: Stake
    due: IntArray
    through_ipo: BoolArray
    happened: dict[str, BoolArray]
    called: IntArray
    by_option: BoolArray
    moneyness: FloatArray


@dataclass(slots=True)
class Note:
    """A convertible note in one world: who still holds it (draw,), its claim (draw,) USD today, its ledger lines."""

    term: Any
    stake: Stake
    outstanding: BoolArray
    claim: FloatArray
    paid: Leg
    repaid: Leg


@dataclass(slots=True)
class Credit:
    """Compute credits in one world: what is left of them (draw,) USD, and what was burned."""

    term: Any
    balance: FloatArray
    burned: Leg


@dataclass(slots=True)
class Put:
    """A put in one world: who has put (draw,), and what the lab paid."""

    term: Any
    stakes: list[Stake]
    exercised: BoolArray
    paid: Leg
