"""Rows of a team's library and their numbered versions. No tables of its own: fleets, deals and loads subclass it."""

import uuid
from typing import Any, TypeVar

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from planner.core.canonical_json import digest_of, storable_text
from planner.core.documents import Document, plain
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.core.models import ImmutableVersion
from planner.core.texts import is_blank, is_plain

LONGEST_NAME = 300
Version = TypeVar("Version", bound=ImmutableVersion)


class LibraryItem(models.Model):
    """Something a team keeps for use in scenarios. The subclass adds columns for what lists show."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    newest_number = models.PositiveIntegerField(_("newest version"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    """None: in use."""

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class NewerVersion(Conflict):
    """Somebody saved a version after the one this was edited from. Nothing was saved."""


def require_base(item: LibraryItem, base: int | None) -> None:
    """Raises NewerVersion unless `base` is the item's newest version; None asks nothing. The caller holds the lock."""
    if base is None or base == item.newest_number:
        return
    newest: Any = item.versions.select_related("author").get(number=item.newest_number)  # type: ignore[attr-defined]
    sentence = translated(
        "%(who)s saved version %(number)d at %(when)s UTC, after you opened version %(base)d."
        " Nothing was overwritten."
    )
    said = {
        "who": newest.author.get_full_name() or newest.author.username,
        "number": newest.number,
        "when": newest.created_at.strftime("%Y-%m-%d %H:%M"),
        "base": base,
    }
    raise NewerVersion(sentence % said)


def checked_name(name: str) -> str:
    """The name without doubled spaces. Raises InvalidInput when it is empty or longer than 300 characters."""
    tidy = " ".join(name.split())
    if is_blank(tidy):
        tidy = ""
    if not 1 <= len(tidy) <= LONGEST_NAME:
        sentence = translated("Name has %(length)d characters. It must have 1 to %(most)d.")
        raise InvalidInput([Problem("name", sentence % {"length": len(tidy), "most": LONGEST_NAME})])
    if not is_plain(tidy):
        raise InvalidInput([Problem("name", translated("Name holds a character that cannot be shown."))])
    return tidy


def checked_message(message: str) -> str:
    """The message without doubled spaces. Raises InvalidInput when it is longer than 300 characters.

    Raises InvalidInput also for characters that cannot be shown or that turn the direction of reading.
    """
    tidy = " ".join(message.split())
    if len(tidy) > LONGEST_NAME:
        sentence = translated("Message has %(length)d characters. It may have at most %(most)d.")
        raise InvalidInput([Problem("message", sentence % {"length": len(tidy), "most": LONGEST_NAME})])
    if not is_plain(tidy):
        raise InvalidInput(
            [Problem("message", translated("Message holds a character that cannot be shown."))]
        )
    return tidy


def insert_version(
    versions: "models.QuerySet[Version]", document: Document, *, schema_version: int, **columns: Any
) -> Version:
    """The next version of one object, whose versions these are. The caller holds a lock on that object.

    Raises Conflict when the document is that of the newest version, InvalidInput when it is too large to be read.
    """
    newest = versions.order_by("-number").first()
    text = storable_text(plain(document))
    digest = digest_of(text)
    if newest is not None and newest.digest == digest:
        raise Conflict(
            translated("Nothing has changed since version %(number)d.") % {"number": newest.number}
        )
    number = (versions.aggregate(highest=Max("number"))["highest"] or 0) + 1
    columns.setdefault("parent", newest)
    return versions.create(
        number=number, document_text=text, digest=digest, schema_version=schema_version, **columns
    )
