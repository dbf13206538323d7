"""The library: what a team keeps for its scenarios, its versions, and what differs between them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner.core.errors import Conflict, InvalidInput
from planner.core.formatting import DASH
from planner.core.lists import sortable, without
from planner.core.texts import searched_words
from planner.scenarios import library_actions, queries
from planner.scenarios.changes import diff
from planner.scenarios.forms import whole_number
from planner.scenarios.library import PARTS, Part, item_for, item_of, keep_part, raw_part, version_numbered
from planner.scenarios.library_editor_views import part_of
from planner.scenarios.part_boards import board_of
from planner.scenarios.templatetags.scenario_figures import usd
from planner.teams.access import current_team, has_role
from planner.teams.models import Level, Role
from planner.teams.people import signed_in

PAGE_SIZE = 25
_ON_EVERY_SHELF = (("newest_number", _("Version")), ("changed_at", _("Changed")))


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """Every shelf with its newest items."""
    viewer = signed_in(request)
    shelves = [
        {
            "part": part,
            "rows": [_row(part, item) for item in part.items_for(viewer).order_by("-changed_at")[:5]],
        }
        for part in PARTS.values()
    ]
    return render(request, "library/library.html", {"shelves": shelves, "may_add": _may_add(request)})


@require_GET
def shelf(request: HttpRequest, shelf: str) -> HttpResponse:
    """One shelf, searched, narrowed, sorted and paged in the database."""
    part, viewer, asked = part_of(shelf), signed_in(request), request.GET
    words, archived = searched_words(asked.get("q")), asked.get("archived") == "1"
    everything = part.items_for(viewer, archived=archived)
    found = everything
    for word in words.split()[:8]:
        found = found.filter(name__icontains=word)
    # PostgreSQL refuses to look for a NUL, which no stored text holds.
    wanted = {name: asked.get(name, "")[:120].replace("\0", "") for name in part.filters}
    narrowed = {name: value for name, value in wanted.items() if value}
    found = found.filter(**narrowed)
    columns = (("name", _("Name")), *part.columns, *_ON_EVERY_SHELF)
    sort = asked.get("sort", "")
    sort = sort if sort.removeprefix("-") in dict(columns) else "name"
    page = Paginator(found.order_by(sort, "id"), PAGE_SIZE).get_page(asked.get("page"))
    titles = dict(part.columns)
    choices = [
        (name, titles[name], _values(everything, name), narrowed.get(name, "")) for name in part.filters
    ]
    context = {
        "part": part,
        "page": page,
        "rows": [_row(part, item) for item in page],
        "words": words,
        "sort": sort,
        "columns": sortable(asked, columns, sort),
        "choices": choices,
        "archived": archived,
        "is_narrowed": bool(words or narrowed),
        "may_add": _may_add(request),
        "query": without(asked, "page"),
    }
    return render(request, "library/shelf.html", context)


@require_GET
def item(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """One version of an item, the newest unless `?version=` says another, and its history."""
    part, viewer = part_of(shelf), signed_in(request)
    kept = item_for(viewer, part, uuid)
    number = whole_number(request.GET.get("version")) if "version" in request.GET else kept.newest_number
    version = version_numbered(kept, number)
    may_write = has_role(viewer, kept.team, Role.ANALYST)
    page = Paginator(
        kept.versions.defer("document_text").select_related("author").order_by("-number"), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    context = board_of(part, raw_part(part, version), problems=()) | {
        "item": kept,
        "version": version,
        "page": page,
        "query": "",
        "may_write": may_write,
        "may_edit": may_write and kept.archived_at is None,
    }
    return render(request, "library/item.html", context)


@require_GET
def differences(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """Two versions of an item in words and units: `?before=<number>&after=<number>`."""
    part, viewer = part_of(shelf), signed_in(request)
    kept = item_for(viewer, part, uuid)
    after = version_numbered(kept, whole_number(request.GET.get("after", str(kept.newest_number))))
    before = version_numbered(kept, whole_number(request.GET.get("before", str(max(after.number - 1, 1)))))
    context = {
        "part": part,
        "item": kept,
        "before": before,
        "after": after,
        "numbers": range(kept.newest_number, 0, -1),
        "changes": diff(raw_part(part, before), raw_part(part, after)),
    }
    return render(request, "library/differences.html", context)


@require_POST
def restoration(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """Adds a version with the document of an earlier one."""
    part, viewer = part_of(shelf), signed_in(request)
    kept = item_for(viewer, part, uuid)
    earlier = version_numbered(kept, whole_number(request.POST.get("number")))
    try:
        added = library_actions.restore_item_version(part=part, version=earlier, actor=viewer)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    except InvalidInput as error:
        messages.error(request, error.problems[0].message)
    else:
        said = {"added": added.number, "earlier": earlier.number}
        messages.success(request, _("Version %(added)d is the same as version %(earlier)d.") % said)
    return redirect("library-item", part.shelf, kept.uuid)


@require_POST
def name(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """Gives an item another name."""
    part, viewer = part_of(shelf), signed_in(request)
    kept = item_for(viewer, part, uuid)
    try:
        library_actions.rename_item(part=part, item=kept, name=request.POST.get("name", ""), actor=viewer)
    except InvalidInput as error:
        messages.error(request, error.problems[0].message)
    return redirect("library-item", part.shelf, kept.uuid)


@require_POST
def archive(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """Takes an item out of the lists, or puts it back."""
    part, viewer = part_of(shelf), signed_in(request)
    kept = item_for(viewer, part, uuid)
    archived = request.POST.get("archived") == "1"
    library_actions.archive_item(part=part, item=kept, actor=viewer, archived=archived)
    return redirect("library-item", part.shelf, kept.uuid)


@require_POST
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keeps the fleet, the deal or the load shape of a version in the current team's library."""
    viewer, team = signed_in(request), current_team(request)
    version, _level = queries.version_for(viewer, uuid, Level.FULL)
    part = part_of(request.POST.get("shelf", ""))
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


def _may_add(request: HttpRequest) -> bool:
    team = current_team(request)
    return team is not None and has_role(signed_in(request), team, Role.ANALYST)


def _values(items: Any, column: str) -> list[str]:
    """What a list can be narrowed to: at most 100 values of a column."""
    return list(items.order_by(column).values_list(column, flat=True).distinct()[:100])


def _row(part: Part, kept: Any) -> dict[str, Any]:
    return {"item": kept, "cells": [_cell(name, getattr(kept, name)) for name, _title in part.columns]}


def _cell(name: str, value: Any) -> str:
    if name.endswith("_usd"):
        return usd(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value) if value else DASH
