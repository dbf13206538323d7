"""Reads of the fleets in the library. Only members of the team see them."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from planner.fleets.models import Fleet, FleetVersion
from planner.teams.access import Viewer, rows_of_my_teams


def fleets_for(viewer: Viewer) -> QuerySet[Fleet]:
    """The fleets of the viewer's teams that are in use."""
    return rows_of_my_teams(viewer, Fleet.objects.filter(archived_at=None).select_related("team"))


def fleet_version_for(viewer: Viewer, uuid: UUID) -> FleetVersion:
    """One version. Raises Http404 when it is not the viewer's to see."""
    mine = rows_of_my_teams(
        viewer, FleetVersion.objects.select_related("fleet__team", "author"), "fleet__team"
    )
    found: FleetVersion = get_object_or_404(mine, uuid=uuid)
    return found


def newest_fleet_version(viewer: Viewer, uuid: UUID) -> FleetVersion:
    """The newest version of one fleet. Raises Http404 when it is not the viewer's to see."""
    kept = get_object_or_404(fleets_for(viewer), uuid=uuid)
    found: FleetVersion = kept.versions.select_related("author").get(number=kept.newest_number)
    return found
