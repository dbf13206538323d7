"""Deals a team keeps: dated terms between a provider and a lab, in numbered, immutable versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planner.core.immutability import protect_table
from planner.core.library import LibraryItem
from planner.core.models import ImmutableVersion


class Deal(LibraryItem):
    """One deal of the library. The columns are those of its newest version, for lists."""

    provider = models.CharField(_("provider"), max_length=120)
    lab = models.CharField(_("lab"), max_length=120)
    starts = models.DateField(_("starts"), null=True, blank=True)
    """None: it has no compute contract."""
    equity_usd = models.FloatField(_("equity, USD"), default=0)
    commitment_usd = models.FloatField(_("commitment, USD"), default=0)

    class Meta(LibraryItem.Meta):
        verbose_name = _("deal")
        verbose_name_plural = _("deals")


class DealVersion(ImmutableVersion):
    """What the deal was when this was kept."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="versions", verbose_name=_("deal"))

    class Meta(ImmutableVersion.Meta):
        verbose_name = _("deal version")
        verbose_name_plural = _("deal versions")
        constraints = (
            models.UniqueConstraint(fields=("deal", "number"), name="one_deal_version_per_number"),
        )


protect_table("deals.DealVersion")
