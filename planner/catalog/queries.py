"""Reads of the catalog. Every signed-in user may read all entries and releases, so these take no viewer."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from planner.catalog.changes import EntryChange, changes_between
from planner.catalog.coverage import Finding, findings_by_key, findings_of, in_force_on
from planner.catalog.documents import ReleasedEntry, ReleaseDocument
from planner.catalog.models import CatalogEntry, CatalogRelease, Kind, ReleaseDraft
from planner.core.canonical_json import JsonValue, canonical_text, digest_of
from planner.teams.access import Viewer


@dataclass(frozen=True, slots=True)
class Choices:
    """What the entries hold, to filter by: each sorted, without the empty text."""

    chips: tuple[str, ...]
    regions: tuple[str, ...]
    currencies: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the catalog as lists and notices show it. `release` None: nothing was published yet."""

    release: CatalogRelease | None
    unreleased: int
    """How many keys a release published today would change."""
    findings: int
    """How many overlaps and gaps there are."""
    choices: Choices


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What a draft would publish now, and what that changes against the newest release (None: there is none)."""

    text: str
    entries: tuple[ReleasedEntry, ...]
    against: CatalogRelease | None
    changes: list[EntryChange]
    digest: str
    """Over everything a reviewer decides on: name, note, day, entries, and the release they are compared with."""


_SEARCHED = ("key", "label", "provider", "source_title", "notes")
_READING_ORDER = (
    Kind.OFFER,
    Kind.TOKEN,
    Kind.MARKET,
    Kind.CAPEX,
    Kind.SITE,
    Kind.POWER,
    Kind.CHIP,
    Kind.MODEL,
)
_RANK = Case(*(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(_READING_ORDER)))
_KEPT = 8
_parsed: dict[str, Mapping[str, ReleasedEntry]] = {}
"""Releases never change, so a process reads each text once."""


def releases() -> QuerySet[CatalogRelease]:
    """All releases, newest first, without their long texts (read on first use)."""
    return CatalogRelease.objects.defer("document_text").select_related("drafted_by", "published_by")


def current_release() -> CatalogRelease | None:
    """The newest release; None before the first was published."""
    return _with_text_if_unread().first()


def _with_text_if_unread() -> QuerySet[CatalogRelease]:
    """The releases, newest first. The first reader in a process needs the text anyhow: one query fewer."""
    return releases() if _parsed else releases().defer(None)


def entries_of(release: CatalogRelease) -> list[ReleasedEntry]:
    """The entries a release holds, in the order of their keys."""
    return list(_entries_by_key(release).values())


def entry(release: CatalogRelease, key: str) -> ReleasedEntry | None:
    """The release's entry of this key; None when it holds none."""
    return _entries_by_key(release).get(key)


def _entries_by_key(release: CatalogRelease) -> Mapping[str, ReleasedEntry]:
    found = _parsed.get(release.digest)
    if found is None:
        text = release.document_text
        if digest_of(text) != release.digest:
            raise ValueError(f"the stored text of {release} does not match its digest")
        document = ReleaseDocument.model_validate_json(text)
        found = MappingProxyType({item.key: item for item in document.entries})
        if len(_parsed) >= _KEPT:
            _parsed.clear()
        _parsed[release.digest] = found
    return found


def in_force(*, valid_on: date, known_on: date) -> QuerySet[CatalogEntry]:
    """What was believed on `known_on` about `valid_on`: at most one entry per key.

    A row that begins on the same day and became known later corrects the earlier one, its end included. Of the
    rows of a key that stand and apply, the one that begins last is in force.
    """
    # Both subqueries end in LIMIT 1, so that PostgreSQL looks each up by the index of key and dates; as NOT EXISTS
    # it joins the whole table with itself, twice, and may choose to do so row by row.
    known = CatalogEntry.objects.filter(known_since__lte=known_on, valid_from__lte=valid_on)
    newest = known.filter(key=OuterRef("key"), valid_from=OuterRef("valid_from")).order_by("-known_since")
    applying = known.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_on),
        known_since=Subquery(newest.values("known_since")[:1]),
    )
    last = applying.filter(key=OuterRef("key")).order_by("-valid_from")
    return applying.filter(pk=Subquery(last.values("pk")[:1]))


