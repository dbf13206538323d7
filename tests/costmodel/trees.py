"""A scenario taken apart and put together again: with its noise fixed, or all its money multiplied."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from costmodel.inputs.quantity import Quantity, fixed
from costmodel.quantities import central


def fixed_tree(node: Any) -> Any:
    """Return the tree with every uncertain quantity fixed at its median."""
    middle = central(node)
    return _with_quantities(node, middle)


def _with_quantities(node: Any, middle: Any) -> Any:
    changed: dict[str, Any] = {}
    for declared in fields(node):
        held, at = getattr(node, declared.name), getattr(middle, declared.name)
        if isinstance(held, Quantity):
            changed[declared.name] = fixed(at)
        elif isinstance(held, tuple) and held and is_dataclass(held[0]):
            changed[declared.name] = tuple(_with_quantities(*pair) for pair in zip(held, at, strict=True))
        elif is_dataclass(held):
            changed[declared.name] = _with_quantities(held, at)
    return replace(node, **changed) if changed else node


def scaled(node: Any, factor: float) -> Any:
    """Return the tree with every input that is money multiplied: names with usd in them, and revenue thresholds."""
    changed: dict[str, Any] = {}
    for declared in fields(node):
        held = getattr(node, declared.name)
        name = declared.name
        is_money = "usd" in name or (name == "threshold" and getattr(node, "event", "") == "annual_revenue")
        if isinstance(held, Quantity):
            if is_money:
                changed[name] = replace(
                    held, value=held.value * factor, low=held.low * factor, high=held.high * factor
                )
        elif isinstance(held, tuple) and held and is_dataclass(held[0]):
            changed[name] = tuple(scaled(item, factor) for item in held)
        elif is_dataclass(held):
            changed[name] = scaled(held, factor)
        elif is_money:
            changed[name] = held * factor
    return replace(node, **changed) if changed else node
