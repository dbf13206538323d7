"""Rows of the editor are drawn once for all pages that show them alike: never an old one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.scenarios.editor import EditorField, EditorSection
from planner.scenarios.field_texts import texts_of_leaf
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.paths import walk
from planner.scenarios.templatetags.editor_fields import editor_field
from tests.planner.scenarios.small_document import small_document

SECTION = EditorSection("Deal terms", "section-0", [], is_open=True, wrong=0, is_flat=False)


def newest(number: int) -> dict[str, Any]:
    return {"newest": ScenarioVersion(number=number)}


def row() -> EditorField:
    leaf = next(one for one in walk(small_document()) if one.kind == "quantity")
    return EditorField(leaf, texts_of_leaf(leaf), [])


def test_a_row_that_shows_the_same_is_not_drawn_again() -> None:
    assert editor_field(newest(2), row(), SECTION) is editor_field(newest(1), row(), SECTION)


def test_a_row_is_drawn_again_when_something_it_shows_has_changed() -> None:
    held = row()
    drawn = editor_field(newest(1), held, SECTION)
    assert "by 25 points" in editor_field(newest(1), replace(held, gap=0.25), SECTION)
    assert "Too much." in editor_field(newest(1), replace(held, errors=["Too much."]), SECTION)
    typed = replace(held, texts={**held.texts, held.leaf.path: "77%"})
    assert 'value="77%"' in editor_field(newest(1), typed, SECTION)
    assert "Other contract" in editor_field(
        newest(1),
        replace(held, leaf=replace(held.leaf, group="Other contract")),
        replace(SECTION, is_flat=True),
    )
    assert editor_field(newest(1), held, SECTION) == drawn


def test_a_changed_row_says_the_number_of_the_newest_version() -> None:
    held = row()
    changed = replace(held, saved=held.leaf, saved_texts=texts_of_leaf(held.leaf))
    assert "Version 7:" in editor_field(newest(7), changed, SECTION)
    assert "Version 8:" in editor_field(newest(8), changed, SECTION)
