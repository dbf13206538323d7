"""Runs over the API: start, list, watch, cancel, read. The same rules as the pages."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner.core.errors import Conflict, InvalidInput, Problem
from planner.runs import actions, queries
from planner.runs.models import Run, State
from planner.scenarios.queries import version_for
from planner.teams.models import Level, User


class RunRequestSerializer(serializers.Serializer[Any]):
    """What to compute; left out means the installation's default."""

    draws = serializers.IntegerField(required=False, help_text="Whole blocks of 8,192.")
    seed = serializers.IntegerField(required=False, help_text="0 or more; equal seeds are paired.")


class RunSerializer(serializers.ModelSerializer[Run]):
    """One run. `result_digest` is empty until it is done; `failure` says in words why one failed."""

    version = serializers.UUIDField(source="version.uuid")
    scenario = serializers.UUIDField(source="version.scenario.uuid")
    requested_by = serializers.CharField(source="requested_by.username")
    draws_done = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "uuid",
            "number",
            "version",
            "scenario",
            "state",
            "draws",
            "draws_done",
            "seed",
            "block_size",
            "engine_version",
            "identity",
            "result_digest",
            "failure",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
        )

    def get_draws_done(self, run: Run) -> int:
        return queries.draws_done(run)


ERRORS = OpenApiResponse(
    response={
        "type": "object",
        "properties": {
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
                },
            }
        },
    }
)


class RunsOfVersion(APIView):
    """Ask for the run of a version."""

    @extend_schema(
        operation_id="runs_create",
        request=RunRequestSerializer,
        responses={201: RunSerializer, 200: RunSerializer, 400: ERRORS, 404: ERRORS},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """201: queued. 200: the identical run of the team, stored or already under way."""
        version, _level = version_for(request.user, uuid, at_least=Level.FULL)
        asked = RunRequestSerializer(data=_known_fields(request.data))
        asked.is_valid(raise_exception=True)
        run, is_new = actions.request_run_or_find(
            version=version, requester=_person(request), **asked.validated_data
        )
        return Response(RunSerializer(run).data, status=201 if is_new else 200)


class Runs(ListAPIView[Run]):
    """The runs of your teams, newest first."""

    serializer_class = RunSerializer
    queryset = Run.objects.none()

    def get_queryset(self) -> Any:
        return queries.runs_of(self.request.user)


class OneRun(APIView):
    """One run of your teams."""

    @extend_schema(operation_id="runs_retrieve", responses={200: RunSerializer, 404: ERRORS})
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(RunSerializer(queries.run_for(request.user, uuid)).data)


class Cancellation(APIView):
    """Stop a run."""

    @extend_schema(
        operation_id="runs_cancel",
        request=None,
        responses={202: RunSerializer, 200: RunSerializer, 404: ERRORS, 409: ERRORS},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """202: it will stop within one block. 200: it is cancelled. 409: it had ended already."""
        run = actions.cancel_run(run=queries.run_for(request.user, uuid), actor=_person(request))
        return Response(RunSerializer(run).data, status=200 if run.state == State.CANCELLED else 202)


class Result(APIView):
    """The result document of a finished run."""

    @extend_schema(
        operation_id="runs_result",
        responses={200: OpenApiTypes.OBJECT, 404: ERRORS, 409: ERRORS},
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """All of it, or the allow-list when it was shared at the results level. 409 while there is none."""
        run, _version, level = queries.run_seen_by(request.user, uuid)
        if level < Level.FULL:
            shared = queries.results_level_of(run)
            if shared is None:
                raise Http404
            return Response(shared)
        result = queries.result_of(run)
        if result is None:
            said = _("Run %(number)d is %(state)s. There is no result to read.")
            raise Conflict(said % {"number": run.number, "state": run.get_state_display()})
        return Response(result)


def _known_fields(body: Any) -> dict[str, Any]:
    """The body as it is. Raises InvalidInput when it is no object, or holds a name that means nothing here."""
    if not isinstance(body, dict):
        raise InvalidInput([Problem("", _("The body must be an object with named fields."))])
    known = RunRequestSerializer().fields
    sentence = _("“%(name)s” is not a field here. The fields are: %(known)s.")
    problems = [
        Problem(name[:60], sentence % {"name": name[:60], "known": ", ".join(known)})
        for name in sorted(set(body) - set(known))[:50]
    ]
    if problems:
        raise InvalidInput(problems)
    return body


def _person(request: Request) -> User:
    """Who asks; IsAuthenticated lets nobody else come here."""
    assert isinstance(request.user, User)
    return request.user


urlpatterns: list[URLPattern] = [
    path("versions/<uuid:uuid>/runs/", RunsOfVersion.as_view(), name="version-runs"),
    path("runs/", Runs.as_view(), name="runs"),
    path("runs/<uuid:uuid>/", OneRun.as_view(), name="run"),
    path("runs/<uuid:uuid>/cancellation/", Cancellation.as_view(), name="run-cancellation"),
    path("runs/<uuid:uuid>/result/", Result.as_view(), name="run-result"),
]
