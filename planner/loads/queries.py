"""Reads of the load shapes in the library. Only members of the team see them."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from planner.loads.models import LoadShape, LoadShapeVersion
from planner.teams.access import Viewer, rows_of_my_teams


def load_shapes_for(viewer: Viewer) -> QuerySet[LoadShape]:
    """The load shapes of the viewer's teams that are in use."""
    return rows_of_my_teams(viewer, LoadShape.objects.filter(archived_at=None).select_related("team"))


def load_shape_version_for(viewer: Viewer, uuid: UUID) -> LoadShapeVersion:
    """One version. Raises Http404 when it is not the viewer's to see."""
    mine = rows_of_my_teams(
        viewer, LoadShapeVersion.objects.select_related("load_shape__team", "author"), "load_shape__team"
    )
    found: LoadShapeVersion = get_object_or_404(mine, uuid=uuid)
    return found


def newest_load_shape_version(viewer: Viewer, uuid: UUID) -> LoadShapeVersion:
    """The newest version of one load shape. Raises Http404 when it is not the viewer's to see."""
    kept = get_object_or_404(load_shapes_for(viewer), uuid=uuid)
    found: LoadShapeVersion = kept.versions.select_related("author").get(number=kept.newest_number)
    return found
