"""Inputs of a version by their path, in words: title, what holds them, value, source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from planner.core.canonical_json import parse_strict
from planner.core.formatting import futures_share
from planner.runs.presentation.outcomes import Result
from planner.scenarios.changes import words_of
from planner.scenarios.paths import InputLeaf, walk

SHOWN_HINGES = 8


@dataclass(frozen=True, slots=True)
class Assumption:
    """One uncertain input and how the headline moves with it."""

    title: str
    group: str
    value: str
    low: str
    """Share of futures with the money back, in the lowest fifth of this input."""
    high: str
    points: str
    """By how many points the headline is higher in the highest fifth; negative in parentheses."""
    source: str
    confidence: str


def words_of_input(document: Mapping[str, Any], path: str) -> InputLeaf | None:
    """The input at this path of a version's document; None when the document has no such input."""
    return _leaves_of(document).get(path)


def assumptions(result: Result, document: Mapping[str, Any]) -> list[Assumption]:
    """The inputs that move the headline most, largest first."""
    hinges = result.get("hinges") or []
    leaves = _leaves_of(document) if hinges else {}
    known = [(hinge, leaves[hinge["path"]]) for hinge in hinges if hinge["path"] in leaves]
    return [_assumption(hinge, leaf) for hinge, leaf in known[:SHOWN_HINGES]]


def _assumption(hinge: Mapping[str, Any], leaf: InputLeaf) -> Assumption:
    points = round(abs(hinge["gap"]) * 100)
    shown = "–" if points == 0 else f"({points})" if hinge["gap"] < 0 else str(points)
    return Assumption(
        title=leaf.title,
        group=leaf.group,
        value=words_of(leaf),
        low=futures_share(hinge["low_share"]),
        high=futures_share(hinge["high_share"]),
        points=shown,
        source=leaf.evidence.get("source", ""),
        confidence=leaf.evidence.get("confidence", ""),
    )


def _leaves_of(document: Mapping[str, Any]) -> dict[str, InputLeaf]:
    # Any text that tells documents apart will do, and this is the quickest.
    return _leaves(json.dumps(document), get_language() or "")


@lru_cache(maxsize=16)
def _leaves(document_text: str, _language: str) -> dict[str, InputLeaf]:
    document = parse_strict(document_text)
    assert isinstance(document, dict)
    return {leaf.path: leaf for leaf in walk(document)}
