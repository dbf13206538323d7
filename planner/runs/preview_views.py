"""The living preview beside the editor: a fragment fetched after each save of the draft."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from planner.core.errors import InvalidInput
from planner.core.fragments import varied, wants_fragment
from planner.runs import engine
from planner.runs.presentation import previews
from planner.runs.previewing import Busy, Previewed, preview_of, preview_of_version
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.queries import draft_of, raw_of_draft, raw_of_version, scenario_for
from planner.teams.access import has_role
from planner.teams.models import Role
from planner.teams.people import signed_in


@login_not_required  # asked below: the sign-in page must not be swapped into the column beside the editor
@never_cache
@require_safe
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The draft's headline and cost table, as changes against the newest version on the same draws.

    Only who may edit sees it: everybody else gets a 404. Without htmx it is a page of its own.
    """
    is_fragment = wants_fragment(request)
    if not request.user.is_authenticated:
        return HttpResponse(status=401) if is_fragment else redirect_to_login(request.get_full_path())
    viewer = signed_in(request)
    scenario = scenario_for(viewer, uuid)
    if not has_role(viewer, scenario.team, Role.ANALYST):
        raise Http404
    assert scenario.newest_version is not None
    draft = raw_of_draft(draft_of(scenario))
    context: dict[str, Any] = {
        "scenario": scenario,
        "number": scenario.newest_version.number,
        "futures": engine.block_size(),
    }
    try:
        context |= _compared(draft, scenario.newest_version)
    except Busy:
        context["is_waiting"] = True
    return varied(render(request, "runs/_preview.html" if is_fragment else "runs/preview.html", context))


def _compared(draft: dict[str, Any], saved: ScenarioVersion) -> dict[str, Any]:
    """The preview in words; with what keeps the draft from one, the version's own figures are shown instead."""
    before = _of_saved(saved)
    try:
        now, document, problems = preview_of(draft), draft, []
    except InvalidInput as error:
        if before is None:
            return {"problems": error.problems}
        now, document, problems = before, raw_of_version(saved), error.problems
    compared = None if problems else before
    return {
        "problems": problems,
        "figures": previews.figures(now.figures, compared.figures if compared else None),
        "cost_groups": previews.costs(now.cost_table, compared.cost_table if compared else None, document),
        "is_same": not problems and now is before,
    }


def _of_saved(saved: ScenarioVersion) -> Previewed | None:
    """The newest version's own block; None when an older version cannot be computed any more."""
    try:
        return preview_of_version(saved)
    except InvalidInput:
        return None
