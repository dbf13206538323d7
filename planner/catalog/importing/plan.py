"""What an import would do, row by row, against the catalog as it stands. Writes nothing."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planner.catalog.coverage import findings_of
from planner.catalog.importing.grids import shown
from planner.catalog.importing.names import COLUMNS
from planner.catalog.importing.rows import Reading, Rejection, Row
from planner.catalog.models import CatalogEntry, CatalogRelease, Kind
from planner.core.canonical_json import JsonValue, canonical_text, digest_of

Identity = tuple[str, date, date]
_HELD = re.compile(r'"uuid":"([0-9a-f-]{36})"')


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry that the file gives differently."""

    name: str
    before: Any
    after: Any

    @property
    def told_before(self) -> str:
        return written(self.before)

    @property
    def told_after(self) -> str:
        return written(self.after)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """`entry` is as it would be stored. `latest`: of a new row, the newest entry of its key; None for a new key."""

    number: int
    state: Literal["new", "changed", "unchanged"]
    entry: CatalogEntry
    changes: tuple[FieldChange, ...] = ()
    latest: CatalogEntry | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Every row in one state, or rejected. Nothing may be imported while `rejections` holds anything."""

    planned: tuple[PlannedRow, ...]
    rejections: tuple[Rejection, ...]

    def of_state(self, state: str) -> list[PlannedRow]:
        return [row for row in self.planned if row.state == state]

    @property
    def new(self) -> list[PlannedRow]:
        return self.of_state("new")

    @property
    def changed(self) -> list[PlannedRow]:
        return self.of_state("changed")

    @property
    def unchanged(self) -> list[PlannedRow]:
        return self.of_state("unchanged")

    @property
    def writes(self) -> int:
        """How many entries it would add or change."""
        return len(self.planned) - len(self.unchanged)

    @property
    def digest(self) -> str:
        """Of what each row would do and to what: another one means that the catalog has changed meanwhile."""
        told: list[JsonValue] = [
            [
                row.number,
                row.state,
                str(row.entry.uuid) if row.state != "new" else "",
                [[change.name, _plain(change.before)] for change in row.changes],
            ]
            for row in self.planned
        ]
        return digest_of(canonical_text(told))


def plan_of(reading: Reading, *, lock: bool = False) -> ImportPlan:
    """Two queries, whatever the number of rows. `lock`: nobody changes the entries before the transaction ends."""
    rows = reading.rows
    entries = CatalogEntry.objects.filter(key__in={row.values["key"] for row in rows})
    known: dict[str, list[CatalogEntry]] = defaultdict(list)
    for entry in entries.select_for_update() if lock else entries:  # newest first
        known[entry.key].append(entry)
    found = reading.rejections + _duplicates(rows, reading.place)
    planned = [_planned(row, known[row.values["key"]], found) for row in rows]
    found += _overlaps(planned, known)
    held = _releases_holding({row.entry.uuid for row in planned if row.state == "changed"})
    found += [_held(row, held[row.entry.uuid]) for row in planned if row.entry.uuid in held]
    bad = {rejection.number for rejection in found}
    return ImportPlan(
        planned=tuple(row for row in planned if row.number not in bad),
        rejections=tuple(sorted(found, key=lambda rejection: rejection.number)),
    )


def _identity(values: Any) -> Identity:
    return (values["key"], values["valid_from"], values["known_since"])


def _duplicates(rows: Sequence[Row], place: str) -> list[Rejection]:
    first: dict[Identity, int] = {}
    found: list[Rejection] = []
    for row in rows:
        earlier = first.setdefault(_identity(row.values), row.number)
        if earlier != row.number:
            sentence = (
                _("Lines %(first)d and %(second)d have the same key, valid_from and known_since. Keep one.")
                if place == "line"
                else _(
                    "Rows %(first)d and %(second)d have the same key, valid_from and known_since. Keep one."
                )
            )
            message = sentence % {"first": earlier, "second": row.number}
            found.append(Rejection(row.number, "key", shown(row.values["key"]), message))
    return found


def _planned(row: Row, known: list[CatalogEntry], found: list[Rejection]) -> PlannedRow:
    """What this row would do. Adds to `found` what the rules of an entry say against it."""
    same = next((entry for entry in known if _identity(entry.__dict__) == _identity(row.values)), None)
    before = dict(same.__dict__) if same else {}
    entry = same or CatalogEntry()
    changes = tuple(
        FieldChange(name, before[name], value)
        for name, value in _given(row).items()
        if same and before[name] != value
    )
    for name, value in _given(row).items():
        setattr(entry, name, value)
    found += [
        Rejection(row.number, name, shown(written(getattr(entry, name, ""))), message)
        for name, message in _problems(entry)
    ]
    if same is None:
        return PlannedRow(row.number, "new", entry, latest=known[0] if known else None)
    return PlannedRow(row.number, "changed" if changes else "unchanged", entry, changes)


def _overlaps(planned: Sequence[PlannedRow], known: Mapping[str, list[CatalogEntry]]) -> list[Rejection]:
    """Rows after which two entries of a key would say different things of the same day."""
    touched = {id(row.entry): row for row in planned if row.state != "unchanged"}
    by_key: dict[str, list[CatalogEntry]] = {}
    for row in touched.values():
        rows = by_key.setdefault(row.entry.key, list(known[row.entry.key]))
        if row.state == "new":
            rows.append(row.entry)
    found = []
    for rows in by_key.values():
        for finding in findings_of(rows):
            blamed = touched.get(id(finding.later)) or touched.get(id(finding.earlier))
            if finding.kind == "overlap" and blamed is not None:
                name = "valid_from" if blamed.entry is finding.later else "valid_to"
                given = shown(written(getattr(blamed.entry, name)))
                found.append(Rejection(blamed.number, name, given, finding.sentence))
    return found


def _given(row: Row) -> dict[str, Any]:
    """The values of the row in one order, whatever that of the file; a kind left out is the first part of the key."""
    values = {column.name: row.values[column.name] for column in COLUMNS if column.name in row.values}
    if not values.get("kind"):
        values["kind"] = values["key"].partition(".")[0]
    return values


def _problems(entry: CatalogEntry) -> list[tuple[str, str]]:
    """Field and sentence for each rule this entry breaks: the model's own, and those the database would enforce."""
    found: dict[str, str] = {}
    if entry.kind not in Kind.values:
        sentence = _("The first part of the key must be one of: %(kinds)s.")
        return [("key", sentence % {"kinds": ", ".join(Kind.values)})]
    for check in (entry.clean_fields, entry.clean):
        try:
            check()
        except ValidationError as error:
            found = {name: said[0] for name, said in error.message_dict.items()} | found
    if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
        sentence = _("It must be later than valid_from, %(day)s.")
        found["valid_to"] = sentence % {"day": entry.valid_from.isoformat()}
    if outside := _outside(entry):
        found.setdefault("value", outside)
    if entry.kind == Kind.OFFER and not entry.price_kind:
        found["price_kind"] = _("A price offer needs a price kind.")
    return list(found.items())


