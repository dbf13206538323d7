"""The parts of a scenario that a team may keep in its library: fleets, deals and load shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from planner.core.library import LibraryItem
from planner.core.models import ImmutableVersion
from planner.deals import actions as deal_actions
from planner.deals import queries as deal_queries
from planner.fleets import actions as fleet_actions
from planner.fleets import queries as fleet_queries
from planner.loads import actions as load_actions
from planner.loads import queries as load_queries
from planner.scenarios.documents import ScenarioDocument
from planner.teams.access import Viewer
from planner.teams.models import Team, User

Shelf: TypeAlias = Literal["fleets", "deals", "loads"]


@dataclass(frozen=True, slots=True)
class Part:
    """One shelf of the library: what it is called, where it stands in a scenario, how to read and keep it."""

    shelf: Shelf
    title: Any
    name_in_scenario: Literal["fleet", "deal", "load"]
    items_for: Callable[[Viewer], QuerySet[Any]]
    newest_version: Callable[[Viewer, UUID], Any]
    create: Callable[..., Any]
    columns: tuple[tuple[str, Any], ...]


PARTS: dict[str, Part] = {
    "fleets": Part(
        "fleets",
        _("Fleets"),
        "fleet",
        fleet_queries.fleets_for,
        fleet_queries.newest_fleet_version,
        fleet_actions.create_fleet,
        (
            ("chip_names", _("Chips")),
            ("chip_count", _("Number of chips")),
            ("online_from", _("First online")),
        ),
    ),
    "deals": Part(
        "deals",
        _("Deals"),
        "deal",
        deal_queries.deals_for,
        deal_queries.newest_deal_version,
        deal_actions.create_deal,
        (
            ("provider", _("Provider")),
            ("lab", _("Lab")),
            ("starts", _("Starts")),
            ("equity_usd", _("Equity")),
            ("commitment_usd", _("Commitment")),
        ),
    ),
    "loads": Part(
        "loads",
        _("Load shapes"),
        "load",
        load_queries.load_shapes_for,
        load_queries.newest_load_shape_version,
        load_actions.create_load_shape,
        (("peak_over_mean", _("Peak over mean")),),
    ),
}


def keep_part(
    *, shelf: str, document: ScenarioDocument, team: Team, author: User, name: str, message: str
) -> ImmutableVersion:
    """Keeps one part of a scenario's document under a name. KeyError for a shelf there is not.

    Raises InvalidInput for the name, Http404 when the author is not an analyst of the team.
    """
    part = PARTS[shelf]
    kept: ImmutableVersion = part.create(
        team=team,
        author=author,
        name=name,
        document=getattr(document, part.name_in_scenario),
        message=message,
    )
    return kept


def item_of(version: Any) -> LibraryItem:
    """The library row a version belongs to."""
    for name in ("fleet", "deal", "load_shape"):
        if hasattr(version, f"{name}_id"):
            item: LibraryItem = getattr(version, name)
            return item
    raise TypeError(f"{version!r} is not a library version")
