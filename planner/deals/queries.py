"""Reads of the deals in the library. Only members of the team see them."""

from django.db.models import QuerySet

from planner.deals.models import Deal, DealVersion
from planner.teams.access import Viewer, rows_of_my_teams


def deals_for(viewer: Viewer, *, archived: bool | None = False) -> QuerySet[Deal]:
    """The deals of the viewer's teams that are in use, or archived; None: both."""
    mine = rows_of_my_teams(viewer, Deal.objects.select_related("team"))
    return mine if archived is None else mine.filter(archived_at__isnull=not archived)


def deal_versions_for(viewer: Viewer) -> QuerySet[DealVersion]:
    """Every version of them, with its author."""
    versions = DealVersion.objects.select_related("deal__team", "author")
    return rows_of_my_teams(viewer, versions, "deal__team")
