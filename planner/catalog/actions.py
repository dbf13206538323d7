"""Writes of the catalog: the seed, and publishing a release."""

import calendar
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from planner.audit.actions import record
from planner.catalog.documents import ReleaseDocument, SeedEntry, SeedFile
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.catalog.queries import as_released, current_release, entries_in_force, entries_of
from planner.core.canonical_json import canonical_text, digest_of
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.teams.models import User

SEED_FOLDER = Path(__file__).parent / "seed"
SEEDED_AS_OF = date(2026, 11, 24)
SEEDED_RELEASE = "2026-11"
_COLLECTED_ON = date(2026, 11, 23)
_SEED_IDS = UUID("5d2c7b0e-93f4-4c1e-9a55-0d1d6f0e2a11")
"""Seeded entries get the same public ids, and so the first release the same digest, on every installation."""


@transaction.atomic
def load_seed(*, publisher: User | None = None) -> int:
    """Adds the seeded entries that are missing, and release 1 if there is none. Returns how many were added.

    Entries that exist are left as they are, whatever their keeper made of them.
    """
    existing = set(CatalogEntry.objects.values_list("uuid", flat=True))
    missing = [row for row in _seeded_rows() if row.uuid not in existing]
    if missing:
        bulk_create_with_history(
            missing, CatalogEntry, batch_size=200, default_user=publisher, default_change_reason="seed"
        )
        record(
            actor=publisher,
            action="catalog seeded",
            object_kind="catalog",
            object_uuid=None,
            details={"entries": len(missing)},
        )
    if current_release() is None:
        _publish(name=SEEDED_RELEASE, as_of=SEEDED_AS_OF, drafted_by=publisher, published_by=publisher)
    return len(missing)


@transaction.atomic
def publish_release(
    *, name: str, publisher: User, drafted_by: User | None = None, as_of: date | None = None
) -> CatalogRelease:
    """A snapshot of all entries in force on `as_of` (None: today). `drafted_by` None: the publisher did.

    Raises Http404 without the right to publish, InvalidInput for a bad name or an empty catalog, Conflict
    when nothing has changed since the newest release or somebody else published at the same moment.
    """
    if not (publisher.is_staff and publisher.has_perm("catalog.add_catalogrelease")):
        raise Http404
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise InvalidInput([Problem("name", _("The name of a release has 1 to 80 characters."))])
    try:
        with transaction.atomic():
            return _publish(
                name=name,
                as_of=as_of or timezone.localdate(),
                drafted_by=drafted_by or publisher,
                published_by=publisher,
            )
    except IntegrityError as error:  # two people took the same number at the same moment
        raise Conflict(_("Somebody else has just published a release. Look at it first.")) from error


def _publish(*, name: str, as_of: date, drafted_by: User | None, published_by: User | None) -> CatalogRelease:
    entries = tuple(as_released(row) for row in entries_in_force(valid_on=as_of, known_on=as_of))
    if not entries:
        raise InvalidInput([Problem("", _("There is no entry to publish. Add one first."))])
    newest = current_release()
    if newest is not None and entries_of(newest) == list(entries):
        raise Conflict(_("Nothing has changed since release %(number)s.") % {"number": newest.number})
    text = canonical_text(ReleaseDocument(as_of=as_of, entries=entries).model_dump(mode="json"))
    release: CatalogRelease = CatalogRelease.objects.create(
        number=1 if newest is None else newest.number + 1,
        name=name,
        as_of=as_of,
        digest=digest_of(text),
        document_text=text,
        drafted_by=drafted_by,
        published_by=published_by,
    )
    record(
        actor=published_by,
        action="release published",
        object_kind="catalog_release",
        object_uuid=release.uuid,
        details={"number": release.number, "name": name, "digest": release.digest, "entries": len(entries)},
    )
    return release


def _seeded_rows() -> list[CatalogEntry]:
    rows: list[CatalogEntry] = []
    for path in sorted(SEED_FOLDER.glob("*.json")):
        file = SeedFile.model_validate_json(path.read_bytes())
        rows += [_seeded_row(file, fact) for fact in file.entries]
    return rows


def _seeded_row(file: SeedFile, fact: SeedEntry) -> CatalogEntry:
    source = file.sources[fact.source]
    values: dict[str, Any] = fact.model_dump(exclude={"source"})
    return CatalogEntry(
        uuid=uuid5(_SEED_IDS, f"{fact.key} {fact.valid_from} {fact.known_since}"),
        kind=file.kind,
        source_title=source.title,
        source_address=source.address,
        source_date=_last_day(source.date),
        **values,
    )


def _last_day(text: str) -> date:
    """The day itself, or the last day of the month or year, but never later than the facts were collected."""
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return min(date(year, month, day), _COLLECTED_ON)
