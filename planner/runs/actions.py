"""Asking for a run and cancelling one. Each is one transaction with its audit entry."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.errors import Conflict
from planner.runs import engine, execution, feeding, limits, transitions
from planner.runs.computing import refuse_too_large
from planner.runs.models import WANTED, Chunk, ChunkState, Run, RunRequest, State
from planner.runs.snapshot import identity_of, streams_of
from planner.scenarios.models import ScenarioVersion
from planner.teams.access import require_role
from planner.teams.models import Role, User


def request_run(
    *, version: ScenarioVersion, requester: User, draws: int | None = None, seed: int | None = None
) -> Run:
    """The run of this version: a new one, queued, or the team's identical one, stored or under way.

    Answers quickly whatever the broker does. Raises Http404 unless the requester is an analyst of the owning team,
    InvalidInput when draws, seed or the memory needed are out of range.
    """
    return request_run_or_find(version=version, requester=requester, draws=draws, seed=seed)[0]


def request_run_or_find(
    *, version: ScenarioVersion, requester: User, draws: int | None = None, seed: int | None = None
) -> tuple[Run, bool]:
    """Like `request_run`, and whether the run is new."""
    require_role(requester, version.scenario.team, Role.ANALYST)
    draws = limits.default_draws() if draws is None else draws
    seed = limits.default_seed() if seed is None else seed
    limits.check_seed(seed)
    limits.check_draws(draws, whole_blocks_of=engine.block_size())
    inputs = engine.inputs_of_version(version)
    refuse_too_large(inputs)
    asked = Run(
        team=version.scenario.team,
        version=version,
        requested_by=requester,
        identity=identity_of(inputs, seed=seed, draws=draws),
        streams=streams_of(inputs, seed=seed),
        engine_version=engine.engine_version(),
        block_size=engine.block_size(),
        seed=seed,
        draws=draws,
    )
    run, is_new = _existing_or_new(asked)
    if is_new:
        # After the commit, never before: a worker must find the rows. A dead broker is no error here.
        transaction.on_commit(feeding.feed, robust=True)
    return run, is_new


def compute_in_process(run: Run) -> Run:
    """Computes a queued run here and now, without broker or worker, on the same path. Returns it as it ended."""
    for chunk_uuid in Chunk.objects.filter(run=run).order_by("index").values_list("uuid", flat=True):
        execution.compute_chunk(chunk_uuid)
    run.refresh_from_db()
    return run


def cancel_run(*, run: Run, actor: User) -> Run:
    """Asks a run to stop: at once when nobody works on it, else within one block.

    Raises Http404 unless the actor is an analyst of its team, Conflict when it has ended already. Asking twice is
    no error.
    """
    require_role(actor, run.team, Role.ANALYST)
    with transaction.atomic():
        if transitions.ask_to_cancel(run.pk, actor):
            record(
                actor=actor, action="run cancel asked", object_kind="run", object_uuid=run.uuid, team=run.team
            )
            transitions.settle_cancel(run.pk)
    run.refresh_from_db()
    if run.state in (State.DONE, State.FAILED):
        raise Conflict(
            _("Run %(number)d has already ended. There is nothing to cancel.") % {"number": run.number}
        )
    return run


def _existing_or_new(asked: Run) -> tuple[Run, bool]:
    """Two clicks at once: the constraint lets one through, the other finds its run at the second look."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                found = _identical(asked)
                run = found or _create(asked)
                RunRequest.objects.get_or_create(
                    run=run, version=asked.version, defaults={"requested_by": asked.requested_by}
                )
                return run, found is None
        except IntegrityError:
            asked.pk = None
    raise Conflict(_("Many people asked for runs at the same moment. Try again."))


def _identical(asked: Run) -> Run | None:
    same = Run.objects.filter(team=asked.team, identity=asked.identity, state__in=(*WANTED, State.DONE))
    return same.first()


def _create(run: Run) -> Run:
    last = Run.objects.filter(team=run.team).aggregate(last=Max("number"))["last"] or 0
    run.number = last + 1
    shorter = _longest_part_of(run)
    run.preparation_text = shorter.preparation_text if shorter else ""
    run.save(force_insert=True)
    chunks = _chunks_taken_over(run, shorter) if shorter else []
    stored = sum(chunk.block_count for chunk in chunks)
    ranges = limits.chunk_ranges(engine.block_count(run.draws), stored)
    chunks += [
        Chunk(run=run, index=index, first_block=first, block_count=count)
        for index, (first, count) in enumerate(ranges, start=len(chunks))
    ]
    Chunk.objects.bulk_create(chunks)
    record(
        actor=run.requested_by,
        action="run requested",
        object_kind="run",
        object_uuid=run.uuid,
        team=run.team,
        details={
            "number": run.number,
            "version": str(run.version.uuid),
            "draws": run.draws,
            "seed": run.seed,
        },
    )
    return run


def _longest_part_of(run: Run) -> Run | None:
    """The team's finished run of the same streams with the most draws below those asked for, or None."""
    parts = Run.objects.filter(team=run.team, streams=run.streams, state=State.DONE, draws__lt=run.draws)
    return parts.order_by("-draws", "-pk").first()


def _chunks_taken_over(run: Run, shorter: Run) -> list[Chunk]:
    """More draws extend: the stored blocks of the shorter run are the first blocks of this one, file and all."""
    return [
        Chunk(
            run=run,
            index=chunk.index,
            first_block=chunk.first_block,
            block_count=chunk.block_count,
            blocks_done=chunk.block_count,
            state=ChunkState.DONE,
            file=chunk.file,
            file_digest=chunk.file_digest,
        )
        for chunk in Chunk.objects.filter(run=shorter).order_by("index")
    ]
