"""The editor page: GET shows the draft, POST saves it, or saves a version and asks for its run."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.authentication import CSRFCheck

from planner.core.canonical_json import parse_strict
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.scenarios import actions, queries
from planner.scenarios.actions import DraftConflict
from planner.scenarios.changes import Change, diff, message_of
from planner.scenarios.editor import Texts, linked_problems, problems_of, sections_of, texts_of, values_from
from planner.scenarios.forms import submission_key, whole_number
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.running import preview_address, start_run
from planner.teams.access import has_role
from planner.teams.models import Role, User
from planner.teams.people import signed_in

KEPT_EDITS = "kept_edits"
_MOST_KEPT = 256_000
"""Bytes of the one form kept for somebody whose session ended; a form of a large scenario has about 40,000."""

_MOST_OPENED = 2_000_000
"""Bytes of the texts a form was opened with: as many as a form may have."""

_OPENED_EDITOR = "opened_editor"
"""The signed cookie of a browser in which somebody signed in has opened the editor. Only its edits are kept."""

_NOT_INPUTS = {"csrfmiddlewaretoken", "opened", "lock", "message", "submission_key", "do"}


@never_cache
@csrf_exempt  # checked below: a form from before a sign-in is shown again, not thrown away
@login_not_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The editor. Open to requests without a session only to keep what they post until sign-in."""
    address = reverse("scenarios:edit", args=[uuid])
    is_forged = request.method == "POST" and not _has_valid_token(request)
    if not request.user.is_authenticated:
        if request.method == "POST" and not is_forged and _has_opened_editor(request):
            _keep(request, uuid)
        return redirect_to_login(address)
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    if not has_role(viewer, scenario.team, Role.ANALYST):
        raise Http404
    if scenario.is_archived:
        messages.error(request, _("This scenario is archived. Put it back before you edit it."))
        return redirect("scenarios:detail", scenario.uuid)
    if is_forged:
        notice = _(
            "You signed in again since this page was opened. Nothing was saved; press the button again."
        )
        posted = {name: str(value) for name, value in request.POST.items()}
        return _page(
            request, scenario, posted=posted, opened=_opened_texts(posted), notice=notice, status=403
        )
    if request.method == "POST":
        return _posted(request, viewer, scenario)
    return _remember_editor(_opened(request, scenario))


def _has_valid_token(request: HttpRequest) -> bool:
    def answer(_request: HttpRequest) -> HttpResponse:  # not `edit`, which is exempt and would pass unread
        return HttpResponse()

    check = CSRFCheck(answer)
    check.process_request(request)
    return check.process_view(request, answer, (), {}) is None


def _keep(request: HttpRequest, uuid: UUID) -> None:
    """Stores the form in the visitor's own new session, which signing in carries over."""
    form = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    if sum(len(name.encode()) + len(value.encode()) for name, value in form.items()) <= _MOST_KEPT:
        request.session[KEPT_EDITS] = {str(uuid): form}  # one form; an earlier one is gone


def _has_opened_editor(request: HttpRequest) -> bool:
    held = request.get_signed_cookie(_OPENED_EDITOR, default="", max_age=settings.SESSION_COOKIE_AGE)
    return held == "1"