def _outside(entry: CatalogEntry) -> str:
    """A sentence when the value does not lie in its own range."""
    lowest = entry.low is not None and entry.value < entry.low
    highest = entry.high is not None and entry.value > entry.high
    if not (lowest or highest):
        return ""
    ends = {"low": _end(entry.low), "high": _end(entry.high)}
    return _("The value must lie between low (%(low)s) and high (%(high)s).") % ends


def _end(value: float | None) -> str:
    return _("none") if value is None else written(value)


def written(value: Any) -> str:
    """A field's value as people read it; "" for one that is empty."""
    if value in (None, {}):
        return ""
    if isinstance(value, float):
        return f"{value:,.15g}"
    return canonical_text(value) if isinstance(value, dict) else str(value)


def _releases_holding(entries: set[UUID]) -> dict[UUID, CatalogRelease]:
    """Of these entries, those that a release holds, each with the newest that does."""
    found: dict[UUID, CatalogRelease] = {}
    if not entries:
        return found
    for release in CatalogRelease.objects.only("number", "name", "document_text").iterator(chunk_size=1):
        names = set(_HELD.findall(release.document_text))
        found |= {entry: release for entry in entries - set(found) if str(entry) in names}
        if len(found) == len(entries):
            break
    return found


def _held(row: PlannedRow, release: CatalogRelease) -> Rejection:
    sentence = _(
        "Release %(number)d (%(name)s) holds this entry, so its %(fields)s cannot change. "
        "To correct it, add a row with the same valid_from and a later known_since than %(known)s."
    )
    message = sentence % {
        "number": release.number,
        "name": release.name,
        "fields": ", ".join(change.name for change in row.changes),
        "known": row.entry.known_since.isoformat(),
    }
    return Rejection(row.number, "known_since", row.entry.known_since.isoformat(), message)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
