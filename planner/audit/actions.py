"""The only way an audit entry comes to be."""

from typing import Any, Protocol
from uuid import UUID

from planner.audit.models import AuditEntry


class HasUuid(Protocol):
    uuid: Any


def record(
    *,
    actor: Any,
    action: str,
    object_kind: str,
    object_uuid: UUID | None,
    team: HasUuid | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Writes one entry, in the caller's transaction: the act and its entry are stored together or not at all.

    `actor` is a User, or None when the installation itself acted. `action` is a verb in the past: "scenario created".
    """
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_uuid=object_uuid,
        team_uuid=team.uuid if team else None,
        details=details or {},
    )
