"""Between a scenario's draft and the library: take a part from it, see what was changed since, save it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planner.core.errors import Conflict, InvalidInput
from planner.core.lists import without
from planner.core.texts import searched_words
from planner.scenarios import library_actions, queries
from planner.scenarios.changes import diff, message_of
from planner.scenarios.forms import whole_number
from planner.scenarios.library import Part, item_for, raw_part, version_numbered
from planner.scenarios.library_editor_views import part_of
from planner.scenarios.models import Scenario
from planner.scenarios.origins import newer_changes, origin_of
from planner.teams.access import has_role, require_role
from planner.teams.models import Role, User
from planner.teams.people import signed_in

PAGE_SIZE = 25


@require_GET
def origin(request: HttpRequest, uuid: UUID, shelf: str) -> HttpResponse:
    """One part of a draft against the library: where it came from, what is newer, what else could be taken.

    `?take=<item>` shows what taking that item's newest version would change instead.
    """
    part, viewer = part_of(shelf), signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    draft = queries.draft_of(scenario)
    raw = queries.raw_of_draft(draft)
    context: dict[str, Any] = {
        "scenario": scenario,
        "part": part,
        "draft": draft,
        "may_edit": has_role(viewer, scenario.team, Role.ANALYST) and not scenario.is_archived,
    }
    if request.GET.get("take"):
        wanted = _item(viewer, scenario, part, request.GET["take"])
        return render(request, "library/taking.html", context | _taken(part, wanted, raw))
    found = origin_of(viewer, part, raw)
    words = searched_words(request.GET.get("q"))
    items = part.items_for(viewer).filter(team=scenario.team)
    for word in words.split()[:8]:
        items = items.filter(name__icontains=word)
    context |= {
        "origin": found,
        "newer": newer_changes(found) if found else [],
        "suggested": message_of(found.changes) if found else "",
        "next_number": found.newest_number + 1 if found else 1,
        "page": Paginator(items.order_by("name", "id"), PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "query": without(request.GET, "page"),
    }
    return render(request, "library/origin.html", context)


def _taken(part: Part, item: Any, raw: dict[str, Any]) -> dict[str, Any]:
    """The item's newest version, and what taking it would change in the draft."""
    version = version_numbered(item, item.newest_number)
    without = {**raw, "evidence": {}}
    changes = diff(without, {**without, **raw_part(part, version)})
    return {"taken": version, "taken_item": item, "taken_changes": changes}


@require_POST
def taking(request: HttpRequest, uuid: UUID, shelf: str) -> HttpResponse:
    """Puts a version of a library item into the draft, in place of what it has."""
    part, viewer = part_of(shelf), signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    item = _item(viewer, scenario, part, request.POST.get("item", ""))
    version = version_numbered(item, whole_number(request.POST.get("number")))
    lock = whole_number(request.POST.get("lock"))
    try:
        library_actions.take_into_draft(
            part=part, version=version, scenario=scenario, lock=lock, editor=viewer
        )
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return redirect("scenarios:library", scenario.uuid, part.shelf)
    said = {"name": item.name, "number": version.number}
    messages.success(request, _("The draft has “%(name)s”, version %(number)d, now.") % said)
    return redirect("scenarios:detail", scenario.uuid)


@require_POST
def saving_back(request: HttpRequest, uuid: UUID, shelf: str) -> HttpResponse:
    """Saves the draft's part as the next version of the library item it came from."""
    part, viewer = part_of(shelf), signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    require_role(viewer, scenario.team, Role.ANALYST)
    found = origin_of(viewer, part, queries.raw_of_draft(queries.draft_of(scenario)))
    if found is None or found.item is None or found.item.team_id != scenario.team_id:
        messages.error(request, _("This part does not come from the library of this team."))
        return redirect("scenarios:library", scenario.uuid, part.shelf)
    try:
        version = library_actions.save_back(
            part=part,
            item=found.item,
            base=found.number,
            scenario=scenario,
            lock=whole_number(request.POST.get("lock")),
            message=request.POST.get("message", "").strip() or message_of(found.changes),
            author=viewer,
        )
    except Conflict as conflict:
        messages.error(request, conflict.message)
    except InvalidInput as error:
        for problem in error.problems[:5]:
            messages.error(request, problem.message)
    else:
        said = {"name": found.name, "number": version.number}
        messages.success(request, _("Saved back as version %(number)d of “%(name)s”.") % said)
    return redirect("scenarios:library", scenario.uuid, part.shelf)


@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """Choose the scenario a library item is used in; its page there shows what that changes before it is taken."""
    part, viewer = part_of(shelf), signed_in(request)
    item = item_for(viewer, part, uuid)
    if not has_role(viewer, item.team, Role.ANALYST) or item.archived_at is not None:
        raise Http404
    words = searched_words(request.GET.get("q"))
    offered = queries.matching_scenarios(viewer, words=words).filter(team=item.team)
    if request.method == "POST":
        try:
            wanted = UUID(request.POST.get("scenario", ""))
        except ValueError:
            messages.error(request, _("Choose one of the scenarios."))
            return redirect("library-use", part.shelf, item.uuid)
        chosen = get_object_or_404(offered, uuid=wanted)
        answer = redirect("scenarios:library", chosen.uuid, part.shelf)
        answer["Location"] += f"?take={item.uuid}"
        return answer
    context = {
        "part": part,
        "item": item,
        "page": Paginator(offered, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "query": without(request.GET, "page"),
    }
    return render(request, "library/use.html", context)


def _item(viewer: User, scenario: Scenario, part: Part, uuid: str) -> Any:
    """The item of this id. Raises Http404 unless it is in use and of the scenario's own team."""
    try:
        wanted = UUID(uuid)
    except ValueError as error:
        raise Http404 from error
    item = item_for(viewer, part, wanted)
    if item.team_id != scenario.team_id or item.archived_at is not None:
        raise Http404
    return item
