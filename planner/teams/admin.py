"""People and teams in the admin. Shares are seen here, and made and ended only in the product."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from planner.teams.models import Grant, Membership, Team, User

admin.site.register(User, UserAdmin)


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ("name", "uuid", "created_at")
    search_fields = ("name", "uuid")
    inlines = (MembershipInline,)


@admin.register(Grant)
class GrantAdmin(admin.ModelAdmin[Grant]):
    list_display = ("object_kind", "object_uuid", "owner_team", "team", "level", "created_by", "created_at")
    list_filter = ("object_kind", "level")

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, *_args: Any) -> bool:  # noqa: ARG002 - Django's signature
        return False
