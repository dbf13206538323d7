"""Reads of the load shapes in the library. Only members of the team see them."""

from django.db.models import QuerySet

from planner.loads.models import LoadShape, LoadShapeVersion
from planner.teams.access import Viewer, rows_of_my_teams


def load_shapes_for(viewer: Viewer, *, archived: bool | None = False) -> QuerySet[LoadShape]:
    """The load shapes of the viewer's teams that are in use, or archived; None: both."""
    mine = rows_of_my_teams(viewer, LoadShape.objects.select_related("team"))
    return mine if archived is None else mine.filter(archived_at__isnull=not archived)


def load_shape_versions_for(viewer: Viewer) -> QuerySet[LoadShapeVersion]:
    """Every version of them, with its author."""
    versions = LoadShapeVersion.objects.select_related("load_shape__team", "author")
    return rows_of_my_teams(viewer, versions, "load_shape__team")
