"""Where a document says its parts come from: it must be true here, or the document is refused."""

from typing import Any

from django.utils.translation import gettext as _

from planner.catalog.queries import releases
from planner.core.errors import InvalidInput, Problem
from planner.deals.models import DealVersion
from planner.fleets.models import FleetVersion
from planner.loads.models import LoadShapeVersion
from planner.scenarios.documents import ScenarioDocument

_VERSIONS: dict[str, Any] = {"fleet": FleetVersion, "deal": DealVersion, "load": LoadShapeVersion}
"""The table of each part's library versions."""


def check_provenance(document: ScenarioDocument) -> None:
    """Raises InvalidInput for a catalog release or a library version that this installation does not hold."""
    problems: list[Problem] = []
    release = document.catalog_release
    if release and not releases().filter(number=release.number, digest=release.digest).exists():
        sentence = _("There is no catalog release %(number)d with this digest here. Leave the field out.")
        problems.append(Problem("catalog_release", sentence % {"number": release.number}))
    for part, origin in document.origins.items():
        table = _VERSIONS[part]
        stated = {"uuid": origin.uuid, "number": origin.number}  # it may have been renamed since
        if not table.objects.filter(**stated).exists():
            sentence = _("There is no version %(number)d of “%(name)s” with this id in the library.")
            said = {"number": origin.number, "name": origin.name[:60]}
            problems.append(Problem(f"origins.{part}", sentence % said))
    if problems:
        raise InvalidInput(problems)
