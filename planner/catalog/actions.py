"""Writes of the catalog: the seed, and a release from its draft to its publication."""

import calendar
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from planner.audit.actions import record
from planner.catalog.documents import SeedEntry, SeedFile
from planner.catalog.models import CatalogEntry, CatalogRelease, ReleaseDraft
from planner.catalog.queries import DraftContent, current_release, draft_content, may_keep_releases
from planner.core.canonical_json import digest_of
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.core.texts import is_blank, plain_text
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
    missing = [row for row in seeded_entries() if row.uuid not in existing]
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
        _release_seed(publisher)
    return len(missing)


@transaction.atomic
def draft_release(*, name: str, as_of: date, note: str = "", drafter: User) -> ReleaseDraft:
    """Opens the draft of the next release.

    Raises Http404 without the right to, InvalidInput for a bad name or day, Conflict when a draft is open already.
    """
    _require_keeper(drafter)
    draft = ReleaseDraft(**_checked(name, as_of, note), drafted_by=drafter)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:  # also when two people draft at the same moment
        raise Conflict(_("A draft is open already. Publish or discard it first.")) from error
    _record(drafter, "release drafted", draft)
    return draft


@transaction.atomic
def change_draft(*, draft: ReleaseDraft, name: str, as_of: date, note: str, actor: User) -> ReleaseDraft:
    """Gives the draft another name, day or note. Only its drafter may, and not while it is in review."""
    locked = _locked(draft, actor)
    _require_drafter(locked, actor)
    if locked.is_in_review:
        raise Conflict(_("The draft is in review. It can be changed after it was returned."))
    for field, value in _checked(name, as_of, note).items():
        setattr(locked, field, value)
    locked.save()
    _record(actor, "release draft changed", locked)
    return locked


@transaction.atomic
def submit_draft(*, draft: ReleaseDraft, digest: str, actor: User) -> ReleaseDraft:
    """Asks a second person to publish what the drafter saw (`digest`). Submitting the same twice changes nothing.

    Raises Conflict when that is no longer what would be published, or is what was published last.
    """
    locked = _locked(draft, actor)
    _require_drafter(locked, actor)
    content = draft_content(locked)
    if digest != content.digest:
        raise Conflict(_("Entries have changed since you opened this page. Look at what changes now."))
    if not content.entries:
        raise Conflict(_("There is no entry to publish. Add one first."))
    if not content.changes and content.against:
        raise Conflict(
            _("Nothing has changed since release %(number)s.") % {"number": content.against.number}
        )
    if locked.is_in_review and locked.digest == digest:
        return locked
    locked.submitted_at, locked.digest = timezone.now(), digest
    locked.returned_by, locked.reason = None, ""
    locked.save()
    _record(actor, "release draft submitted", locked, {"digest": digest, "changes": len(content.changes)})
    return locked


@transaction.atomic
def return_draft(*, draft: ReleaseDraft, reason: str, actor: User) -> ReleaseDraft:
    """Gives a submitted draft back to its drafter, with a reason. The drafter may take it back in the same way."""
    locked = _locked(draft, actor)
    if not locked.is_in_review:
        raise Conflict(_("The draft is not in review."))
    reason = plain_text(reason)
    if is_blank(reason) or len(reason) > 500:
        raise InvalidInput([Problem("reason", _("Give a reason of 1 to 500 characters."))])
    locked.submitted_at, locked.digest = None, ""
    locked.returned_by, locked.reason = actor, reason
    locked.save()
    _record(actor, "release draft returned", locked, {"reason": reason})
    return locked


@transaction.atomic
def discard_draft(*, draft: ReleaseDraft, actor: User) -> ReleaseDraft:
    """Closes a draft without publishing it. The entries stay as they are."""
    locked = _locked(draft, actor)
    locked.is_open, locked.submitted_at = False, None
    locked.save()
    _record(actor, "release draft discarded", locked)
    return locked


