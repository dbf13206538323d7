"""How far the speed of a chip rests on measurements: a mark that was typed is checked against the calibration."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.scenarios.documents.serving import ChipDocument

OWN = "own"
_COMPARED = ("compute_efficiency", "memory_efficiency", "layer_microseconds", "collective_microseconds")
_TOLERANCE = 0.01
_MEASURED = ("calibrated", "transferred")


def marks_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Key of a chip -> its mark, for every chip of a scenario as JSON.

    "own" where an efficiency or overhead is more than 1% from what the calibration gives for a chip of that label, or
    where a measured chip is claimed that the calibration does not know; else the calibration's own word.
    """
    model = document.get("model") or {}
    return {chip["key"]: _mark(chip, model) for chip in document.get("chips") or []}


def _mark(chip: Mapping[str, Any], model: Mapping[str, Any]) -> str:
    typed = str(_held(chip, "calibration"))
    given = _given(
        str(chip.get("label") or chip["key"]),
        float(_held(chip, "weight_bytes")),
        str(model.get("label") or model.get("key") or ""),
        bool(model.get("experts")),
    )
    if given is None:
        return OWN if typed in _MEASURED else typed
    if typed == OWN or not all(_agree(_held(chip, name), given[name]) for name in _COMPARED):
        return OWN
    return str(given["calibration"])


def _held(chip: Mapping[str, Any], name: str) -> Any:
    """The value of a field; its default where the document leaves it out."""
    return chip.get(name, ChipDocument.model_fields[name].default)


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * abs(other)


@lru_cache(maxsize=256)
def _given(label: str, weight_bytes: float, model: str, has_experts: bool) -> dict[str, Any] | None:
    """What the calibration says of the chip; None when no such chip is known, or not at this precision."""
    card = next((card for card in _cards() if card.label == label), None)
    if card is None:
        return None
    try:
        return calibration.chip_numbers(card, weight_bytes, model, has_experts)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _cards() -> tuple[Any, ...]:
    return tuple(seeded_documents()[0])
