"""Reads of runs. What the viewer may not see is a 404."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Now
from django.http import Http404
from django.utils import timezone
from numpy.typing import NDArray

from planner.runs import chunk_files, engine, lives
from planner.runs.models import ACTIVE, WANTED, Chunk, ChunkState, Run, RunRequest, State
from planner.runs.presentation.pages import ALLOWED_OUTCOMES
from planner.scenarios.models import OBJECT_KIND, ScenarioVersion
from planner.teams.access import Viewer, level_of, rows_of_my_teams
from planner.teams.models import Level

RESULTS_LEVEL_FANS = ("provider_cash_no_ipo", "provider_cash_with_ipo")
LONG_TEXTS = ("result_text", "preparation_text", "version__document_text")
"""What no list shows; some 100,000 characters of each run."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, as its page says it."""

    run: Run
    draws_done: int
    share: float
    """From 0 to 1."""
    queue_position: int | None
    """1 is next; None unless queued."""
    is_worked_on: bool
    """A worker holds a live lease on it now. A run that is not is waiting, whatever its state."""
    has_workers: bool
    elapsed: timedelta
    """Since it was requested; until its end when it has ended."""
    expected_end: datetime | None
    """None until enough is done to tell."""

    @property
    def draws_total(self) -> int:
        return self.run.draws

    @property
    def elapsed_seconds(self) -> int:
        return int(self.elapsed.total_seconds())

    @property
    def percent(self) -> int:
        return int(self.share * 100)


@dataclass(frozen=True, slots=True)
class NewestResult:
    """The newest finished run of a version, with its outcomes and nothing else of it."""

    version: int
    """The key of the version; of it further `scenario` (key) and `version_number`."""
    scenario: int
    version_number: int
    run_uuid: UUID
    outcomes: dict[str, Any]


def runs_of(viewer: Viewer) -> QuerySet[Run]:
    """The runs of the viewer's teams, newest first."""
    mine = rows_of_my_teams(viewer, Run.objects.all())
    return mine.select_related("team", "version__scenario", "requested_by")


def active_runs(viewer: Viewer) -> QuerySet[Run]:
    """Those still queued, running or cancelling, without their long texts."""
    return runs_of(viewer).filter(state__in=ACTIVE).defer(*LONG_TEXTS)


def run_for(viewer: Viewer, uuid: UUID) -> Run:
    """A run of one of the viewer's teams. Http404 otherwise."""
    run = runs_of(viewer).filter(uuid=uuid).first()
    if run is None:
        raise Http404
    return run


def run_seen_by(
    viewer: Viewer, uuid: UUID, at_least: Level = Level.RESULTS
) -> tuple[Run, ScenarioVersion, Level]:
    """A run with the version through which the viewer sees it, and how much of it. Http404 when through none.

    Members see it through the version it was first asked for; others through the one that was shared with them, and
    they never learn of another version with the same numbers.
    """
    run = Run.objects.select_related("team", "version__scenario", "requested_by").filter(uuid=uuid).first()
    if run is None:
        raise Http404
    requests = list(run.requests.select_related("version__scenario__team"))
    versions = [run.version, *(r.version for r in requests if r.version_id != run.version_id)]
    seen = [(_level(viewer, run, version), version) for version in versions]
    allowed = [(level, version) for level, version in seen if level is not None and level >= at_least]
    if not allowed:
        raise Http404
    level, version = max(allowed, key=lambda pair: pair[0])
    return run, version, level


def latest_done_run(viewer: Viewer, version: ScenarioVersion) -> Run | None:
    """The newest finished run of this version; None when there is none or the viewer may not see its results."""
    level = level_of(
        viewer, object_kind=OBJECT_KIND, object_uuid=version.uuid, owner_team=version.scenario.team
    )
    if level is None:
        return None
    return _runs_showing(version).filter(state=State.DONE).order_by("-finished_at", "-pk").first()


def newest_results(
    wanted: Q, *, whole_scenarios: Collection[int] = (), whole_versions: Collection[int] = ()
) -> list[NewestResult]:
    """The newest result of each version that `wanted` names, a condition on run requests. One query.

    For versions that the viewer was found to see: of those that are not named by key, or by the key of their scenario,
    as seen whole, only the results level's outcomes are returned. The database takes the outcomes out of the result:
    a headline needs a tenth of it.
    """
    newest = RunRequest.objects.filter(version=OuterRef("version"), run__state=State.DONE)
    first = newest.order_by("-run__finished_at", "-run_id").values("pk")[:1]
    found = RunRequest.objects.filter(wanted, pk=Subquery(first)).order_by()
    found = found.annotate(outcomes=KeyTransform("outcomes", Cast("run__result_text", JSONField())))
    rows = found.values_list("version_id", "version__scenario_id", "version__number", "run__uuid", "outcomes")
    return [
        NewestResult(
            version,
            scenario,
            number,
            run,
            _outcomes_seen(outcomes, version in whole_versions or scenario in whole_scenarios),
        )
        for version, scenario, number, run, outcomes in rows
    ]


def latest_run(viewer: Viewer, version: ScenarioVersion) -> Run | None:
    """Number and state of the newest run of this version; None when there is none or it is not the viewer's team's."""
    found = rows_of_my_teams(viewer, _runs_showing(version)).only("uuid", "number", "state")
    return found.order_by("-created_at", "-pk").first()


