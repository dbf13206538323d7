"""Reads of the deals in the library. Only members of the team see them."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from planner.deals.models import Deal, DealVersion
from planner.teams.access import Viewer, rows_of_my_teams


def deals_for(viewer: Viewer) -> QuerySet[Deal]:
    """The deals of the viewer's teams that are in use."""
    return rows_of_my_teams(viewer, Deal.objects.filter(archived_at=None).select_related("team"))


def deal_version_for(viewer: Viewer, uuid: UUID) -> DealVersion:
    """One version. Raises Http404 when it is not the viewer's to see."""
    mine = rows_of_my_teams(viewer, DealVersion.objects.select_related("deal__team", "author"), "deal__team")
    found: DealVersion = get_object_or_404(mine, uuid=uuid)
    return found


def newest_deal_version(viewer: Viewer, uuid: UUID) -> DealVersion:
    """The newest version of one deal. Raises Http404 when it is not the viewer's to see."""
    kept = get_object_or_404(deals_for(viewer), uuid=uuid)
    found: DealVersion = kept.versions.select_related("author").get(number=kept.newest_number)
    return found
