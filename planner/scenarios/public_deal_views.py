"""The public deals as pages: all of them, and one with its terms, its sources and what is left out."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from planner.deals.documents import conflicts
from planner.deals.public import public_deal_named, public_deals
from planner.scenarios.sentences import said_terms
from planner.teams.access import current_team, has_role
from planner.teams.models import Role
from planner.teams.people import signed_in

FROM_PUBLIC = "public-"
"""What stands before a public deal's key where a new library deal says what it begins with."""


@require_GET
def public_deals_page(request: HttpRequest) -> HttpResponse:
    """All public deals with what of each is modelled."""
    return render(request, "library/public_deals.html", {"deals": public_deals()})


@require_GET
def public_deal_page(request: HttpRequest, key: str) -> HttpResponse:
    """One public deal. Raises Http404."""
    deal = public_deal_named(key)
    if deal is None:
        raise Http404
    team = current_team(request)
    context = {
        "deal": deal,
        "terms": said_terms(deal.raw),
        "warnings": [found.sentence for found in conflicts(deal.document)],
        "begins_with": FROM_PUBLIC + deal.key,
        "may_use": team is not None and has_role(signed_in(request), team, Role.ANALYST),
    }
    return render(request, "library/public_deal.html", context)
