"""Releases: the list, one of them, what changed between two; and for keepers the way from a draft to the next."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planner.catalog import actions, queries
from planner.catalog.changes import EntryChange, counted, most_telling_first
from planner.catalog.forms import DraftForm, EntryFilter
from planner.catalog.models import CatalogRelease, ReleaseDraft
from planner.catalog.queries import may_keep_releases
from planner.catalog.views import PAGE_SIZE
from planner.core.errors import Conflict, InvalidInput
from planner.core.lists import without
from planner.teams.models import User
from planner.teams.people import signed_in

SHOWN_RELEASES = 25


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """All releases, the newest first, with what each one is; keepers see the open draft above them."""
    viewer = signed_in(request)
    page = Paginator(queries.releases(), SHOWN_RELEASES).get_page(request.GET.get("page"))
    counts = queries.entry_counts(page.object_list)
    opened = queries.release_drafts(viewer).filter(is_open=True).first()
    context = {
        "page": page,
        "query": "",
        "rows": [(release, counts[release.digest]) for release in page.object_list],
        "draft": opened,
        "may_draft": opened is None and may_keep_releases(viewer),
    }
    return render(request, "catalog/releases.html", context)


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: what it is, what it changed, and its entries, searchable."""
    shown = _release(number)
    held = queries.entries_of(shown)
    asked = EntryFilter(request.GET, choices=queries.choices_of(held))
    found = queries.matching_released(shown, **asked.criteria())
    previous = queries.releases().filter(number__lt=number).first()
    context = {
        "release": shown,
        "previous": previous,
        "count": counted(queries.changes_from(previous, shown)) if previous else None,
        "filter": asked,
        "total": len(held),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": without(request.GET, "page"),
    }
    return render(request, "catalog/release.html", context)


@require_safe
def release_changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a release changed against another, by default the one before it: `?against=N`."""
    shown = _release(number)
    others = [other for other in queries.releases() if other.number != number]
    if not others:
        raise Http404
    before = next((other for other in others if other.number < number), others[-1])
    wanted, problem = request.GET.get("against", ""), ""
    if wanted:
        chosen = next((other for other in others if str(other.number) == wanted), None)
        before = chosen or before
        if chosen is None:
            problem = _("There is no other release “%(wanted)s”. Choose one of the list.") % {
                "wanted": wanted[:20]
            }
    found = queries.changes_from(before, shown)
    context = {
        "release": shown,
        "before": before,
        "others": others,
        "problem": problem,
        "query": without(request.GET, "page"),
        **_change_context(request, found),
    }
    return render(request, "catalog/release_changes.html", context, status=422 if problem else 200)


def _release(number: int) -> CatalogRelease:
    if number > 2**31 - 1:  # more than the database can count
        raise Http404
    found: CatalogRelease = get_object_or_404(queries.releases().select_related("draft"), number=number)
    return found


def _change_context(request: HttpRequest, found: list[EntryChange]) -> dict[str, Any]:
    page = Paginator(most_telling_first(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return {"count": counted(found), "page": page}


@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    """Opens the draft of the next release; when one is open already, shows that."""
    keeper = signed_in(request)
    if not may_keep_releases(keeper):
        raise Http404
    opened = queries.release_drafts(keeper).filter(is_open=True).first()
    if opened is not None:
        if request.method == "POST":
            messages.warning(request, _("A draft is open already: this one."))
        return redirect("catalog:draft", opened.uuid)
    today = timezone.localdate()
    overview, month = queries.overview(), f"{today:%Y-%m}"
    is_taken = overview.release is not None and overview.release.name == month
    initial = {"as_of": today, "name": today.isoformat() if is_taken else month}
    form = DraftForm(request.POST or None, initial=initial, label_suffix="")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                draft = actions.draft_release(**form.cleaned_data, drafter=keeper)
            except InvalidInput as refusal:
                _tell(form, refusal)
            except Conflict as refusal:
                form.add_error(None, refusal.message)
                status = 409
            else:
                return redirect("catalog:draft", draft.uuid)
    context = {"form": form, "count": overview.unreleased}
    return render(request, "catalog/draft_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A draft: what it changes, where it stands, and what the reader may do. POST changes name, day and note."""
    keeper = signed_in(request)
    shown = queries.release_draft(keeper, uuid)
    if request.method != "POST":
        return _draft_page(request, shown, keeper)
    form = DraftForm(request.POST, label_suffix="")
    if form.is_valid():
        try:
            actions.change_draft(draft=shown, **form.cleaned_data, actor=keeper)
        except InvalidInput as refusal:
            _tell(form, refusal)
        except Conflict as refusal:
            return _draft_page(request, shown, keeper, refusal=refusal.message)
        else:
            messages.success(request, _("The draft is changed."))
            return redirect("catalog:draft", uuid)
    return _draft_page(request, shown, keeper, form=form)


