"""Asking for a run and cancelling one. Each is one transaction with its audit entry."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.errors import Conflict
from planner.runs import engine, execution, feeding, limits, transitions
from planner.runs.computing import refuse_too_large
from planner.runs.models import WANTED, Chunk, Run, RunRequest, State
from planner.runs.snapshot import identity_of
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
    identity = identity_of(inputs, seed=seed, draws=draws)
    run, is_new = _existing_or_new(version, requester, identity, seed, draws)
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


def _existing_or_new(
    version: ScenarioVersion, requester: User, identity: str, seed: int, draws: int
) -> tuple[Run, bool]:
    """Two clicks at once: the constraint lets one through, the other finds its run at the second look."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                run = _find(version, identity)
                is_new = run is None
                if run is None:
                    run = _create(version, requester, identity, seed, draws)
                RunRequest.objects.get_or_create(
                    run=run, version=version, defaults={"requested_by": requester}
                )
                return run, is_new
        except IntegrityError:
            continue
    raise Conflict(_("Many people asked for runs at the same moment. Try again."))


def _find(version: ScenarioVersion, identity: str) -> Run | None:
    same = Run.objects.filter(team=version.scenario.team, identity=identity, state__in=(*WANTED, State.DONE))
    return same.first()


def _create(version: ScenarioVersion, requester: User, identity: str, seed: int, draws: int) -> Run:
    team = version.scenario.team
    last = Run.objects.filter(team=team).aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(
        team=team,
        number=last + 1,
        version=version,
        identity=identity,
        engine_version=engine.engine_version(),
        block_size=engine.block_size(),
        seed=seed,
        draws=draws,
        requested_by=requester,
    )
    Chunk.objects.bulk_create(
        Chunk(run=run, index=index, first_block=first, block_count=count)
        for index, (first, count) in enumerate(limits.chunk_ranges(engine.block_count(draws)))
    )
    record(
        actor=requester,
        action="run requested",
        object_kind="run",
        object_uuid=run.uuid,
        team=team,
        details={"number": run.number, "version": str(version.uuid), "draws": draws, "seed": seed},
    )
    return run
