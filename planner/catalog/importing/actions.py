"""The one write of an import."""

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from planner.audit.actions import record
from planner.catalog.importing.plan import ImportPlan, plan_of
from planner.catalog.importing.rows import Reading
from planner.catalog.models import CatalogEntry
from planner.core.errors import Conflict
from planner.teams.models import User

_BATCH = 100


def may_import(user: User) -> bool:
    """Whether somebody keeps the catalog: an import adds entries and changes them."""
    return user.is_staff and user.has_perms(("catalog.add_catalogentry", "catalog.change_catalogentry"))


def import_entries(*, reading: Reading, digest: str, file_name: str, keeper: User) -> ImportPlan:
    """Does what the plan with this digest said, whole or not at all. Returns what was done.

    A plan that writes nothing (the file was imported before) writes nothing, not even an audit entry.
    Raises Http404 without the right to, Conflict when the catalog has changed since the plan was shown.
    """
    if not may_import(keeper):
        raise Http404
    try:
        return _import(reading, digest, file_name, keeper)
    except IntegrityError as error:  # somebody added one of the entries at the same moment
        raise Conflict(_changed_meanwhile()) from error


@transaction.atomic
def _import(reading: Reading, digest: str, file_name: str, keeper: User) -> ImportPlan:
    plan = plan_of(reading, lock=True)
    if plan.writes == 0 and not plan.rejections:
        return plan
    if plan.rejections or plan.digest != digest:
        raise Conflict(_changed_meanwhile())
    reason = _("imported from %(file)s") % {"file": file_name}
    history = {"batch_size": _BATCH, "default_user": keeper, "default_change_reason": reason[:100]}
    if plan.new:
        bulk_create_with_history([row.entry for row in plan.new], CatalogEntry, **history)
    if plan.changed:
        names = sorted({change.name for row in plan.changed for change in row.changes})
        bulk_update_with_history([row.entry for row in plan.changed], CatalogEntry, names, **history)
    record(
        actor=keeper,
        action="catalog imported",
        object_kind="catalog",
        object_uuid=None,
        details={
            "file": file_name,
            "new": len(plan.new),
            "changed": len(plan.changed),
            "unchanged": len(plan.unchanged),
        },
    )
    return plan


def _changed_meanwhile() -> str:
    return _("The catalog has changed since this preview was made. Look at it again; nothing was imported.")
