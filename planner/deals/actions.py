"""Keeping deals in the library. Each action is one transaction and writes its audit entry."""

from typing import Any

from django.db import transaction

from planner.audit.actions import record
from planner.core.library import checked_message, checked_name, insert_version, require_base
from planner.deals.documents import (
    SCHEMA_VERSION,
    ComputeContractDocument,
    DealDocument,
    EquityTrancheDocument,
    TakeOrPayDocument,
)
from planner.deals.models import Deal, DealVersion
from planner.teams.access import require_role
from planner.teams.models import Role, Team, User


@transaction.atomic
def create_deal(
    *, team: Team, author: User, name: str, document: DealDocument, message: str = ""
) -> DealVersion:
    """A new deal with its first version. Raises InvalidInput for the name, Http404 below analyst."""
    require_role(author, team, Role.ANALYST)
    kept = Deal.objects.create(team=team, name=checked_name(name))
    return save_deal_version(deal=kept, author=author, document=document, message=message)


@transaction.atomic
def save_deal_version(
    *, deal: Deal, author: User, document: DealDocument, message: str = "", base: int | None = None
) -> DealVersion:
    """The next version. Raises Conflict when nothing changed, Http404 below analyst.

    Raises NewerVersion when `base`, the version it was edited from, is no longer the newest.
    """
    require_role(author, deal.team, Role.ANALYST)
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    require_base(locked, base)
    version: DealVersion = insert_version(
        DealVersion.objects.filter(deal=locked),
        document,
        schema_version=SCHEMA_VERSION,
        deal=locked,
        author=author,
        message=checked_message(message),
    )
    for name, value in {**_columns(document), "newest_number": version.number}.items():
        setattr(locked, name, value)
    locked.save()
    record(
        actor=author,
        action="deal version saved",
        object_kind="deal_version",
        object_uuid=version.uuid,
        team=locked.team,
        details={"number": version.number, "digest": version.digest},
    )
    return version


def _columns(document: DealDocument) -> dict[str, Any]:
    terms = document.terms
    return {
        "provider": document.provider,
        "lab": document.lab,
        "starts": min((t.starts for t in terms if isinstance(t, ComputeContractDocument)), default=None),
        "equity_usd": sum(t.amount_usd for t in terms if isinstance(t, EquityTrancheDocument)),
        "commitment_usd": sum(t.commitment_usd for t in terms if isinstance(t, TakeOrPayDocument)),
    }
