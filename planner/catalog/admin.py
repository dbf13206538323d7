"""Where keepers keep the catalog: entries with their history, and the releases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from typing_extensions import override

from planner.catalog.coverage import findings_of
from planner.catalog.forms import EntryForm, StrictJsonField
from planner.catalog.importing.views import import_urls
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.catalog.queries import entry_counts, history_of, releases
from planner.catalog.templatetags.catalog_figures import figure
from planner.catalog.uses import reasons_to_keep, use_count
from planner.core.errors import Conflict

if TYPE_CHECKING:
    _ReleaseAdmin = admin.ModelAdmin[CatalogRelease]
else:  # Django's own class takes no type argument
    _ReleaseAdmin = admin.ModelAdmin


class NamedValues(admin.AllValuesFieldListFilter):
    """All values of a text; what is empty is a link with a name, too."""

    @override
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("none")}


@admin.register(CatalogEntry)
class CatalogEntryAdmin(SimpleHistoryAdmin):  # type: ignore[misc] # simple_history has no types
    list_display = (
        "label",
        "value_with_unit",
        "price_kind",
        "region",
        "confidence_mark",
        "valid_from",
        "valid_to",
        "source_title",
    )
    list_filter = (
        "kind",
        "price_kind",
        "confidence",
        ("provider", NamedValues),
        ("currency", NamedValues),
        "valid_from",
    )
    search_fields = ("key", "label", "subject", "provider", "source_title", "notes")
    date_hierarchy = "valid_from"
    list_per_page = 50
    form = EntryForm
    readonly_fields = ("uuid", "used_by")
    formfield_overrides = {models.JSONField: {"form_class": StrictJsonField}}
    history_list_display = ("value", "unit", "confidence")
    change_list_template = "catalog/admin_entries.html"
    fieldsets = (
        (None, {"fields": ("kind", "key", "label", "subject", "provider", "uuid", "used_by")}),
        (_("Value"), {"fields": ("value", "low", "high", "unit", "currency", "price_kind", "region")}),
        (_("Source"), {"fields": ("source_title", "source_address", "source_date", "confidence", "notes")}),
        (_("Dates"), {"fields": ("valid_from", "valid_to", "known_since")}),
        (_("More"), {"fields": ("attributes",), "classes": ("collapse",)}),
    )

    @override
    def get_urls(self) -> list[URLPattern]:
        return [*import_urls(self.admin_site), *super().get_urls()]

    @admin.display(description=_("value"), ordering="value")
    def value_with_unit(self, entry: CatalogEntry) -> str:
        return f"{figure(entry.value)} {entry.unit}"

    @admin.display(description=_("confidence"), ordering="confidence")
    def confidence_mark(self, entry: CatalogEntry) -> str:
        return entry.confidence

    @admin.display(description=_("use"))
    def used_by(self, entry: CatalogEntry) -> str:
        """Where it is used, without a name that the keeper may not see."""
        if entry._state.adding:
            return "–"
        return "; ".join(reasons_to_keep(entry)) or str(use_count(entry))

    @override
    def save_model(self, request: HttpRequest, obj: CatalogEntry, form: Any, change: bool) -> None:
        """Saves, and warns of what is not wrong but may be meant otherwise."""
        super().save_model(request, obj, form, change)
        for finding in findings_of(history_of(obj.key)):
            if finding.kind == "gap":
                messages.warning(request, f"{obj.label}: {finding.sentence}")

    @override
    def get_deleted_objects(
        self, objs: QuerySet[CatalogEntry] | list[CatalogEntry], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Names every entry that is used among what protects it, so that the page says why it stays."""
        listed, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        for entry in objs:
            protected += [f"“{entry.label}” {reason}" for reason in reasons_to_keep(entry)]
        return listed, counts, missing_rights, protected

    @override
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Says at once, in a sentence, where the entry is used."""
        entry = self.get_object(request, object_id)
        if entry is not None and self.has_delete_permission(request, entry):
            try:
                entry.refuse_if_used()
            except Conflict as refusal:
                messages.error(request, refusal.message)
                return HttpResponseRedirect(reverse("admin:catalog_catalogentry_change", args=(entry.pk,)))
        answer: HttpResponse = super().delete_view(request, object_id, extra_context)
        return answer


@admin.register(CatalogRelease)
class CatalogReleaseAdmin(_ReleaseAdmin):
    """Read-only: the next one is drafted, reviewed and published on the price pages."""

    list_display = (
        "number",
        "name",
        "as_of",
        "entry_count",
        "drafted_by",
        "published_by",
        "published_at",
        "short_digest",
    )
    search_fields = ("name", "digest")
    fields = (
        "number",
        "name",
        "as_of",
        "entry_count",
        "digest",
        "uuid",
        "drafted_by",
        "published_by",
        "published_at",
        "page",
    )
    readonly_fields = fields
    change_list_template = "catalog/admin_releases.html"
    actions = None

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogRelease]:
        return releases()

    @override
    def has_change_permission(self, request: HttpRequest, obj: CatalogRelease | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: CatalogRelease | None = None) -> bool:
        return False

    @admin.display(description=_("entries"))
    def entry_count(self, release: CatalogRelease) -> int:
        return entry_counts([release])[release.digest]

    @admin.display(description=_("digest"))
    def short_digest(self, release: CatalogRelease) -> str:
        return release.digest[:12]

    @admin.display(description=_("entries it holds"))
    def page(self, release: CatalogRelease) -> str:
        address = reverse("catalog:release", args=(release.number,))
        return format_html('<a href="{}">{}</a>', address, address)

    @override
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A release begins as a draft, on the price pages."""
        if not self.has_add_permission(request):
            raise Http404
        return HttpResponseRedirect(reverse("catalog:draft_new"))
