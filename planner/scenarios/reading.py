"""Documents as rows to read: by section and group, values in words."""

from typing import Any

from planner.scenarios.changes import words_of
from planner.scenarios.paths import InputLeaf


def sections_for_reading(leaves: list[InputLeaf]) -> list[dict[str, Any]]:
    """Each section with its title and its groups of rows (leaf, words); names that are empty are left out."""
    sections: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for leaf in leaves:
        if leaf.kind == "text" and not leaf.value:
            continue
        row = {"leaf": leaf, "words": words_of(leaf)}
        sections.setdefault(leaf.section, {}).setdefault(leaf.group, []).append(row)
    return [{"title": title, "groups": list(groups.items())} for title, groups in sections.items()]
