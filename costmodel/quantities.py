"""Sampling of uncertain values: a tree of value objects in, the same tree with draws in it out (engine.md 0)."""

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from scipy import optimize, special

from costmodel.arrays import FloatArray
from costmodel.inputs.quantity import Quantity, limits_of
from costmodel.randomness import kept_scores, scores_of

Tree = TypeVar("Tree")


@dataclass(frozen=True, slots=True)
class Realised:
    """One block of one scenario: the tree with draws, and the standard normal score behind each uncertain input."""

    tree: Any
    scores: dict[str, FloatArray]


def realise(tree: Any, seed: int, block: int, *, keeps: bool = False) -> Realised:
    """Return the tree with every Quantity replaced by a float (fixed) or its (draw,) values in this block.

    `keeps`: the scores stay in memory, for who asks for the same block again and again.
    """
    draw = kept_scores if keeps else scores_of
    scores: dict[str, FloatArray] = {}
    factors: dict[str, FloatArray] = {}

    def score_of(path: str, quantity: Quantity) -> FloatArray:
        own = draw(seed, path, block)
        if quantity.loadings:
            rest = 1.0 - sum(loading**2 for _, loading in quantity.loadings)
            own = own * np.sqrt(max(rest, 0.0))
            for name, loading in quantity.loadings:
                if name not in factors:
                    factors[name] = draw(seed, f"factor.{name}", block)
                own = own + loading * factors[name]
        scores[path] = own
        return own

    def value_of(path: str, quantity: Quantity) -> Any:
        if quantity.shape == "fixed":
            return quantity.value
        return at_score(quantity, score_of(path, quantity))

    return Realised(_map_quantities(tree, "", value_of), scores)


def central(tree: Tree) -> Tree:
    """Return the tree with every Quantity at its median: what is known before any draw."""

    def median(_path: str, quantity: Quantity) -> float:
        if quantity.shape == "fixed":
            return quantity.value
        return float(at_score(quantity, np.zeros(1))[0])

    result: Tree = _map_quantities(tree, "", median)
    return result


def at_score(quantity: Quantity, score: FloatArray) -> FloatArray:
    """Return the quantity's values at standard normal scores; monotone rising in the score."""
    if quantity.shape == "fixed":
        return np.full_like(score, quantity.value)
    if quantity.shape == "discrete":
        order = np.argsort(quantity.values, kind="stable")
        edges = np.cumsum(np.asarray(quantity.weights)[order])
        index = np.searchsorted(edges / edges[-1], special.ndtr(score), side="right")
        return np.asarray(quantity.values, dtype=np.float64)[order][np.minimum(index, len(order) - 1)]
    reach = float(special.ndtri(0.5 + quantity.coverage / 2.0)) if quantity.coverage < 1.0 else 0.0
    if quantity.shape == "normal":
        middle, spread = (quantity.low + quantity.high) / 2.0, (quantity.high - quantity.low) / 2.0 / reach
        return middle + spread * score
    if quantity.shape == "lognormal":
        low, high = np.log(quantity.low), np.log(quantity.high)
        return np.asarray(np.exp((low + high) / 2.0 + (high - low) / 2.0 / reach * score))
    if quantity.shape == "uniform":
        margin = (quantity.high - quantity.low) * (1.0 - quantity.coverage) / 2.0 / quantity.coverage
        start, end = quantity.low - margin, quantity.high + margin
        return start + (end - start) * special.ndtr(score)
    start, end, first, second = _bounded_parameters(quantity)
    grid, shares = _bounded_table(quantity.shape, first, second)
    return start + (end - start) * np.interp(score, grid, shares)


@lru_cache(maxsize=512)
def _bounded_table(shape: str, first: float, second: float) -> tuple[FloatArray, FloatArray]:
    """Return (score, share of the support): the exact quantiles every 0.002 of a score, read off linearly between.

    The inverse of the incomplete beta function costs more than a block of simulation; between the points the error
    stays below a millionth of the support.
    """
    grid = np.arange(-8.3, 8.3, 0.002)
    return grid, _bounded_share(shape, first, second, special.ndtr(grid))


def _bounded_share(shape: str, first: float, second: float, probability: FloatArray) -> FloatArray:
    """Quantile on [0, 1]: triangular with its mode at `first`, else Beta(first, second)."""
    if shape != "triangular":
        return np.asarray(special.betaincinv(first, second, probability))
    rising = np.sqrt(probability * first)
    falling = 1.0 - np.sqrt((1.0 - probability) * (1.0 - first))
    return np.where(probability < first, rising, falling)


