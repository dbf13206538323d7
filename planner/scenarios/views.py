"""Scenario pages: list, new, overview, versions, differences, sharing. The editor is in `editor_views`."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planner.core.errors import Conflict, InvalidInput
from planner.core.fragments import varied, wants_fragment
from planner.core.lists import sortable, without
from planner.core.texts import searched_words
from planner.deals.documents import conflicts
from planner.scenarios import actions, queries
from planner.scenarios.changes import diff, every_input
from planner.scenarios.editor import problems_of
from planner.scenarios.editor_page import EditorState
from planner.scenarios.forms import (
    SORTS,
    NewScenarioForm,
    ShareForm,
    asked_sort,
    submission_key,
    whole_number,
)
from planner.scenarios.library import PARTS
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.origins import origins_of
from planner.scenarios.paths import walk
from planner.scenarios.reading import sections_for_reading
from planner.scenarios.running import newest_result, results_by_version, run_under_way
from planner.scenarios.worked_examples import ScenarioTemplate, scenario_templates, template_document
from planner.teams.access import current_team, has_role
from planner.teams.models import Grant, Level, Role, User
from planner.teams.people import signed_in
from planner.teams.queries import teams_where

PAGE_SIZE = 25
SHOWN_SHARED = 20
MOST_FORKABLE = 10


@require_GET
def scenarios(request: HttpRequest) -> HttpResponse:
    """The scenarios of one's teams, searched, sorted and paged in the database."""
    viewer = signed_in(request)
    words, sort = searched_words(request.GET.get("q")), asked_sort(request.GET.get("sort", ""))
    archived = request.GET.get("archived") == "1"
    found = queries.matching_scenarios(viewer, words=words, sort=sort, archived=archived)
    found = found.select_related(None).select_related("newest_version")
    shared = list(queries.shared_with(viewer)[:SHOWN_SHARED])
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "sort": sort,
        "columns": sortable(request.GET, SORTS.items(), sort),
        "archived": archived,
        "query": without(request.GET, "page"),
        "shared": shared,
        "shared_results": results_by_version(shared) if shared else {},
        "may_create": (team := current_team(request)) is not None and has_role(viewer, team, Role.ANALYST),
    }
    template = "scenarios/_scenario_table.html" if wants_fragment(request) else "scenarios/list.html"
    return varied(render(request, template, context))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A scenario from a template; `?from=` a version leads to its fork page."""
    viewer, team = signed_in(request), current_team(request)
    if team is None:
        return redirect("teams:new")
    if not has_role(viewer, team, Role.ANALYST):
        raise Http404
    wanted = request.GET.get("from", "")
    if (version := _version_named(viewer, wanted)) is not None:
        return redirect("scenarios:fork", version.uuid)
    starts = [(template.name, f"{template.title}: {template.summary}") for template in scenario_templates()]
    first = wanted if wanted in dict(starts) else starts[0][0] if starts else ""
    form = NewScenarioForm(request.POST or None, starts=starts, initial={"start": first})
    if request.method == "POST" and form.is_valid():
        start = form.cleaned_data["start"]
        try:
            title = next(template.title for template in scenario_templates() if template.name == start)
            scenario = actions.create_scenario(
                team=team,
                author=viewer,
                name=form.cleaned_data["name"],
                document=template_document(start),
                message=_("From the template %(title)s") % {"title": title},
                template=start,
                submission_key=submission_key(request.POST.get("submission_key")),
            )
        except InvalidInput as error:
            for problem in error.problems:
                form.add_error("name" if problem.path == "name" else None, problem.message)
        else:
            return redirect("scenarios:edit", scenario.uuid)
    context = {
        "form": form,
        "team": team,
        "cards": _cards(form),
        "forkable": queries.scenarios_for(viewer).exclude(newest_version=None)[:MOST_FORKABLE],
        "submission_key": request.POST.get("submission_key") or uuid4(),
    }
    return render(request, "scenarios/new.html", context, status=422 if form.errors else 200)


def _cards(form: NewScenarioForm) -> list[tuple[Any, ScenarioTemplate]]:
    """The radio buttons of the form, each with its template."""
    templates = {template.name: template for template in scenario_templates()}
    return [(radio, templates[radio.data["value"]]) for radio in form["start"]]


def _version_named(viewer: User, uuid: str) -> ScenarioVersion | None:
    """The version of this id; None unless the viewer may see it in full."""
    try:
        return queries.version_for(viewer, UUID(uuid), Level.FULL)[0]
    except (ValueError, Http404):
        return None


@require_GET
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The overview: the state of the draft, the newest versions, the newest result."""
    viewer = signed_in(request)
    return render(request, "scenarios/detail.html", _overview(viewer, queries.scenario_for(viewer, uuid)))


