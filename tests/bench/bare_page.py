"""A bare Django page of a given shape, to measure ours against: the same session, user, middleware and policies."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from planner.scenarios.models import Scenario

MOST_ROWS = 25


@dataclass(frozen=True)
class Shape:
    """Queries beyond those of session and user, rows, values written out in all, and bytes."""

    queries: int
    rows: int
    values: int
    size: int


SHAPE = Shape(queries=1, rows=1, values=1, size=1)
"""Set by the test before it asks for the page."""

_TEMPLATE = engines["django"].from_string(
    "<!DOCTYPE html><html lang='en'><head><title>{{ user.username }}</title></head><body><table>"
    "{% for row in rows %}<tr>{% for cell in cells %}<td>{{ row.name }}</td>{% endfor %}{{ filler }}</tr>{% endfor %}"
    "</table></body></html>"
)


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """As many queries, rows, values and bytes as SHAPE says, in one plain template."""
    assert request.user.is_authenticated
    found: list[Any] = []
    for _query in range(max(SHAPE.queries, 1)):
        found = list(Scenario.objects.defer("newest_version")[:MOST_ROWS])
    rows = (found * (SHAPE.rows // len(found) + 1))[: max(SHAPE.rows, 1)]
    cells = range(max(round(SHAPE.values / len(rows)), 1))
    room = SHAPE.size / len(rows) - len(cells) * (len("<td></td>") + len(found[0].name))
    context = {"rows": rows, "cells": cells, "filler": "x" * max(int(room), 0)}
    return HttpResponse(_TEMPLATE.render(context, request))


urlpatterns = [path("bare/", bare)]
