"""The only place that decides who sees what.

Members of the owning team see everything of it; others see what was granted, at the level it was granted; what one
may not see is a 404. Staff and superusers get no special sight of team data.
"""

from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from planner.teams.memory import memberships_of, remembered_teams
from planner.teams.models import Grant, Level, Membership, Role, Team, User

Viewer: TypeAlias = User | AnonymousUser
Row = TypeVar("Row", bound=Model)


def teams_of(viewer: Viewer) -> QuerySet[Team]:
    """The teams the viewer is a member of, by name. Nobody is a member while their account is switched off."""
    person = _person(viewer)
    return Team.objects.filter(memberships__user=person) if person else Team.objects.none()


def my_teams(viewer: Viewer) -> list[Team]:
    """The same teams in the order they were joined, read once a request."""
    person = _person(viewer)
    return [membership.team for membership in memberships_of(person)] if person else []


def role_in(viewer: Viewer, team: Team) -> Role | None:
    """The viewer's role in the team, read once a request; None when not a member."""
    person = _person(viewer)
    held = memberships_of(person) if person else []
    return next((Role(membership.role) for membership in held if membership.team_id == team.pk), None)


def has_role(viewer: Viewer, team: Team, at_least: Role) -> bool:
    role = role_in(viewer, team)
    return role is not None and role >= at_least


def require_role(viewer: Viewer, team: Team, at_least: Role) -> None:
    """For actions, inside their transaction: asks the database again, so that a role that ended meanwhile is gone.

    Raises Http404 unless the viewer has at least this role in the team.
    """
    person = _person(viewer)
    held = Membership.objects.filter(user=person, team=team, role__gte=at_least)
    if person is None or not held.exists():
        raise Http404


def rows_of_my_teams(viewer: Viewer, queryset: QuerySet[Row], team_field: str = "team") -> QuerySet[Row]:
    """Those rows that belong to a team of the viewer. `team_field` may span relations ("scenario__team")."""
    return queryset.filter(**{f"{team_field}__in": team_keys(viewer)})


def team_keys(viewer: Viewer) -> list[int] | QuerySet[Team, Any]:
    """The keys of the viewer's teams, to put after `__in`: as remembered in this request, else as a subquery.

    A page asks several times, and to compose the subquery takes longer than the database needs to answer.
    """
    person = _person(viewer)
    remembered = remembered_teams(person) if person else []
    return teams_of(viewer).values("pk") if remembered is None else remembered


def level_of(viewer: Viewer, *, object_kind: str, object_uuid: UUID, owner_team: Team) -> Level | None:
    """FULL for members of the owning team, else the highest grant that reaches the viewer, else None."""
    if role_in(viewer, owner_team) is not None:
        return Level.FULL
    found = _grants_reaching(viewer, object_kind).filter(object_uuid=object_uuid, owner_team=owner_team)
    level = found.aggregate(highest=Max("level"))["highest"]
    return None if level is None else Level(level)


def is_granted(
    viewer: Viewer, object_kind: str, at_least: Level = Level.RESULTS, *, uuid: str, owner_team: str
) -> Exists:
    """Whether a row was shared with the viewer's teams or everyone; for `filter` and `annotate`.

    `uuid` and `owner_team` name the row's columns. A share in the name of a team that does not own the row is none.
    """
    reaching = _grants_reaching(viewer, object_kind).filter(level__gte=at_least)
    return Exists(reaching.filter(object_uuid=OuterRef(uuid), owner_team=OuterRef(owner_team)))


def current_team(request: HttpRequest) -> Team | None:
    """The team the viewer is working in: the one chosen, or their first. None when they have no team yet."""
    mine = my_teams(request.user)
    chosen = request.session.get("team") if hasattr(request, "session") else None
    return next((team for team in mine if str(team.uuid) == chosen), mine[0] if mine else None)


def _person(viewer: Viewer) -> User | None:
    """Whom the rules count: None for nobody signed in, and for an account that is switched off."""
    return viewer if isinstance(viewer, User) and viewer.is_active else None


def _grants_reaching(viewer: Viewer, object_kind: str) -> QuerySet[Grant]:
    if _person(viewer) is None:
        return Grant.objects.none()
    reaches = Q(team__isnull=True) | Q(team__in=team_keys(viewer))
    return Grant.objects.filter(reaches, object_kind=object_kind)