def entries_in_force(*, valid_on: date, known_on: date) -> list[CatalogEntry]:
    """The entries of `in_force`, in the order of their keys."""
    return list(in_force(valid_on=valid_on, known_on=known_on).order_by("key"))


def as_released(row: CatalogEntry) -> ReleasedEntry:
    """The row as a release would hold it."""
    return ReleasedEntry(**{name: getattr(row, name) for name in ReleasedEntry.model_fields})


def changes_from(before: CatalogRelease, after: CatalogRelease) -> list[EntryChange]:
    """What the release `after` changed against `before`, in the order of the keys."""
    return changes_between(_entries_by_key(before), _entries_by_key(after))


def unreleased_changes(*, today: date) -> list[EntryChange]:
    """What a release published today would change against the newest one, in the order of the keys."""
    newest = current_release()
    before = _entries_by_key(newest) if newest else {}
    after = {row.key: as_released(row) for row in entries_in_force(valid_on=today, known_on=today)}
    return changes_between(before, after)


_overviews: dict[tuple[Any, ...], Overview] = {}
"""The newest overview of this process, under what it depends on: entries change only with a line of history."""


def overview() -> Overview:
    """The state of the catalog today. One query while no entry and no release has changed."""
    today = timezone.localdate()
    release = _newest_with_changes(bool(_parsed)).all().first()
    if release is None:
        return _overview(None, today)
    known = (release.digest, release.lines, release.last_change, today)
    if known not in _overviews:
        found = _overview(release, today)
        _overviews.clear()
        _overviews[known] = found
    return _overviews[known]


@cache
def _newest_with_changes(is_read: bool) -> QuerySet[Any]:
    """The releases with what tells whether an entry has changed; composed once, as Home and the list ask it always."""
    lines = CatalogEntry.history.order_by("-history_id")
    # Counted too: of two who save at the same moment, the one with the lower number may be seen later.
    counted = lines.order_by().values(every=Value(1)).annotate(lines=Count("pk")).values("lines")
    read = releases() if is_read else releases().defer(None)
    return read.annotate(lines=Subquery(counted), last_change=Subquery(lines.values("history_date")[:1]))


def _overview(release: CatalogRelease | None, today: date) -> Overview:
    rows = list(CatalogEntry.objects.order_by("key"))
    by_key = {key: list(group) for key, group in groupby(rows, lambda row: row.key)}
    now = {key: in_force_on(group, valid_on=today, known_on=today) for key, group in by_key.items()}
    after = {key: as_released(row) for key, row in now.items() if row is not None}
    changes = changes_between(_entries_by_key(release) if release else {}, after)
    findings = sum(len(findings_of(group)) for group in by_key.values())
    return Overview(release, len(changes), findings, choices_of(rows))


def unreleased_change_count() -> int:
    """How many keys a release published today would change: new, changed or ended. One query as a rule."""
    return overview().unreleased


def choices_of(rows: Sequence[CatalogEntry | ReleasedEntry]) -> Choices:
    """What these entries hold, to filter them by."""

    def held(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({value for value in values if value}, key=lambda text: (text.casefold(), text)))

    return Choices(
        chips=held(row.subject for row in rows if row.kind in (Kind.CHIP, Kind.OFFER)),
        regions=held(row.region for row in rows),
        currencies=held(row.currency for row in rows),
        sources=held(row.source_title for row in rows),
    )


def all_findings() -> list[Finding]:
    """Overlaps and gaps of every key, in the order of the keys."""
    several = CatalogEntry.objects.order_by().values("key").annotate(rows=Count("pk")).filter(rows__gt=1)
    found = CatalogEntry.objects.filter(key__in=several.values("key"))
    return findings_by_key(list(found.order_by("key", "valid_from", "known_since")))


