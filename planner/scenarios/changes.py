"""What differs between two documents, in words and units."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from planner.core.texts import plain_text
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.figures import LONG_LIST, ends_in_short, in_words, typed
from planner.scenarios.paths import InputLeaf, is_same, raw_of, walk

_STEP = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is "" for what was added, `after` for what was removed."""

    path: str
    title: str
    section: str
    group: str
    kind: Literal["changed", "added", "removed", "same"]
    before: str
    after: str
    short: tuple[str, str] | None = None
    """Both in fewer words, for a sentence, where they differ in their ends only; None: there are none."""

    @property
    def sentence(self) -> str:
        """“Trainium contract: discount 25% to 30%”, as a message suggests it."""
        name = f"{self.group}: {self.title}" if self.group else self.title
        if self.kind == "added":
            return _("%(name)s added: %(after)s") % {"name": name, "after": self.after}
        if self.kind == "removed":
            return _("%(name)s removed") % {"name": name}
        before, after = self.short or (self.before, self.after)
        return _("%(name)s %(before)s to %(after)s") % {"name": name, "before": before, "after": after}


def diff(
    before: ScenarioDocument | Mapping[str, Any], after: ScenarioDocument | Mapping[str, Any]
) -> list[Change]:
    """Every difference, in the order of the editor; an item that came or went whole is one line."""
    return differences(walk(before), walk(after), raw_of(before), raw_of(after))


def differences(
    before: Sequence[InputLeaf],
    after: Sequence[InputLeaf],
    before_raw: Mapping[str, Any],
    after_raw: Mapping[str, Any],
) -> list[Change]:
    """The same of two documents that were walked already."""
    old, new = {leaf.path: leaf for leaf in before}, {leaf.path: leaf for leaf in after}
    found: list[Change] = []
    whole: set[str] = set()
    for path in [*new, *(path for path in old if path not in new)]:
        was, now = old.get(path), new.get(path)
        if was is not None and now is not None:
            if not is_same(was.value, now.value):
                found.append(_change("changed", now, *_both_words(was, now), _short_words(was, now)))
            continue
        leaf, others = (now, old) if now is not None else (was, new)
        assert leaf is not None
        item = _whole_item(path, others)
        if item is None:
            found.append(_single(leaf, is_new=now is not None))
        elif item not in whole:
            whole.add(item)
            found.append(_item_change(item, leaf, is_new=now is not None))
    cited = _evidence_changes(before_raw, after_raw, {**old, **new})
    inside = tuple(f"evidence[{item}." for item in whole)  # the sources of a whole item come and go with it
    return [*found, *(change for change in cited if not change.path.startswith(inside))]


def every_input(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs and what does not, in the order of the editor; what came, went or is about sources at the end."""
    changes = diff(before, after)
    by_path = {change.path: change for change in changes}
    rows = [
        by_path.pop(leaf.path)
        if leaf.path in by_path
        else Change(leaf.path, leaf.title, leaf.section, leaf.group, "same", words_of(leaf), words_of(leaf))
        for leaf in walk(after)
    ]
    return [*rows, *by_path.values()]


def message_of(changes: list[Change], longest: int = 200) -> str:
    """The message suggested for a version: the first changes, and how many more.

    Without characters that a message may not hold, though a name in the document does.
    """
    return plain_text(_first_changes(changes, longest))


def _first_changes(changes: list[Change], longest: int) -> str:
    said: list[str] = []
    for number, change in enumerate(changes):
        rest = len(changes) - number
        if len("; ".join([*said, change.sentence])) > longest:
            return "; ".join([*said, _("%(count)d more") % {"count": rest}])[:longest]
        said.append(change.sentence)
    return "; ".join(said)


def _both_words(was: InputLeaf, now: InputLeaf) -> tuple[str, str]:
    """What both hold; of a long list that changed, how many values did and between what they lie."""
    before, after = was.value, now.value
    if not isinstance(after, list) or len(after) <= LONG_LIST:
        return words_of(was), words_of(now)
    held = before if isinstance(before, list) else []
    same = sum(one == other for one, other in zip(held, after, strict=False))
    numbers = [value for value in after if isinstance(value, int | float)]
    said: dict[str, Any] = {
        "count": len(after),
        "changed": max(len(held), len(after)) - same,
        "low": typed(min(numbers, default=None), now.unit),
        "high": in_words(max(numbers, default=None), now.unit),
    }
    words = _("%(count)d values, %(changed)d of them changed, %(low)s to %(high)s") % said
    return words_of(was), words


def words_of(leaf: InputLeaf) -> str:
    """What a leaf holds, with its unit."""
    return in_words(leaf.value, leaf.unit, leaf.choices)


def _whole_item(path: str, others: Mapping[str, InputLeaf]) -> str | None:
    """The outermost list item of `path` the other side has nothing of; None when only this field differs."""
    for step in _STEP.finditer(path):
        item = path[: step.end()]
        if not any(other.startswith(item + ".") for other in others):
            return item
    return None


def _change(
    kind: Literal["changed", "added", "removed"],
    leaf: InputLeaf,
    before: str,
    after: str,
    short: tuple[str, str] | None = None,
) -> Change:
    return Change(leaf.path, leaf.title, leaf.section, leaf.group, kind, before, after, short)


def _short_words(was: InputLeaf, now: InputLeaf) -> tuple[str, str] | None:
    """“15%–35%” and “20%–35%” of two ranges that differ in their ends only; None otherwise."""
    before, after = was.value, now.value
    if (
        not isinstance(before, dict)
        or not isinstance(after, dict)
        or "discrete"
        in (
            before.get("shape"),
            after.get("shape"),
        )
    ):
        return None
    if not is_same({**before, "low": 0, "high": 0}, {**after, "low": 0, "high": 0}):
        return None
    return ends_in_short(before, was.unit), ends_in_short(after, now.unit)


def _single(leaf: InputLeaf, *, is_new: bool) -> Change:
    held = words_of(leaf)
    return _change("added", leaf, "", held) if is_new else _change("removed", leaf, held, "")


def _item_change(item: str, leaf: InputLeaf, *, is_new: bool) -> Change:
    whole = _("all of it")
    before, after = ("", whole) if is_new else (whole, "")
    return Change(item, leaf.group, leaf.section, "", "added" if is_new else "removed", before, after)


def _evidence_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], leaves: Mapping[str, InputLeaf]
) -> list[Change]:
    found: list[Change] = []
    old, new = before.get("evidence") or {}, after.get("evidence") or {}
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    for path in sorted({*old, *new}):
        was, now = _cited(old.get(path)), _cited(new.get(path))
        if was != now:
            leaf = leaves.get(path)
            title = _("source of %(title)s") % {"title": leaf.title if leaf else path}
            kind: Literal["changed", "added", "removed"] = (
                "added" if not was else "removed" if not now else "changed"
            )
            section, group = (leaf.section, leaf.group) if leaf else (_("Sources"), "")
            found.append(Change(f"evidence[{path}]", title, section, group, kind, was, now))
    return found


def _cited(evidence: Any) -> str:
    if not isinstance(evidence, dict):
        return ""
    parts = (evidence.get(name) for name in ("source", "confidence", "note", "catalog_key", "unit"))
    return " · ".join(str(one) for one in parts if one)
