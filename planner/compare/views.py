"""The page that lays versions side by side."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from planner.compare import deltas, overlays, queries
from planner.compare.queries import MOST_OTHERS, Compared


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`?base=<version>&other=<version>...`: what differs, deltas, fans. Without them, the choice alone."""
    base_uuid = _uuid(request.GET.get("base"))
    other_uuids = [found for text in request.GET.getlist("other")[:MOST_OTHERS] if (found := _uuid(text))]
    asked = [*([base_uuid] if base_uuid else []), *other_uuids]
    compared = queries.compared(request.user, asked) if asked else []
    base, others = (compared[0], compared[1:]) if base_uuid else (None, compared)
    context: dict[str, Any] = {
        "choices": queries.versions_to_compare(request.user),
        "base": base,
        "others": others,
        "chosen_others": [*other_uuids, None][:MOST_OTHERS],
        "unfinished": [one for one in [base, *others] if one is not None and one.run is None],
    }
    if base is not None and others and not context["unfinished"]:
        context |= _side_by_side(base, others)
    return render(request, "compare/compare.html", context)


def _side_by_side(base: Compared, others: list[Compared]) -> dict[str, Any]:
    assert base.run is not None
    return {
        "rows": deltas.rows(base, others),
        "differences": [(other, queries.differences(base, other)) for other in others],
        "other_measures": deltas.other_measures(base, others),
        "unpaired": [other for other in others if other.run and not queries.are_paired(base.run, other.run)],
        "chart": overlays.overlay([base, *others]),
    }


def _uuid(text: str | None) -> UUID | None:
    """None for an empty choice; Http404 for what is no public id, like for one that is not there."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
