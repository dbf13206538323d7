"""Load, compute, store: what happens to a chunk under its lease, and to a run when its last chunk is in."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from planner.core.canonical_json import canonical_text, digest_of
from planner.runs import chunk_files, engine, leases, transitions
from planner.runs.chunk_files import Arrays, LostFile
from planner.runs.limits import MOST_ATTEMPTS, lease
from planner.runs.models import Chunk, ChunkState, Run, State

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The lease is lost or the run is no longer wanted; what was computed so far is dropped."""


def compute_chunk(chunk_uuid: UUID, *, heartbeat: bool = False) -> bool:
    """Claims, computes and stores one chunk, and finalises its run after the last. False: nothing was kept.

    `heartbeat` keeps the lease from a thread of its own, for a worker whose blocks may take longer than the lease.
    """
    chunk = leases.claim(chunk_uuid)
    if chunk is None:
        return False
    try:
        with _kept_alive(chunk) if heartbeat else _nothing_more():
            kept = _compute_and_store(chunk)
    except Stopped:
        kept = False
    except (DatabaseError, InterfaceError):
        raise  # the lease passes and the chunk is tried again
    except SoftTimeLimitExceeded:
        kept = _tried_in_vain(chunk, _("one part took longer than a worker may spend on it"))
    except MemoryError:
        kept = _failed(
            chunk, _("It needs more memory than a worker has. Choose fewer chips, terms or quarters.")
        )
    except OSError as error:
        log.exception("chunk %s", chunk.uuid)
        kept = _tried_in_vain(
            chunk, _("its part could not be stored (%(what)s)") % {"what": error.strerror or error}
        )
    except Exception as error:
        log.exception("chunk %s", chunk.uuid)
        kept = _failed(
            chunk, _("The engine stopped: %(what)s") % {"what": str(error)[:300] or type(error).__name__}
        )
    if kept:
        finalise(chunk.run_id)
    elif Run.objects.filter(pk=chunk.run_id, state=State.CANCELLING).exists():
        leases.give_back(chunk, "cancelled")
        transitions.settle_cancel(chunk.run_id)
    return kept


def finalise(run_id: int) -> bool:
    """Adds the blocks in block order and ends the run, once, however many try. False: not this time, not by us."""
    token = leases.claim_finalising(run_id)
    if token is None:
        return False
    run = Run.objects.select_related("version").get(pk=run_id)
    try:
        blocks, seconds = _stored_blocks(run)
        began = time.perf_counter()
        scenario = engine.inputs_of_version(run.version)
        preparation = engine.preparation_from(json.loads(run.preparation_text))
        result = engine.combine(scenario, preparation, blocks, run.draws, run.seed)
        text = canonical_text(result)
    except LostFile:
        leases.end_finalising(run_id, token)
        return False
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        log.exception("run %s", run.uuid)
        return transitions.fail(run_id, _("The engine stopped: %(what)s") % {"what": str(error)[:300]})
    timing = {
        "seconds_computed": round(seconds, 3),
        "seconds_combining": round(time.perf_counter() - began, 3),
    }
    return transitions.finish(
        run_id, token=token, result_text=text, result_digest=digest_of(text), timing=timing
    )


def give_up_if_tried_enough(chunk: Chunk) -> bool:
    """Fails the run when this waiting chunk has used all its attempts. False: it may be tried again."""
    if chunk.attempt < MOST_ATTEMPTS:
        return False
    said = _("A part of it was tried %(times)d times and did not finish: %(why)s.")
    return transitions.fail(chunk.run_id, said % {"times": chunk.attempt, "why": chunk.trouble})


def _compute_and_store(chunk: Chunk) -> bool:
    run, began = chunk.run, time.perf_counter()
    scenario = engine.inputs_of_version(run.version)
    preparation = _preparation(chunk, scenario)
    blocks: dict[int, Arrays] = {}
    for block in chunk.blocks:
        summary = engine.evaluate_block(scenario, preparation, run.seed, block, run.draws)
        blocks[block] = engine.arrays_of(summary)
        if not leases.renew(chunk, blocks_done=len(blocks)):
            raise Stopped
    assert chunk.lease_token is not None
    file, digest = chunk_files.store(run.uuid, chunk.lease_token, blocks)
    kept = leases.finish(chunk, file=file, file_digest=digest, seconds=time.perf_counter() - began)
    if not kept:
        chunk_files.discard(file)
    return kept


def _preparation(chunk: Chunk, scenario: engine.Inputs) -> engine.Prepared:
    """What the first chunk found, read back even by the first: every chunk starts from the same bytes."""
    run = chunk.run
    if not run.preparation_text:
        found = engine.preparation_json(engine.prepare(scenario, run.seed))
        run.preparation_text = canonical_text(found)
        Run.objects.filter(pk=run.pk, preparation_text="").update(preparation_text=run.preparation_text)
        if not leases.renew(chunk):
            raise Stopped
    return engine.preparation_from(json.loads(run.preparation_text))


def _stored_blocks(run: Run) -> tuple[list[engine.Summary], float]:
    """The summaries in block order and the seconds they took. A lost file sends its chunk back and raises LostFile."""
    summaries, seconds = [], 0.0
    for chunk in Chunk.objects.filter(run=run).order_by("index"):
        try:
            blocks = chunk_files.load(chunk.file, chunk.file_digest)
        except LostFile:
            leases.reopen(chunk.pk, chunk.file, "its stored file was lost")
            raise
        summaries += [engine.summary_from(blocks[block]) for block in chunk.blocks]
        seconds += chunk.seconds
    return summaries, seconds


def _tried_in_vain(chunk: Chunk, trouble: str) -> bool:
    leases.give_back(chunk, trouble)
    again = Chunk.objects.get(pk=chunk.pk)
    if again.state == ChunkState.WAITING:
        give_up_if_tried_enough(again)
    return False


def _failed(chunk: Chunk, reason: str) -> bool:
    if leases.give_back(chunk, reason):
        transitions.fail(chunk.run_id, reason)
    return False


@contextmanager
def _nothing_more() -> Iterator[None]:
    yield


@contextmanager
def _kept_alive(chunk: Chunk) -> Iterator[None]:
    """Renews the lease every third of it until left. The block loop notices by itself when it is lost."""
    ended = threading.Event()

    def renew() -> None:
        try:
            while not ended.wait(lease().total_seconds() / 3):
                leases.renew(chunk)
        except (DatabaseError, InterfaceError) as error:
            log.warning("chunk %s: the lease could not be renewed: %s", chunk.uuid, error)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
