"""The editor page: GET shows the draft, POST saves it, or saves a version and asks for its run."""

import json
from uuid import UUID

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

from planner.core.errors import Conflict, InvalidInput, Problem
from planner.scenarios import actions, queries
from planner.scenarios.draft_saving import Saved, save_texts
from planner.scenarios.editor import id_of
from planner.scenarios.editor_page import EditorState, moved_words, page_context
from planner.scenarios.field_texts import Texts
from planner.scenarios.forms import submission_key, whole_number
from planner.scenarios.merging import Contest, texts_in
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.running import start_run
from planner.teams.access import has_role
from planner.teams.models import Role, User
from planner.teams.people import signed_in

KEPT_EDITS = "kept_edits"
_MOST_KEPT = 256_000
"""Bytes of the one form kept for somebody whose session ended; a form of a large scenario has about 40,000."""

_OPENED_EDITOR = "opened_editor"
"""The signed cookie of a browser in which somebody signed in has opened the editor. Only its edits are kept."""


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
        state = EditorState(scenario, queries.draft_of(scenario), viewer)
        return _page(request, state, posted=_form(request), is_as_opened=True, notice=notice, status=403)
    if request.method == "POST":
        return _posted(request, viewer, scenario)
    return _remember_editor(_opened(request, scenario, viewer))


def _has_valid_token(request: HttpRequest) -> bool:
    def answer(_request: HttpRequest) -> HttpResponse:  # not `edit`, which is exempt and would pass unread
        return HttpResponse()

    check = CSRFCheck(answer)
    check.process_request(request)
    return check.process_view(request, answer, (), {}) is None


def _keep(request: HttpRequest, uuid: UUID) -> None:
    """Stores the form in the visitor's own new session, which signing in carries over."""
    posted = _form(request)
    opened = texts_in(posted.get("opened", ""))
    form = {
        name: text
        for name, text in posted.items()
        if name != "csrfmiddlewaretoken" and (not opened or opened.get(name, "") != text)
    }
    if opened:
        form["opened"] = json.dumps({name: text for name, text in opened.items() if name in form})
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


def _opened(request: HttpRequest, scenario: Scenario, viewer: User) -> HttpResponse:
    if request.GET.get("fresh") == "1":
        request.session.pop(KEPT_EDITS, None)
    state = EditorState(scenario, queries.draft_of(scenario), viewer)
    kept: dict[str, str] | None = request.session.get(KEPT_EDITS, {}).get(str(scenario.uuid))
    if kept is None:
        return _page(request, state)
    notice = _("You were signed out while editing. Your values are back below; save them to keep them.")
    opened = {**state.texts, **texts_in(kept.get("opened", ""))}
    posted = {**kept, "opened": json.dumps(opened)}
    return _page(request, state, posted=posted, is_as_opened=True, notice=notice, is_restored=True)


def _posted(request: HttpRequest, viewer: User, scenario: Scenario) -> HttpResponse:
    posted = _form(request)
    if wish := posted.get("reset", ""):
        posted |= EditorState(scenario, queries.draft_of(scenario), viewer).reset_texts(wish)
    lock = whole_number(posted.get("lock"))
    try:
        saved = save_texts(
            scenario=scenario,
            editor=viewer,
            lock=lock,
            posted=posted,
            opened=texts_in(posted.get("opened", "")),
        )
    except InvalidInput as error:
        state = EditorState(scenario, queries.draft_of(scenario), viewer)
        return _page(request, state, posted=posted, is_as_opened=True, problems=error.problems, status=422)
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return redirect("scenarios:edit", scenario.uuid)
    request.session.pop(KEPT_EDITS, None)
    state = EditorState(scenario, queries.draft_of(scenario), viewer)
    moved = moved_words(saved.before, viewer) if saved.has_moved else ""
    if saved.merge.contests:
        return _page(request, state, posted=posted, contests=saved.merge.contests, notice=moved, status=409)
    if posted.get("do") == "run":
        return _save_and_run(request, state, saved, posted, moved)
    messages.success(request, _("The draft is saved."))
    if saved.merge.theirs:
        messages.info(request, _theirs_words(moved, saved.merge.theirs))
    address = reverse("scenarios:edit", args=[scenario.uuid])
    return redirect(f"{address}#{id_of(wish.partition(' ')[2])}-row" if wish else address)


def _theirs_words(moved: str, theirs: list[str]) -> str:
    return _("%(who)s Both were kept: %(changes)s.") % {"who": moved, "changes": "; ".join(theirs[:6])}


def _save_and_run(
    request: HttpRequest, state: EditorState, saved: Saved, posted: Texts, moved: str
) -> HttpResponse:
    if saved.merge.theirs:
        notice = _theirs_words(moved, saved.merge.theirs) + " " + _("Look at them, then save and run again.")
        return _page(request, state, posted=posted, notice=notice, status=409)
    try:
        version = _version_to_run(state, posted)
        address = start_run(version=version, requester=state.viewer)
    except InvalidInput as error:
        return _page(request, state, posted=posted, problems=error.problems, status=422)
    except Conflict as conflict:
        return _page(request, state, posted=posted, notice=conflict.message, status=409)
    return redirect(address or reverse("scenarios:version", args=[version.uuid]))


def _version_to_run(state: EditorState, posted: Texts) -> ScenarioVersion:
    """The version just saved; the newest one when the draft does not differ from it."""
    key = submission_key(posted.get("submission_key"))
    if not state.changes and not state.problems and state.draft.base_version_id == state.newest.pk:
        return state.newest
    message = posted.get("message", "").strip()
    if not message or message == posted.get("suggested", "").strip():
        message = state.suggested_message()
    return actions.save_version(
        scenario=state.scenario,
        lock=state.draft.lock,
        message=message,
        author=state.viewer,
        submission_key=key,
    )


def _form(request: HttpRequest) -> Texts:
    return {name: str(value) for name, value in request.POST.items()}


def _page(
    request: HttpRequest,
    state: EditorState,
    *,
    posted: Texts | None = None,
    is_as_opened: bool = False,
    problems: list[Problem] | None = None,
    contests: list[Contest] | None = None,
    notice: str = "",
    is_restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The editor, with what was typed in place of what the draft holds.

    `is_as_opened`: nothing was saved, so the form says again what it was opened with. Contested inputs say so, too:
    they are contested again until somebody chooses.
    """
    posted = posted or {}
    opened = texts_in(posted.get("opened", ""))
    typed = {name: text for name, text in posted.items() if name in state.texts}
    shown = {name: text for name, text in typed.items() if not opened or opened.get(name, "") != text}
    message = posted.get("message", "")
    context = page_context(state, shown=shown, problems=problems, message=message)
    again = {name for contest in contests or [] for name in contest.seen}
    if is_as_opened and opened:
        context |= {"opened": posted["opened"], "lock": posted.get("lock", "")}
    elif again:
        base = {name: text for name, text in state.texts.items() if text and name not in again}
        base |= {name: opened[name] for name in again if name in opened}
        context |= {"opened": json.dumps(base), "lock": -1}
    context |= {"contests": contests, "notice": notice, "is_restored": is_restored}
    return render(request, "scenarios/edit.html", context, status=status)
