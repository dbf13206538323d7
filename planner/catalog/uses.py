"""Who uses an entry: a question for `planner.scenarios`, which lies above and so is named here, never imported."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from planner.catalog.models import CatalogEntry

COUNT_USES = "planner.scenarios.catalog_uses.count_uses"
OWN_USES = "planner.scenarios.catalog_uses.own_uses"


@dataclass(frozen=True, slots=True)
class UseCount:
    """How many versions of how many teams use an entry: all that somebody outside those teams is told."""

    versions: int = 0
    teams: int = 0

    def __str__(self) -> str:
        if not self.versions:
            return _("used by no version")
        versions = ngettext("%(count)d version", "%(count)d versions", self.versions) % {
            "count": self.versions
        }
        teams = ngettext("%(count)d team", "%(count)d teams", self.teams) % {"count": self.teams}
        return _("used by %(versions)s of %(teams)s") % {"versions": versions, "teams": teams}


def use_count(entry: "CatalogEntry") -> UseCount:
    """Over all teams: a version uses what the release it pins holds, and without one the keys it names."""
    counted = import_string(COUNT_USES)(entry)
    return UseCount(*counted)


def own_uses(viewer: Any, entry: "CatalogEntry") -> Any:
    """The versions of the viewer's teams that use the entry, newest first (a queryset of scenario versions)."""
    return import_string(OWN_USES)(viewer, entry)


def reasons_to_keep(entry: "CatalogEntry") -> list[str]:
    """Why the entry cannot be deleted, as ends of a sentence; none when nothing holds or names it."""
    release = entry.releases_holding_it().first()
    count = use_count(entry)
    found = []
    if release is not None:
        found.append(
            _("is part of release %(number)s (%(name)s)") % {"number": release.number, "name": release.name}
        )
    if count.versions:
        found.append(_("is %(used)s") % {"used": count})
    return found