def _remember_editor(answer: HttpResponse) -> HttpResponse:
    answer.set_signed_cookie(
        _OPENED_EDITOR,
        "1",
        max_age=settings.SESSION_COOKIE_AGE,
        path=reverse("scenarios:list"),
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return answer


def _opened(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    if request.GET.get("fresh") == "1":
        request.session.pop(KEPT_EDITS, None)
    kept: dict[str, str] | None = request.session.get(KEPT_EDITS, {}).get(str(scenario.uuid))
    if kept is None:
        return _page(request, scenario)
    notice = _("You were signed out while editing. Your values are back below; save them to keep them.")
    return _page(
        request, scenario, posted=kept, opened=_opened_texts(kept), notice=notice, lock=kept.get("lock")
    )


def _posted(request: HttpRequest, viewer: User, scenario: Scenario) -> HttpResponse:
    posted = {name: str(value) for name, value in request.POST.items()}
    opened = _opened_texts(posted)
    draft = queries.draft_of(scenario)
    lock = whole_number(posted.get("lock"))
    try:
        values = values_from(queries.raw_of_draft(draft), posted, opened)
        draft = actions.save_draft(scenario=scenario, lock=lock, changes=values, editor=viewer)
    except DraftConflict as conflict:
        return _page(request, scenario, posted=posted, opened=opened, conflict=conflict, status=409)
    except InvalidInput as error:
        return _page(request, scenario, posted=posted, opened=opened, problems=error.problems, status=422)
    request.session.pop(KEPT_EDITS, None)
    if posted.get("do") != "run":
        return _draft_saved(request, scenario)
    return _save_and_run(request, viewer, scenario, draft.lock, posted)


def _draft_saved(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    messages.success(request, _("The draft is saved."))
    return redirect("scenarios:edit", scenario.uuid)


def _save_and_run(
    request: HttpRequest, viewer: User, scenario: Scenario, lock: int, posted: Texts
) -> HttpResponse:
    try:
        version = _version_to_run(viewer, scenario, lock, posted)
        address = start_run(version=version, requester=viewer)
    except InvalidInput as error:
        return _page(request, scenario, posted=posted, problems=error.problems, status=422)
    except Conflict as conflict:
        return _page(request, scenario, posted=posted, notice=conflict.message, status=409)
    return redirect(address or reverse("scenarios:version", args=[version.uuid]))


def _version_to_run(viewer: User, scenario: Scenario, lock: int, posted: Texts) -> ScenarioVersion:
    """The version just saved; the newest one when the draft does not differ from it."""
    draft = queries.draft_of(scenario)
    newest = scenario.newest_version
    key = submission_key(posted.get("submission_key"))
    if newest is not None and draft.base_version_id == newest.pk and draft.lock == lock:
        changes = diff(queries.raw_of_version(newest), queries.raw_of_draft(draft))
        if not changes and not problems_of(queries.raw_of_draft(draft)):
            return newest
        message = posted.get("message", "").strip() or message_of(changes)
    else:
        message = posted.get("message", "")
    return actions.save_version(
        scenario=scenario, lock=lock, message=message, author=viewer, submission_key=key
    )


def _opened_texts(posted: Texts) -> Texts:
    """The texts the form was opened with; empty when it does not say, so that every field counts as changed."""
    try:
        opened = parse_strict(posted.get("opened", ""), max_bytes=_MOST_OPENED, max_depth=2)
    except InvalidInput:
        return {}
    return {str(name): str(text) for name, text in opened.items()} if isinstance(opened, dict) else {}


def _page(
    request: HttpRequest,
    scenario: Scenario,
    *,
    posted: Texts | None = None,
    opened: Texts | None = None,
    problems: list[Problem] | None = None,
    conflict: DraftConflict | None = None,
    notice: str = "",
    lock: str | None = None,
    status: int = 200,
) -> HttpResponse:
    draft = queries.draft_of(scenario)
    raw = queries.raw_of_draft(draft)
    texts = texts_of(raw)
    shown = {**texts, **_changed_texts(posted or {}, opened or {})}
    found = problems_of(raw) if problems is None else problems
    sections = sections_of(raw, shown, found)
    assert scenario.newest_version is not None
    changes = diff(queries.raw_of_version(scenario.newest_version), raw)
    context: dict[str, Any] = {
        "scenario": scenario,
        "draft": draft,
        "sections": sections,
        "problems": linked_problems(sections, found),
        "conflict": conflict,
        "notice": notice,
        "changes": changes,
        "message": (posted or {}).get("message", ""),
        "suggested_message": message_of(_right(changes, [*found, *problems_of(raw)])),
        "is_restored": lock is not None,
        "lock": lock or draft.lock,
        "opened": json.dumps(opened if lock and opened else texts),
        "submission_key": uuid4(),
        "preview_address": preview_address(scenario),
        "next_number": scenario.newest_version.number + 1,
    }
    return render(request, "scenarios/edit.html", context, status=status)


def _right(changes: list[Change], problems: list[Problem]) -> list[Change]:
    """The changes nothing is wrong with: a message is not suggested from values that cannot be saved."""
    return [
        change for change in changes if not any(problem.path.startswith(change.path) for problem in problems)
    ]


def _changed_texts(posted: Texts, opened: Texts) -> Texts:
    """The texts somebody typed: what they posted and had not merely opened."""
    return {
        name: text
        for name, text in posted.items()
        if name not in _NOT_INPUTS and (not opened or opened.get(name) != text)
    }
