"""Scenarios: a team's named questions, each with one editable draft and numbered, immutable versions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from planner.core.immutability import protect_table
from planner.core.library import LONGEST_NAME
from planner.core.models import ImmutableVersion, InsertOnly
from planner.teams.models import Team

OBJECT_KIND = "scenario_version"
"""What shares of a version are filed under."""


class Scenario(models.Model):
    """A named question. The columns from `provider` on are those of the newest version, for lists and search."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="scenarios", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    template = models.CharField(_("template"), max_length=80, blank=True)
    """The template it was made from; "" for a copy or an import."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    """None: in use."""
    newest_version = models.ForeignKey(
        "ScenarioVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("newest version"),
    )
    """None only inside the transaction that makes the scenario."""
    provider = models.CharField(_("provider"), max_length=120, blank=True)
    lab = models.CharField(_("lab"), max_length=120, blank=True)
    chip_names = models.CharField(_("chips"), max_length=400, blank=True)
    starts = models.DateField(_("starts"), null=True, blank=True)
    """First day of the earliest contract; None when there is no contract."""
    ends = models.DateField(_("ends"), null=True, blank=True)
    """Last day of the last quarter under contract; None when there is no contract."""
    equity_usd = models.FloatField(_("equity, USD"), default=0)
    commitment_usd = models.FloatField(_("commitment, USD"), default=0)

    class Meta:
        ordering = ("-changed_at", "-id")
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        indexes = (
            models.Index(fields=("team", "archived_at", "-changed_at"), name="scenario_list"),
            models.Index(Lower("name"), name="scenario_by_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class Draft(models.Model):
    """What is being edited: raw JSON that may be incomplete or wrong. `lock` counts the changes."""

    scenario = models.OneToOneField(
        Scenario, on_delete=models.CASCADE, related_name="draft", verbose_name=_("scenario")
    )
    raw_text = models.TextField(_("raw text"))
    lock = models.PositiveIntegerField(_("lock"), default=1)
    base_version = models.ForeignKey(
        "ScenarioVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("base version"),
    )
    """The version it was taken from; None only inside the transaction that makes the scenario."""
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("edited by")
    )
    edited_at = models.DateTimeField(_("edited at"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"{self.scenario} · {self.lock}"


class ScenarioVersion(ImmutableVersion):
    """One valid document of a scenario, for ever."""

    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="versions", verbose_name=_("scenario")
    )
    release_number = models.PositiveIntegerField(_("catalog release"), null=True)
    """None: its prices were not taken from a release. `release_digest` is then empty."""
    release_digest = models.CharField(_("catalog release digest"), max_length=64, blank=True)
    submission_key = models.UUIDField(_("submission"), null=True, editable=False)
    """What the form sent: a second click with the same key finds this version. None: not from a form."""

    class Meta(ImmutableVersion.Meta):
        verbose_name = _("scenario version")
        verbose_name_plural = _("scenario versions")
        constraints = (
            models.UniqueConstraint(fields=("scenario", "number"), name="one_scenario_version_per_number"),
            models.UniqueConstraint(
                fields=("scenario", "submission_key"), name="one_scenario_version_per_submission"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scenario} · {self.number}"


class Lineage(InsertOnly):
    """The version a scenario was forked from, and what its owners called it then: a later name stays theirs."""

    scenario = models.OneToOneField(
        Scenario, on_delete=models.PROTECT, related_name="lineage", verbose_name=_("scenario")
    )
    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.PROTECT, related_name="forks", verbose_name=_("forked from")
    )
    name = models.CharField(_("name then"), max_length=LONGEST_NAME)
    number = models.PositiveIntegerField(_("number"))
    team_name = models.CharField(_("team then"), max_length=120)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineages")

    def __str__(self) -> str:
        return f"{self.scenario} ← {self.name} · {self.number}"


protect_table("scenarios.ScenarioVersion")
protect_table("scenarios.Lineage")
