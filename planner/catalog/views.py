"""The price pages. Everybody who is signed in may read all of them."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from planner.catalog import queries
from planner.catalog.forms import SORTS, EntryFilter
from planner.catalog.models import CatalogEntry

PAGE_SIZE = 50


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The searchable list; htmx asks for the table alone."""
    question = request.GET
    asked = EntryFilter(question, chips=queries.chips())
    found = queries.matching_entries(**asked.criteria()).order_by(*asked.order())
    context = {
        "filter": asked,
        "page": Paginator(found, PAGE_SIZE).get_page(question.get("page")),
        "columns": _columns(question),
        "query": _without(question, "page"),
        "release": queries.current_release(),
    }
    answer = render(
        request, "catalog/_entry_table.html" if _wants_fragment(request) else "catalog/entries.html", context
    )
    patch_vary_headers(answer, ("HX-Request",))  # both answers live at one address
    return answer


@require_safe
def entry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One entry with its source, and the other values its key has had."""
    shown = get_object_or_404(CatalogEntry, uuid=uuid)
    release = queries.current_release()
    return render(
        request,
        "catalog/entry.html",
        {
            "entry": shown,
            "rows": queries.history_of(shown.key),
            "release": release,
            "released": queries.entry(release, shown.key) if release else None,
        },
    )


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/releases.html", {"releases": queries.releases()})


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: what it is, and its entries, searchable."""
    shown = get_object_or_404(queries.releases(), number=number)
    asked = EntryFilter(request.GET, chips=queries.chips())
    found = queries.matching_released(shown, **asked.criteria())
    return render(
        request,
        "catalog/release.html",
        {
            "release": shown,
            "filter": asked,
            "total": len(queries.entries_of(shown)),
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "query": _without(request.GET, "page"),
        },
    )


def _wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap the answer in, rather than show it as a page."""
    htmx = getattr(request, "htmx", None)
    if not htmx:  # None without the middleware, false for an ordinary visit
        return False
    return not htmx.boosted and not htmx.history_restore_request


def _without(question: QueryDict, *names: str) -> str:
    """What was asked without these parts, ready to have another part added."""
    kept = question.copy()
    for name in names:
        kept.pop(name, None)
    text = kept.urlencode()
    return f"{text}&" if text else ""


def _columns(question: QueryDict) -> list[dict[str, Any]]:
    """Heads of the table: words, whether numbers, and where a sortable one leads."""
    now = question.get("sort", "")
    heads = [
        ("label", _("Entry"), False),
        ("value", _("Value"), True),
        ("", _("Unit"), False),
        ("", _("Price kind"), False),
        ("", _("Region"), False),
        ("", _("Source"), False),
        ("confidence", _("Confidence"), False),
        ("valid_from", _("Valid from"), False),
    ]
    rest = _without(question, "page", "sort")
    return [
        {
            "title": title,
            "numeric": numeric,
            "address": f"?{rest}sort={'-' if now == name else ''}{name}" if name in SORTS else "",
            "order": {name: "ascending", f"-{name}": "descending"}.get(now, "") if name else "",
        }
        for name, title, numeric in heads
    ]