@lru_cache(maxsize=512)
def _bounded_parameters(quantity: Quantity) -> tuple[float, float, float, float]:
    """Return (start, end, a, b) of the support and shape whose quantiles are low and high.

    Beta lives on [0, 1] and its two shape numbers are solved for; triangular and PERT widen their support.
    """
    tail = (1.0 - quantity.coverage) / 2.0
    if quantity.shape == "beta":
        return (0.0, 1.0, *_beta_through(quantity.low, quantity.high, tail))
    if tail <= 0.0:
        return (quantity.low, quantity.high, *_inner_shape(quantity, quantity.low, quantity.high))

    def misfit(widths: FloatArray) -> list[float]:
        start, end = quantity.low - np.exp(widths[0]), quantity.high + np.exp(widths[1])
        first, second = _inner_shape(quantity, start, end)
        shares = _bounded_share(quantity.shape, first, second, np.array([tail, 1.0 - tail]))
        reached = start + (end - start) * shares
        return [float(reached[0] - quantity.low), float(reached[1] - quantity.high)]

    guess = np.log((quantity.high - quantity.low) * 0.3) * np.ones(2)
    solved = optimize.root(misfit, guess)
    if not solved.success:
        raise ValueError(f"No {quantity.shape} distribution has these low, mode and high values.")
    start, end = quantity.low - float(np.exp(solved.x[0])), quantity.high + float(np.exp(solved.x[1]))
    return (start, end, *_inner_shape(quantity, start, end))


def _inner_shape(quantity: Quantity, start: float, end: float) -> tuple[float, float]:
    """Return the mode share for triangular, or the two shape numbers of a PERT (lambda 4)."""
    mode = (quantity.mode - start) / (end - start)
    if quantity.shape == "triangular":
        return mode, 0.0
    return 1.0 + 4.0 * mode, 1.0 + 4.0 * (1.0 - mode)


def _beta_through(low: float, high: float, tail: float) -> tuple[float, float]:
    """Return the Beta(a, b) whose `tail` and 1 - `tail` quantiles are low and high (both inside 0 and 1)."""
    if not 0.0 < low < high < 1.0 or tail <= 0.0:
        raise ValueError(
            f"A beta range must lie between 0 and 1 with coverage below 1; it is {low} to {high}."
        )

    wanted = float(special.ndtri(tail))

    def score(logs: FloatArray, value: float) -> float:
        first, second = np.exp(np.clip(logs, -6.0, 14.0))
        return float(np.clip(special.ndtri(special.betainc(first, second, value)), -37.0, 37.0))

    def misfit(logs: FloatArray) -> list[float]:
        return [score(logs, low) - wanted, score(logs, high) + wanted]

    middle, spread = (low + high) / 2.0, (high - low) / 3.3
    size = max(middle * (1.0 - middle) / spread**2 - 1.0, 0.2)
    # In scores the misfit is almost straight. The residual decides: at an exact start the solver reports failure.
    for scale in (1.0, 3.0, 0.3):
        solved = optimize.root(misfit, np.log([middle * size * scale, (1.0 - middle) * size * scale]))
        if np.abs(solved.fun).max() < 1e-8:
            return float(np.exp(solved.x[0])), float(np.exp(solved.x[1]))
    raise ValueError(f"No beta distribution has {low} and {high} as its range.")


def _map_quantities(node: Any, path: str, value_of: Any) -> Any:
    """Rebuild a tree of frozen value objects with each Quantity replaced by value_of(path, quantity)."""
    changes: dict[str, Any] = {}
    for declared in fields(node):
        held = getattr(node, declared.name)
        here = f"{path}.{declared.name}" if path else declared.name
        if isinstance(held, Quantity):
            low, high = limits_of(declared)
            drawn = value_of(here, held)
            changes[declared.name] = np.clip(drawn, low, high) if isinstance(drawn, np.ndarray) else drawn
        elif isinstance(held, tuple) and held and is_dataclass(held[0]):
            changes[declared.name] = tuple(
                _map_quantities(item, f"{here}[{getattr(item, 'key', '')}]", value_of) for item in held
            )
        elif is_dataclass(held):
            changes[declared.name] = _map_quantities(held, here, value_of)
    return replace(node, **changes) if changes else node
