"""Home, and the two pages that explain: method and glossary."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from planner.pages.equations import STAGES
from planner.pages.words import WORDS
from planner.runs.models import Run
from planner.runs.presentation import Headline, headline
from planner.runs.queries import active_runs, latest_done_run, result_of
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.queries import scenarios_for, shared_with
from planner.scenarios.worked_examples import scenario_templates
from planner.teams.access import Viewer, current_team, has_role
from planner.teams.models import Role

SHOWN_SCENARIOS = 12
SHOWN_RUNS = 8


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario on Home with the headline of its newest version; run None: not run yet."""

    scenario: Scenario
    version: ScenarioVersion | None
    run: Run | None
    headline: Headline


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My scenarios with their headlines, what is running, what was shared with me, the worked examples."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    team = current_team(request)
    if team is None:
        return redirect("teams:first")
    mine = list(scenarios_for(request.user)[: SHOWN_SCENARIOS + 1])
    lines = [_line(request.user, scenario) for scenario in mine[:SHOWN_SCENARIOS]]
    examples = scenario_templates()
    context = {
        "lines": lines,
        "has_more": len(mine) > SHOWN_SCENARIOS,
        "running": active_runs(request.user)[:SHOWN_RUNS],
        "shared": _shared(request.user),
        "examples": [(one, _example_line(lines, one.name)) for one in examples],
        "may_create": has_role(request.user, team, Role.ANALYST),
    }
    return render(request, "pages/home.html", context)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """What is computed, in words, with the limits."""
    return render(request, "pages/method.html", {"stages": STAGES})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the product, one meaning each."""
    return render(request, "pages/glossary.html", {"words": WORDS})


def _line(viewer: Viewer, scenario: Scenario) -> ScenarioLine:
    version = scenario.newest_version
    run = latest_done_run(viewer, version) if version is not None else None
    return ScenarioLine(scenario, version, run, headline(result_of(run) if run else None))


def _example_line(lines: list[ScenarioLine], template: str) -> ScenarioLine | None:
    """The team's scenario made from this template, the one with a result first; None when there is none."""
    found = [line for line in lines if line.scenario.template == template]
    return next((line for line in found if line.run), found[0] if found else None)


def _shared(viewer: Viewer) -> list[tuple[ScenarioVersion, Run | None]]:
    return [(version, latest_done_run(viewer, version)) for version in shared_with(viewer)[:SHOWN_SCENARIOS]]
