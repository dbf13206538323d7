"""Fork a version to one of one's own teams."""

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planner.core.errors import InvalidInput
from planner.scenarios import queries
from planner.scenarios.forking import fork_version
from planner.scenarios.forms import ForkForm, submission_key
from planner.teams.access import current_team
from planner.teams.models import Level
from planner.teams.people import signed_in
from planner.teams.queries import teams_where


@require_http_methods(["GET", "POST"])
def fork(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name and team of the new scenario. A version that was shared at results level only is a 404."""
    viewer = signed_in(request)
    version, _level = queries.version_for(viewer, uuid, Level.FULL)
    teams = list(teams_where(viewer))
    if not teams:
        raise Http404
    here = current_team(request)
    first = here.uuid if here in teams else teams[0].uuid
    suggested = (_("%(name)s, forked") % {"name": version.scenario.name})[:300]
    form = ForkForm(request.POST or None, teams=teams, initial={"name": suggested, "team": str(first)})
    if request.method == "POST" and form.is_valid():
        team = next(one for one in teams if str(one.uuid) == form.cleaned_data["team"])
        try:
            scenario = fork_version(
                version=version,
                team=team,
                author=viewer,
                name=form.cleaned_data["name"],
                submission_key=submission_key(request.POST.get("submission_key")),
            )
        except InvalidInput as error:
            for problem in error.problems:
                form.add_error("name" if problem.path == "name" else None, problem.message)
        else:
            return redirect("scenarios:detail", scenario.uuid)
    context = {
        "form": form,
        "version": version,
        "submission_key": request.POST.get("submission_key") or uuid4(),
    }
    return render(request, "scenarios/fork.html", context, status=422 if form.errors else 200)
