"""Versions as a readable, read-only table. Keepers see no team data: this is for superusers who may by permission."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from planner.deals.models import DealVersion
from planner.fleets.models import FleetVersion
from planner.loads.models import LoadShapeVersion
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.paths import walk
from planner.scenarios.queries import raw_of_version
from planner.scenarios.reading import sections_for_reading

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:  # Django's own class takes no type argument
    _ModelAdmin = admin.ModelAdmin


class VersionAdmin(_ModelAdmin):
    """Nothing can be added, changed or deleted here."""

    part = ""
    """The part of a scenario this document is; "" for a whole scenario."""
    list_display = ("__str__", "number", "author", "created_at", "digest")
    list_select_related: ClassVar[tuple[str, ...]] = ("author",)
    search_fields = ("digest", "message", "author__username")
    fields = ("uuid", "number", "author", "created_at", "message", "digest", "document_table")
    readonly_fields = fields

    @admin.display(description=_("document"))
    def document_table(self, version: Any) -> SafeString:
        """Path, title, value with unit, source and confidence of every input."""
        raw = raw_of_version(version)
        sections = sections_for_reading(walk({self.part: raw} if self.part else raw))
        return render_to_string("scenarios/_admin_document.html", {"sections": sections})

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(ScenarioVersion)
class ScenarioVersionAdmin(VersionAdmin):
    list_select_related = ("author", "scenario")


@admin.register(FleetVersion)
class FleetVersionAdmin(VersionAdmin):
    part = "fleet"


@admin.register(DealVersion)
class DealVersionAdmin(VersionAdmin):
    part = "deal"


@admin.register(LoadShapeVersion)
class LoadShapeVersionAdmin(VersionAdmin):
    part = "load"
