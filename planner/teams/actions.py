"""Making teams, members and shares. Each action is one transaction and writes its audit entry."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.core.texts import is_blank, is_plain
from planner.teams.access import require_role
from planner.teams.models import Answer, Grant, Invitation, Level, Membership, Role, Team, User

LONGEST_NAME = 120


@transaction.atomic
def create_team(*, name: str, owner: User) -> Team:
    """A new team with its owner. Raises InvalidInput for an empty, too long, unreadable or taken name."""
    team = _named(Team(), name)
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    record(actor=owner, action="team created", object_kind="team", object_uuid=team.uuid, team=team)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, actor: User) -> Team:
    """Gives a team another name. Raises InvalidInput as `create_team`, Http404 unless the actor is an owner."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    require_role(actor, team, Role.OWNER)
    before = team.name
    team = _named(team, name)
    if team.name != before:
        said = {"before": before, "after": team.name}
        record(
            actor=actor, action="team renamed", object_kind="team", object_uuid=team.uuid, team=team,
            details=said,
        )  # fmt: skip
    return team


@transaction.atomic
def add_member(*, team: Team, user: User, role: Role, actor: User) -> Membership:
    """Adds somebody who has agreed: for demo data and tests; people are asked first (`invitations.invite`).

    Raises Conflict when they are a member already, Http404 unless the actor is an owner.
    """
    require_role(actor, team, Role.OWNER)
    membership, is_new = Membership.objects.get_or_create(team=team, user=user, defaults={"role": role})
    if not is_new:
        raise Conflict(_("%(user)s is already a member of this team.") % {"user": user.username})
    record_membership("member added", membership, actor)
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: Role, actor: User) -> Membership:
    """Gives a member another role. Raises Conflict for the last owner, Http404 unless the actor is an owner."""
    membership = _locked(membership)
    require_role(actor, membership.team, Role.OWNER)
    if role != Role.OWNER:
        _refuse_for_last_owner(membership)
        end_invitations(membership, actor)
    membership.role = role
    membership.save(update_fields=["role"])
    record_membership("role changed", membership, actor)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> None:
    """Takes a member out, or lets the actor leave; what they made stays, under their name.

    Raises Conflict for the last owner, Http404 unless the actor is an owner or the member.
    """
    membership = _locked(membership)
    is_leaving = membership.user_id == actor.pk
    if not is_leaving:
        require_role(actor, membership.team, Role.OWNER)
    _refuse_for_last_owner(membership)
    end_invitations(membership, actor)
    record_membership("member left" if is_leaving else "member removed", membership, actor)
    membership.delete()


@transaction.atomic
def grant(
    *, object_kind: str, object_uuid: UUID, owner_team: Team, team: Team | None, level: Level, actor: User
) -> Grant:
    """Shares an object with a team, or with everyone (team None). A second share of it changes the level.

    Raises Http404 unless the actor is at least an approver of the owning team.
    """
    require_role(actor, owner_team, Role.APPROVER)
    now = {"level": level, "created_by": actor, "created_at": timezone.now()}
    shared, is_new = Grant.objects.select_for_update().get_or_create(
        object_kind=object_kind, object_uuid=object_uuid, owner_team=owner_team, team=team, defaults=now
    )
    if is_new or shared.level != level:
        for name, value in now.items():
            setattr(shared, name, value)
        shared.save()
        _record_grant("shared", shared, actor)
    return shared


@transaction.atomic
def revoke_grant(*, grant: Grant, actor: User) -> None:
    """Ends a share at once. Raises Http404 unless the actor is at least an approver of the owning team."""
    require_role(actor, grant.owner_team, Role.APPROVER)
    _all, by_model = Grant.objects.filter(pk=grant.pk).delete()
    if by_model.get(Grant._meta.label) != 1:  # somebody else has ended it: one end, one audit entry
        raise Http404
    _record_grant("share ended", grant, actor)


def end_invitations(membership: Membership, actor: User | None) -> None:
    """Revokes what this member has handed out: it would hold again, seen by nobody, if they became an owner again."""
    made = Invitation.objects.filter(team=membership.team, created_by=membership.user, answer=Answer.OPEN)
    for invitation in made.select_for_update(of=("self",)).select_related("user"):
        invitation.answer, invitation.answered_by = Answer.REVOKED, actor
        invitation.save(update_fields=["answer", "answered_by"])
        record(
            actor=actor,
            action="invitation revoked",
            object_kind="invitation",
            object_uuid=invitation.uuid,
            team=membership.team,
            details={
                "user": invitation.user.username if invitation.user else "",
                "role": Role(invitation.role).name.lower(),
            },
        )


def record_membership(action: str, membership: Membership, actor: User) -> None:
    """Writes what became of a membership into the audit log; the actions here do, and the admin."""
    record(
        actor=actor,
        action=action,
        object_kind="membership",
        object_uuid=membership.uuid,
        team=membership.team,
        details={"user": membership.user.username, "role": Role(membership.role).name.lower()},
    )


def _named(team: Team, name: str) -> Team:
    """The team, stored under this name. Raises InvalidInput when it may not have it."""
    name = " ".join(name.split())
    if is_blank(name) or len(name) > LONGEST_NAME:
        sentence = _("The name of a team has 1 to %(most)d characters.") % {"most": LONGEST_NAME}
        raise InvalidInput([Problem("name", sentence)])
    if not is_plain(name):
        raise InvalidInput([Problem("name", _("The name of a team holds only characters that can be seen."))])
    taken = InvalidInput([Problem("name", _("There is already a team of this name."))])
    if Team.objects.filter(name__iexact=name).exclude(pk=team.pk).exists():
        raise taken
    team.name = name
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:  # somebody else took the name at the same moment
        raise taken from error
    return team


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, with its team locked: two who leave at once are counted one after the other.

    Raises Http404 when it is there no longer.
    """
    Team.objects.select_for_update().get(pk=membership.team_id)
    found = Membership.objects.select_related("team", "user").filter(pk=membership.pk).first()
    if found is None:
        raise Http404
    return found


def _refuse_for_last_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(team=membership.team, role=Role.OWNER)
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Conflict(_("A team keeps at least one owner. Make somebody else an owner first."))


def _record_grant(action: str, shared: Grant, actor: User) -> None:
    record(
        actor=actor,
        action=f"{shared.object_kind.replace('_', ' ')} {action}",
        object_kind=shared.object_kind,
        object_uuid=shared.object_uuid,
        team=shared.owner_team,
        details={
            "with": str(shared.team.uuid) if shared.team else "everyone",
            "level": Level(shared.level).name.lower(),
        },
    )
