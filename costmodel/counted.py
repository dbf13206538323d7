"""Money that depends on a draw by a whole number and by prices alone: counts x USD, worked out row by row.

What becomes of a fleet hangs on one thing of a draw: how many quarters the lab pays. So counts are a small table with a
column for each such number, and money is a column of it times the draw's price.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number, of_draws

Part: TypeAlias = tuple[FloatArray, Number]
"""A table (row, number), and what each costs in USD: (draw,) or the same in every draw."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The sum over parts of table[row, number of the draw] x USD, (row, draw)."""

    number: IntArray
    parts: tuple[Part, ...]
    filled: tuple[list[bool], ...] = ()
    """Which rows of each table hold anything; looked up when not given."""

    def __post_init__(self) -> None:
        """Look once at every table."""
        if not self.filled:
            filled = tuple(np.asarray(table.any(axis=1)).tolist() for table, _ in self.parts)
            object.__setattr__(self, "filled", filled)

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, draws)."""
        return self.parts[0][0].shape[0], self.number.size

    def __add__(self, other: "Counted") -> "Counted":
        """Return the sum of two that count by the same number."""
        return Counted(self.number, (*self.parts, *other.parts), (*self.filled, *other.filled))

    def of(self, draws: IntArray) -> "Counted":
        """Return the same in these draws alone."""
        parts = tuple((table, of_draws(usd, draws)) for table, usd in self.parts)
        return Counted(self.number[draws], parts, self.filled)

    def expanded(self) -> FloatArray:
        """Return (row, draw)."""
        flows = np.zeros(self.shape)
        self.add_to(flows)
        return flows

    def add_to(self, total: FloatArray) -> None:
        """Add all to `total` (row, draw)."""
        for row in range(total.shape[0]):
            self.add_row(row, total[row], 1.0)

    def add_row(self, row: int, total: FloatArray, sign: float) -> None:
        """Add one row to `total` (draw,)."""
        for (table, usd), filled in zip(self.parts, self.filled, strict=True):
            if not filled[row]:
                continue
            counts = table[row]
            if isinstance(usd, np.ndarray) and usd.ndim:
                money = counts.take(self.number, mode="clip")
                money *= usd
            else:
                money = (counts * usd).take(self.number, mode="clip")
            if sign > 0.0:
                total += money
            else:
                total -= money

    def sums(self, draws: int) -> FloatArray:
        """Return (row,) sums over the first draws."""
        sums = np.zeros(self.shape[0])
        for table, usd in self.parts:
            prices = np.broadcast_to(np.asarray(usd, dtype=np.float64), self.number.shape)[:draws]
            weights = np.bincount(self.number[:draws], weights=prices, minlength=table.shape[1])
            sums += (table * weights).sum(axis=1)
        return sums

    def sum(self) -> float:
        """Return the sum of all; not finite when any price is."""
        return float(self.sums(self.number.size).sum())

    def any(self) -> bool:
        """Return whether anything differs from 0."""
        return any(bool(table.any() and np.any(usd)) for table, usd in self.parts)
