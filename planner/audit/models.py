"""Who did what, when. Written once, never changed, exported whole."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from planner.core.immutability import protect_table
from planner.core.models import InsertOnly


class AuditEntry(InsertOnly):
    """One thing somebody did. Team and object are named by public id, so that the log outlives both."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="audit_entries",
        verbose_name=_("actor"),
    )
    """None: the installation itself acted (a deadline, the demo data)."""
    action = models.CharField(_("action"), max_length=80)
    object_kind = models.CharField(_("object kind"), max_length=40)
    object_uuid = models.UUIDField(_("object"), null=True, db_index=True)
    team_uuid = models.UUIDField(_("team"), null=True, db_index=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


protect_table("audit.AuditEntry")