def newest_hinges(viewer: Viewer, version: ScenarioVersion) -> list[tuple[str, float]]:
    """(path, gap) of the inputs of the newest finished run of the version's scenario, what drives it most first; []
    without one.

    By the share of the headline's variance that an input explains alone, then by its gap. Of the viewer's own teams
    only. One query.
    """
    shown = RunRequest.objects.filter(version__scenario=version.scenario_id).values("run_id")
    done = rows_of_my_teams(viewer, Run.objects.filter(pk__in=shown, state=State.DONE))
    text = done.order_by("-finished_at", "-pk").values_list("result_text", flat=True).first()
    result = json.loads(text) if text else {}
    found = [
        (str(one["path"]), float(one["gap"]))
        for one in result.get("hinges") or []
        if one.get("gap") is not None
    ]
    told = result.get("importance") or {}
    drives = {
        row["path"]: row["headline"] for row in told.get("rows") or [] if row["headline"] > told["noise"]
    }
    return sorted(found, key=lambda one: (-drives.get(one[0], 0.0), -abs(one[1])))


def result_of(run: Run) -> dict[str, Any] | None:
    """The result document with identity, digest and timing; None unless the run is done."""
    if run.state != State.DONE:
        return None
    found: dict[str, Any] = json.loads(run.result_text)  # our own bytes, not somebody's
    receipt = {
        "identity": run.identity,
        "result_digest": run.result_digest,
        "engine_version": run.engine_version,
    }
    return {**receipt, **found, "timing": run.timing}


def results_level_of(run: Run) -> dict[str, Any] | None:
    """What a results-level share shows of a result, and nothing else; None unless the run is done."""
    whole = result_of(run)
    if whole is None:
        return None
    outcomes = _outcomes_seen(whole["outcomes"], is_whole=False)
    fans = {name: whole["fans"][name] for name in RESULTS_LEVEL_FANS if name in whole.get("fans", {})}
    kept: dict[str, Any] = {
        name: whole[name] for name in ("engine_version", "quarters", "opening") if name in whole
    }
    return {**kept, "outcomes": outcomes, "fans": fans}


def draws_of(run: Run) -> dict[str, NDArray[np.float64]]:
    """Key figure -> its value in every draw, in draw order: equal positions of two runs on one seed are paired.

    Empty unless the run is done. Raises chunk_files.LostFile when a stored part is gone.
    """
    if run.state != State.DONE:
        return {}
    parts: dict[str, list[NDArray[np.float64]]] = {}
    for chunk in run.chunks.all():  # in the order of their index
        blocks = chunk_files.load(chunk.file, chunk.file_digest)
        for block in chunk.blocks:
            for name, values in engine.key_figures_of(engine.summary_from(blocks[block])).items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def ledger_of_draw(run: Run, draw: int) -> list[dict[str, Any]]:
    """The full ledger of one draw of a finished run, computed again; the same as when it was run."""
    inputs = engine.inputs_of_version(run.version)
    preparation = engine.preparation_from(json.loads(run.preparation_text))
    return engine.ledger_of_draw(inputs, preparation, run.seed, draw)


def draws_done(run: Run) -> int:
    """How many draws of a run are computed; it may go down when a worker is lost."""
    if run.state == State.DONE:
        return run.draws
    done = Chunk.objects.filter(run=run).aggregate(done=Sum("blocks_done"))["done"] or 0
    return min(done * run.block_size, run.draws)


def progress_of(run: Run) -> Progress:
    """How far a run is. Cheap: five small queries, none of them to the broker."""
    chunks = Chunk.objects.filter(run=run)
    blocks = chunks.aggregate(done=Sum("blocks_done"), total=Sum("block_count"))
    done, total = blocks["done"] or 0, blocks["total"] or 1
    share = 1.0 if run.state == State.DONE else min(done / total, 1.0)
    return Progress(
        run=run,
        draws_done=min(done * run.block_size, run.draws),
        share=share,
        queue_position=_queue_position(run),
        is_worked_on=chunks.filter(state=ChunkState.RUNNING, lease_until__gt=Now()).exists(),
        has_workers=lives.living("worker") > 0,
        elapsed=(run.finished_at or timezone.now()) - run.created_at,
        expected_end=_expected_end(run, share),
    )


def _level(viewer: Viewer, run: Run, version: ScenarioVersion) -> Level | None:
    return level_of(viewer, object_kind=OBJECT_KIND, object_uuid=version.uuid, owner_team=run.team)


def _outcomes_seen(outcomes: dict[str, Any], is_whole: bool) -> dict[str, Any]:
    """All outcomes, or those of the results level's allow-list."""
    if is_whole:
        return outcomes
    return {name: outcomes[name] for name in ALLOWED_OUTCOMES if name in outcomes}


def _runs_showing(version: ScenarioVersion) -> QuerySet[Run]:
    return Run.objects.filter(pk__in=RunRequest.objects.filter(version=version).values("run_id"))


def _queue_position(run: Run) -> int | None:
    if run.state != State.QUEUED:
        return None
    before = Q(created_at__lt=run.created_at) | Q(created_at=run.created_at, pk__lt=run.pk)
    return Run.objects.filter(before, state__in=WANTED).count() + 1


def _expected_end(run: Run, share: float) -> datetime | None:
    if run.state != State.RUNNING or run.started_at is None or share <= 0:
        return None
    now = timezone.now()
    return now + (now - run.started_at) * ((1 - share) / share)
