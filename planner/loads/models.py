"""Load shapes a team keeps: load over time, in numbered, immutable versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planner.core.immutability import protect_table
from planner.core.library import LibraryItem
from planner.core.models import ImmutableVersion


class LoadShape(LibraryItem):
    """One load shape of the library. The columns are those of its newest version, for lists."""

    peak_over_mean = models.FloatField(_("peak over mean"), default=0)

    class Meta(LibraryItem.Meta):
        verbose_name = _("load shape")
        verbose_name_plural = _("load shapes")


class LoadShapeVersion(ImmutableVersion):
    """What the load shape was when this was kept."""

    load_shape = models.ForeignKey(
        LoadShape, on_delete=models.PROTECT, related_name="versions", verbose_name=_("load shape")
    )

    class Meta(ImmutableVersion.Meta):
        verbose_name = _("load shape version")
        verbose_name_plural = _("load shape versions")
        constraints = (
            models.UniqueConstraint(
                fields=("load_shape", "number"), name="one_load_shape_version_per_number"
            ),
        )


protect_table("loads.LoadShapeVersion")
