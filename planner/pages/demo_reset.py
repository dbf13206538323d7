"""The demo put back as it was found: its two teams, and nothing of anybody else's.

Versions are never deleted, so what was made is archived, and the worked examples stand there anew. Their runs are the
stored ones: the same version computed again is the same run.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from knox.models import AuthToken

from planner.audit.actions import record
from planner.core.errors import Conflict
from planner.deals.models import Deal
from planner.fleets.models import Fleet
from planner.loads.models import LoadShape
from planner.pages import demo
from planner.runs.actions import cancel_run, request_run
from planner.runs.models import ACTIVE, Run
from planner.scenarios.actions import archive_scenario
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.queries import draft_of, raw_of_draft, raw_of_version
from planner.teams import actions as teams
from planner.teams.access import Viewer
from planner.teams.invitations import revoke
from planner.teams.models import Answer, Grant, Invitation, Membership, Team, User
from planner.teams.tokens import revoke_token


def may_reset(viewer: Viewer) -> bool:
    """Whether this is a demo, and the viewer one of its accounts."""
    names = {account.username for account in demo.ACCOUNTS}
    return bool(settings.DEMO_MODE) and viewer.is_authenticated and viewer.get_username() in names


@transaction.atomic
def reset(*, actor: User | None) -> list[tuple[User, ScenarioVersion]]:
    """Puts the demo back. Returns the worked versions with their authors; a run of each has been asked for.

    `actor` None: a command did it.
    """
    _restore_members()  # first: only owners may make members
    people = demo.make_people()
    owners = {demo.CORPORATE: people["owner"], demo.INFRASTRUCTURE: people["outsider"]}
    for name, owner in owners.items():
        team = Team.objects.select_for_update().get(name=name)
        record(
            actor=actor,
            action="demo reset",
            object_kind="team",
            object_uuid=team.uuid,
            team=team,
            details=_put_away(team, owner),
        )
    for token in AuthToken.objects.filter(user__in=people.values()).select_related("user"):
        revoke_token(user=token.user, token_key=token.token_key)
    made = [
        (people[username], demo.make_scenario(people[username], template, title))
        for username, template, title in demo.worked_scenarios()
    ]
    for author, version in made:
        request_run(version=version, requester=author)
    return made


def _restore_members() -> None:
    """Members and roles of the two teams as they were at the beginning, as far as teams and accounts are there."""
    people = {user.username: user for user in User.objects.filter(username__in=demo.MEMBERS)}
    for team in Team.objects.filter(name__in=[demo.CORPORATE, demo.INFRASTRUCTURE]):
        wanted = {
            people[username]: role
            for username, (name, role) in demo.MEMBERS.items()
            if name == team.name and username in people
        }
        for user, role in wanted.items():
            Membership.objects.update_or_create(team=team, user=user, defaults={"role": role})
        Membership.objects.filter(team=team).exclude(user__in=wanted).delete()


def _put_away(team: Team, owner: User) -> dict[str, Any]:
    """Ends runs, shares and invitations of the team, archives what it made. Returns how many of each."""
    runs = list(Run.objects.select_related("team").filter(team=team, state__in=ACTIVE))
    for run in runs:
        try:
            cancel_run(run=run, actor=owner)
        except Conflict:
            pass  # it has ended meanwhile
    invitations = list(
        Invitation.objects.select_related("team", "user").filter(team=team, answer=Answer.OPEN)
    )
    for invitation in invitations:
        revoke(invitation=invitation, actor=owner)
    shares = list(Grant.objects.select_related("team", "owner_team").filter(owner_team=team))
    for share in shares:
        teams.revoke_grant(grant=share, actor=owner)
    scenarios = Scenario.objects.select_related("team", "newest_version").filter(team=team, archived_at=None)
    changed = [scenario for scenario in scenarios if not _is_as_made(scenario)]
    for scenario in changed:
        archive_scenario(scenario=scenario, actor=owner)
    kept = [
        shelf.objects.filter(team=team, archived_at=None).update(archived_at=timezone.now())
        for shelf in (Fleet, Deal, LoadShape)
    ]
    return {
        "runs cancelled": len(runs),
        "invitations revoked": len(invitations),
        "shares ended": len(shares),
        "scenarios archived": len(changed),
        "library items archived": sum(kept),
    }


def _is_as_made(scenario: Scenario) -> bool:
    """Whether it is a worked example that nobody has renamed, edited or saved again."""
    newest, titles = (
        scenario.newest_version,
        {template: title for _who, template, title in demo.worked_scenarios()},
    )
    if newest is None or newest.number != 1 or titles.get(scenario.template) != scenario.name:
        return False
    return raw_of_draft(draft_of(scenario)) == raw_of_version(newest)
