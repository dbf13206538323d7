"""Inviting people into a team: nobody becomes a member without having said yes."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.errors import Conflict
from planner.teams.access import require_role
from planner.teams.actions import record_membership
from planner.teams.models import Answer, Invitation, Membership, Role, Team, User
from planner.teams.queries import digest_of

_MOST_INVITATIONS = 50


@transaction.atomic
def invite(
    *, team: Team, role: Role, days: int, actor: User, user: User | None = None
) -> tuple[Invitation, str]:
    """A new invitation and the secret of its link, which cannot be read again.

    `user` None: for whoever opens the link first. Raises Conflict when the person is a member or is invited already,
    or when 50 are open, Http404 unless the actor is an owner.
    """
    Team.objects.select_for_update().get(pk=team.pk)
    require_role(actor, team, Role.OWNER)
    open_ones = Invitation.objects.filter(team=team).holding()
    if user is not None:
        _refuse_member(team, user)
        if open_ones.filter(user=user).exists():
            said = {"user": user.username}
            raise Conflict(_("%(user)s is invited already. Revoke that invitation first.") % said)
    if open_ones.count() >= _MOST_INVITATIONS:
        raise Conflict(_("%(most)d invitations are open. Revoke one first.") % {"most": _MOST_INVITATIONS})
    secret = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        team=team,
        role=role,
        user=user,
        digest=digest_of(secret),
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    _record("invitation made", made, actor)
    return made, secret


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """Makes the person a member. Raises Conflict when they are one already, Http404 when it holds no longer."""
    invitation = _locked(invitation)
    if invitation.user_id not in {None, user.pk}:
        raise Http404
    _refuse_member(invitation.team, user)
    _answer(invitation, Answer.ACCEPTED, user)
    membership = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
    _record("invitation accepted", invitation, user)
    record_membership("member added", membership, user)
    return membership


@transaction.atomic
def decline(*, invitation: Invitation, user: User) -> None:
    """Ends it for good. Raises Http404 when it holds no longer."""
    invitation = _locked(invitation)
    if invitation.user_id not in {None, user.pk}:
        raise Http404
    _answer(invitation, Answer.DECLINED, user)
    _record("invitation declined", invitation, user)


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User) -> None:
    """Ends it at once. Raises Http404 unless the actor is an owner, Conflict when it was answered meanwhile."""
    require_role(actor, invitation.team, Role.OWNER)
    found = Invitation.objects.select_for_update().select_related("team").get(pk=invitation.pk)
    if found.answer != Answer.OPEN:
        said = {"answer": found.get_answer_display()}
        raise Conflict(_("This invitation is %(answer)s already.") % said)
    _answer(found, Answer.REVOKED, actor)
    _record("invitation revoked", found, actor)


def _locked(invitation: Invitation) -> Invitation:
    """The invitation as it is now, with its team locked: of two who answer at once, one finds it answered.

    Raises Http404 when it holds no longer.
    """
    Team.objects.select_for_update().get(pk=invitation.team_id)
    found = Invitation.objects.filter(pk=invitation.pk).holding().first()
    if found is None:
        raise Http404
    return found


def _refuse_member(team: Team, user: User) -> None:
    if Membership.objects.filter(team=team, user=user).exists():
        raise Conflict(_("%(user)s is already a member of this team.") % {"user": user.username})


def _answer(invitation: Invitation, answer: Answer, who: User) -> None:
    invitation.answer, invitation.answered_by = answer, who
    invitation.save(update_fields=["answer", "answered_by"])


def _record(action: str, invitation: Invitation, actor: User) -> None:
    """The log never holds the secret."""
    record(
        actor=actor,
        action=action,
        object_kind="invitation",
        object_uuid=invitation.uuid,
        team=invitation.team,
        details={
            "user": invitation.user.username if invitation.user else "",
            "role": Role(invitation.role).name.lower(),
        },
    )
