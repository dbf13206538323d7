"""Load shapes in the library: begun from an archetype, recorded in a file, drawn on their page, used in a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from planner.core.canonical_json import parse_stored
from planner.core.documents import read_document
from planner.loads.documents import LoadDocument
from planner.loads.models import LoadShape, LoadShapeVersion
from planner.scenarios.documents import scenario_document
from planner.scenarios.load_board import load_board
from tests.planner.scenarios.small_document import small_document
from tests.planner.scenarios.test_documents import problems_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import People

NEW, TRACE = "/library/loads/new/", "/library/loads/trace/"


def trace_file(rows: int = 288) -> SimpleUploadedFile:
    waves = 1.0 + 0.5 * np.sin(np.arange(rows) / 144 * 2 * np.pi) + 0.1 * (np.arange(rows) % 7)
    lines = ["time,load", *(f"{step * 600},{load:.4f}" for step, load in enumerate(waves))]
    return SimpleUploadedFile("spring.csv", "\n".join(lines).encode(), "text/csv")


@pytest.fixture
def as_analyst(client: Client, people: People) -> Client:
    client.force_login(people.member)
    return client


def test_a_new_shape_may_begin_with_an_archetype(as_analyst: Client) -> None:
    choices = as_analyst.get(NEW).content.decode()
    assert "Hard to forecast" in choices
    assert TRACE in choices
    page = as_analyst.get(NEW, {"from": "hard_to_forecast"})
    assert "Peak over mean" in page.content.decode()
    assert as_analyst.get(NEW, {"from": "nothing"}).status_code == 404


@pytest.mark.django_db
def test_a_recorded_load_is_replayed_and_kept_with_where_it_comes_from(as_analyst: Client) -> None:
    answer = as_analyst.post(TRACE, {"file": trace_file(), "name": "Spring", "source": "Our own fleet"})
    assert answer.status_code == 302
    shape = LoadShape.objects.get()
    held: Any = parse_stored(LoadShapeVersion.objects.get().document_text)
    document = read_document(LoadDocument, held)
    assert shape.name == "Spring"
    assert document.replay is not None
    assert document.source == (
        "Our own fleet spring.csv: 288 steps of 10 minutes, load = load, 0 suspect steps left out."
    )
    page = as_analyst.get(answer.url).content.decode()
    for words in ("What waiting saves", "What a cap sheds", "Load factor", "Our own fleet"):
        assert words in page
    scenario_document(
        {**small_document(), "load": held, "levers": {"deferrable_share": 0.3, "deferral_window_hours": 4.0}}
    )


def test_a_load_of_few_levels_with_a_rare_peak_is_a_load(as_analyst: Client) -> None:
    lines = ["time,load", *(f"{step * 600},{9 if step == 7 else 1 + step % 2}" for step in range(2000))]
    held = SimpleUploadedFile("levels.csv", "\n".join(lines).encode(), "text/csv")
    assert as_analyst.post(TRACE, {"file": held}).status_code == 302
    assert LoadShape.objects.get().peak_over_mean == pytest.approx(9 / (3007 / 2000), rel=1e-5)


def test_a_file_that_stumbles_is_refused_with_its_rows(as_analyst: Client) -> None:
    wrong = SimpleUploadedFile("x.csv", b"time,load\n0,1\n600,-2\n1300,1\n")
    answer = as_analyst.post(TRACE, {"file": wrong})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Row 3: its load must be a number of 0 or more." in said
    assert "Row 4 comes 700 seconds after the one before." in said
    assert not LoadShape.objects.exists()
    assert "Choose a file." in as_analyst.post(TRACE, {}).content.decode()


def test_a_window_needs_a_load_that_was_replayed_and_stands_at_its_field() -> None:
    document = {**small_document(), "levers": {"deferrable_share": 0.3, "deferral_window_hours": 4.0}}
    assert problems_of(document)["levers.deferrable_share"].startswith(
        "Deferrable share needs a load shape that was replayed"
    )


@pytest.mark.parametrize(
    ("levers", "path", "sentence"),
    [
        (
            {"deferrable_share": 1.4},
            "deferrable_share",
            "Deferrable share is 140%. It must be between 0% and 100%.",
        ),
        (
            {"deferrable_share": 0.2},
            "deferral_window_hours",
            "Deferrable share is 20%, so window of deferral must be above 0 hours.",
        ),
        ({"rate_cap_over_mean": -1}, "rate_cap_over_mean", "Rate cap is -1. It must be between 0 and 100."),
        (
            {"queue_hours": 2},
            "queue_hours",
            "Queue above the cap is 2 hours and there is no rate cap. State one, or set it to 0.",
        ),
        (
            {"rate_cap_over_mean": 0.9, "queue_hours": 2},
            "rate_cap_over_mean",
            "Rate cap is 0.9 times the mean, under which a queue has no end. "
            "Raise it to at least 1.05, or set queue above the cap to 0.",
        ),
    ],
)
def test_a_lever_beyond_what_is_possible_is_refused_at_its_field(
    levers: dict[str, float], path: str, sentence: str
) -> None:
    assert problems_of({**small_document(), "levers": levers})[f"levers.{path}"] == sentence


def test_the_figures_of_a_curve_are_those_worked_out_by_hand() -> None:
    raw = {"load": {"exceedance_share": [0.0, 1.0], "load_over_mean": [2.0, 0.0]}}
    figures = {title: figure for title, figure, _says in load_board(raw, {}, []).figures}
    assert figures == {
        "Peak over mean": "2.00x",
        "99th percentile": "1.98x",
        "Coefficient of variation": "0.58",
        "Load factor": "50%",
    }
