"""What a conflict is, and how one is written."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TermConflict:
    """Two terms, or one with itself, that do not go together. An error refuses the version; a warning is shown."""

    path: str
    sentence: str
    is_error: bool


def name_of(item: Any) -> str:
    """What a sentence calls a list item: its label, else its key."""
    return str(item.label or item.key)


def error(term: Any, field: str, sentence: str, **said: Any) -> TermConflict:
    """A conflict that refuses the deal, at a field of the term; `sentence` says %(term)s for its name."""
    return _conflict(term, field, sentence, said, is_error=True)


def warning(term: Any, field: str, sentence: str, **said: Any) -> TermConflict:
    """A conflict that is shown and lets the deal be."""
    return _conflict(term, field, sentence, said, is_error=False)


def _conflict(term: Any, field: str, sentence: str, said: dict[str, Any], *, is_error: bool) -> TermConflict:
    path = f"terms[{term.key}].{field}" if field else f"terms[{term.key}]"
    return TermConflict(path, sentence % {"term": name_of(term), **said}, is_error)
