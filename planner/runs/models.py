"""Runs and their chunks: the queue and the truth. Redis and Celery only wake workers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planner.scenarios.models import ScenarioVersion
from planner.teams.models import Team


class State(models.TextChoices):
    """Where a run stands. Each change is a conditional UPDATE in `transitions.py`; the last three are final."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    CANCELLING = "cancelling", _("cancelling")
    CANCELLED = "cancelled", _("cancelled")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


WANTED = (State.QUEUED, State.RUNNING)
"""Runs whose chunks may be claimed."""
ACTIVE = (State.QUEUED, State.RUNNING, State.CANCELLING)
FINAL = (State.CANCELLED, State.DONE, State.FAILED)


class ChunkState(models.TextChoices):
    """Where a chunk stands. DROPPED: its run was cancelled or failed before it was computed."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


class Run(models.Model):
    """One computation of one version: its draws, seed and engine. Identical runs are computed once per team."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="runs", verbose_name=_("team"))
    number = models.PositiveIntegerField(_("number"))
    """Counts within the team."""
    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.PROTECT, related_name="runs", verbose_name=_("version")
    )
    """The version it was first asked for; `RunRequest` names every version that shows it."""
    identity = models.CharField(_("identity"), max_length=64, db_index=True)
    streams = models.CharField(_("streams"), max_length=64, db_index=True, default="")
    """Like the identity without the number of draws: a longer run of equal streams takes over the blocks of this."""
    engine_version = models.CharField(_("engine version"), max_length=40)
    block_size = models.PositiveIntegerField(_("draws in a block"))
    seed = models.PositiveBigIntegerField(_("seed"))
    draws = models.PositiveIntegerField(_("draws"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    created_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    """When its first chunk was first claimed; None while queued."""
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    preparation_text = models.TextField(_("preparation"), blank=True, default="")
    """What every chunk needs and the first one computes (JSON); empty until then."""
    result_text = models.TextField(_("result"), blank=True, default="")
    """Canonical JSON of the result without identity and timing; `result_digest` is over exactly these bytes."""
    result_digest = models.CharField(_("result digest"), max_length=64, blank=True, default="")
    timing = models.JSONField(_("timing"), default=dict, blank=True)
    """Everything that depends on the machine, and only that."""
    failure = models.TextField(_("failure"), blank=True, default="")
    """Why it failed, in plain words; empty unless it did."""
    finaliser_token = models.UUIDField(_("finaliser"), null=True, blank=True, editable=False)
    finaliser_until = models.DateTimeField(_("finaliser until"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = (models.Index(fields=("state", "created_at"), name="run_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("team", "number"), name="one_run_per_team_and_number"),
            models.UniqueConstraint(
                fields=("team", "identity"),
                condition=Q(state__in=("queued", "running", "done")),
                name="identical_runs_once_per_team",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="run_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(result_digest=""), name="done_run_has_a_result"
            ),
        )

    def __str__(self) -> str:
        return _("run %(number)d") % {"number": self.number}

    @property
    def is_active(self) -> bool:
        """True while its page should look again: queued, running or cancelling."""
        return self.state in ACTIVE

    @property
    def is_done(self) -> bool:
        return self.state == State.DONE


class RunRequest(models.Model):
    """One version that shows a run. A second version with equal inputs shares the run of the first."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="requests", verbose_name=_("run"))
    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.PROTECT, related_name="run_requests", verbose_name=_("version")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(_("requested at"), auto_now_add=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("run request")
        verbose_name_plural = _("run requests")
        constraints = (
            models.UniqueConstraint(fields=("run", "version"), name="one_request_per_run_and_version"),
        )

    def __str__(self) -> str:
        return f"{self.run} · {self.version}"


class Chunk(models.Model):
    """A contiguous range of blocks of one run, computed by whoever holds its lease."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("run"))
    index = models.PositiveIntegerField(_("index"))
    first_block = models.PositiveIntegerField(_("first block"))
    block_count = models.PositiveIntegerField(_("blocks"))
    state = models.CharField(
        _("state"), max_length=10, choices=ChunkState.choices, default=ChunkState.WAITING
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    """How often it was claimed; 0 before the first time."""
    lease_token = models.UUIDField(_("lease token"), null=True, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    """By the clock of the database; work whose lease has passed is dead."""
    blocks_done = models.PositiveIntegerField(_("blocks done"), default=0)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_count = models.PositiveIntegerField(_("times published"), default=0)
    file = models.CharField(_("stored file"), max_length=200, blank=True, default="")
    file_digest = models.CharField(_("digest of the file"), max_length=64, blank=True, default="")
    seconds = models.FloatField(_("seconds computed"), default=0.0)
    trouble = models.TextField(_("last trouble"), blank=True, default="")

    class Meta:
        ordering = ("run", "index")
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        indexes = (models.Index(fields=("state", "lease_until"), name="chunk_by_state_and_lease"),)
        constraints = (
            models.UniqueConstraint(fields=("run", "index"), name="one_chunk_per_run_and_index"),
            models.CheckConstraint(condition=Q(state__in=ChunkState.values), name="chunk_state_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.run} · {self.index}"

    @property
    def blocks(self) -> range:
        """The numbers of its blocks."""
        return range(self.first_block, self.first_block + self.block_count)


class Heartbeat(models.Model):
    """When a process of a kind was last alive, and, for the reconciler, who leads."""

    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    beat_at = models.DateTimeField(_("last beat"))
    slots = models.PositiveSmallIntegerField(_("slots"), default=0)
    """How many chunks this process computes at once; 0 for a reconciler."""

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = (
            models.UniqueConstraint(fields=("kind", "name"), name="one_heartbeat_per_kind_and_name"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Leadership(models.Model):
    """At most one process holds a duty at a time, until a moment by the clock of the database."""

    duty = models.CharField(_("duty"), max_length=20, primary_key=True)
    token = models.UUIDField(_("holder"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("leadership")
        verbose_name_plural = _("leaderships")

    def __str__(self) -> str:
        return self.duty
