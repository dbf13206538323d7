"""Whether the dollars and the gigawatts of a draft's deal agree: no draw is computed and nothing is stored."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from planner.core.errors import InvalidInput
from planner.core.fragments import varied, wants_fragment
from planner.runs import engine
from planner.runs.presentation import costs
from planner.scenarios.queries import draft_of, raw_of_draft, scenario_for


@require_safe
def tie_out(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A sentence about the draft of one scenario of the viewer's teams: a fragment for htmx, else a page."""
    scenario = scenario_for(request.user, uuid)
    context: dict[str, Any] = {"scenario": scenario}
    raw = raw_of_draft(draft_of(scenario))
    try:
        found = engine.tie_out(engine.inputs_of_json(raw))
    except InvalidInput:
        context["is_wrong"] = True
    else:
        context |= {
            "said": costs.tie_out({"tie_out": found}, raw),
            "disagrees": found["within_band"] is False,
        }
    template = "runs/_tie_out.html" if wants_fragment(request) else "runs/tie_out.html"
    return varied(render(request, template, context))
