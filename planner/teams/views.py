"""The team, its members, and one's own API tokens."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planner.core.errors import Conflict, InvalidInput
from planner.teams import actions, queries, tokens
from planner.teams.access import current_team, has_role
from planner.teams.forms import AddMemberForm, FirstTeamForm, RoleForm
from planner.teams.models import Role, Team
from planner.teams.people import signed_in


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    ours = current_team(request)
    if ours is None:
        return redirect("teams:first")
    return _team_page(request, ours, AddMemberForm())


def _team_page(request: HttpRequest, ours: Team, form: AddMemberForm, status: int = 200) -> HttpResponse:
    viewer = signed_in(request)
    context = {
        "team": ours,
        "members": [
            (member, RoleForm(initial={"role": member.role})) for member in queries.members_of(viewer, ours)
        ],
        "activity": queries.activity_of(viewer, ours),
        "may_manage": has_role(viewer, ours, Role.OWNER),
        "form": form,
    }
    return render(request, "teams/team.html", context, status=status)


@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    if current_team(request) is not None:
        return redirect("teams:team")
    form = FirstTeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_team(name=form.cleaned_data["name"], owner=signed_in(request))
        except InvalidInput as error:
            form.add_error("name", error.problems[0].message)
        else:
            return redirect("pages:home")
    return render(request, "teams/first.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Makes another of one's teams the current one."""
    request.session["team"] = str(queries.team_for(signed_in(request), uuid).uuid)
    return redirect("pages:home")


@require_POST
def add_member(request: HttpRequest, uuid: UUID) -> HttpResponse:
    viewer = signed_in(request)
    ours = queries.team_for(viewer, uuid)
    form = AddMemberForm(request.POST)
    if form.is_valid():
        try:
            actions.add_member(
                team=ours, user=form.cleaned_data["username"], role=form.cleaned_data["role"], actor=viewer
            )
        except Conflict as error:
            form.add_error("username", error.message)
        else:
            return redirect("teams:team")
    return _team_page(request, ours, form, status=422)


@require_POST
def change_role(request: HttpRequest, uuid: UUID) -> HttpResponse:
    viewer = signed_in(request)
    membership = queries.membership_for(viewer, uuid)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_role(membership=membership, role=form.cleaned_data["role"], actor=viewer)
        except Conflict as error:
            messages.error(request, error.message)
    else:
        messages.error(request, _("That is not a role. Choose one of the list."))
    return redirect("teams:team")


@require_POST
def remove_member(request: HttpRequest, uuid: UUID) -> HttpResponse:
    viewer = signed_in(request)
    membership = queries.membership_for(viewer, uuid)
    try:
        actions.remove_member(membership=membership, actor=viewer)
    except Conflict as error:
        messages.error(request, error.message)
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