def matching_entries(
    *, words: str = "", valid_on: date | None = None, known_on: date | None = None, **exact: str
) -> QuerySet[CatalogEntry]:
    """Entries that hold every word somewhere and match every filter (a field's name) that is not empty.

    With both days, only those in force then. Each has a `rank` to order by: prices before costs, costs before
    specifications.
    """
    found: QuerySet[CatalogEntry] = CatalogEntry.objects.all()
    if valid_on is not None and known_on is not None:
        found = in_force(valid_on=valid_on, known_on=known_on)
    for word in words.split():
        anywhere = Q()
        for field in _SEARCHED:
            anywhere |= Q(**{f"{field}__icontains": word})
        found = found.filter(anywhere)
    ranked: QuerySet[CatalogEntry] = found.annotate(rank=_RANK)
    return ranked.filter(**{field: wanted for field, wanted in exact.items() if wanted})


def entry_with_history(uuid: UUID) -> tuple[CatalogEntry, list[CatalogEntry]]:
    """The entry, and every row of its key, the newest first. Raises Http404."""
    key = CatalogEntry.objects.filter(uuid=uuid).values("key")[:1]
    rows = list(CatalogEntry.objects.filter(key=Subquery(key)))
    found = next((row for row in rows if row.uuid == uuid), None)
    if found is None:
        raise Http404
    return found, rows


def history_of(key: str) -> QuerySet[CatalogEntry]:
    """Every row of the key, the newest first."""
    return CatalogEntry.objects.filter(key=key)


def matching_released(release: CatalogRelease, *, words: str = "", **exact: str) -> list[ReleasedEntry]:
    """Like `matching_entries`, among the entries a release holds."""
    needles = [word.casefold() for word in words.split()]
    found = []
    for item in entries_of(release):
        texts = [getattr(item, field).casefold() for field in _SEARCHED]
        if all(any(needle in text for text in texts) for needle in needles) and all(
            getattr(item, field) == value for field, value in exact.items() if value
        ):
            found.append(item)
    return found


_counts: dict[str, int] = {}


def entry_counts(shown: Iterable[CatalogRelease]) -> dict[str, int]:
    """How many entries each release holds, by its digest. Each text is read once per process."""
    rows = {release.digest: release.pk for release in shown}
    unread = [pk for digest, pk in rows.items() if digest not in _counts]
    if unread:
        for release in CatalogRelease.objects.filter(pk__in=unread):
            _counts[release.digest] = len(json.loads(release.document_text)["entries"])
    return {digest: _counts[digest] for digest in rows}


def may_keep_releases(viewer: Viewer) -> bool:
    """Whether the viewer is a keeper who may draft and publish."""
    return viewer.is_staff and viewer.has_perm("catalog.add_catalogrelease")


def release_drafts(viewer: Viewer) -> QuerySet[ReleaseDraft]:
    """The drafts, for keepers; nobody else learns of any. The right is looked up in the same query."""
    if not (viewer.is_staff and viewer.is_active):
        return ReleaseDraft.objects.none()
    drafts = ReleaseDraft.objects.select_related("drafted_by", "returned_by", "release")
    if viewer.is_superuser:
        return drafts
    right = Permission.objects.filter(content_type__app_label="catalog", codename="add_catalogrelease")
    return drafts.filter(Exists(right.filter(Q(user=viewer) | Q(group__user=viewer))))


def release_draft(viewer: Viewer, uuid: UUID) -> ReleaseDraft:
    """One draft. Raises Http404."""
    found: ReleaseDraft = get_object_or_404(release_drafts(viewer), uuid=uuid)
    return found


def draft_content(draft: ReleaseDraft) -> DraftContent:
    """What the draft would publish if it were published now."""
    against = current_release()
    entries = tuple(as_released(row) for row in entries_in_force(valid_on=draft.as_of, known_on=draft.as_of))
    text = canonical_text(ReleaseDocument(as_of=draft.as_of, entries=entries).model_dump(mode="json"))
    before = _entries_by_key(against) if against else {}
    decided_on: dict[str, JsonValue] = {
        "name": draft.name,
        "note": draft.note,
        "document": digest_of(text),
        "against": against.digest if against else "",
    }
    return DraftContent(
        text=text,
        entries=entries,
        against=against,
        changes=changes_between(before, {item.key: item for item in entries}),
        digest=digest_of(canonical_text(decided_on)),
    )
