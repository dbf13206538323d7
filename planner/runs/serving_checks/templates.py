"""The worked examples' chips as the calibration has them: their numbers follow when it is fitted again (E9)."""

import json
from pathlib import Path
from typing import Any

from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.scenarios.worked_examples import FOLDER

SOURCE = "Fit to published measurements, see the Method page"
_NOTES = {
    "calibrated": ("B", "this chip was measured"),
    "transferred": ("C", "hardly measured itself: from other chips of its vendor"),
    "specification_only": ("D", "its vendor's chips were hardly measured"),
}
"""Confidence and note by how well a chip is known."""


def rewrite(folder: Path = FOLDER) -> list[str]:
    """Brings every template's chips up to the calibration; names of the files that changed."""
    changed = []
    for file in sorted(folder.glob("*.json")):
        text = file.read_text(encoding="utf-8")
        if (brought := up_to_date(text)) != text:
            file.write_text(brought, encoding="utf-8")
            changed.append(file.name)
    return changed


def up_to_date(text: str) -> str:
    """The template with the calibration's numbers in its chips, and their evidence; all else stays, byte for byte."""
    document: dict[str, Any] = json.loads(text)
    cards = {card.label: card for card in seeded_documents()[0]}
    model = document["model"]
    for chip in document["chips"]:
        has_experts = bool(model.get("experts"))
        found = calibration.chip_numbers(
            cards[chip["label"]], chip["weight_bytes"], model["label"], has_experts
        )
        confidence, note = _NOTES[found["calibration"]]
        chip.update(found)
        for name in found:
            evidence = {"source": SOURCE, "confidence": confidence, "note": note}
            document["evidence"][f"chips[{chip['key']}].{name}"] = evidence
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
