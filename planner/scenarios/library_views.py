"""The library: what a team keeps for its scenarios."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner.core.canonical_json import parse_stored
from planner.core.errors import InvalidInput
from planner.core.texts import searched_words
from planner.scenarios import queries
from planner.scenarios.library import PARTS, Part, item_of, keep_part
from planner.scenarios.paths import walk
from planner.scenarios.reading import sections_for_reading
from planner.scenarios.templatetags.scenario_figures import usd
from planner.teams.access import current_team
from planner.teams.models import Level
from planner.teams.people import signed_in

PAGE_SIZE = 25


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """Every shelf with its newest items."""
    viewer = signed_in(request)
    shelves = [
        {"part": part, "rows": [_row(part, item) for item in part.items_for(viewer)[:8]]}
        for part in PARTS.values()
    ]
    return render(request, "library/library.html", {"shelves": shelves})


@require_GET
def shelf(request: HttpRequest, shelf: str) -> HttpResponse:
    """One shelf, searched and paged."""
    part = _part(shelf)
    words = searched_words(request.GET.get("q"))
    found = part.items_for(signed_in(request))
    for word in words.split()[:8]:
        found = found.filter(name__icontains=word)
    page = Paginator(found.order_by("name", "id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "part": part,
        "page": page,
        "rows": [_row(part, item) for item in page],
        "words": words,
        "query": f"q={words}&" if words else "",
    }
    return render(request, "library/shelf.html", context)


@require_GET
def item(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """The newest version of one item, for reading, and its history."""
    part = _part(shelf)
    version = part.newest_version(signed_in(request), uuid)
    raw = parse_stored(version.document_text)
    kept: Any = item_of(version)
    context = {
        "part": part,
        "item": kept,
        "version": version,
        "versions": kept.versions.defer("document_text").select_related("author")[:50],
        "sections": sections_for_reading(walk({part.name_in_scenario: raw})),
    }
    return render(request, "library/item.html", context)


@require_POST
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keeps the fleet, the deal or the load shape of a version in the current team's library."""
    viewer, team = signed_in(request), current_team(request)
    version, _level = queries.version_for(viewer, uuid, Level.FULL)
    part = _part(request.POST.get("shelf", ""))
    if team is None:
        raise Http404
    said = {"name": version.scenario.name, "number": version.number}
    try:
        kept = keep_part(
            shelf=part.shelf,
            document=queries.document_of(version),
            team=team,
            author=viewer,
            name=request.POST.get("name", ""),
            message=(_("From %(name)s, version %(number)d") % said)[:300],
        )
    except InvalidInput as error:
        messages.error(request, error.problems[0].message)
        return redirect("scenarios:version", version.uuid)
    messages.success(request, _("It is in the library now."))
    return redirect("library-item", part.shelf, item_of(kept).uuid)


def _part(shelf: str) -> Part:
    if shelf not in PARTS:
        raise Http404
    return PARTS[shelf]


def _row(part: Part, kept: Any) -> dict[str, Any]:
    return {"item": kept, "cells": [_cell(name, getattr(kept, name)) for name, _title in part.columns]}


def _cell(name: str, value: Any) -> str:
    if name.endswith("_usd"):
        return usd(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value) if value else "–"
