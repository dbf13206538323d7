"""The cost table and the page of one of its cells."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from planner.catalog.queries import current_release
from planner.core.fragments import varied, wants_fragment
from planner.core.lists import sortable, without
from planner.runs.cost_table import deals
from planner.runs.cost_table.cell import cell_page
from planner.runs.cost_table.facts import Facts, facts_of
from planner.runs.cost_table.forms import LENGTHS, Question, TableForm
from planner.runs.cost_table.grid import grid_of
from planner.runs.cost_table.prices import Prices, prices_of
from planner.runs.cost_table.sentences import sentence, why_this_model
from planner.runs.cost_table.speeds import speeds_of
from planner.runs.cost_table.switches import switches_of
from planner.runs.previewing import Busy
from planner.scenarios.models import ScenarioVersion
from planner.teams.people import signed_in


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, understood."""

    given: QueryDict
    """What was asked without the fields that were left empty: what the links of the page carry on."""
    facts: Facts
    form: TableForm
    question: Question
    prices: Prices
    version: ScenarioVersion | None
    deal: deals.DealPrices


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Chips x models at one kind of price; htmx asks for the changing part alone."""
    asked = _asked(request)
    if asked is None:
        return varied(render(request, "cost_table/table.html", {"facts": None}))
    try:
        speeds = speeds_of(asked.facts, asked.question.point)
    except Busy:
        return _waiting(request, asked)
    grid = grid_of(asked.facts, asked.prices, speeds, asked.question)
    columns = [("chip", _("Chip")), *((model.key, model.label) for model in grid.models)]
    context = {
        **_context(asked),
        "grid": grid,
        "sentence": sentence(grid, asked.question),
        "why_this_model": why_this_model(grid, asked.question),
        "switches": switches_of(asked.given, asked.question),
        "columns": sortable(asked.given, columns, asked.question.sort or "chip"),
    }
    is_fragment = wants_fragment(request)
    template = "cost_table/_table.html" if is_fragment else "cost_table/table.html"
    # htmx swaps what succeeded only; the sentences stand at the fields inside the part it swaps.
    answer = render(
        request, template, context, status=422 if asked.form.is_wrong() and not is_fragment else 200
    )
    return varied(answer)


def _waiting(request: HttpRequest, asked: _Asked) -> HttpResponse:
    """Says that another table is being computed; htmx asks again by itself, and swaps only what succeeded."""
    context = {**_context(asked), "is_waiting": True}
    if wants_fragment(request):
        return varied(render(request, "cost_table/_waiting.html", context))
    answer = render(request, "cost_table/table.html", context, status=503)
    answer["Retry-After"] = "1"
    return varied(answer)


@require_safe
def cell(request: HttpRequest, chip: str, model: str) -> HttpResponse:
    """Every step from specification to dollars for one chip and model."""
    asked = _asked(request)
    if asked is None:
        raise Http404
    shown_chip, shown_model = asked.facts.chip(chip), asked.facts.model(model)
    if shown_chip is None or shown_model is None or not shown_chip.document or not shown_model.document:
        raise Http404
    page = cell_page(asked.facts, asked.prices, shown_chip, shown_model, asked.question)
    context = {
        **_context(asked),
        "page": page,
        "switches": switches_of(asked.given, asked.question),
    }
    return render(request, "cost_table/cell.html", context, status=422 if asked.form.is_wrong() else 200)


def _asked(request: HttpRequest) -> _Asked | None:
    """What is asked of the newest release; None while there is no release. Raises Http404 for a deal not to be seen."""
    viewer, release = signed_in(request), current_release()
    if release is None:
        return None
    facts = facts_of(release)
    version = deals.asked_version(viewer, request.GET.get("deal", ""))
    given = _given(request, version)
    form = TableForm(given, facts=facts, deals=deals.deal_choices(viewer, version))
    deal = deals.deal_prices(version, facts)
    question = form.question()
    return _Asked(given, facts, form, question, prices_of(facts, deal.hours, question.pick), version, deal)


def _given(request: HttpRequest, version: ScenarioVersion | None) -> QueryDict:
    """What was asked; the version's public id in the one way the form offers it, however it was written."""
    kept = request.GET.copy()
    if version is not None:
        kept["deal"] = str(version.uuid)
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return kept


def _context(asked: _Asked) -> dict[str, Any]:
    query = asked.given.urlencode()
    return {
        "facts": asked.facts,
        "form": asked.form,
        "question": asked.question,
        "version": asked.version,
        "deal": asked.deal,
        "query": f"?{query}" if query else "",
        "without_kind": without(asked.given, "kind"),
        "without_point": without(asked.given, "point", *LENGTHS),
    }
