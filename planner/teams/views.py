"""The team, its members, and one's own API tokens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planner.core.errors import Conflict, InvalidInput
from planner.teams import actions, queries, tokens
from planner.teams.access import current_team, has_role
from planner.teams.forms import InviteForm, RoleForm, TeamNameForm
from planner.teams.models import Role, Team
from planner.teams.people import signed_in

PAGE_SIZE = 50


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    ours = current_team(request)
    if ours is None:
        return redirect("teams:new")
    return team_page(request, ours)


def team_page(request: HttpRequest, ours: Team, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a team of one's own; `more` holds forms as they were sent, or a new link."""
    viewer = signed_in(request)
    may_manage = has_role(viewer, ours, Role.OWNER)
    context = {
        "team": ours,
        "members": list(queries.members_of(viewer, ours)),
        "roles": Role.choices,
        "may_manage": may_manage,
        "invitations": queries.invitations_of(viewer, ours) if may_manage else [],
        "invite_form": InviteForm(),
        "name_form": TeamNameForm(initial={"name": ours.name}),
        **more,
    }
    return render(request, "teams/team.html", context, status=status)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """One's first team, or another one, which becomes the current team."""
    form = TeamNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_team(name=form.cleaned_data["name"], owner=signed_in(request))
        except InvalidInput as error:
            form.add_error("name", error.problems[0].message)
        else:
            request.session["team"] = str(made.uuid)
            return redirect("pages:home")
    return render(request, "teams/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Makes another of one's teams the current one."""
    request.session["team"] = str(queries.team_for(signed_in(request), uuid).uuid)
    return redirect("pages:home")


@require_POST
def name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Gives a team another name."""
    viewer = signed_in(request)
    ours = queries.team_for(viewer, uuid)
    if not has_role(viewer, ours, Role.OWNER):
        raise Http404
    form = TeamNameForm(request.POST)
    if form.is_valid():
        try:
            renamed = actions.rename_team(team=ours, name=form.cleaned_data["name"], actor=viewer)
        except InvalidInput as error:
            form.add_error("name", error.problems[0].message)
        else:
            messages.success(request, _("The team is called %(name)s.") % {"name": renamed.name})
            return redirect("teams:team")
    return team_page(request, ours, status=422, name_form=form)


@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    """What was done in the current team, newest first."""
    ours = current_team(request)
    if ours is None:
        return redirect("teams:new")
    found = queries.activity_of(signed_in(request), ours)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "teams/activity.html", {"team": ours, "page": page})


@require_POST
def change_role(request: HttpRequest, uuid: UUID) -> HttpResponse:
    viewer = signed_in(request)
    membership = queries.membership_for(viewer, uuid)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            changed = actions.change_role(membership=membership, role=form.cleaned_data["role"], actor=viewer)
        except Conflict as error:
            messages.error(request, error.message)
        else:
            said = {"user": changed.user.username, "role": changed.get_role_display()}
            messages.success(request, _("%(user)s is %(role)s now.") % said)
    elif has_role(viewer, membership.team, Role.OWNER):
        messages.error(request, _("That is not a role. Choose one of the list."))
    else:
        raise Http404
    return redirect("teams:team")


@require_http_methods(["GET", "POST"])
def remove_member(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Asks first, saying what stays; then takes the member out, or lets the viewer leave."""
    viewer = signed_in(request)
    membership = queries.membership_for(viewer, uuid)
    is_leaving = membership.user == viewer
    if not is_leaving and not has_role(viewer, membership.team, Role.OWNER):
        raise Http404
    context = {"membership": membership, "team": membership.team, "is_leaving": is_leaving}
    if request.method == "GET":
        return render(request, "teams/removal.html", context)
    try:
        actions.remove_member(membership=membership, actor=viewer)
    except Conflict as error:
        return render(request, "teams/removal.html", {**context, "refusal": error.message}, status=409)
    said = {"user": membership.user.username, "team": membership.team.name}
    if is_leaving:
        messages.success(request, _("You have left %(team)s.") % said)
        return redirect("pages:home")
    messages.success(request, _("%(user)s is no longer in %(team)s.") % said)
    return redirect("teams:team")


@never_cache
@require_http_methods(["GET", "POST"])
def api_tokens(request: HttpRequest) -> HttpResponse:
    """POST answers with the page itself: the new token is on it, once, and is stored nowhere."""
    viewer, made = signed_in(request), None
    if request.method == "POST":
        try:
            made = tokens.make_token(user=viewer)
        except Conflict as error:
            messages.error(request, error.message)
    return render(request, "teams/tokens.html", {"tokens": queries.tokens_of(viewer), "made": made})


@require_POST
def revoke_token(request: HttpRequest, token_key: str) -> HttpResponse:
    tokens.revoke_token(user=signed_in(request), token_key=token_key)
    messages.success(request, _("The token no longer works."))
    return redirect("teams:tokens")
