"""Which versions use a catalog entry. `planner.catalog` lies below and asks by name (`catalog/uses.py`)."""

import json

from django.db.models import Count, Q, QuerySet

from planner.catalog.models import CatalogEntry
from planner.scenarios.models import ScenarioVersion
from planner.teams.access import Viewer, rows_of_my_teams


def count_uses(entry: CatalogEntry) -> tuple[int, int]:
    """How many versions of how many teams use the entry. Counts only: this looks over the walls of teams."""
    found = _versions_using(entry).aggregate(
        versions=Count("pk"), teams=Count("scenario__team", distinct=True)
    )
    return found["versions"], found["teams"]


def own_uses(viewer: Viewer, entry: CatalogEntry) -> QuerySet[ScenarioVersion]:
    """The versions of the viewer's teams that use the entry, newest first; `names_it`: an input cites its key."""
    mine = rows_of_my_teams(viewer, _versions_using(entry), "scenario__team")
    return (
        mine.annotate(names_it=Q(document_text__contains=_citation(entry)))
        .defer("document_text")
        .select_related("scenario__team", "author")
        .order_by("-created_at", "-pk")
    )


def _versions_using(entry: CatalogEntry) -> QuerySet[ScenarioVersion]:
    """Those whose release holds the entry, and those without a release that name its key.

    A version that pins a release takes the key's value from there, so another row of the key is not its own.
    """
    holding = entry.releases_holding_it().values("digest")
    named = Q(release_number__isnull=True, document_text__contains=_citation(entry))
    return ScenarioVersion.objects.filter(Q(release_digest__in=holding) | named)


def _citation(entry: CatalogEntry) -> str:
    """How a version's canonical JSON names the key."""
    return f'"catalog_key":{json.dumps(entry.key)}'
