"""Reads of the fleets in the library. Only members of the team see them."""

from django.db.models import QuerySet

from planner.fleets.models import Fleet, FleetVersion
from planner.teams.access import Viewer, rows_of_my_teams


def fleets_for(viewer: Viewer, *, archived: bool | None = False) -> QuerySet[Fleet]:
    """The fleets of the viewer's teams that are in use, or archived; None: both."""
    mine = rows_of_my_teams(viewer, Fleet.objects.select_related("team"))
    return mine if archived is None else mine.filter(archived_at__isnull=not archived)


def fleet_versions_for(viewer: Viewer) -> QuerySet[FleetVersion]:
    """Every version of them, with its author."""
    versions = FleetVersion.objects.select_related("fleet__team", "author")
    return rows_of_my_teams(viewer, versions, "fleet__team")
