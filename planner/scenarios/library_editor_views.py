"""The editor of a library item. The page carries its working copy; nothing is stored before a version is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planner.core.canonical_json import canonical_text, parse_strict
from planner.core.documents import read_document
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.core.library import NewerVersion
from planner.deals.public import public_deal_named
from planner.loads.shipped import archetype_named, archetypes
from planner.scenarios.changes import diff, message_of
from planner.scenarios.document_merging import merged
from planner.scenarios.editor import values_from
from planner.scenarios.forms import whole_number
from planner.scenarios.library import (
    PARTS,
    Part,
    item_for,
    item_of,
    problems_in_part,
    raw_part,
    version_numbered,
)
from planner.scenarios.library_actions import save_item_version
from planner.scenarios.list_edits import carried_out, has_clear_keys, undo_order
from planner.scenarios.lot_rows import PastedRows, with_rows
from planner.scenarios.part_boards import LISTS, board_of
from planner.scenarios.paths import Raw, walk, with_values
from planner.scenarios.public_deal_views import FROM_PUBLIC
from planner.scenarios.worked_examples import scenario_templates, template_document
from planner.teams.access import current_team, has_role
from planner.teams.models import Role, Team, User
from planner.teams.people import signed_in

_MOST_WORKING = 500_000
"""Bytes of a working copy; a deal of many terms has about 20,000."""

_MOST_OBJECTS, _MOST_INPUTS = 2_000, 4_000
"""Terms, lots, triggers, tiers and ranges of a working copy, and its inputs: a page of more would never be read, and
would hold a web process for half a minute. 200 terms have some 3,400 inputs."""


@dataclass(frozen=True, slots=True)
class Work:
    """One answer of the editor: the working copy and what is said about it. `item` None: a new one."""

    part: Part
    team: Team
    raw: Raw
    base: Raw
    item: Any = None
    base_number: int = 0
    name: str = ""
    message: str = ""
    notice: str = ""
    problems: tuple[Problem, ...] = ()
    is_conflict: bool = False
    """Whether `base` is what somebody else saved meanwhile, and `raw` that with my changes in it."""
    pasted: PastedRows | None = None
    status: int = 200


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, shelf: str) -> HttpResponse:
    """A new item: from nothing, or from what a template has."""
    part, viewer, team = part_of(shelf), signed_in(request), current_team(request)
    if team is None:
        return redirect("teams:new")
    if not has_role(viewer, team, Role.ANALYST):
        raise Http404
    start = _started(part, "blank")
    if request.method == "POST":
        return _posted(request, viewer, Work(part, team, start, start, name=request.POST.get("name", "")))
    wanted = request.GET.get("from")
    if wanted is None:
        starts = archetypes() if part.name_in_scenario == "load" else scenario_templates()
        context = {"part": part, "templates": starts, "team": team}
        return render(request, "library/new.html", context)
    return _page(request, Work(part, team, _started(part, wanted), start, name=_named(wanted)))


def _named(wanted: str) -> str:
    """What a new item is called that begins with a public deal; else nothing yet."""
    public = public_deal_named(wanted.removeprefix(FROM_PUBLIC)) if wanted.startswith(FROM_PUBLIC) else None
    return public.name if public else ""


def _started(part: Part, wanted: str) -> Raw:
    if wanted == "blank":
        return {str(part.name_in_scenario): part.blank}
    if part.name_in_scenario == "load":
        if (archetype := archetype_named(wanted)) is None:
            raise Http404
        return {"load": archetype.load}
    if part.name_in_scenario == "deal" and wanted.startswith(FROM_PUBLIC):
        if (public := public_deal_named(wanted.removeprefix(FROM_PUBLIC))) is None:
            raise Http404
        return {"deal": public.raw}
    try:
        document = template_document(wanted)
    except InvalidInput as error:
        raise Http404 from error
    assert isinstance(document, dict)
    return {part.name_in_scenario: document[part.name_in_scenario]}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, shelf: str, uuid: UUID) -> HttpResponse:
    """The newest version of an item, to be changed and saved as the next."""
    part, viewer = part_of(shelf), signed_in(request)
    item = item_for(viewer, part, uuid)
    if not has_role(viewer, item.team, Role.ANALYST):
        raise Http404
    if item.archived_at is not None:
        messages.error(request, _("It is archived. Put it back before you edit it."))
        return redirect("library-item", part.shelf, item.uuid)
    number = item.newest_number
    if request.method == "POST":
        number = min(max(whole_number(request.POST.get("base")), 1), item.newest_number)
    base = raw_part(part, version_numbered(item, number))
    work = Work(part, item.team, base, base, item, number)
    return _posted(request, viewer, work) if request.method == "POST" else _page(request, work)


def part_of(shelf: str) -> Part:
    """The shelf of this name. Raises Http404."""
    if shelf not in PARTS:
        raise Http404
    return PARTS[shelf]


def _posted(request: HttpRequest, viewer: User, work: Work) -> HttpResponse:
    posted = {name: str(value) for name, value in request.POST.items()}
    work = replace(work, message=posted.get("message", ""), is_conflict=posted.get("conflict") == "1")
    try:
        raw = _typed_in(work, posted)
    except (InvalidInput, KeyError):
        said = _("The page could not be read, so nothing was saved. Below is what is kept.")
        return _page(request, replace(work, notice=said, status=422))
    work = replace(work, raw=raw)
    order = posted.get("do", "look")
    if order == "save":
        return _saved(request, viewer, work)
    try:
        return _page(request, _ordered(work, order, posted))
    except InvalidInput as error:
        return _page(request, replace(work, notice=error.problems[0].message, status=422))


def _typed_in(work: Work, posted: Mapping[str, str]) -> Raw:
    """The working copy the page carried with what was typed into its fields."""
    name, text = work.part.name_in_scenario, posted.get("working", "")
    if text.count("{") > _MOST_OBJECTS:
        raise InvalidInput([Problem("", _("This is more than one page can hold."))])
    held = parse_strict(text, max_bytes=_MOST_WORKING)
    raw: Raw = {name: held}
    listed = held.get(LISTS[name].partition(".")[2], []) if isinstance(held, dict) and name in LISTS else []
    if not isinstance(held, dict) or not isinstance(listed, list) or not has_clear_keys(held):
        raise InvalidInput([Problem("", _("This is not what the page held."))])
    if len(walk(raw)) > _MOST_INPUTS:
        raise InvalidInput([Problem("", _("This is more than one page can hold."))])
    values = values_from(raw, posted, {})
    values.pop("evidence", None)  # sources belong to scenarios
    return with_values(raw, values)


def _ordered(work: Work, order: str, posted: Mapping[str, str]) -> Work:
    """The work after an order of a button other than save. Raises InvalidInput for one that makes no sense."""
    if order == "paste" and work.part.name_in_scenario == "fleet":
        pasted = with_rows(work.raw, posted.get("pasted", ""))
        return replace(work, raw=pasted.raw, pasted=pasted, status=422 if pasted.problems else 200)
    if order == "look":
        return work
    return replace(work, raw=carried_out(order, work.raw, work.base))


def _saved(request: HttpRequest, viewer: User, work: Work) -> HttpResponse:
    part, problems = work.part, problems_in_part(work.part, work.raw)
    if problems:
        return _page(request, replace(work, problems=tuple(problems), status=422))
    message = work.message.strip() or message_of(diff(work.base, work.raw))
    try:
        version = _saved_version(viewer, work, message)
    except NewerVersion as newer:
        return _conflict(request, work, newer)
    except InvalidInput as error:
        return _page(request, replace(work, notice=error.problems[0].message, status=422))
    except Conflict as conflict:
        return _page(request, replace(work, notice=conflict.message, status=409))
    said = {"number": version.number, "name": item_of(version).name}
    messages.success(request, _("Version %(number)d of “%(name)s” is saved.") % said)
    return redirect("library-item", part.shelf, item_of(version).uuid)


@transaction.atomic
def _saved_version(viewer: User, work: Work, message: str) -> Any:
    part = work.part
    if work.item is not None:
        return save_item_version(
            part=part, item=work.item, raw=work.raw, author=viewer, message=message, base=work.base_number
        )
    document = read_document(part.shape, work.raw[part.name_in_scenario])
    return part.create(
        team=work.team, author=viewer, name=work.name, document=document, message=work.message.strip()
    )


def _conflict(request: HttpRequest, work: Work, newer: NewerVersion) -> HttpResponse:
    """Somebody saved first: their version with my changes in it, to be looked at and saved again."""
    work.item.refresh_from_db()
    theirs = raw_part(work.part, version_numbered(work.item, work.item.newest_number))
    both = merged(work.base, theirs, work.raw)
    if not diff(theirs, both):  # a second click, or the very same change
        return redirect("library-item", work.part.shelf, work.item.uuid)
    answer = replace(
        work,
        raw=both,
        base=theirs,
        base_number=work.item.newest_number,
        notice=newer.message,
        is_conflict=True,
        status=409,
    )
    return _page(request, answer)


def _page(request: HttpRequest, work: Work) -> HttpResponse:
    part, changes = work.part, diff(work.base, work.raw)
    context = board_of(part, work.raw, problems=work.problems, base=work.base) | {
        "work": work,
        "item": work.item,
        "pasted": work.pasted,
        "changes": [(change, undo_order(change)) for change in changes] if work.item else [],
        "may_type": True,
        "may_change": True,
        "working": canonical_text(work.raw[part.name_in_scenario]),
        "suggested": message_of(changes) if work.item else "",
        "next_number": work.base_number + 1,
    }
    return render(request, "library/edit.html", context, status=work.status)
