"""Finished runs of real documents, with a stored sample result instead of a computation."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.compare import queries
from planner.runs.models import Run, RunRequest, State
from planner.scenarios.actions import create_scenario
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.worked_examples import template_document
from planner.teams.models import Team, User

SAMPLE = Path(__file__).parent.parent / "pages" / "sample_result.json"
_numbers = itertools.count(1)

MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(monkeypatch: pytest.MonkeyPatch) -> MakeRun:
    """A finished run of a new scenario; its draws are those of its seed, moved by `better`."""
    moved: dict[int, float] = {}

    def draws_of(run: Run) -> dict[str, Any]:
        luck = np.random.default_rng(run.seed).normal(size=run.draws)
        names = json.loads(run.result_text)["outcomes"]
        return dict.fromkeys(names, luck + moved[run.pk])

    def make(team: Team, author: User, name: str = "A question", seed: int = 7, better: float = 0.0) -> Run:
        scenario = create_scenario(
            team=team, author=author, name=name, document=template_document("amazon-openai-2026")
        )
        run = finished_run(scenario.newest_version, author, seed)
        moved[run.pk] = better
        return run

    monkeypatch.setattr(queries, "draws_of", draws_of)
    return make


def finished_run(version: ScenarioVersion | None, author: User, seed: int) -> Run:
    assert version is not None
    number = next(_numbers)
    result = json.loads(SAMPLE.read_text())
    kept = {key: value for key, value in result.items() if key not in ("identity", "result_digest", "timing")}
    run = Run.objects.create(
        team=version.scenario.team,
        number=number,
        version=version,
        identity=f"{number:064x}",
        engine_version="0.1.0",
        block_size=8192,
        seed=seed,
        draws=4096,
        state=State.DONE,
        requested_by=author,
        result_text=json.dumps(kept),
        result_digest="d" * 64,
    )
    RunRequest.objects.create(run=run, version=version, requested_by=author)
    return run
