"""What differs between two sets of entries, in words and units. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from planner.catalog.documents import ReleasedEntry
from planner.core.formatting import percent

LARGE_MOVE = 0.20
"""From this relative change on a figure is marked, in words."""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One key that differs. `before` None: the entry is new; `after` None: it is no longer in force."""

    key: str
    before: ReleasedEntry | None
    after: ReleasedEntry | None

    @property
    def kind(self) -> Literal["new", "ended", "changed"]:
        if self.before is None:
            return "new"
        return "ended" if self.after is None else "changed"

    @property
    def entry(self) -> ReleasedEntry:
        """The newer of the two, for its label and its page."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def compares(self) -> bool:
        """Whether there are two figures of one unit and one price kind."""
        if self.before is None or self.after is None:
            return False
        return (self.before.unit, self.before.price_kind) == (self.after.unit, self.after.price_kind)

    @property
    def move(self) -> float | None:
        """Relative change of the figure; None when it cannot be stated: nothing to compare with, or from zero."""
        if self.before is None or self.after is None or not self.compares or self.before.value == 0:
            return None
        return (self.after.value - self.before.value) / abs(self.before.value)

    @property
    def is_large(self) -> bool:
        """Whether a figure moved by more than a fifth; from zero, every move is."""
        if self.before is None or self.after is None or not self.compares:
            return False
        if self.move is None:
            return self.after.value != 0
        return abs(self.move) > LARGE_MOVE + 1e-12

    @property
    def move_words(self) -> str:
        """ "12.5% higher"; "" when the figure is the same, new or ended."""
        if self.before is None or self.after is None:
            return ""
        if not self.compares:
            return _("not comparable: another unit or price kind")
        if self.before.value == self.after.value:
            return ""
        if self.move is None:
            return _("was zero")
        size = percent(abs(self.move)) if abs(self.move) >= 0.001 else _("under 0.1%")
        return (_("%(size)s higher") if self.move > 0 else _("%(size)s lower")) % {"size": size}

    @property
    def other_words(self) -> list[str]:
        """What else differs, one sentence part each: "confidence: B, was C"."""
        if self.before is None or self.after is None:
            return []
        named = _names()
        return [
            _("%(name)s: %(after)s, was %(before)s")
            % {
                "name": named[field],
                "after": _said(getattr(self.after, field)),
                "before": _said(getattr(self.before, field)),
            }
            for field in named
            if getattr(self.before, field) != getattr(self.after, field)
        ]


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many of each kind."""

    new: int
    changed: int
    ended: int
    large: int

    @property
    def total(self) -> int:
        return self.new + self.changed + self.ended


def changes_between(
    before: Mapping[str, ReleasedEntry], after: Mapping[str, ReleasedEntry]
) -> list[EntryChange]:
    """The keys that differ, in the order of the keys."""
    differing = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    return [EntryChange(key, before.get(key), after.get(key)) for key in differing]


def most_telling_first(changes: list[EntryChange]) -> list[EntryChange]:
    """Figures that moved, the largest move first; then what ended, what is new, and what differs in words only."""

    def place(change: EntryChange) -> tuple[int, float, str]:
        if change.kind == "changed":
            if change.move_words == "":
                return (3, 0.0, change.key)
            return (0, -abs(change.move) if change.move is not None else float("-inf"), change.key)
        return ({"ended": 1, "new": 2}[change.kind], 0.0, change.key)

    return sorted(changes, key=place)


def counted(changes: list[EntryChange]) -> ChangeCount:
    """How many are new, changed, ended, and how many figures moved by more than a fifth."""
    kinds = [change.kind for change in changes]
    return ChangeCount(
        new=kinds.count("new"),
        changed=kinds.count("changed"),
        ended=kinds.count("ended"),
        large=sum(change.is_large for change in changes),
    )


def _said(value: Any) -> str:
    if value is None or value in ("", {}):
        return _("nothing")
    if isinstance(value, date):
        return value.isoformat()
    text = (
        ", ".join(f"{name} {inner}" for name, inner in value.items())
        if isinstance(value, dict)
        else str(value)
    )
    return text if len(text) <= 80 else text[:79] + "…"


def _names() -> dict[str, str]:
    return {
        "label": _("label"),
        "low": _("low"),
        "high": _("high"),
        "price_kind": _("price kind"),
        "region": _("region"),
        "subject": _("chip or model"),
        "provider": _("provider or maker"),
        "source_title": _("source"),
        "source_address": _("source address"),
        "source_date": _("source date"),
        "confidence": _("confidence"),
        "valid_from": _("valid from"),
        "valid_to": _("valid to"),
        "known_since": _("known since"),
        "notes": _("notes"),
        "attributes": _("attributes"),
    }
