"""Scenarios and versions over the API, with the same rules as the pages."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner.core.canonical_json import JsonValue
from planner.core.errors import InvalidInput, Problem
from planner.core.texts import searched_words
from planner.scenarios import actions, queries
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.forms import asked_sort
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.worked_examples import template_document
from planner.teams.access import Viewer, teams_of
from planner.teams.models import Level, Team, User

_FIELDS = (
    "uuid",
    "name",
    "team",
    "template",
    "provider",
    "lab",
    "chip_names",
    "starts",
    "ends",
    "equity_usd",
    "commitment_usd",
    "archived_at",
    "created_at",
    "changed_at",
    "newest_version",
)


class ScenarioSerializer(serializers.ModelSerializer[Scenario]):
    """A scenario as lists show it. `archived_at` null: in use."""

    team = serializers.UUIDField(source="team.uuid")
    newest_version = serializers.UUIDField(source="newest_version.uuid")

    class Meta:
        model = Scenario
        fields: ClassVar[tuple[str, ...]] = _FIELDS


class VersionSerializer(serializers.ModelSerializer[ScenarioVersion]):
    """A version without its document. `parent_version` null: the first."""

    scenario = serializers.UUIDField(source="scenario.uuid")
    parent_version = serializers.UUIDField(source="parent.uuid", default=None, allow_null=True)
    author = serializers.CharField(source="author.username")

    class Meta:
        model = ScenarioVersion
        fields: ClassVar[tuple[str, ...]] = (
            "uuid",
            "scenario",
            "number",
            "parent_version",
            "author",
            "message",
            "created_at",
            "digest",
            "schema_version",
            "release_number",
            "release_digest",
        )


class FullVersionSerializer(VersionSerializer):
    """A version with its document."""

    document = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "document")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, version: ScenarioVersion) -> dict[str, Any]:
        return queries.raw_of_version(version)


_DOCUMENT = {"type": "object", "description": "As /api/scenario-schema/ describes it."}
_NEW_SCENARIO = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 300},
        "team": {"type": "string", "format": "uuid", "description": "Needed when you have several."},
        "document": _DOCUMENT,
        "template": {"type": "string", "description": "Instead of a document."},
        "message": {"type": "string", "maxLength": 300},
    },
}
_NEW_VERSION = {
    "type": "object",
    "required": ["document"],
    "properties": {"document": _DOCUMENT, "message": {"type": "string", "maxLength": 300}},
}


class Scenarios(ListAPIView[Scenario]):
    """The scenarios of your teams, and new ones."""

    serializer_class = ScenarioSerializer
    queryset = Scenario.objects.none()

    def get_queryset(self) -> QuerySet[Scenario]:
        """Searched and sorted in the database."""
        asked = self.request.query_params
        return queries.matching_scenarios(
            self.request.user,
            words=searched_words(asked.get("q")),
            sort=asked_sort(asked.get("sort", "")),
            archived=asked.get("archived") == "1",
        )

    @extend_schema(
        summary="Scenarios",
        parameters=[
            OpenApiParameter("q", str, description="Every word must occur in name, party, chip or author."),
            OpenApiParameter("sort", str, description="name, provider, lab, starts, ends; - in front."),
            OpenApiParameter("archived", str, enum=["1"]),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Make a scenario",
        request={"application/json": _NEW_SCENARIO},
        responses={201: ScenarioSerializer},
    )
    def post(self, request: Request) -> Response:
        """A scenario with its version 1, from a document or a template."""
        body = _body(request, {"name", "team", "document", "template", "message"})
        template = _text(body, "template")
        if ("document" in body) == bool(template):
            raise InvalidInput([Problem("document", _("Give either a document or a template."))])
        author = _person(request)
        scenario = actions.create_scenario(
            team=_team(author, _text(body, "team")),
            author=author,
            name=_text(body, "name"),
            document=template_document(template) if template else body["document"],
            message=_text(body, "message"),
            template=template,
        )
        address = reverse("api:scenario", args=[scenario.uuid])
        return Response(ScenarioSerializer(scenario).data, status=201, headers={"Location": address})


class OneScenario(APIView):
    """One scenario of your teams."""

    @extend_schema(summary="One scenario", responses=ScenarioSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(ScenarioSerializer(queries.scenario_for(request.user, uuid)).data)


class Versions(ListAPIView[ScenarioVersion]):
    """The versions of one scenario, newest first, and new ones."""

    serializer_class = VersionSerializer
    queryset = ScenarioVersion.objects.none()

    def get_queryset(self) -> QuerySet[ScenarioVersion]:
        """Those of a scenario the viewer may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        scenario = queries.scenario_for(self.request.user, self.kwargs["uuid"])
        return queries.versions_of(scenario).select_related("scenario", "author", "parent")

    @extend_schema(summary="Versions of a scenario")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Add a version",
        request={"application/json": _NEW_VERSION},
        responses={201: FullVersionSerializer},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The document as the next version. 409 when nothing changed or the draft holds unsaved changes."""
        body = _body(request, {"document", "message"})
        if "document" not in body:
            raise InvalidInput([Problem("document", _("Document is missing."))])
        author = _person(request)
        version = actions.add_version(
            scenario=queries.scenario_for(author, uuid),
            document=body["document"],
            message=_text(body, "message"),
            author=author,
        )
        address = reverse("api:version", args=[version.uuid])
        return Response(FullVersionSerializer(version).data, status=201, headers={"Location": address})


class OneVersion(APIView):
    """One version with its document, your team's or shared with you in full."""

    @extend_schema(summary="One version", responses=FullVersionSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        version, _level = queries.version_for(request.user, uuid, Level.FULL)
        return Response(FullVersionSerializer(version).data)


class ScenarioSchema(APIView):
    """The JSON Schema of a scenario document."""

    @extend_schema(summary="JSON Schema of a scenario", responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        return Response(ScenarioDocument.model_json_schema())


def _body(request: Request, known: set[str]) -> dict[str, JsonValue]:
    body = request.data
    if not isinstance(body, dict):
        raise InvalidInput([Problem("", _("The body must be an object with named fields."))])
    unknown = sorted(set(body) - known)
    if unknown:
        sentence = _("“%(name)s” is not a field here. The fields are: %(known)s.")
        said = {"known": ", ".join(sorted(known))}
        raise InvalidInput([Problem(name, sentence % {"name": name[:60], **said}) for name in unknown])
    return dict(body)


def _text(body: dict[str, JsonValue], name: str) -> str:
    """The text of a field, "" when it is not there. Raises InvalidInput when it is not a text."""
    held = body.get(name, "")
    if not isinstance(held, str):
        raise InvalidInput([Problem(name, _("%(name)s must be a text.") % {"name": name.capitalize()})])
    return held


def _team(viewer: Viewer, wanted: str) -> Team:
    """The team named, or the viewer's only one. Raises InvalidInput when that does not say which."""
    mine = teams_of(viewer)
    try:
        found = mine.filter(uuid=UUID(wanted)).first() if wanted else None
    except ValueError:
        found = None
    if not wanted and mine.count() == 1:
        found = mine.first()
    if found is None:
        raise InvalidInput([Problem("team", _("Team must be the id of one of your teams."))])
    return found


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # IsAuthenticated stands before every endpoint
    return request.user


urlpatterns = [
    path("scenarios/", Scenarios.as_view(), name="scenarios"),
    path("scenarios/<uuid:uuid>/", OneScenario.as_view(), name="scenario"),
    path("scenarios/<uuid:uuid>/versions/", Versions.as_view(), name="scenario-versions"),
    path("versions/<uuid:uuid>/", OneVersion.as_view(), name="version"),
    path("scenario-schema/", ScenarioSchema.as_view(), name="scenario-schema"),
]