@require_POST
def draft_submission(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Submits the draft as its drafter saw it."""
    return _step(
        request,
        uuid,
        lambda shown, keeper: actions.submit_draft(
            draft=shown, digest=request.POST.get("digest", ""), actor=keeper
        ),
        _("Submitted. A second keeper can publish it now."),
    )


@require_POST
def draft_return(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Gives the draft back with a reason."""
    return _step(
        request,
        uuid,
        lambda shown, keeper: actions.return_draft(
            draft=shown, reason=request.POST.get("reason", ""), actor=keeper
        ),
        _("The draft is returned. It can be changed and submitted again."),
    )


@require_POST
def draft_discarding(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Closes the draft for good."""
    return _step(
        request,
        uuid,
        lambda shown, keeper: actions.discard_draft(draft=shown, actor=keeper),
        _("The draft is discarded. The entries are as they were."),
    )


@require_POST
def draft_publication(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Publishes the draft as its reviewer saw it."""
    keeper = signed_in(request)
    shown = queries.release_draft(keeper, uuid)
    try:
        released = actions.publish_draft(draft=shown, digest=request.POST.get("digest", ""), publisher=keeper)
    except Conflict as refusal:
        return _draft_page(request, shown, keeper, refusal=refusal.message)
    messages.success(request, _("%(release)s is published.") % {"release": released})
    return redirect("catalog:release", released.number)


def _step(
    request: HttpRequest, uuid: UUID, act: Callable[[ReleaseDraft, User], ReleaseDraft], done: str
) -> HttpResponse:
    keeper = signed_in(request)
    shown = queries.release_draft(keeper, uuid)
    try:
        act(shown, keeper)
    except Conflict as refusal:
        return _draft_page(request, shown, keeper, refusal=refusal.message)
    except InvalidInput as refusal:
        return _draft_page(request, shown, keeper, reason_problem=refusal.problems[0].message)
    messages.success(request, done)
    return redirect("catalog:draft", uuid)


def _draft_page(
    request: HttpRequest,
    shown: ReleaseDraft,
    keeper: User,
    *,
    form: DraftForm | None = None,
    refusal: str = "",
    reason_problem: str = "",
) -> HttpResponse:
    """The page as it is now: whoever was refused sees what has changed. 409 for a refusal, 422 for a bad field."""
    if refusal:
        shown = queries.release_draft(keeper, shown.uuid)
    content = queries.draft_content(shown)
    mine = shown.drafted_by == keeper
    typed = {"name": shown.name, "as_of": shown.as_of, "note": shown.note}
    context = {
        "draft": shown,
        "content": content,
        "is_stale": shown.is_in_review and shown.digest != content.digest,
        "may_change": shown.is_open and mine and not shown.is_in_review,
        "may_submit": shown.is_open and mine,
        "may_publish": shown.is_in_review and (not mine or actions.is_one_person_office()),
        "is_mine": mine,
        "form": form or DraftForm(initial=typed, label_suffix=""),
        "refusal": refusal,
        "reason": request.POST.get("reason", "") if reason_problem else "",
        "reason_problem": reason_problem,
        "query": without(request.GET, "page"),
        **_change_context(request, content.changes),
    }
    status = 409 if refusal else 422 if form or reason_problem else 200
    return render(request, "catalog/draft.html", context, status=status)


def _tell(form: DraftForm, refusal: InvalidInput) -> None:
    for problem in refusal.problems:
        form.add_error(problem.path or None, problem.message)
