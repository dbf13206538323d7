"""Home, and the two pages that explain: method and glossary."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from planner.core.formatting import money, of_futures
from planner.pages.equations import STAGES
from planner.pages.words import WORDS
from planner.runs.models import Run
from planner.runs.presentation import Headline, headline
from planner.runs.presentation.outcomes import TITLES, Result, part
from planner.runs.queries import active_runs, latest_done_run, result_of
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.queries import scenarios_for, shared_with
from planner.scenarios.worked_examples import ScenarioTemplate, scenario_templates
from planner.teams.access import Viewer, current_team, has_role
from planner.teams.models import Role, Team

SHOWN_SCENARIOS = 12
SHOWN_RUNS = 8


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario on Home with the headline of its newest version; run None: not run yet."""

    scenario: Scenario
    version: ScenarioVersion | None
    run: Run | None
    headline: Headline


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """A worked example with what the team's own first scenario from it came to. None: nothing there yet."""

    template: ScenarioTemplate
    scenario: Scenario | None
    run: Run | None
    headline: Headline
    beside: tuple[tuple[str, str], ...]
    """Further titles and figures of the same result."""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My scenarios with their headlines, what is running, what was shared with me, the worked examples."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    team = current_team(request)
    if team is None:
        # Keepers need no team: prices are for everybody.
        return redirect("catalog:entries" if request.user.is_staff else "teams:new")
    mine = list(scenarios_for(request.user)[: SHOWN_SCENARIOS + 1])
    lines = [_line(request.user, scenario) for scenario in mine[:SHOWN_SCENARIOS]]
    context = {
        "lines": lines,
        "has_more": len(mine) > SHOWN_SCENARIOS,
        "running": active_runs(request.user)[:SHOWN_RUNS],
        "shared": _shared(request.user),
        "examples": [_example_card(request.user, team, template) for template in scenario_templates()],
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


def _example_card(viewer: Viewer, team: Team, template: ScenarioTemplate) -> ExampleCard:
    """The first scenario the team made from this template, and the result of its version 1.

    Later scenarios from it, and later versions, are somebody's own question: they never change an example's figure.
    """
    made = scenarios_for(viewer).filter(team=team, template=template.name).order_by("pk").first()
    version = made.versions.filter(number=1).first() if made else None
    run = latest_done_run(viewer, version) if version else None
    result = result_of(run) if run else None
    return ExampleCard(template, made, run, headline(result), _beside(result))


def _beside(result: Result | None) -> tuple[tuple[str, str], ...]:
    """The lab's defaults and the provider's worth, with their titles; those the result does not define are left out."""
    # The same statistic as on the result page: the share of futures, and the median future.
    shown = (("lab_default_by_contract_end", "mean", of_futures), ("provider_npv_usd", "p50", money))
    found = [(name, part(result, name, which), write) for name, which, write in shown if result is not None]
    return tuple((_(TITLES[name]), write(value)) for name, value, write in found if value is not None)


def _shared(viewer: Viewer) -> list[tuple[ScenarioVersion, Run | None]]:
    return [(version, latest_done_run(viewer, version)) for version in shared_with(viewer)[:SHOWN_SCENARIOS]]
