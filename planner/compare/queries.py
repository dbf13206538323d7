"""Versions side by side: what the viewer may lay beside each other, and how much of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from numpy.typing import NDArray

from planner.runs.chunk_files import LostFile
from planner.runs.models import Run, RunRequest, State
from planner.runs.presentation.pages import ALLOWED_OUTCOMES
from planner.runs.queries import draws_of, result_of, results_level_of
from planner.scenarios.changes import Change, diff
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.queries import raw_of_version, shared_with, versions_for
from planner.teams.access import Viewer, rows_of_my_teams
from planner.teams.models import Level

MOST_OTHERS = 5
MOST_CHOICES = 400


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
    """Versions with a finished run: those of the viewer's teams, then those shared with the viewer; by name."""
    in_use = rows_of_my_teams(viewer, Scenario.objects.filter(archived_at__isnull=True))
    is_own, is_shared = Q(scenario__in=in_use.values("pk")), Q(pk__in=shared_with(viewer).values("pk"))
    finished = RunRequest.objects.filter(version=OuterRef("pk"), run__state=State.DONE)
    offered = ScenarioVersion.objects.filter(is_own | is_shared, Exists(finished)).defer("document_text")
    offered = offered.annotate(is_own=ExpressionWrapper(is_own, output_field=BooleanField()))
    in_order = offered.select_related("scenario__team").order_by("-is_own", "scenario__name", "-number")
    return list(in_order[:MOST_CHOICES])


def compared(viewer: Viewer, uuids: Sequence[UUID]) -> list[Compared]:
    """The versions of a comparison, the base first; each other with a run paired with the base's, if it has one.

    Four queries, however many versions. Raises Http404 when the viewer may see nothing of one of them.
    """
    versions = versions_for(viewer, uuids)
    runs = _runs_of([version for version, _level in versions])
    found = []
    for version, level in versions:
        run = runs.get(version.pk)
        result = None
        if run is not None:
            result = result_of(run) if level >= Level.FULL else results_level_of(run)
        found.append(Compared(version, level, run, result or {}))
    return found


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


def _runs_of(versions: Sequence[ScenarioVersion]) -> dict[int, Run]:
    """By key of the version: the newest finished run of the first; of the others one on its luck, else the newest."""
    done = RunRequest.objects.filter(version__in=versions, run__state=State.DONE)
    offered: dict[int, list[tuple[int, tuple[int, int, int]]]] = {}
    for version, run, *luck in done.order_by("-run__finished_at", "-run_id").values_list(
        "version_id", "run_id", "run__seed", "run__draws", "run__block_size"
    ):
        offered.setdefault(version, []).append((run, (luck[0], luck[1], luck[2])))
    like = offered[versions[0].pk][0][1] if versions and versions[0].pk in offered else None
    chosen = {
        version: next((run for run, luck in runs if luck == like), runs[0][0])
        for version, runs in offered.items()
    }
    runs = Run.objects.select_related("team").prefetch_related("chunks").in_bulk(chosen.values())
    return {version: runs[run] for version, run in chosen.items()}
