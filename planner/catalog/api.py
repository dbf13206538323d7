"""The catalog over the API: read-only, for everybody who has a token."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from planner.catalog import queries
from planner.catalog.documents import ReleasedEntry
from planner.catalog.forms import DatedEntryFilter
from planner.catalog.models import CatalogEntry, CatalogRelease, Confidence, Kind, PriceKind
from planner.core.errors import InvalidInput


class EntrySerializer(serializers.ModelSerializer[CatalogEntry]):
    class Meta:
        model = CatalogEntry
        exclude = ("id",)


_RELEASE_FIELDS = (
    "uuid",
    "number",
    "name",
    "as_of",
    "digest",
    "drafted_by",
    "published_by",
    "published_at",
)


class ReleaseSerializer(serializers.ModelSerializer[CatalogRelease]):
    """A release without its entries. `drafted_by` and `published_by` null: the installation's seed."""

    drafted_by = serializers.CharField(source="drafted_by.username", default=None, allow_null=True)
    published_by = serializers.CharField(source="published_by.username", default=None, allow_null=True)

    class Meta:
        model = CatalogRelease
        fields: ClassVar[tuple[str, ...]] = _RELEASE_FIELDS


class FullReleaseSerializer(ReleaseSerializer):
    """A release with every entry it holds."""

    entries = serializers.SerializerMethodField()

    class Meta(ReleaseSerializer.Meta):
        fields = (*_RELEASE_FIELDS, "entries")

    @extend_schema_field({"type": "array", "items": ReleasedEntry.model_json_schema()})
    def get_entries(self, release: CatalogRelease) -> list[dict[str, Any]]:
        return [item.model_dump(mode="json") for item in queries.entries_of(release)]


_FILTERS = [
    OpenApiParameter("q", str, description="Every word must occur in key, label, provider, source or notes."),
    OpenApiParameter("kind", str, enum=Kind.values),
    OpenApiParameter("subject", str, description="Chip, as written in the entry."),
    OpenApiParameter("price_kind", str, enum=PriceKind.values),
    OpenApiParameter("region", str, description="As written in the entry; so are currency and source_title."),
    OpenApiParameter("currency", str),
    OpenApiParameter("confidence", str, enum=Confidence.values),
    OpenApiParameter("source_title", str),
    OpenApiParameter("valid_on", date, description="Only the entries in force on this day, one per key."),
    OpenApiParameter("known_on", date, description="As was known on this day; without it, today."),
    OpenApiParameter("sort", str, description="label, value, kind, confidence or valid_from; - in front."),
]


@extend_schema_view(
    list=extend_schema(summary="Catalog entries", parameters=_FILTERS),
    retrieve=extend_schema(summary="One catalog entry"),
)
class EntryViewSet(ReadOnlyModelViewSet[CatalogEntry]):
    """Dated public prices and specifications."""

    serializer_class = EntrySerializer
    permission_classes = (IsAuthenticated,)
    queryset = CatalogEntry.objects.all()
    lookup_field = "uuid"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[CatalogEntry]:
        if self.action != "list":
            return CatalogEntry.objects.all()
        asked = DatedEntryFilter(self.request.GET, choices=queries.overview().choices)
        if problems := asked.problems():
            raise InvalidInput(problems)
        return queries.matching_entries(**asked.criteria()).order_by(*asked.order())


@extend_schema_view(
    list=extend_schema(summary="Catalog releases, newest first"),
    retrieve=extend_schema(summary="One catalog release with its entries", responses=FullReleaseSerializer),
)
class ReleaseViewSet(ReadOnlyModelViewSet[CatalogRelease]):
    """Immutable snapshots of the catalog, by number."""

    permission_classes = (IsAuthenticated,)
    queryset = queries.releases()
    lookup_field = "number"
    lookup_value_converter = "int"

    def get_serializer_class(self) -> type[ReleaseSerializer]:
        return FullReleaseSerializer if self.action == "retrieve" else ReleaseSerializer


_router = SimpleRouter(use_regex_path=False)
_router.register("catalog/entries", EntryViewSet, "catalog-entries")
_router.register("catalog/releases", ReleaseViewSet, "catalog-releases")
urlpatterns = _router.urls