def _overview(viewer: User, scenario: Scenario) -> dict[str, Any]:
    draft = queries.draft_of(scenario)
    newest = scenario.newest_version
    assert newest is not None
    newest.scenario = scenario  # the questions about its runs ask for the team
    state = EditorState(scenario, draft, viewer)
    shown = list(queries.versions_of(scenario)[:5])
    results = results_by_version(shown)
    return {
        "scenario": scenario,
        "draft": draft,
        "newest": newest,
        "changes": state.changes,
        "origins": origins_of(viewer, state.raw),
        "lineage": queries.lineage_of(viewer, scenario),
        "problems": state.problems,
        "warnings": [found.sentence for found in conflicts(queries.deal_of(state.saved_raw))],
        "versions": shown,
        "results": results,
        "result_address": results.get(newest.pk),
        "under_way": run_under_way(viewer, newest),
        "submission_key": uuid4(),
        **_rights(viewer, scenario),
    }


def _rights(viewer: User, scenario: Scenario) -> dict[str, bool]:
    may_write = has_role(viewer, scenario.team, Role.ANALYST)
    return {
        "may_edit": may_write and not scenario.is_archived,
        "may_archive": may_write,
        "may_share": may_write and has_role(viewer, scenario.team, Role.APPROVER),
    }


@require_GET
def versions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The history, newest first."""
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    page = Paginator(queries.versions_of(scenario), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "scenario": scenario,
        "page": page,
        "results": results_by_version(page.object_list),
        "query": "",
        **_rights(viewer, scenario),
    }
    return render(request, "scenarios/versions.html", context)


@require_GET
def version(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One version's document, for reading. Somebody it was shared with at results level gets a 404 here."""
    viewer = signed_in(request)
    shown, _level = queries.version_for(viewer, uuid, Level.FULL)
    return _version_page(request, viewer, shown, ShareForm())


def _version_page(
    request: HttpRequest, viewer: User, shown: ScenarioVersion, form: ShareForm, status: int = 200
) -> HttpResponse:
    rights = _rights(viewer, shown.scenario)
    is_ours = has_role(viewer, shown.scenario.team, Role.VIEWER)
    document = queries.document_of(shown)
    context = {
        "version": shown,
        "scenario": shown.scenario,
        "is_ours": is_ours,
        "sections": sections_for_reading(walk(document)),
        "warnings": [found.sentence for found in conflicts(document.deal)],
        "refusals": problems_of(queries.raw_of_version(shown)),
        "result_address": newest_result(viewer, shown),
        "shares": queries.shares_of(shown) if is_ours else [],
        "share_form": form,
        "parts": PARTS.values(),
        "may_fork": teams_where(viewer).exists(),
        **rights,
    }
    return render(request, "scenarios/version.html", context, status=status)


