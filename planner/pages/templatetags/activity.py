"""What an audit entry was about, in words, for the team's page: here, where every kind of object is known."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import template
from django.utils.translation import gettext as _

from planner.audit.models import AuditEntry
from planner.runs.models import Run
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.teams.access import Viewer, rows_of_my_teams

register = template.Library()


@register.simple_tag(takes_context=True)
def with_names(context: dict[str, Any], entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, str]]:
    """Each entry with the name of its object; "" for one that is not the viewer's team's, or has no name."""
    found = list(entries)
    names = _names(context["request"].user, {entry.object_uuid for entry in found if entry.object_uuid})
    return [
        (entry, str(entry.details.get("user", "")))
        if entry.object_kind in ("membership", "invitation")
        else (entry, names.get(entry.object_uuid, "") if entry.object_uuid else "")
        for entry in found
    ]


def _names(viewer: Viewer, wanted: set[UUID]) -> dict[UUID, str]:
    """Three queries, however many entries."""
    scenarios = rows_of_my_teams(viewer, Scenario.objects.filter(uuid__in=wanted))
    names = dict(scenarios.values_list("uuid", "name"))
    versions = rows_of_my_teams(viewer, ScenarioVersion.objects.filter(uuid__in=wanted), "scenario__team")
    for uuid, name, number in versions.values_list("uuid", "scenario__name", "number"):
        names[uuid] = _version(name, number)
    runs = rows_of_my_teams(viewer, Run.objects.filter(uuid__in=wanted))
    for uuid, run, name, number in runs.values_list(
        "uuid", "number", "version__scenario__name", "version__number"
    ):
        said = {"run": run, "version": _version(name, number)}
        names[uuid] = _("Run %(run)s of %(version)s") % said
    return names


def _version(name: str, number: int) -> str:
    return _("%(name)s · version %(number)s") % {"name": name, "number": number}
