"""Every input of a part once, in the order of the document, with the texts and errors the editor shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.core.errors import Problem
from planner.scenarios.editor import EditorField, linked_sentence, sections_of
from planner.scenarios.field_texts import Texts
from planner.scenarios.paths import raw_of, walk


def fields_of(raw: Mapping[str, Any], texts: Texts, problems: Sequence[Problem]) -> list[EditorField]:
    """The editor's fields without its sections and key terms."""
    held = raw_of(raw)
    sections = sections_of(held, texts, list(problems))
    found = {
        one.leaf.path: one for section in sections for _group, fields in section.groups for one in fields
    }
    return [found[leaf.path] for leaf in walk(held) if leaf.path in found]


def anchored(fields: Sequence[EditorField], problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """(id of the field or "", sentence) of every problem, for the summary above the form."""

    def field_of(problem: Problem) -> EditorField | None:
        for one in fields:
            rest = problem.path.removeprefix(one.leaf.path)
            if rest != problem.path and (not rest or rest[0] in ".["):
                return one
        return None

    return [linked_sentence(field_of(problem), problem) for problem in problems]
