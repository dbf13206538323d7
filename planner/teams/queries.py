"""Questions about people and teams. The viewer comes first; what they may not know is a 404 or left out."""

from hashlib import sha256
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from knox.models import AuthToken

from planner.audit.models import AuditEntry
from planner.teams.access import Viewer, has_role, my_teams, team_keys, teams_of
from planner.teams.models import Answer, Invitation, InvitationQuerySet, Membership, Role, Team, User


def team_for(viewer: Viewer, uuid: UUID) -> Team:
    """A team of the viewer. Raises Http404 for any other, real or not."""
    team = next((team for team in my_teams(viewer) if team.uuid == uuid), None)
    if team is None:
        raise Http404
    return team


def teams_where(viewer: Viewer, at_least: Role = Role.ANALYST) -> QuerySet[Team]:
    """The viewer's teams in which they have at least this role, by name."""
    return teams_of(viewer).filter(pk__in=_roles_of(viewer, at_least)).order_by("name")


def _roles_of(viewer: Viewer, at_least: Role) -> QuerySet[Membership, int]:
    """Keys of the teams in which the viewer has at least this role: both are asked of one membership."""
    person = viewer if isinstance(viewer, User) else None
    return Membership.objects.filter(user=person, role__gte=at_least).values_list("team", flat=True)


def members_of(viewer: Viewer, team: Team) -> QuerySet[Membership]:
    """The members, owners first, then by user name. Raises Http404 unless the viewer is one."""
    if not has_role(viewer, team, Role.VIEWER):
        raise Http404
    return team.memberships.select_related("user").order_by("-role", "user__username")


def membership_for(viewer: Viewer, uuid: UUID) -> Membership:
    """A membership in one of the viewer's teams. Raises Http404 for any other."""
    found = (
        Membership.objects.select_related("team", "user").filter(uuid=uuid, team__in=teams_of(viewer)).first()
    )
    if found is None:
        raise Http404
    return found


def invitations_of(viewer: Viewer, team: Team) -> QuerySet[Invitation]:
    """The invitations of a team that can still be accepted. Raises Http404 unless the viewer is an owner."""
    if not has_role(viewer, team, Role.OWNER):
        raise Http404
    return Invitation.objects.filter(team=team).holding()


def invitation_of_my_team(viewer: Viewer, uuid: UUID) -> Invitation:
    """An invitation, answered or not, of a team the viewer is an owner of. Raises Http404 for any other."""
    found = Invitation.objects.select_related("team").filter(uuid=uuid).first()
    if found is None or not has_role(viewer, found.team, Role.OWNER):
        raise Http404
    return found


def invitations_for(viewer: User) -> QuerySet[Invitation]:
    """The teams that have invited the viewer by name, unless they are in already."""
    return Invitation.objects.filter(user=viewer).holding().exclude(team__in=team_keys(viewer))


def invitation_for(viewer: User, key: str) -> Invitation:
    """The invitation with this link, or this public id when it names the viewer.

    Raises Http404 for one that is answered, revoked, past its time, somebody else's or none: all look the same.
    """
    found = _with_key(viewer, key).holding().first()
    if found is None:
        raise Http404
    return found


def team_joined_with(viewer: User, key: str) -> Team | None:
    """The team the viewer joined with this invitation and is in; None otherwise. For the second of two clicks."""
    mine = _with_key(viewer, key).filter(
        answer=Answer.ACCEPTED, answered_by=viewer, team__in=teams_of(viewer)
    )
    found = mine.select_related("team").first()
    return found.team if found else None


def _with_key(viewer: User, key: str) -> InvitationQuerySet:
    mine = Q(digest=digest_of(key)) & (Q(user=None) | Q(user=viewer))
    try:
        mine |= Q(uuid=UUID(key), user=viewer)
    except ValueError:
        pass
    return Invitation.objects.filter(mine)


def digest_of(key: str) -> str:
    """What is stored of a link's secret, which is long and random: one plain hash is enough."""
    return sha256(key.encode()).hexdigest()


def activity_of(viewer: Viewer, team: Team) -> QuerySet[AuditEntry]:
    """What was done in a team, newest first. Raises Http404 unless the viewer is a member."""
    if not has_role(viewer, team, Role.VIEWER):
        raise Http404
    return AuditEntry.objects.filter(team_uuid=team.uuid).select_related("actor").order_by("-at", "-id")


def tokens_of(viewer: User) -> QuerySet[AuthToken]:
    """The viewer's own API tokens, newest first. Only their first characters are stored in readable form."""
    found: QuerySet[AuthToken] = AuthToken.objects.filter(user=viewer).order_by("-created")
    return found
