"""Keeping fleets in the library. Each action is one transaction and writes its audit entry."""

from typing import Any

from django.db import transaction

from planner.audit.actions import record
from planner.core.library import checked_message, checked_name, insert_version, require_base
from planner.fleets.documents import SCHEMA_VERSION, FleetDocument
from planner.fleets.models import Fleet, FleetVersion
from planner.teams.access import require_role
from planner.teams.models import Role, Team, User


@transaction.atomic
def create_fleet(
    *, team: Team, author: User, name: str, document: FleetDocument, message: str = ""
) -> FleetVersion:
    """A new fleet with its first version. Raises InvalidInput for the name, Http404 below analyst."""
    require_role(author, team, Role.ANALYST)
    kept = Fleet.objects.create(team=team, name=checked_name(name))
    return save_fleet_version(fleet=kept, author=author, document=document, message=message)


@transaction.atomic
def save_fleet_version(
    *, fleet: Fleet, author: User, document: FleetDocument, message: str = "", base: int | None = None
) -> FleetVersion:
    """The next version. Raises Conflict when nothing changed, Http404 below analyst.

    Raises NewerVersion when `base`, the version it was edited from, is no longer the newest.
    """
    require_role(author, fleet.team, Role.ANALYST)
    locked = Fleet.objects.select_for_update().get(pk=fleet.pk)
    require_base(locked, base)
    version: FleetVersion = insert_version(
        FleetVersion.objects.filter(fleet=locked),
        document,
        schema_version=SCHEMA_VERSION,
        fleet=locked,
        author=author,
        message=checked_message(message),
    )
    for name, value in {**_columns(document), "newest_number": version.number}.items():
        setattr(locked, name, value)
    locked.save()
    record(
        actor=author,
        action="fleet version saved",
        object_kind="fleet_version",
        object_uuid=version.uuid,
        team=locked.team,
        details={"number": version.number, "digest": version.digest},
    )
    return version


def _columns(document: FleetDocument) -> dict[str, Any]:
    return {
        "chip_names": ", ".join(dict.fromkeys(lot.chip for lot in document.lots))[:400],
        "chip_count": sum(lot.chips for lot in document.lots),
        "online_from": min((lot.online_from for lot in document.lots), default=None),
    }
