"""Forking: a version one may see in full becomes version 1 of a new scenario of one's own team, with its lineage."""

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.errors import InvalidInput, Problem
from planner.scenarios.actions import create_scenario
from planner.scenarios.models import OBJECT_KIND, Lineage, Scenario, ScenarioVersion
from planner.scenarios.queries import raw_of_version
from planner.teams.access import level_of, require_role
from planner.teams.models import Level, Role, Team, User


@transaction.atomic
def fork_version(
    *, version: ScenarioVersion, team: Team, author: User, name: str, submission_key: UUID | None = None
) -> Scenario:
    """A new scenario of the team, whose version 1 has this version's document.

    Raises Http404 unless the author sees the version in full and is an analyst of the team, InvalidInput for the
    name or a key that made something else. A second call with the same submission key returns the scenario the first
    one made.
    """
    source = version.scenario
    require_role(author, team, Role.ANALYST)
    level = level_of(author, object_kind=OBJECT_KIND, object_uuid=version.uuid, owner_team=source.team)
    if level != Level.FULL:
        raise Http404
    sent = ScenarioVersion.objects.filter(submission_key=submission_key, scenario__team=team, number=1)
    if submission_key is not None and sent.exclude(scenario__lineage__version=version).exists():
        raise InvalidInput([Problem("", _("This form made another scenario already. Open it anew."))])
    said = {"name": source.name, "number": version.number}
    scenario = create_scenario(
        team=team,
        author=author,
        name=name,
        document=raw_of_version(version),
        message=(_("Forked from %(name)s, version %(number)d") % said)[:300],
        template=source.template if source.team_id == team.pk else "",
        submission_key=submission_key,
    )
    lineage, is_new = Lineage.objects.get_or_create(
        scenario=scenario,
        defaults={
            "version": version,
            "name": source.name,
            "number": version.number,
            "team_name": source.team.name,
        },
    )
    if is_new:
        _record(lineage, author)
    return scenario


def _record(lineage: Lineage, author: User) -> None:
    """Both teams learn of it: the new one all of it, the source only that a version of theirs was forked."""
    scenario, source = lineage.scenario, lineage.version.scenario
    record(
        actor=author,
        action="scenario forked",
        object_kind="scenario",
        object_uuid=scenario.uuid,
        team=scenario.team,
        details={"version": str(lineage.version.uuid), "number": lineage.number},
    )
    if source.team_id != scenario.team_id:
        record(
            actor=None,  # who forks, where and why is the other team's business
            action="version forked by another team",
            object_kind=OBJECT_KIND,
            object_uuid=lineage.version.uuid,
            team=source.team,
            details={"number": lineage.number},
        )
