"""Which uncertain inputs drive a figure: first-order indices by ranks, from the run's own draws (E41)."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
from scipy import stats

from costmodel.arrays import FloatArray

MOST_BLOCKS = 16
"""Blocks the estimate reads at most: with 131,072 draws its error is below a hundredth of a point."""


class Row(TypedDict):
    """One input: the share of each figure's variance that it explains alone."""

    path: str
    headline: float
    provider_npv: float


class Importance(TypedDict):
    """All inputs, the widest first. `noise` is twice the standard error of an input that explains nothing."""

    draws: int
    noise: float | None
    rows: list[Row]


def importance(
    scores: Mapping[str, FloatArray], headline: FloatArray, provider_npv: FloatArray
) -> Importance:
    """Return the indices of every input from its score (draw,) and the two figures (draw,).

    The value enters by its rank, so that a few far futures do not decide. Inputs that share a factor explain in part
    the same, so that shares may add up to more than 1; what is missing to 1 is the luck of the paths and inputs acting
    together. Empty below two draws.
    """
    draws = headline.size
    if draws < 2:
        return Importance(draws=draws, noise=None, rows=[])
    ranks = stats.rankdata(provider_npv)
    rows = []
    for path, score in scores.items():
        order = np.argsort(score, kind="stable")
        rows.append(
            Row(
                path=path,
                headline=first_order(headline[order]),
                provider_npv=first_order(ranks[order]),
            )
        )
    rows.sort(key=lambda row: (-row["headline"], -row["provider_npv"], row["path"]))
    return Importance(draws=draws, noise=noise_of(draws), rows=rows)


def first_order(values: FloatArray) -> float:
    """Return Var(E[Y | X]) / Var(Y) of values (draw,) sorted by X; 0 for a value that never varies.

    Draws are cut into classes of equal count by the rank of X; the variance of the class means, less what chance alone
    puts into it, over the variance of all (given-data estimator of Plischke, Borgonovo and Smith, EJOR 226, 2013, with
    the correction of Kelley's epsilon squared, 1935). The rank estimator by neighbours (Gamboa and others, Bernoulli
    28, 2022) needs no classes, but its error is n^-1/2, twenty times as wide for an input that does little.
    """
    classes = _classes(values.size)
    total = float(((values - values.mean()) ** 2).sum())
    if total <= 0.0 or classes < 2:
        return 0.0
    edges = np.linspace(0, values.size, classes + 1).astype(np.int64)
    sums, counts = np.add.reduceat(values, edges[:-1]), np.diff(edges)
    between = float((counts * (sums / counts - values.mean()) ** 2).sum())
    within = (total - between) / (values.size - classes)
    return (between - (classes - 1) * within) / total


def noise_of(draws: int) -> float | None:
    """Return twice the standard error of the index of an input that does nothing; None when there are no classes."""
    classes = _classes(draws)
    return float(2.0 * np.sqrt(2.0 * (classes - 1)) / (draws - classes)) if classes > 1 else None


def _classes(draws: int) -> int:
    """Return how many classes: enough that a curve inside one is a line, each with draws enough for a mean."""
    return int(min(np.sqrt(draws) / 2.0, 128))


def joined(parts: Sequence[Mapping[str, Any]], draws: int) -> dict[str, FloatArray]:
    """Return the scores of several blocks in block order, cut to the draws asked for."""
    return {path: np.concatenate([part[path] for part in parts])[:draws] for path in parts[0]}
