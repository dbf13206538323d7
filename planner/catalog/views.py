"""The price pages. Everybody who is signed in may read all of them; releases are in `release_views`."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from planner.catalog import queries
from planner.catalog.coverage import findings_of, in_force_on
from planner.catalog.forms import SORTS, DatedEntryFilter, DaysForm
from planner.catalog.history import history, history_csv
from planner.catalog.models import CatalogEntry
from planner.catalog.uses import own_uses, use_count
from planner.core.fragments import varied, wants_fragment
from planner.core.lists import without
from planner.teams.people import signed_in

PAGE_SIZE = 50
SHOWN_USES = 10


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The searchable list; htmx asks for the table alone. With days: what was believed then."""
    question = request.GET
    overview = queries.overview()
    asked = DatedEntryFilter(question, choices=overview.choices)
    found = queries.matching_entries(**asked.criteria()).order_by(*asked.order())
    page = Paginator(found, PAGE_SIZE).get_page(question.get("page"))
    context = {
        "filter": asked,
        "days": asked.days(),
        "page": page,
        "is_mixed": _compares_unlike(question, page),
        "columns": _columns(question),
        "query": without(question, "page"),
        "overview": overview,
    }
    if asked.problems() and wants_fragment(request):
        # The sentences stand at the fields, which are not in the fragment: so the whole page is asked for.
        return varied(HttpResponse(headers={"HX-Redirect": request.get_full_path()}))
    template = "catalog/_entry_table.html" if wants_fragment(request) else "catalog/entries.html"
    answer = render(request, template, context, status=422 if asked.problems() else 200)
    return varied(answer)


@require_safe
def entry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One entry with its source, the other values its key has had, and who uses it."""
    viewer = signed_in(request)
    shown, rows = queries.entry_with_history(uuid)
    days_form = DaysForm(request.GET, label_suffix="")
    days = days_form.days()
    today = timezone.localdate()
    asked = days or {"valid_on": today, "known_on": today}
    told = history(rows, **asked)
    release = queries.current_release()
    uses = list(own_uses(viewer, shown)[: SHOWN_USES + 1])
    context = {
        "entry": shown,
        "days_form": days_form,
        "days": days,
        "in_force": in_force_on(rows, **asked),
        "history": told,
        "state": next(row.state for row in told.rows if row.entry is shown),
        "findings": findings_of(rows),
        "release": release,
        "released": queries.entry(release, shown.key) if release else None,
        "uses": uses[:SHOWN_USES],
        "has_more_uses": len(uses) > SHOWN_USES,
        "used_by": use_count(shown) if viewer.is_staff else None,
    }
    return render(request, "catalog/entry.html", context, status=422 if days_form.problems() else 200)


@require_safe
def uses(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All versions of the viewer's teams that use an entry, page by page."""
    shown, _rows = queries.entry_with_history(uuid)
    page = Paginator(own_uses(signed_in(request), shown), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "catalog/uses.html", {"entry": shown, "page": page, "query": ""})


@require_safe
def history_download(request: HttpRequest, uuid: UUID) -> HttpResponse:  # noqa: ARG001 - a view
    """Every row of the entry's key as CSV."""
    shown, rows = queries.entry_with_history(uuid)
    name = f"genka-{shown.key}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(history_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Overlaps and gaps of the whole catalog, for those who keep it."""
    if not signed_in(request).is_staff:
        raise Http404
    page = Paginator(queries.all_findings(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "catalog/checks.html", {"page": page, "query": ""})


def _compares_unlike(question: QueryDict, page: Page[CatalogEntry]) -> bool:
    """Whether the order by value sets figures beside one another that are no offers of one kind."""
    if question.get("sort", "").removeprefix("-") != "value":
        return False
    return len({(row.price_kind, row.unit) for row in page.object_list}) > 1


def _columns(question: QueryDict) -> list[dict[str, Any]]:
    """Heads of the table: words, whether numbers, and where a sortable one leads."""
    now = question.get("sort", "")
    heads = [
        ("label", _("Entry"), False),
        ("value", _("Value"), True),
        ("", _("Unit"), False),
        ("price_kind", _("Price kind"), False),
        ("region", _("Region"), False),
        ("source_title", _("Source"), False),
        ("confidence", _("Confidence"), False),
        ("valid_from", _("Valid from"), False),
        ("known_since", _("Known since"), False),
    ]
    rest = without(question, "page", "sort")
    return [
        {
            "title": title,
            "numeric": numeric,
            "address": f"?{rest}sort={'-' if now == name else ''}{name}" if name in SORTS else "",
            "order": {name: "ascending", f"-{name}": "descending"}.get(now, "") if name else "",
        }
        for name, title, numeric in heads
    ]
