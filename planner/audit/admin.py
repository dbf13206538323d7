"""The audit log in the admin: read, search, never change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from planner.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    list_display = ("at", "actor", "action", "object_kind", "object_uuid", "team_uuid")
    list_filter = ("action", "object_kind")
    search_fields = ("actor__username", "object_uuid", "team_uuid", "action")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False
