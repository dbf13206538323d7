"""A scenario's deal and fleet as the boards of the library: add, duplicate, remove, put back act on the draft."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planner.core.errors import Conflict, InvalidInput
from planner.scenarios import actions, queries
from planner.scenarios.editor import problems_of
from planner.scenarios.forms import whole_number
from planner.scenarios.library import part_named
from planner.scenarios.lot_rows import PastedRows, with_rows
from planner.scenarios.models import Scenario
from planner.scenarios.origins import origins_of
from planner.scenarios.part_boards import board_of
from planner.scenarios.running import tie_out_address
from planner.teams.access import has_role
from planner.teams.models import Role, User
from planner.teams.people import signed_in


@require_http_methods(["GET", "POST"])
def deal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The terms of the draft as dated cards."""
    return _part_page(request, uuid, "deal")


@require_http_methods(["GET", "POST"])
def fleet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The lots of the draft by quarter."""
    return _part_page(request, uuid, "fleet")


def _part_page(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    may_edit = has_role(viewer, scenario.team, Role.ANALYST) and not scenario.is_archived
    if request.method != "POST":
        return _page(request, scenario, name, may_edit=may_edit)
    if not may_edit:
        raise Http404
    order, lock = request.POST.get("do", ""), whole_number(request.POST.get("lock"))
    try:
        if order == "paste":
            return _pasted(request, viewer, scenario, lock, name)
        actions.edit_list(scenario=scenario, lock=lock, order=order, editor=viewer, inside=name)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    except InvalidInput as error:
        messages.error(request, error.problems[0].message)
    return redirect(f"scenarios:{name}", scenario.uuid)


def _pasted(request: HttpRequest, viewer: User, scenario: Scenario, lock: int, name: str) -> HttpResponse:
    """Takes the pasted rows over as lots of the draft, or shows which cells are wrong."""
    if name != "fleet":
        raise Http404
    pasted = with_rows(queries.raw_of_draft(queries.draft_of(scenario)), request.POST.get("pasted", ""))
    if pasted.problems:
        return _page(request, scenario, name, may_edit=True, pasted=pasted, status=422)
    actions.replace_draft(scenario=scenario, lock=lock, document=pasted.raw, editor=viewer)
    messages.success(request, _("%(count)d lots were added to the draft.") % {"count": pasted.count})
    return redirect("scenarios:fleet", scenario.uuid)


def _page(
    request: HttpRequest,
    scenario: Scenario,
    name: str,
    *,
    may_edit: bool,
    pasted: PastedRows | None = None,
    status: int = 200,
) -> HttpResponse:
    draft, part = queries.draft_of(scenario), part_named(name)
    raw = queries.raw_of_draft(draft)
    assert draft.base_version is not None
    problems = [one for one in problems_of(raw) if one.path.startswith(name)]
    context: dict[str, Any] = board_of(
        part, raw, problems=problems, base=queries.raw_of_version(draft.base_version)
    ) | {
        "scenario": scenario,
        "draft": draft,
        "origins": [one for one in origins_of(signed_in(request), raw) if one.part == part],
        "may_edit": may_edit,
        "may_change": may_edit,
        "may_type": False,
        "pasted": pasted,
        "tie_out_address": tie_out_address(scenario) if name == "deal" else None,
    }
    return render(request, "scenarios/part.html", context, status=status)
