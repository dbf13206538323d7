"""A recorded load becomes a load shape of the library: read, replayed by the engine, kept with where it comes from."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planner.core.documents import read_document
from planner.core.errors import InvalidInput, Problem
from planner.core.uploads import was_too_large
from planner.loads.actions import create_load_shape
from planner.loads.documents import LoadDocument
from planner.loads.recorded import Recorded, recorded_load
from planner.scenarios.library import PARTS
from planner.scenarios.running import replayed_load
from planner.teams.access import current_team, has_role
from planner.teams.models import Role
from planner.teams.people import signed_in

_MOST_BYTES = 5_000_000


@require_http_methods(["GET", "POST"])
def trace(request: HttpRequest) -> HttpResponse:
    """GET asks for a file, a name and where it comes from; POST keeps it as a load shape, or says what is wrong."""
    viewer, team = signed_in(request), current_team(request)
    if team is None:
        return redirect("teams:new")
    if not has_role(viewer, team, Role.ANALYST):
        raise Http404
    if request.method != "POST":
        return _page(request)
    try:
        held, file_name = _file(request)
        document = _document(recorded_load(held), file_name, request.POST.get("source", ""))
        name = request.POST.get("name", "").strip() or file_name.rpartition(".")[0]
        version = create_load_shape(team=team, author=viewer, name=name, document=document)
    except InvalidInput as refused:
        return _page(request, refused.problems, status=422)
    messages.success(request, _("The load was replayed and is in the library now."))
    return redirect("library-item", "loads", version.load_shape.uuid)


def _file(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes and the name of what was uploaded. Raises InvalidInput when there is none or it is too large."""
    uploaded = request.FILES.get("file")
    most = min(_MOST_BYTES, settings.UPLOAD_MOST_BYTES)
    if was_too_large(request) or (uploaded is not None and (uploaded.size or 0) > most):
        sentence = _("The file is larger than %(most)s MB. Record fewer steps, or longer ones.")
        raise InvalidInput([Problem("file", sentence % {"most": f"{most / 1e6:g}"})])
    if uploaded is None:
        raise InvalidInput([Problem("file", _("Choose a file."))])
    return uploaded.read(), str(uploaded.name or "trace.csv")[:120]


def _document(recorded: Recorded, file_name: str, source: str) -> LoadDocument:
    """The load shape of a recorded load. Raises InvalidInput for one the engine cannot replay."""
    try:
        found = replayed_load(recorded.loads, recorded.step_hours)
    except ValueError as error:
        raise InvalidInput([Problem("file", str(error))]) from error
    if found is None:
        raise InvalidInput([Problem("file", _("Nothing here can replay a load: runs are not installed."))])
    said = _(
        "%(file)s: %(steps)d steps of %(minutes)s minutes, load = %(what)s, %(skipped)d suspect steps left out."
    ) % {
        "file": file_name,
        "steps": len(recorded.loads),
        "minutes": f"{recorded.step_hours * 60.0:g}",
        "what": recorded.what,
        "skipped": recorded.skipped,
    }
    raw: dict[str, Any] = {**found, "key": "recorded", "label": file_name.rpartition(".")[0] or file_name}
    return read_document(LoadDocument, {**raw, "source": " ".join([source.strip()[:600], said]).strip()})


def _page(request: HttpRequest, problems: list[Problem] | None = None, status: int = 200) -> HttpResponse:
    context = {
        "part": PARTS["loads"],
        "team": current_team(request),
        "problems": problems or [],
        "name": request.POST.get("name", "")[:300],
        "source": request.POST.get("source", "")[:600],
    }
    return render(request, "library/trace.html", context, status=status)
