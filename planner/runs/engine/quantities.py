"""A value as people write it, to the engine's Quantity: a number is fixed, an object is a distribution."""

from costmodel.inputs.quantity import Quantity, fixed
from planner.core.quantities import DiscreteQuantity, RangeQuantity


def quantity(document: float | RangeQuantity | DiscreteQuantity) -> Quantity:
    """The same value with the engine's names; factor loadings in the order of their names."""
    if isinstance(document, RangeQuantity):
        return Quantity(
            shape=document.shape,
            low=document.low,
            high=document.high,
            coverage=document.coverage,
            mode=0.0 if document.mode is None else document.mode,
            loadings=tuple(sorted(document.loadings.items())),
        )
    if isinstance(document, DiscreteQuantity):
        return Quantity(
            shape="discrete",
            values=document.values,
            weights=document.weights,
            loadings=tuple(sorted(document.loadings.items())),
        )
    return fixed(float(document))
