"""Fleets a team keeps: chips a party will run, in numbered, immutable versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planner.core.immutability import protect_table
from planner.core.library import LibraryItem
from planner.core.models import ImmutableVersion


class Fleet(LibraryItem):
    """One fleet of the library. The columns are those of its newest version, for lists."""

    chip_names = models.CharField(_("chips"), max_length=400, blank=True)
    chip_count = models.FloatField(_("number of chips"), default=0)
    online_from = models.DateField(_("first online"), null=True, blank=True)
    """None: it has no lots."""

    class Meta(LibraryItem.Meta):
        verbose_name = _("fleet")
        verbose_name_plural = _("fleets")


class FleetVersion(ImmutableVersion):
    """What the fleet was when this was kept."""

    fleet = models.ForeignKey(
        Fleet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("fleet")
    )

    class Meta(ImmutableVersion.Meta):
        verbose_name = _("fleet version")
        verbose_name_plural = _("fleet versions")
        constraints = (
            models.UniqueConstraint(fields=("fleet", "number"), name="one_fleet_version_per_number"),
        )


protect_table("fleets.FleetVersion")
