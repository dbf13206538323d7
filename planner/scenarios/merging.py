"""What somebody changed, against what the draft holds by now: saved, or contested when another changed it too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue, parse_strict
from planner.core.errors import InvalidInput
from planner.scenarios.changes import words_of
from planner.scenarios.field_texts import (
    Texts,
    cited_texts,
    evidence_of,
    is_cited,
    texts_of_leaf,
    tidy,
    value_of,
    value_texts,
)
from planner.scenarios.figures import in_words
from planner.scenarios.paths import InputLeaf, is_same, walk

CHOICE = "choice~"
SEEN = "seen~"
"""In front of a contest's key: which of the two somebody chose, and which texts of theirs were shown."""


@dataclass(frozen=True, slots=True)
class Contest:
    """An input that two people changed: theirs is in the draft, mine is not saved until somebody chooses."""

    key: str
    """The name of the first of its fields."""
    title: str
    theirs: str
    mine: str
    seen: Texts
    """The texts of theirs, as they were shown: the choice is about these."""

    @property
    def seen_json(self) -> str:
        return json.dumps(self.seen)


@dataclass(frozen=True, slots=True)
class Merge:
    """Every changed value by path, the contested ones apart."""

    values: dict[str, JsonValue] = field(default_factory=dict)
    contests: list[Contest] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    """“Discount 25% to 40%” for each input another changed and this person did not."""


def merged(
    raw: Mapping[str, Any], posted: Mapping[str, str], opened: Mapping[str, str], *, has_moved: bool
) -> Merge:
    """What to save of the posted texts that differ from those they were opened with.

    `has_moved`: the draft was changed since. Then an input is contested when the draft no longer holds what was opened
    and the two disagree; with no texts in `opened` nobody knows, and every disagreement is contested. Changed sources
    come as one value at the path "evidence".
    """
    found = Merge()
    held = raw.get("evidence")
    evidence: dict[str, Any] = dict(held) if isinstance(held, dict) else {}
    for leaf in walk(raw):
        names = texts_of_leaf(leaf)
        given = {name: posted[name] for name in names if name in posted}
        before = {name: opened.get(name, "" if opened else text) for name, text in names.items()}
        changed = {name for name, text in given.items() if tidy(text) != tidy(before[name])}
        cited = {name for name in changed if is_cited(name)}
        if changed - cited:
            mine = value_of(leaf, {**names, **given})
            if has_moved and _disagrees(leaf, mine, before if opened else None):
                found.contests.append(_contest(leaf, mine))
            else:
                found.values[leaf.path] = mine
        elif has_moved and opened and _is_other(leaf, before):
            found.theirs.append(_their_change(leaf, before))
        if cited:
            said = evidence_of(leaf, {**names, **given})
            if has_moved and said != leaf.evidence and (not opened or _is_cited_otherwise(leaf, before)):
                found.contests.append(_cited_contest(leaf, said))
            else:
                evidence.pop(leaf.path, None)
                evidence |= {leaf.path: said} if said else {}
                found.values["evidence"] = evidence
    return found


def chosen(posted: Mapping[str, str], opened: Mapping[str, str]) -> tuple[Texts, Texts]:
    """(posted, opened) after the choices in them: theirs is no change, yours is one of what was seen of theirs."""
    posted, opened = dict(posted), dict(opened)
    for name, choice in list(posted.items()):
        if not name.startswith(CHOICE) or choice not in ("theirs", "yours"):
            continue
        for field_name, text in texts_in(posted.get(SEEN + name.removeprefix(CHOICE), "")).items():
            opened[field_name] = text
            if choice == "theirs":
                posted.pop(field_name, None)
    return posted, opened


def texts_in(text: str, most: int = 2_000_000) -> Texts:
    """The names and texts of a JSON object; empty when it is none."""
    try:
        held = parse_strict(text, max_bytes=most, max_depth=2)
    except InvalidInput:
        return {}
    return {str(name): str(one) for name, one in held.items()} if isinstance(held, dict) else {}


def _disagrees(leaf: InputLeaf, mine: JsonValue, before: Texts | None) -> bool:
    return not is_same(mine, leaf.value) and (before is None or _is_other(leaf, before))


def _is_other(leaf: InputLeaf, before: Texts) -> bool:
    """Whether the input holds something else than these texts say."""
    return not is_same(value_of(leaf, before), value_of(leaf, value_texts(leaf, leaf.value)))


def _is_cited_otherwise(leaf: InputLeaf, before: Texts) -> bool:
    return any(tidy(before[name]) != tidy(text) for name, text in cited_texts(leaf).items())


def _contest(leaf: InputLeaf, mine: JsonValue) -> Contest:
    words = in_words(mine, leaf.unit, leaf.choices)
    return Contest(leaf.path, _title(leaf), words_of(leaf), words, value_texts(leaf, leaf.value))


def _cited_contest(leaf: InputLeaf, said: Mapping[str, str]) -> Contest:
    theirs = " · ".join(text for text in leaf.evidence.values() if text)
    title = _("source of %(title)s") % {"title": _title(leaf)}
    return Contest(f"{leaf.path}~source", title, theirs, " · ".join(said.values()), cited_texts(leaf))


def _their_change(leaf: InputLeaf, before: Texts) -> str:
    was = in_words(value_of(leaf, before), leaf.unit, leaf.choices)
    return f"{_title(leaf)} {was} → {words_of(leaf)}"


def _title(leaf: InputLeaf) -> str:
    return f"{leaf.group}: {leaf.title}" if leaf.group else leaf.title
