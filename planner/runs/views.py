"""The pages of runs: ask for one, watch it, cancel it, read its result and the ledger of any future of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from planner.audit.actions import record
from planner.core.errors import Conflict, InvalidInput
from planner.runs import actions, ledgers, presentation, queries
from planner.runs.forms import RunForm
from planner.runs.health import health
from planner.runs.models import Run
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.queries import raw_of_version, version_for
from planner.teams.access import has_role
from planner.teams.models import Level, Role, User

__all__ = [
    "cancellation",
    "detail",
    "draw",
    "draw_export",
    "health",
    "ledger_export",
    "new_run",
    "progress",
    "results",
    "runs",
]

POLL = "700ms"


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """The runs of my teams, newest first."""
    found = queries.runs_of(request.user).defer(*queries.LONG_TEXTS)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "runs/list.html", {"page": page})


@require_POST
def new_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Runs a version with the draws and seed given, or the defaults; then its page. The same run twice is one."""
    version, _level = version_for(request.user, uuid, at_least=Level.FULL)
    form = RunForm(request.POST)
    try:
        if not form.is_valid():
            raise form.refusal()
        run = actions.request_run(version=version, requester=_person(request), **form.cleaned_data)
    except InvalidInput as refused:
        for problem in refused.problems:
            messages.error(request, problem.message)
        return redirect("scenarios:version", uuid=version.uuid)
    if run.is_done:
        messages.info(request, _("Same as run %(number)d, shown from store.") % {"number": run.number})
        return redirect("runs:results", uuid=run.uuid)
    return redirect("runs:detail", uuid=run.uuid)


@require_safe
@never_cache
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where a run stands; looks again by itself while that may change."""
    return render(request, "runs/detail.html", _progress_context(request, uuid))


@require_safe
@never_cache
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The part of the run's page that htmx fetches again."""
    return render(request, "runs/_progress.html", _progress_context(request, uuid))


@require_POST
def cancellation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancels a run; one that has ended already says so."""
    run = queries.run_for(request.user, uuid)
    try:
        actions.cancel_run(run=run, actor=_person(request))
    except Conflict as conflict:
        messages.info(request, conflict.message)
    return redirect("runs:detail", uuid=run.uuid)


@require_safe
def results(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The result, whole or as much of it as was shared; the run's page while there is none."""
    run, version, level = queries.run_seen_by(request.user, uuid)
    if not run.is_done:
        if level < Level.FULL:
            raise Http404
        return redirect("runs:detail", uuid=run.uuid)
    if level < Level.FULL:
        shown = presentation.build_results_level(queries.results_level_of(run))
        return render(request, "runs/results_level.html", {"run": run, "version": version, "shown": shown})
    side = presentation.side_named(request.GET.get("side"))
    shown = presentation.build(
        queries.result_of(run),
        document=raw_of_version(version),
        side=side,
        by_quarter=request.GET.get("by") == "quarter",
        is_exact=request.GET.get("in") == "cents",
    )
    return render(request, "runs/results.html", {"run": run, "version": version, "shown": shown})


@require_safe
def draw(request: HttpRequest, uuid: UUID, draw: int) -> HttpResponse:
    """The ledger of one future, computed again from its block."""
    run, version, lines = _draw(request, uuid, draw)
    context = {"run": run, "version": version, "draw": draw, "last_draw": run.draws - 1}
    document = raw_of_version(version)
    return render(request, "runs/draw.html", {**context, **ledgers.table_of(run, lines, document)})


@require_safe
def draw_export(request: HttpRequest, uuid: UUID, draw: int, form: str) -> HttpResponse:
    """The same as CSV or JSON."""
    run, version, lines = _draw(request, uuid, draw)
    return _export(request, run, version, lines, form, f"run-{run.number}-draw-{draw}-ledger")


@require_safe
def ledger_export(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """The mean ledger of a finished run as CSV or JSON."""
    run, version, _level = queries.run_seen_by(request.user, uuid, at_least=Level.FULL)
    result = queries.result_of(run)
    if result is None:
        raise Http404
    return _export(request, run, version, result["ledger"]["lines"], form, f"run-{run.number}-ledger")


def _person(request: HttpRequest) -> User:
    """Who is signed in; the middleware lets nobody else come here."""
    assert isinstance(request.user, User)
    return request.user


def _progress_context(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    run, version, _level = queries.run_seen_by(request.user, uuid, at_least=Level.FULL)
    return {
        "run": run,
        "version": version,
        "progress": queries.progress_of(run),
        "may_cancel": run.is_active and has_role(request.user, run.team, Role.ANALYST),
        "poll": POLL if run.is_active else "",
    }


def _draw(request: HttpRequest, uuid: UUID, draw: int) -> tuple[Run, ScenarioVersion, list[dict[str, Any]]]:
    run, version, _level = queries.run_seen_by(request.user, uuid, at_least=Level.FULL)
    if not run.is_done or draw >= run.draws:
        raise Http404
    return run, version, queries.ledger_of_draw(run, draw)


def _export(
    request: HttpRequest,
    run: Run,
    version: ScenarioVersion,
    lines: list[dict[str, Any]],
    form: str,
    name: str,
) -> HttpResponse:
    writers = {
        "csv": ("text/csv; charset=utf-8", ledgers.csv_of),
        "json": ("application/json", ledgers.json_of),
    }
    if form not in writers:
        raise Http404
    content_type, write = writers[form]
    record(
        actor=request.user, action="ledger exported", object_kind="run", object_uuid=run.uuid, team=run.team
    )
    answer = HttpResponse(write(run, version, lines), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
