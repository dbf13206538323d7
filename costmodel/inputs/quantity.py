"""Quantity: one uncertain value, and the limits every value object checks on creation (engine.md 0)."""

import math
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Literal

Shape = Literal["fixed", "lognormal", "normal", "uniform", "beta", "triangular", "pert", "discrete"]

UNBOUNDED = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A fixed value, or a range that becomes a distribution.

    `low` and `high` enclose `coverage` of the probability, the rest split evenly. `loadings` name the
    shared factors F_k it moves with: z = sum(l_k F_k) + sqrt(1 - sum l_k^2) e.
    """

    shape: Shape
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    coverage: float = 0.9
    mode: float = 0.0
    values: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    loadings: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that do not describe a distribution."""
        numbers = (self.value, self.low, self.high, self.coverage, self.mode, *self.values, *self.weights)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError("A quantity holds a number that is not finite.")
        if self.shape not in ("fixed", "discrete") and not self.low < self.high:
            raise ValueError(f"Low is {self.low} and high is {self.high}. Low must be below high.")
        if self.shape == "lognormal" and self.low <= 0:
            raise ValueError(f"Low is {self.low}. A lognormal range must lie above 0.")
        if self.shape in ("triangular", "pert") and not self.low <= self.mode <= self.high:
            raise ValueError(f"Mode is {self.mode}. It must be between {self.low} and {self.high}.")
        if self.shape == "discrete" and (len(self.values) != len(self.weights) or not self.values):
            raise ValueError("A discrete quantity needs as many weights as values.")
        if self.shape == "discrete" and (min(self.weights) < 0.0 or sum(self.weights) <= 0.0):
            raise ValueError("The weights of a discrete quantity must be 0 or more, and not all 0.")
        if self.shape not in ("fixed", "discrete"):
            self._check_coverage()
        if sum(loading**2 for _, loading in self.loadings) > 1.0 + 1e-12:
            raise ValueError("The squares of the factor loadings add up to more than 1.")

    def _check_coverage(self) -> None:
        """Refuse a coverage no distribution of this shape has: only a bounded one can lie inside its range."""
        bounded = self.shape in ("uniform", "triangular", "pert")
        if not (0.0 < self.coverage < 1.0 or (bounded and self.coverage == 1.0)):
            limit = "at most 1" if bounded else "below 1"
            raise ValueError(f"Coverage is {self.coverage}. It must be above 0 and {limit}.")

    def extremes(self) -> tuple[float, float]:
        """Return the stated ends of the range (not the ends of the distribution)."""
        if self.shape == "fixed":
            return self.value, self.value
        if self.shape == "discrete":
            return min(self.values), max(self.values)
        return self.low, self.high


def fixed(value: float) -> Quantity:
    """Return the quantity that is `value` in every draw."""
    return Quantity(shape="fixed", value=value)


def uncertain(minimum: float = -math.inf, maximum: float = math.inf, default: Any = MISSING) -> Any:
    """Declare a dataclass field that holds a Quantity; draws are cut at these limits."""
    return field(default=default, metadata={"limits": (minimum, maximum)})


def is_stated(value: Any) -> bool:
    """Return whether an input, sampled or not, differs from 0 in some draw: 0 is how a document leaves it out."""
    if isinstance(value, Quantity):
        return value.extremes() != (0.0, 0.0)
    return not isinstance(value, float | int) or value != 0.0


def limits_of(declared: "Field[Any]") -> tuple[float, float]:
    """Return the limits a field was declared with."""
    limits: tuple[float, float] = declared.metadata.get("limits", UNBOUNDED)
    return limits


def check_limits(value_object: Any) -> None:
    """Raise ValueError naming the field when a stated value lies outside its declared limits."""
    for declared in fields(value_object):
        held = getattr(value_object, declared.name)
        minimum, maximum = limits_of(declared)
        if isinstance(held, Quantity):
            low, high = held.extremes()
        elif isinstance(held, float | int) and not isinstance(held, bool):
            low = high = float(held)
        else:
            continue
        if not (math.isfinite(low) and math.isfinite(high) and minimum <= low and high <= maximum):
            raise ValueError(f"{declared.name} is {held}. It must be between {minimum} and {maximum}.")
