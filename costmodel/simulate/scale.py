"""How much of a deal stands in a world: the counterfactuals keep contracts signed earlier (E32)."""

from dataclasses import dataclass
from typing import TypeAlias

from costmodel.arrays import Number

DEAL = ""
"""The key under which `Scales` hold the terms that name no contract: they come and go with the equity."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of a contract stands in this world, and how much of its fleet is sold at the market; (draw,) or 1, 0."""

    contract: Number
    market: Number


Scales: TypeAlias = dict[str, Scale]
"""By key of the contract; `DEAL` for the terms that name none, absent where they do not stand."""


def stands_of(scales: Scales) -> Number:
    """Return how much of the terms that name no contract stands."""
    scale = scales.get(DEAL)
    return scale.contract if scale is not None else 0.0
