"""How many of our pages are served in the time of bare Django pages of the same shape (`bare_page` says what that is).

In process, through the whole middleware, with Django's test client: what a worker does for a request, without the
network. Ours and the bare page take turns, so that both see the same machine. Templates are drawn as in production:
the test runner's note of every template drawn, with a copy of its context, is taken out for both.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import path

from planner import urls
from tests.people import People

if TYPE_CHECKING:
    from django.template import Context, Template
    from django.test import Client

TURNS = 25
QUERIES_OF_A_VISIT = 3
"""Session, user and memberships: the bare page asks them too."""


class WithTheBarePage:
    """Our addresses and the bare page's."""

    def __init__(self) -> None:
        from tests.bench.bare_page import bare

        self.urlpatterns = [path("bare/", bare), *urls.urlpatterns]


def fill(people: People) -> dict[str, str]:
    """A team that has worked for a while. Returns the addresses to measure, by what they are called."""
    from planner.catalog.actions import load_seed
    from planner.scenarios.actions import create_scenario
    from planner.scenarios.worked_examples import template_document
    from tests.planner.compare.conftest import finished_run

    load_seed()
    for number in range(25):
        scenario = create_scenario(
            team=people.team,
            author=people.owner,
            name=f"Question {number} of the team",
            document=template_document("amazon-openai-2026"),
            template="amazon-openai-2026",
        )
        run = finished_run(scenario.newest_version, people.owner, seed=7)
    return {
        "Home": "/",
        "scenario list": "/scenarios/",
        "price list": "/prices/",
        "library": "/library/",
        "overview": f"/scenarios/{scenario.uuid}/",
        "editor": f"/scenarios/{scenario.uuid}/edit/",
        "result": f"/runs/{run.uuid}/results/",
    }


def shape_of(client: Client, address: str) -> Any:
    """The shape of our page, asked for a second time: a worker has been asked before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.bench.bare_page import Shape

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        text = client.get(address).content.decode()
    return Shape(text, queries=len(captured) - QUERIES_OF_A_VISIT)


def ratio(client: Client, address: str, shape: Any, *, plainly: bool) -> tuple[float, float, float]:
    """Milliseconds of ours and of the bare page of this shape, filled to its size; then bare / ours."""
    from tests.bench import bare_page

    bare_page.PAGE = bare_page.page_of(shape, plainly=plainly)
    bare_page.PAGE.filler = "x" * max(shape.size - len(client.get("/bare/").content), 0)
    turns = [(seconds(client, address), seconds(client, "/bare/")) for _turn in range(TURNS)]
    ours, bare = (statistics.median(times) * 1000 for times in zip(*turns, strict=True))
    return ours, bare, bare / ours


def seconds(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200
    return time.perf_counter() - began


def drawn_plainly(template: Template, context: Context) -> Any:
    return template.nodelist.render(context)


@pytest.mark.django_db
def test_our_pages_against_bare_pages_of_the_same_shape(
    people: People, owner_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.template import Template

    settings.ROOT_URLCONF = WithTheBarePage()
    settings.WHITENOISE_AUTOREFRESH = False
    monkeypatch.setattr(Template, "_render", drawn_plainly)
    heads = ("queries", "rows", "cells", "texts", "fields", "further", "kB", "ours, ms", "bare, ms", "ratio")
    lines = ["", "Pages: served in the time of one bare Django page of the same shape (goal 0.50)"]
    lines.append(f"  {'':14}" + "".join(f"{head:>9}" for head in (*heads, "plainly")))
    for name, address in fill(people).items():
        shape = shape_of(owner_client, address)
        ours, bare, by_form = ratio(owner_client, address, shape, plainly=False)
        _ours, _bare, plain = ratio(owner_client, address, shape, plainly=True)
        counts = [shape.queries + QUERIES_OF_A_VISIT, shape.rows, shape.cells, shape.texts]
        counts += [len(shape.fields), len(shape.further), round(shape.size / 1000)]
        said = "".join(f"{count:9}" for count in counts)
        lines.append(f"  {name:14}{said}{ours:9.1f}{bare:9.1f}{by_form:9.2f}{plain:9.2f}")
    sys.stdout.write("\n".join([*lines, ""]))
