"""Versions side by side: what the viewer may lay beside each other, and how much of each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from planner.runs.chunk_files import LostFile
from planner.runs.models import Run, State
from planner.runs.presentation.pages import ALLOWED_OUTCOMES
from planner.runs.queries import draws_of, result_of, results_level_of
from planner.scenarios.changes import Change, diff
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.queries import raw_of_version, shared_with, version_for
from planner.teams.access import Viewer, rows_of_my_teams
from planner.teams.models import Level

MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """One version in a comparison, as much of it as the viewer may see."""

    version: ScenarioVersion
    level: Level
    run: Run | None
    """None: none of its runs has finished."""
    result: dict[str, Any]
    """Cut to the allow-list at the results level; empty without a run."""

    @property
    def is_whole(self) -> bool:
        """Whether its inputs may be shown."""
        return self.level >= Level.FULL

    @property
    def label(self) -> str:
        """Scenario and number, as charts and heads name it."""
        return f"{self.version.scenario.name[:60]} · {self.version.number}"

    def draws(self) -> dict[str, NDArray[np.float64]]:
        """Outcome -> value in each draw; only allowed outcomes at the results level. Empty when they are lost."""
        if self.run is None:
            return {}
        try:
            found = draws_of(self.run)
        except LostFile:
            return {}
        return found if self.is_whole else {name: found[name] for name in ALLOWED_OUTCOMES if name in found}


def versions_to_compare(viewer: Viewer) -> list[ScenarioVersion]:
    """Versions with a finished run: those of the viewer's teams, newest first, then those shared with the viewer."""
    mine = rows_of_my_teams(viewer, ScenarioVersion.objects.all(), team_field="scenario__team")
    own = _finished(mine.filter(scenario__archived_at__isnull=True)).order_by("scenario__name", "-number")
    return [*own[:200], *_finished(shared_with(viewer))[:200]]


def compared(viewer: Viewer, uuid: UUID, like: Run | None = None) -> Compared:
    """A version for a comparison, with a run that is paired with `like` if it has one. Raises Http404."""
    version, level = version_for(viewer, uuid, at_least=Level.RESULTS)
    run = _run_of(version, like)
    if run is None:
        return Compared(version, level, None, {})
    result = result_of(run) if level >= Level.FULL else results_level_of(run)
    return Compared(version, level, run, result or {})


def are_paired(one: Run, other: Run) -> bool:
    """Whether equal positions of both runs hold the same luck: one seed, as many draws, blocks of one size."""
    return (one.seed, one.draws, one.block_size) == (other.seed, other.draws, other.block_size)


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two versions: the inputs, and apart from them the sources that were given for them."""

    inputs: list[Change]
    sources: list[Change]


def differences(base: Compared, other: Compared) -> Differences | None:
    """Only what differs, in words and units; None when the viewer may not see the inputs of both."""
    if not (base.is_whole and other.is_whole):
        return None
    changes = diff(raw_of_version(base.version), raw_of_version(other.version))
    sources = [change for change in changes if change.path.startswith("evidence[")]
    return Differences([change for change in changes if change not in sources], sources)


def _finished(versions: QuerySet[ScenarioVersion]) -> QuerySet[ScenarioVersion]:
    done = versions.filter(run_requests__run__state=State.DONE).distinct()
    return done.defer("document_text").select_related("scenario__team")


def _run_of(version: ScenarioVersion, like: Run | None) -> Run | None:
    done = Run.objects.filter(requests__version=version, state=State.DONE).order_by("-finished_at", "-pk")
    if like is not None:
        paired = done.filter(seed=like.seed, draws=like.draws, block_size=like.block_size).first()
        if paired is not None:
            return paired
    return done.first()
