"""Invitations: made and revoked by owners, accepted or declined by the person they are for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from planner.core.errors import Conflict
from planner.teams import invitations, queries
from planner.teams.access import has_role
from planner.teams.forms import InviteForm
from planner.teams.models import Role
from planner.teams.people import signed_in
from planner.teams.views import team_page


@never_cache
@require_POST
def invite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answers with the team's page itself: the link is on it, once, and is stored nowhere."""
    viewer = signed_in(request)
    ours = queries.team_for(viewer, uuid)
    if not has_role(viewer, ours, Role.OWNER):
        raise Http404
    form = InviteForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            made, secret = invitations.invite(
                team=ours, role=sent["role"], days=sent["days"], user=sent["username"], actor=viewer
            )
        except Conflict as error:
            form.add_error("username", error.message)
        else:
            link = request.build_absolute_uri(reverse("teams:invitation", args=[secret]))
            return team_page(request, ours, made=made, link=link)
    return team_page(request, ours, status=422, invite_form=form)


@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    viewer = signed_in(request)
    try:
        invitations.revoke(invitation=queries.invitation_of_my_team(viewer, uuid), actor=viewer)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The invitation no longer holds."))
    return redirect("teams:team")


@never_cache
@require_GET
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Who invites whom into which team, with the two answers."""
    try:
        found = queries.invitation_for(signed_in(request), key)
    except Http404:
        return _gone(request, key)
    return render(request, "teams/invitation.html", {"invitation": found, "key": key})


@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Joins the team, which becomes the current one."""
    viewer = signed_in(request)
    try:
        joined = invitations.accept(invitation=queries.invitation_for(viewer, key), user=viewer)
    except Http404:
        return _gone(request, key)
    except Conflict as error:
        messages.info(request, error.message)
        return redirect("teams:team")
    request.session["team"] = str(joined.team.uuid)
    said = {"team": joined.team.name, "role": joined.get_role_display()}
    messages.success(request, _("You are in %(team)s now, as %(role)s.") % said)
    return redirect("pages:home")


@require_POST
def decline(request: HttpRequest, key: str) -> HttpResponse:
    viewer = signed_in(request)
    try:
        invitations.decline(invitation=queries.invitation_for(viewer, key), user=viewer)
    except Http404:
        return _gone(request, key)
    messages.success(request, _("You have declined the invitation."))
    return redirect("pages:home")


def _gone(request: HttpRequest, key: str) -> HttpResponse:
    """One sentence for every invitation that does not hold, so that none is confirmed. A second click is let in."""
    if queries.team_joined_with(signed_in(request), key):
        return redirect("pages:home")
    return render(request, "teams/invitation_gone.html", status=404)