@transaction.atomic
def publish_draft(*, draft: ReleaseDraft, digest: str, publisher: User) -> CatalogRelease:
    """The release of a reviewed draft. Publishing it again gives the same release.

    Raises Http404 without the right to, Conflict for one's own draft (unless the installation is a one-person
    office), and when what was submitted, what the publisher saw (`digest`) and what is there now are not the same.
    """
    locked = _locked(draft, publisher, or_published=True)
    if locked.release is not None:
        return locked.release
    if not locked.is_in_review:
        raise Conflict(
            _("The draft is not in review. %(who)s has to submit it.") % {"who": locked.drafted_by}
        )
    alone = locked.drafted_by == publisher
    if alone and not is_one_person_office():
        raise Conflict(_("You drafted this release. A second person has to publish it."))
    content = draft_content(locked)
    if not (digest == locked.digest == content.digest):
        raise Conflict(
            _(
                "Entries have changed since this was submitted. Nothing was published; look at what changes now."
            )
        )
    details: dict[str, Any] = {"draft": str(locked.uuid), "drafted_by": locked.drafted_by.username}
    if alone:
        details["one_person_office"] = "drafted and published by the same person"
    try:
        with transaction.atomic():
            locked.release = _store_release(
                locked, content, drafted_by=locked.drafted_by, published_by=publisher, details=details
            )
    except IntegrityError as error:  # somebody loaded the seed at the same moment
        raise Conflict(_("Somebody else has just published a release. Look at it first.")) from error
    locked.is_open = False
    locked.save()
    return locked.release


def is_one_person_office() -> bool:
    """Whether keepers may publish what they drafted themselves."""
    return bool(settings.GENKA_ONE_PERSON_OFFICE)


def _require_keeper(person: User) -> None:
    if not may_keep_releases(person):
        raise Http404


def _require_drafter(draft: ReleaseDraft, person: User) -> None:
    if draft.drafted_by != person:
        raise Conflict(_("Only %(who)s can change or submit this draft.") % {"who": draft.drafted_by})


def _locked(draft: ReleaseDraft, actor: User, *, or_published: bool = False) -> ReleaseDraft:
    """The draft as it is now, held until the transaction ends."""
    _require_keeper(actor)
    locked: ReleaseDraft = ReleaseDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.release is not None and not or_published:
        raise Conflict(_("%(release)s is published already.") % {"release": locked.release})
    if not locked.is_open and locked.release is None:
        raise Conflict(_("This draft was discarded."))
    return locked


def _checked(name: str, as_of: date, note: str) -> dict[str, Any]:
    name, note = plain_text(name), note.strip()
    problems = []
    if is_blank(name) or len(name) > 80:
        problems.append(Problem("name", _("The name of a release has 1 to 80 characters.")))
    if len(note) > 2_000:
        problems.append(Problem("note", _("A note has at most 2,000 characters.")))
    newest = current_release()
    first = newest.as_of if newest else None
    last = max(filter(None, (timezone.localdate(), first)))
    if as_of > last or (first is not None and as_of < first):
        said = {"first": first or "", "last": last, "day": as_of}
        sentence = (
            _("%(day)s is not allowed. Give a day from %(first)s, that of the newest release, to %(last)s.")
            if first
            else _("%(day)s is not allowed. Give a day up to today, %(last)s.")
        )
        problems.append(Problem("as_of", sentence % said))
    if problems:
        raise InvalidInput(problems)
    return {"name": name, "as_of": as_of, "note": note}


def _record(actor: User, action: str, draft: ReleaseDraft, details: dict[str, Any] | None = None) -> None:
    record(
        actor=actor,
        action=action,
        object_kind="release_draft",
        object_uuid=draft.uuid,
        details={"name": draft.name, "as_of": draft.as_of.isoformat(), **(details or {})},
    )


def _release_seed(publisher: User | None) -> None:
    """Release 1. The installation itself drafted it, so no person is its drafter."""
    draft = ReleaseDraft(name=SEEDED_RELEASE, as_of=SEEDED_AS_OF)
    _store_release(draft, draft_content(draft), drafted_by=None, published_by=publisher, details={})


def _store_release(
    draft: ReleaseDraft,
    content: DraftContent,
    *,
    drafted_by: User | None,
    published_by: User | None,
    details: dict[str, Any],
) -> CatalogRelease:
    release: CatalogRelease = CatalogRelease.objects.create(
        number=1 if content.against is None else content.against.number + 1,
        name=draft.name,
        as_of=draft.as_of,
        digest=digest_of(content.text),
        document_text=content.text,
        drafted_by=drafted_by,
        published_by=published_by,
    )
    record(
        actor=published_by,
        action="release published",
        object_kind="catalog_release",
        object_uuid=release.uuid,
        details={
            "number": release.number,
            "name": release.name,
            "digest": release.digest,
            "entries": len(content.entries),
            **details,
        },
    )
    return release


def seeded_entries() -> list[CatalogEntry]:
    """The entries this product comes with, not saved: what is known without any database."""
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
