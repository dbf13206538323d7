"""Keeping load shapes in the library. Each action is one transaction and writes its audit entry."""

from typing import Any

from django.db import transaction

from planner.audit.actions import record
from planner.core.library import checked_message, checked_name, insert_version, require_base
from planner.loads.documents import SCHEMA_VERSION, LoadDocument
from planner.loads.models import LoadShape, LoadShapeVersion
from planner.teams.access import require_role
from planner.teams.models import Role, Team, User


@transaction.atomic
def create_load_shape(
    *, team: Team, author: User, name: str, document: LoadDocument, message: str = ""
) -> LoadShapeVersion:
    """A new load shape with its first version. Raises InvalidInput for the name, Http404 below analyst."""
    require_role(author, team, Role.ANALYST)
    kept = LoadShape.objects.create(team=team, name=checked_name(name))
    return save_load_shape_version(load_shape=kept, author=author, document=document, message=message)


@transaction.atomic
def save_load_shape_version(
    *, load_shape: LoadShape, author: User, document: LoadDocument, message: str = "", base: int | None = None
) -> LoadShapeVersion:
    """The next version. Raises Conflict when nothing changed, Http404 below analyst.

    Raises NewerVersion when `base`, the version it was edited from, is no longer the newest.
    """
    require_role(author, load_shape.team, Role.ANALYST)
    locked = LoadShape.objects.select_for_update().get(pk=load_shape.pk)
    require_base(locked, base)
    version: LoadShapeVersion = insert_version(
        LoadShapeVersion.objects.filter(load_shape=locked),
        document,
        schema_version=SCHEMA_VERSION,
        load_shape=locked,
        author=author,
        message=checked_message(message),
    )
    for name, value in {**_columns(document), "newest_number": version.number}.items():
        setattr(locked, name, value)
    locked.save()
    record(
        actor=author,
        action="load shape version saved",
        object_kind="load_shape_version",
        object_uuid=version.uuid,
        team=locked.team,
        details={"number": version.number, "digest": version.digest},
    )
    return version


def _columns(document: LoadDocument) -> dict[str, Any]:
    return {"peak_over_mean": max(document.load_over_mean)}
