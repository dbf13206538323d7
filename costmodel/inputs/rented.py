"""An hour of a chip at somebody's price, and whose price it is (E7)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np

from costmodel.arrays import Number
from costmodel.inputs.quantity import Quantity

PriceKind: TypeAlias = Literal[
    "list", "spot", "capacity_block", "reserved", "rental", "owners_cost", "contract", "on_demand"
]
"""The words of the catalog, and three more: spot, the deal's contract, and on-demand beside it."""
PRICE_KINDS: tuple[PriceKind, ...] = get_args(PriceKind)
CURRENCY = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class RentedHour:
    """USD for an hour of one chip, of exactly one kind. `name` is what people call the price; "" calls it by its chip.

    The price is a Quantity, or a float or (draw,) array after sampling. Raises ValueError with a sentence that
    names the price: unknown kind, other currency, negative or not a number.
    """

    chip: str
    usd_per_chip_hour: Number = field(metadata={"limits": (0.0, math.inf)})
    kind: PriceKind
    currency: str = CURRENCY
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no price in USD."""
        called = f"Price {self.name or self.chip}"
        if self.kind not in PRICE_KINDS:
            raise ValueError(
                f"{called} is of kind {self.kind!r}. It must be one of {', '.join(PRICE_KINDS)}."
            )
        if self.currency != CURRENCY:
            raise ValueError(f"{called} is in {self.currency}. A chip-hour must be in USD.")
        lowest, highest = _ends(self.usd_per_chip_hour)
        if not math.isfinite(lowest) or not math.isfinite(highest):
            raise ValueError(f"{called} is not a finite number. It must be 0 or more, USD per chip-hour.")
        if lowest < 0.0:
            raise ValueError(f"{called} is {lowest:,.6g}. It must be 0 or more, USD per chip-hour.")


def _ends(price: Number) -> tuple[float, float]:
    if isinstance(price, Quantity):
        return price.extremes()
    return float(np.min(price)), float(np.max(price))


def only_kind(prices: Iterable[RentedHour]) -> PriceKind:
    """Return the kind of prices that stand in one row; ValueError when they are of several kinds, or none is given."""
    first: dict[PriceKind, RentedHour] = {}
    for price in prices:
        first.setdefault(price.kind, price)
    if not first:
        raise ValueError("A row of prices holds no price. It must hold at least one.")
    if len(first) > 1:
        told = ", ".join(f"{price.name or price.chip} is {kind}" for kind, price in first.items())
        raise ValueError(f"Prices of several kinds stand in one row: {told}. A row holds one kind.")
    return next(iter(first))
