"""How many of our pages are served in the time of bare Django pages of the same shape.

In process, through the whole middleware, with Django's test client: what a worker does for a request, without the
network. Ours and the bare page take turns, so that both see the same machine.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import path

from planner import urls
from tests.people import People

if TYPE_CHECKING:
    from django.test import Client

TURNS = 25
QUERIES_OF_A_SESSION = 2


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
        "editor": f"/scenarios/{scenario.uuid}/edit/",
        "result": f"/runs/{run.uuid}/results/",
    }


def shape_of(client: Client, address: str) -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.bench.bare_page import Shape

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        text = client.get(address).content.decode()
    body = text[text.index("<main") :]
    rows = len(re.findall(r"<tr|<li|class=\"editor-field\"", body))
    values = len(re.findall(r"<t[dh]|<d[td]|<li|<option|<input|<p|<label|<h\d|<a ", body))
    return Shape(queries=len(captured) - QUERIES_OF_A_SESSION, rows=rows, values=values, size=len(text))


def seconds(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200
    return time.perf_counter() - began


@pytest.mark.django_db
def test_our_pages_against_bare_pages_of_the_same_shape(
    people: People, owner_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.bench import bare_page

    settings.ROOT_URLCONF = WithTheBarePage()
    lines = ["", "Pages: served in the time of one bare Django page of the same shape (goal 0.50)"]
    lines.append(
        f"  {'':16}{'queries':>8}{'rows':>7}{'values':>8}{'kB':>7}{'ours, ms':>11}{'bare, ms':>11}{'ratio':>8}"
    )
    for name, address in fill(people).items():
        shape = shape_of(owner_client, address)
        monkeypatch.setattr(bare_page, "SHAPE", shape)
        turns = [(seconds(owner_client, address), seconds(owner_client, "/bare/")) for _turn in range(TURNS)]
        ours, bare = (statistics.median(times) * 1000 for times in zip(*turns, strict=True))
        lines.append(
            f"  {name:16}{shape.queries + QUERIES_OF_A_SESSION:8}{shape.rows:7}{shape.values:8}{shape.size / 1000:7.0f}"
            f"{ours:11.1f}{bare:11.1f}{bare / ours:8.2f}"
        )
    sys.stdout.write("\n".join([*lines, ""]))
