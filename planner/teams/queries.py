"""Questions about people and teams. The viewer comes first; what they may not know is a 404 or left out."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from knox.models import AuthToken

from planner.audit.models import AuditEntry
from planner.teams.access import Viewer, require_role, teams_of
from planner.teams.models import Membership, Role, Team, User


def team_for(viewer: Viewer, uuid: UUID) -> Team:
    """A team of the viewer. Raises Http404 for any other, real or not."""
    team = teams_of(viewer).filter(uuid=uuid).first()
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
    require_role(viewer, team, Role.VIEWER)
    return team.memberships.select_related("user").order_by("-role", "user__username")


def membership_for(viewer: Viewer, uuid: UUID) -> Membership:
    """A membership in one of the viewer's teams. Raises Http404 for any other."""
    found = (
        Membership.objects.select_related("team", "user").filter(uuid=uuid, team__in=teams_of(viewer)).first()
    )
    if found is None:
        raise Http404
    return found


def activity_of(viewer: Viewer, team: Team, *, most: int = 30) -> QuerySet[AuditEntry]:
    """What was done last in a team, newest first. Raises Http404 unless the viewer is a member."""
    require_role(viewer, team, Role.VIEWER)
    return (
        AuditEntry.objects.filter(team_uuid=team.uuid).select_related("actor").order_by("-at", "-id")[:most]
    )


def other_teams(viewer: Viewer, team: Team) -> QuerySet[Team]:
    """The teams something of this team can be shared with. Raises Http404 unless the viewer may share for it.

    Names of teams are known to approvers of the organisation; nothing else about them is.
    """
    require_role(viewer, team, Role.APPROVER)
    return Team.objects.exclude(pk=team.pk).order_by("name")


def tokens_of(viewer: User) -> QuerySet[AuthToken]:
    """The viewer's own API tokens, newest first. Only their first characters are stored in readable form."""
    found: QuerySet[AuthToken] = AuthToken.objects.filter(user=viewer).order_by("-created")
    return found
