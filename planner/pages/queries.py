"""What Home shows, in as many queries whatever the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from planner.core.formatting import money, of_futures
from planner.runs.models import Run, RunRequest, State
from planner.runs.presentation import Headline, headline
from planner.runs.presentation.outcomes import TITLES, Result, part
from planner.runs.queries import NewestResult, active_runs, newest_results
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.queries import scenarios_for, shared_with
from planner.scenarios.worked_examples import ScenarioTemplate, demo_examples
from planner.teams.access import rows_of_my_teams
from planner.teams.models import Team, User

SHOWN_SCENARIOS = 12
SHOWN_RUNS = 8
_SHOWN = ("uuid", "name", "provider", "lab", "changed_at", "team", "template", "newest_version__number")
"""What a line says of a scenario; the rest is not read."""


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario, its newest version and the address part of that version's newest result. run None: not run yet."""

    scenario: Scenario
    version: ScenarioVersion | None
    run: UUID | None
    headline: Headline


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A version another team shared, with its headline as far as it may be seen. run None: nothing finished yet."""

    version: ScenarioVersion
    is_full: bool
    run: UUID | None
    headline: Headline


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """A worked example with what the team's own first scenario from it came to. None: nothing there yet."""

    template: ScenarioTemplate
    scenario: Scenario | None
    run: UUID | None
    headline: Headline
    beside: tuple[tuple[str, str], ...]
    """Further titles and figures of the same result."""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything Home lists for one person who works in one team."""

    lines: list[ScenarioLine]
    has_more: bool
    running: list[Run]
    shared: list[SharedLine]
    examples: list[ExampleCard]
    started: ScenarioLine | None
    """The scenario the person made by hand, one that was run rather than another; None before the first."""


def home_of(viewer: User, team: Team) -> Home:
    """Four queries: scenarios, what is running, what was shared, and the newest results of all of these."""
    scenarios = list(_scenarios(viewer, team))
    others = shared_with(viewer).select_related(None).select_related("scenario__team")
    shared = list(others[:SHOWN_SCENARIOS])
    examples = _first_by_template(scenarios, team)
    results = newest_results(
        _showing(scenarios, shared, examples.values()),
        whole_scenarios={scenario.pk for scenario in scenarios},
        whole_versions={version.pk for version in shared if version.is_full},  # type: ignore[attr-defined]
    )
    by_version = {result.version: result for result in results}
    first_versions = {result.scenario: result for result in results if result.version_number == 1}
    lines = [_line(scenario, by_version) for scenario in scenarios]
    return Home(
        lines=lines[:SHOWN_SCENARIOS],
        has_more=len(lines) > SHOWN_SCENARIOS,
        running=list(
            active_runs(viewer).select_related(None).select_related("version__scenario")[:SHOWN_RUNS]
        ),
        shared=[_shared_line(version, by_version.get(version.pk)) for version in shared],
        examples=[
            _example_card(template, examples.get(template.name), first_versions)
            for template in demo_examples()
        ],
        started=next((line for line in lines if line.scenario.is_started), None),  # type: ignore[attr-defined]
    )


def _scenarios(viewer: User, team: Team) -> QuerySet[Scenario]:
    """The newest, and wherever they stand in that order: the worked examples, and the one the viewer started."""
    # What only finds keys is asked of the plain table: to join there costs more than the answer.
    plain = rows_of_my_teams(viewer, Scenario.objects.filter(archived_at=None))
    newest = plain.values("pk")[: SHOWN_SCENARIOS + 1]
    examples = Scenario.objects.filter(
        team=team, archived_at=None, template__in=[template.name for template in demo_examples()]
    )
    firsts = examples.order_by().values("template").annotate(first=Min("pk")).values("first")
    # A form leaves its key on the version it made; what a command or the API made has none.
    by_hand = plain.filter(
        team=team, created_by=viewer, versions__number=1, versions__submission_key__isnull=False
    )
    is_run = Exists(RunRequest.objects.filter(version__scenario=OuterRef("pk"), run__state=State.DONE))
    started = by_hand.annotate(is_run=is_run).order_by("-is_run", "-pk").values("pk")[:1]
    is_started = ExpressionWrapper(Q(pk__in=started), output_field=BooleanField())
    return (
        scenarios_for(viewer)
        .select_related(None)
        .select_related("newest_version")
        .only(*_SHOWN)
        .filter(Q(pk__in=newest) | Q(pk__in=firsts) | Q(pk__in=started))
        .annotate(is_started=is_started)
    )


def _first_by_template(scenarios: Iterable[Scenario], team: Team) -> dict[str, Scenario]:
    """Later scenarios from a template are somebody's own question: they never change an example's figure."""
    first: dict[str, Scenario] = {}
    for scenario in sorted(scenarios, key=lambda one: one.pk):
        if scenario.team_id == team.pk and scenario.template:
            first.setdefault(scenario.template, scenario)
    return first


def _showing(
    scenarios: Iterable[Scenario], shared: Iterable[ScenarioVersion], examples: Iterable[Scenario]
) -> Q:
    newest = [scenario.newest_version_id for scenario in scenarios] + [version.pk for version in shared]
    return Q(version__in=newest) | Q(version__number=1, version__scenario__in=[one.pk for one in examples])


def _line(scenario: Scenario, results: dict[int, NewestResult]) -> ScenarioLine:
    found = results.get(scenario.newest_version_id or 0)
    return ScenarioLine(
        scenario, scenario.newest_version, found.run_uuid if found else None, _headline(found)
    )


def _shared_line(version: ScenarioVersion, found: NewestResult | None) -> SharedLine:
    is_full: bool = version.is_full  # type: ignore[attr-defined] # annotated by `shared_with`
    return SharedLine(version, is_full, found.run_uuid if found else None, _headline(found))


def _example_card(
    template: ScenarioTemplate, scenario: Scenario | None, results: dict[int, NewestResult]
) -> ExampleCard:
    found = results.get(scenario.pk) if scenario else None
    return ExampleCard(
        template,
        scenario,
        found.run_uuid if found else None,
        _headline(found),
        _beside(_result(found)) if found else (),
    )


def _result(found: NewestResult) -> dict[str, Any]:
    return {"outcomes": found.outcomes}


def _headline(found: NewestResult | None) -> Headline:
    return headline(_result(found) if found else None)


def _beside(result: Result) -> tuple[tuple[str, str], ...]:
    """The lab's defaults and the provider's worth, with their titles; those the result does not define are left out."""
    # The same statistic as on the result page: the share of futures, and the median future.
    shown = (("lab_default_by_contract_end", "mean", of_futures), ("provider_npv_usd", "p50", money))
    found = [(name, part(result, name, which), write) for name, which, write in shown]
    return tuple((_(TITLES[name]), write(value)) for name, value, write in found if value is not None)
