"""Inputs of a version by their path, in words: title, what holds them, value, source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planner.core.canonical_json import parse_strict
from planner.core.formatting import DASH, futures_share, percent
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
    alone: str
    """The share of the headline's variance that this input explains alone; a dash within the noise."""
    value_alone: str
    """The same of the provider's value, by rank."""
    source: str
    confidence: str


def words_of_input(document: Mapping[str, Any], path: str) -> InputLeaf | None:
    """The input at this path of a version's document; None when the document has no such input."""
    return _leaves_of(document).get(path)


def assumptions(result: Result, document: Mapping[str, Any]) -> list[Assumption]:
    """The inputs that drive the headline most, largest first: by what they explain alone, then by their fifths."""
    hinges = result.get("hinges") or []
    leaves = _leaves_of(document) if hinges else {}
    told = _importance(result)
    known = [hinge for hinge in hinges if hinge["path"] in leaves]
    known.sort(key=lambda hinge: -(told.get(hinge["path"], _NOTHING)["headline"] or 0.0))
    return [
        _assumption(hinge, leaves[hinge["path"]], told.get(hinge["path"], _NOTHING))
        for hinge in known[:SHOWN_HINGES]
    ]


def drives_words(result: Result) -> str:
    """What all uncertain inputs explain alone, as a sentence; "" when the result does not know."""
    rows = (result.get("importance") or {}).get("rows") or []
    if not rows:
        return ""
    named = (("headline", _("whether the money is back")), ("provider_npv", _("what the deal is worth")))
    said = [
        _("%(share)s of %(what)s")
        % {"share": percent(min(sum(max(row[name], 0.0) for row in rows), 1.0), 0), "what": what}
        for name, what in named
    ]
    return _(
        "Each on its own, the uncertain inputs explain %(headline)s and %(value)s. The rest is the luck of the market's"
        " and the lab's paths, and inputs acting together."
    ) % {"headline": said[0], "value": said[1]}


_NOTHING: dict[str, float | None] = {"headline": None, "provider_npv": None}


def _importance(result: Result) -> dict[str, dict[str, float | None]]:
    """Path of an input -> what it explains alone; what is within the noise counts as nothing."""
    told = result.get("importance") or {}
    noise = told.get("noise") or 0.0

    def heard(value: float) -> float:
        return value if value > noise else 0.0

    return {
        row["path"]: {name: heard(row[name]) for name in ("headline", "provider_npv")}
        for row in told.get("rows") or []
    }


def _assumption(hinge: Mapping[str, Any], leaf: InputLeaf, alone: Mapping[str, float | None]) -> Assumption:
    points = round(abs(hinge["gap"]) * 100)
    shown = "–" if points == 0 else f"({points})" if hinge["gap"] < 0 else str(points)
    return Assumption(
        title=leaf.title,
        group=leaf.group,
        value=words_of(leaf),
        low=futures_share(hinge["low_share"]),
        high=futures_share(hinge["high_share"]),
        points=shown,
        alone=_alone(alone["headline"]),
        value_alone=_alone(alone["provider_npv"]),
        source=leaf.evidence.get("source", ""),
        confidence=leaf.evidence.get("confidence", ""),
    )


def _alone(share: float | None) -> str:
    """The share; a dash within the noise, "" when the result does not know."""
    if share is None:
        return ""
    return DASH if share == 0.0 else percent(share, 1)


def _leaves_of(document: Mapping[str, Any]) -> dict[str, InputLeaf]:
    # Any text that tells documents apart will do, and this is the quickest.
    return _leaves(json.dumps(document), get_language() or "")


@lru_cache(maxsize=16)
def _leaves(document_text: str, _language: str) -> dict[str, InputLeaf]:
    document = parse_strict(document_text)
    assert isinstance(document, dict)
    return {leaf.path: leaf for leaf in walk(document)}
