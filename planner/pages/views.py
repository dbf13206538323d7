"""Home, and the two pages that explain: method and glossary."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planner.pages import demo_reset as resetting
from planner.pages import start
from planner.pages.equations import STAGES
from planner.pages.mechanism_rows import mechanism_rows
from planner.pages.queries import home_of
from planner.pages.words import WORDS
from planner.runs.headline_defence.page import defence
from planner.runs.serving_checks import accuracy, published, scatter
from planner.teams.access import current_team, has_role
from planner.teams.memory import invited_to
from planner.teams.models import Role
from planner.teams.people import signed_in


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My scenarios with their headlines, what is running, what was shared with me, the worked examples."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    viewer, team = signed_in(request), current_team(request)
    if team is None:
        # Keepers need no team: prices are for everybody.
        return redirect("catalog:entries" if viewer.is_staff else "teams:new")
    found = home_of(viewer, team)
    may_create = has_role(viewer, team, Role.ANALYST)
    context = {
        "home": found,
        "invited_to": invited_to(viewer),
        "may_create": may_create,
        "steps": start.start_of(found.started)
        if may_create and not start.is_dismissed(request, viewer)
        else [],
    }
    return render(request, "pages/home.html", context)


@require_POST
def start_dismissal(request: HttpRequest) -> HttpResponse:
    """Sends the first steps away for good."""
    return start.dismiss(redirect("pages:home"), signed_in(request))


@require_http_methods(["GET", "POST"])
def demo_reset(request: HttpRequest) -> HttpResponse:
    """Asks whether to put the demo back, and does. There is no such page outside a demo."""
    viewer = signed_in(request)
    if not resetting.may_reset(viewer):
        raise Http404
    if request.method == "GET":
        return render(request, "pages/demo_reset.html")
    resetting.reset(actor=viewer)
    messages.success(request, _("The demo is as it was. What was made in it is archived."))
    return start.show_again(redirect("pages:home"), viewer)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """What is computed, in words, with the limits."""
    context = {"stages": STAGES, "accuracy": accuracy.sentence(), "defence": defence()}
    return render(request, "pages/method.html", context)


@require_safe
def method_serving(request: HttpRequest) -> HttpResponse:
    """Predicted against measured: how the serving model was fitted, how wrong it is, what would help."""
    context = {
        "sentence": accuracy.sentence(),
        "facts": accuracy.facts(),
        "charts": scatter.charts(),
        "by_knowledge": accuracy.by_knowledge(),
        "by_label": accuracy.by_label(),
        "by_left_out": accuracy.by_left_out(),
        "left_out": accuracy.left_out(),
        "pairs": accuracy.pairs(),
        "published": published.compared(),
        "published_sentence": published.sentence(),
        "set_aside": accuracy.set_aside(),
        "relabelled": accuracy.relabelled(),
        "statuses": accuracy.statuses(),
        "bands": accuracy.bands(),
    }
    return render(request, "pages/method_serving.html", context)


@require_safe
def method_points(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The points of the drawings as CSV."""
    headers = {"Content-Disposition": 'attachment; filename="genka-predicted-measured.csv"'}
    return HttpResponse(scatter.points_csv(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def mechanisms(request: HttpRequest) -> HttpResponse:
    """Which ways of paying with equity, compute and claims are computed, and by which terms."""
    return render(request, "pages/mechanisms.html", {"rows": mechanism_rows()})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the product, one meaning each."""
    return render(request, "pages/glossary.html", {"words": WORDS})
