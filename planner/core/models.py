"""The base of everything that is versioned. No tables of its own."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NeverChanged(Exception):
    """Somebody tried to change or delete a row that is written once."""


class InsertOnlyQuerySet(models.QuerySet[Any]):
    """Reads and inserts; anything else raises before it reaches the database, which refuses it too."""

    def update(self, **_changes: Any) -> NoReturn:
        raise NeverChanged(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        raise NeverChanged(f"{self.model.__name__} rows are never deleted.")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged(f"{self.model.__name__} rows are never changed.")


class InsertOnly(models.Model):
    """A row that is written once. The subclass's app also calls `protect_table`."""

    objects = InsertOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged(f"{type(self).__name__} rows are never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged(f"{type(self).__name__} rows are never deleted.")


class ImmutableVersion(InsertOnly):
    """One numbered, immutable version of a document. The subclass adds its object and a unique (object, number)."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number"))
    schema_version = models.PositiveIntegerField(_("schema version"))
    document_text = models.TextField(_("document"))
    """Canonical JSON; the digest is over exactly these bytes."""
    digest = models.CharField(_("digest"), max_length=64, db_index=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("parent"),
    )
    """The version this one was edited from; None for the first."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    message = models.CharField(_("message"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number}"
