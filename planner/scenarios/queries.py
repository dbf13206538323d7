"""Reads of scenarios and versions. Members see their team's; a version may be shared with others at a level."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from planner.core.canonical_json import parse_stored
from planner.core.documents import read_kept
from planner.core.models import ImmutableVersion
from planner.deals.documents import DealDocument
from planner.scenarios.document_upgrades import upgraded
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.models import OBJECT_KIND, Draft, Lineage, Scenario, ScenarioVersion
from planner.scenarios.paths import Raw
from planner.teams.access import Viewer, is_granted, level_of, my_teams, rows_of_my_teams, team_keys
from planner.teams.models import Grant, Level

_SEARCHED = ("name", "provider", "lab", "chip_names", "created_by__username", "team__name")


def scenarios_for(viewer: Viewer, *, archived: bool = False) -> QuerySet[Scenario]:
    """The scenarios of the viewer's teams, without their documents: those in use, or those archived."""
    mine = Scenario.objects.select_related("team", "newest_version", "created_by")
    mine = mine.defer("newest_version__document_text")
    return rows_of_my_teams(viewer, mine.filter(archived_at__isnull=not archived))


def matching_scenarios(
    viewer: Viewer, *, words: str = "", sort: str = "-changed_at", archived: bool = False
) -> QuerySet[Scenario]:
    """Those that hold every word in a name, party, chip or author, in the order asked for."""
    found = scenarios_for(viewer, archived=archived)
    for word in words.split()[:8]:
        anywhere = Q()
        for column in _SEARCHED:
            anywhere |= Q(**{f"{column}__icontains": word})
        found = found.filter(anywhere)
    return found.order_by(sort, "-id")


def scenario_for(viewer: Viewer, uuid: UUID) -> Scenario:
    """One scenario of the viewer's teams, archived or not. Raises Http404."""
    one = Scenario.objects.select_related(
        "team", "newest_version", "created_by", "lineage__version__scenario__team"
    )
    mine = rows_of_my_teams(viewer, one.defer("lineage__version__document_text"))
    found: Scenario = get_object_or_404(mine, uuid=uuid)
    return found


def draft_of(scenario: Scenario) -> Draft:
    """The scenario's one draft, with who edited it last."""
    draft = Draft.objects.select_related("edited_by").get(scenario=scenario)
    if draft.base_version_id == scenario.newest_version_id:
        draft.base_version = scenario.newest_version  # as a rule: its long text was read with the scenario
    return draft


def raw_of_draft(draft: Draft) -> Raw:
    """What the draft holds, which may be incomplete or wrong."""
    value = parse_stored(draft.raw_text)
    return value if isinstance(value, dict) else {}


def versions_of(scenario: Scenario) -> QuerySet[ScenarioVersion]:
    """The versions of a scenario the viewer may see, newest first, without their long texts."""
    versions = ScenarioVersion.objects.filter(scenario=scenario)
    plain = versions.defer("document_text", "parent__document_text")
    return plain.select_related("author", "parent").order_by("-number")


def version_for(viewer: Viewer, uuid: UUID, at_least: Level) -> tuple[ScenarioVersion, Level]:
    """The version and how much of it the viewer may see. Raises Http404 when that is less than `at_least`."""
    version = (
        ScenarioVersion.objects.select_related("scenario__team", "author", "parent").filter(uuid=uuid).first()
    )
    if version is None:
        raise Http404
    level = level_of(
        viewer, object_kind=OBJECT_KIND, object_uuid=version.uuid, owner_team=version.scenario.team
    )
    if level is None or level < at_least:
        raise Http404
    return version, level


def versions_for(viewer: Viewer, uuids: Iterable[UUID]) -> list[tuple[ScenarioVersion, Level]]:
    """The versions in the order asked for, each with how much of it the viewer may see. One query.

    Raises Http404 when there is one that the viewer may see nothing of.
    """
    asked = list(uuids)
    mine = {team.pk for team in my_teams(viewer)}
    found = ScenarioVersion.objects.filter(uuid__in=asked).annotate(
        is_shared=_is_granted(viewer, Level.RESULTS), is_full=_is_granted(viewer, Level.FULL)
    )
    seen: dict[UUID, tuple[ScenarioVersion, Level]] = {}
    for version in found.select_related("scenario__team"):
        if version.scenario.team_id in mine or version.is_full:
            seen[version.uuid] = (version, Level.FULL)
        elif version.is_shared:
            seen[version.uuid] = (version, Level.RESULTS)
    if not set(asked) <= set(seen):
        raise Http404
    return [seen[uuid] for uuid in asked]


def shared_with(viewer: Viewer, at_least: Level = Level.RESULTS) -> QuerySet[ScenarioVersion]:
    """Versions of other teams that were shared with the viewer, newest first; `is_full` tells those shared whole."""
    shared = ScenarioVersion.objects.filter(_is_granted(viewer, at_least))
    others = shared.exclude(scenario__team__in=team_keys(viewer))
    found: QuerySet[ScenarioVersion] = others.annotate(is_full=_is_granted(viewer, Level.FULL))
    return found.defer("document_text").select_related("scenario__team", "author").order_by("-created_at")


def _is_granted(viewer: Viewer, level: Level) -> Exists:
    return is_granted(viewer, OBJECT_KIND, level, uuid="uuid", owner_team="scenario__team")


def shares_of(version: ScenarioVersion) -> QuerySet[Grant]:
    """With whom a version of the viewer's team is shared."""
    grants = Grant.objects.filter(object_kind=OBJECT_KIND, object_uuid=version.uuid)
    return grants.select_related("team", "created_by")


def raw_of_version(version: ImmutableVersion) -> Raw:
    """The version's document as JSON values, in today's shape."""
    value = parse_stored(version.document_text)
    assert isinstance(value, dict)
    return upgraded(value, version.schema_version)


def document_of(version: ScenarioVersion) -> ScenarioDocument:
    """The version's document, typed: whatever newer checks between its parts would say, it can be read."""
    return read_kept(ScenarioDocument, raw_of_version(version))


def deal_of(raw: Raw) -> DealDocument:
    """The terms of a version alone, typed: a tenth of the work for the whole document."""
    return read_kept(DealDocument, raw["deal"])


def lineage_of(viewer: Viewer, scenario: Scenario) -> tuple[Lineage, bool] | None:
    """What the scenario was forked from, and whether the viewer may open that; None for one that was not forked."""
    try:
        lineage = scenario.lineage
    except Lineage.DoesNotExist:
        return None
    source = lineage.version
    level = level_of(
        viewer, object_kind=OBJECT_KIND, object_uuid=source.uuid, owner_team=source.scenario.team
    )
    return lineage, level == Level.FULL
