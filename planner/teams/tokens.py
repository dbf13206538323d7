"""API tokens: made and revoked by the person they act for; shown once, stored as a digest."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from knox.models import AuthToken

from planner.audit.actions import record
from planner.core.errors import Conflict
from planner.teams.models import User

_MOST_TOKENS = 20


@transaction.atomic
def make_token(*, user: User) -> str:
    """A new token, in full. It cannot be read again. Raises Conflict when the person has 20 already."""
    User.objects.select_for_update().get(pk=user.pk)  # two clicks at once are counted one after the other
    if AuthToken.objects.filter(user=user).count() >= _MOST_TOKENS:
        raise Conflict(_("You have %(most)d tokens. Revoke one first.") % {"most": _MOST_TOKENS})
    stored, token = AuthToken.objects.create(user)
    _record("API token made", user, stored)
    return str(token)


@transaction.atomic
def revoke_token(*, user: User, token_key: str) -> None:
    """Ends a token at once. Raises Http404 unless it is the person's own."""
    stored = AuthToken.objects.select_for_update().filter(user=user, token_key=token_key).first()
    if stored is None:
        raise Http404
    _record("API token revoked", user, stored)
    stored.delete()


@transaction.atomic
def revoke_all_after_password_change(*, user: User, actor: User) -> int:
    """Ends every token of somebody whose password has changed, and records both. Returns how many it ended."""
    tokens = list(AuthToken.objects.select_for_update().filter(user=user))
    for stored in tokens:
        _record("API token revoked", actor, stored)
        stored.delete()
    record(
        actor=actor,
        action="password changed",
        object_kind="user",
        object_uuid=user.uuid,
        details={"tokens revoked": len(tokens)},
    )
    return len(tokens)


def _record(action: str, actor: User, stored: AuthToken) -> None:
    record(
        actor=actor,
        action=action,
        object_kind="token",
        object_uuid=None,
        details={"begins": stored.token_key},
    )