@require_GET
def differences(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Two versions of a scenario, or one and the draft, in words: `?before=<uuid>&after=<uuid or "draft">`."""
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    before = _version_of(scenario, request.GET.get("before", ""))
    wanted = request.GET.get("after", "draft")
    after = None if wanted == "draft" else _version_of(scenario, wanted)
    raw = queries.raw_of_version(after) if after else queries.raw_of_draft(queries.draft_of(scenario))
    earlier, shows_all = queries.raw_of_version(before), request.GET.get("all") == "1"
    changes = diff(earlier, raw)
    context = {
        "scenario": scenario,
        "before": before,
        "after": after,
        "changes": every_input(earlier, raw) if shows_all else changes,
        "differing": len(changes),
        "shows_all": shows_all,
        "two": urlencode({"before": before.uuid, "after": after.uuid if after else "draft"}),
        "versions": queries.versions_of(scenario)[:100],
        **_rights(viewer, scenario),
    }
    return render(request, "scenarios/differences.html", context)


def _version_of(scenario: Scenario, uuid: str) -> ScenarioVersion:
    try:
        wanted = UUID(uuid)
    except ValueError as error:
        raise Http404 from error
    found: ScenarioVersion = get_object_or_404(ScenarioVersion.objects.filter(scenario=scenario), uuid=wanted)
    return found


@require_POST
def restoration(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Adds a version with the document of this one."""
    viewer = signed_in(request)
    earlier = _own_version(viewer, uuid)
    try:
        added = actions.restore_version(version=earlier, actor=viewer)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    except InvalidInput as error:
        messages.error(request, error.problems[0].message)
    else:
        said = {"added": added.number, "earlier": earlier.number}
        messages.success(request, _("Version %(added)d has the inputs of version %(earlier)d.") % said)
    return redirect("scenarios:versions", earlier.scenario.uuid)


def _own_version(viewer: User, uuid: UUID) -> ScenarioVersion:
    found, _level = queries.version_for(viewer, uuid, Level.FULL)
    queries.scenario_for(viewer, found.scenario.uuid)
    return found


@require_POST
def shares(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Shares a version with a team or with everyone."""
    viewer = signed_in(request)
    shown = _own_version(viewer, uuid)
    if not has_role(viewer, shown.scenario.team, Role.APPROVER):
        raise Http404
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            actions.share_version(
                version=shown,
                team=form.cleaned_data["team"],
                level=form.cleaned_data["level"],
                actor=viewer,
            )
        except Conflict as conflict:
            form.add_error("whom", conflict.message)
        else:
            messages.success(request, _("Version %(number)d is shared.") % {"number": shown.number})
            return redirect("scenarios:version", shown.uuid)
    return _version_page(request, viewer, shown, form, status=422)


@require_POST
def share_end(request: HttpRequest, uuid: UUID, grant: UUID) -> HttpResponse:
    """Ends one share of a version at once."""
    viewer = signed_in(request)
    shown = _own_version(viewer, uuid)
    found = get_object_or_404(queries.shares_of(shown), uuid=grant)
    assert isinstance(found, Grant)
    actions.unshare_version(version=shown, grant=found, actor=viewer)
    messages.success(request, _("The share has ended."))
    return redirect("scenarios:version", shown.uuid)


@require_POST
def archive(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes a scenario out of the lists, or puts it back."""
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    actions.archive_scenario(scenario=scenario, actor=viewer, archived=request.POST.get("archived") == "1")
    return redirect("scenarios:detail", scenario.uuid)


@require_POST
def name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Gives a scenario another name; a wrong one stands on the page again with what is wrong."""
    viewer = signed_in(request)
    scenario, typed = queries.scenario_for(viewer, uuid), request.POST.get("name", "")
    try:
        actions.rename_scenario(scenario=scenario, name=typed, actor=viewer)
    except InvalidInput as error:
        wrong = {"typed_name": typed[:1000], "name_error": error.problems[0].message}
        context = {**_overview(viewer, queries.scenario_for(viewer, uuid)), **wrong}
        return render(request, "scenarios/detail.html", context, status=422)
    return redirect("scenarios:detail", scenario.uuid)


@require_POST
def draft_discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts the draft back to the newest version."""
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    try:
        actions.discard_draft(scenario=scenario, lock=whole_number(request.POST.get("lock")), actor=viewer)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return redirect(
        "scenarios:edit" if request.POST.get("back") == "edit" else "scenarios:detail", scenario.uuid
    )
