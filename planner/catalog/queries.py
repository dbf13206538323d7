"""Reads of the catalog. Every signed-in user may read all of it, so no function takes a viewer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Case, Q, QuerySet, Value, When

from planner.catalog.documents import ReleasedEntry, ReleaseDocument
from planner.catalog.models import CatalogEntry, CatalogRelease, Kind
from planner.core.canonical_json import digest_of


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One key that differs. `before` None: the entry is new; `after` None: it is no longer in force."""

    key: str
    before: ReleasedEntry | None
    after: ReleasedEntry | None


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
    return releases().first()


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


def entries_in_force(*, valid_on: date, known_on: date) -> list[CatalogEntry]:
    """What was believed on `known_on` about `valid_on`: at most one entry per key, in the order of the keys.

    Of several rows of one key that apply, the one that begins last wins, then the one that became known last.
    """
    applying = CatalogEntry.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_on),
        known_since__lte=known_on,
        valid_from__lte=valid_on,
    ).order_by("key", "valid_from", "known_since")
    return list({row.key: row for row in applying}.values())


def as_released(row: CatalogEntry) -> ReleasedEntry:
    """The row as a release would hold it."""
    return ReleasedEntry(**{name: getattr(row, name) for name in ReleasedEntry.model_fields})


def unreleased_changes(*, today: date) -> list[EntryChange]:
    """What a release published today would change against the newest one, in the order of the keys."""
    newest = current_release()
    before = dict(_entries_by_key(newest)) if newest else {}
    after = {row.key: as_released(row) for row in entries_in_force(valid_on=today, known_on=today)}
    changed = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    return [EntryChange(key, before.get(key), after.get(key)) for key in changed]


def matching_entries(
    *, words: str = "", kind: str = "", subject: str = "", price_kind: str = ""
) -> QuerySet[CatalogEntry]:
    """Entries that hold every word somewhere and match every filter that is not empty.

    Each has a `rank` to order by: prices before costs, costs before specifications.
    """
    found: QuerySet[CatalogEntry] = CatalogEntry.objects.annotate(rank=_RANK)
    for word in words.split():
        anywhere = Q()
        for field in _SEARCHED:
            anywhere |= Q(**{f"{field}__icontains": word})
        found = found.filter(anywhere)
    exact = {"kind": kind, "subject": subject, "price_kind": price_kind}
    return found.filter(**{field: wanted for field, wanted in exact.items() if wanted})


def chips() -> list[str]:
    """The chips that have a specification or an offer, by name."""
    rows = CatalogEntry.objects.filter(kind__in=(Kind.CHIP, Kind.OFFER)).exclude(subject="")
    return list(rows.order_by("subject").values_list("subject", flat=True).distinct())


def history_of(key: str) -> Iterable[CatalogEntry]:
    """Every row of the key, the newest first."""
    return CatalogEntry.objects.filter(key=key)


def matching_released(
    release: CatalogRelease, *, words: str = "", kind: str = "", subject: str = "", price_kind: str = ""
) -> list[ReleasedEntry]:
    """Like `matching_entries`, among the entries a release holds."""
    wanted = {"kind": kind, "subject": subject, "price_kind": price_kind}
    needles = [word.casefold() for word in words.split()]
    found = []
    for item in entries_of(release):
        texts = [getattr(item, field).casefold() for field in _SEARCHED]
        if all(any(needle in text for text in texts) for needle in needles) and all(
            getattr(item, field) == value for field, value in wanted.items() if value
        ):
            found.append(item)
    return found
