"""The parts of a scenario that a team may keep in its library: fleets, deals and load shapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from planner.core.canonical_json import parse_stored
from planner.core.documents import Document, read_document
from planner.core.errors import InvalidInput, Problem
from planner.core.library import LibraryItem
from planner.core.models import ImmutableVersion
from planner.deals import actions as deal_actions
from planner.deals import queries as deal_queries
from planner.deals.document_upgrades import upgraded as upgraded_deal
from planner.deals.documents import DealDocument
from planner.fleets import actions as fleet_actions
from planner.fleets import queries as fleet_queries
from planner.fleets.document_upgrades import upgraded as upgraded_fleet
from planner.fleets.documents import FleetDocument
from planner.loads import actions as load_actions
from planner.loads import queries as load_queries
from planner.loads.document_upgrades import upgraded as upgraded_load
from planner.loads.documents import LoadDocument
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.paths import Raw
from planner.teams.access import Viewer
from planner.teams.models import Team, User

Shelf: TypeAlias = Literal["fleets", "deals", "loads"]


@dataclass(frozen=True, slots=True)
class Part:
    """One shelf of the library: what it is called, where it stands in a scenario, how to read and keep it."""

    shelf: Shelf
    title: Any
    one: Any
    """What a single one is called."""
    name_in_scenario: Literal["fleet", "deal", "load"]
    item_field: Literal["fleet", "deal", "load_shape"]
    """The column of a version that leads to its item."""
    shape: type[Document]
    blank: Raw
    """Where a new one begins: every list and part there, nothing stated."""
    upgraded: Callable[[Raw, int], Raw]
    items_for: Callable[..., QuerySet[Any]]
    versions_for: Callable[[Viewer], QuerySet[Any]]
    create: Callable[..., Any]
    save: Callable[..., Any]
    columns: tuple[tuple[str, Any], ...]
    filters: tuple[str, ...] = ()
    """Columns a list can be narrowed by."""


PARTS: dict[str, Part] = {
    "fleets": Part(
        shelf="fleets",
        title=_("Fleets"),
        one=_("fleet"),
        name_in_scenario="fleet",
        item_field="fleet",
        shape=FleetDocument,
        blank={"lots": []},
        upgraded=upgraded_fleet,
        items_for=fleet_queries.fleets_for,
        versions_for=fleet_queries.fleet_versions_for,
        create=fleet_actions.create_fleet,
        save=fleet_actions.save_fleet_version,
        columns=(
            ("chip_names", _("Chips")),
            ("chip_count", _("Number of chips")),
            ("online_from", _("First online")),
        ),
    ),
    "deals": Part(
        shelf="deals",
        title=_("Deals"),
        one=_("deal"),
        name_in_scenario="deal",
        item_field="deal",
        shape=DealDocument,
        blank={"provider": "", "lab": "", "terms": [], "on_default": {}},
        upgraded=upgraded_deal,
        items_for=deal_queries.deals_for,
        versions_for=deal_queries.deal_versions_for,
        create=deal_actions.create_deal,
        save=deal_actions.save_deal_version,
        columns=(
            ("provider", _("Provider")),
            ("lab", _("Lab")),
            ("starts", _("Starts")),
            ("equity_usd", _("Equity")),
            ("commitment_usd", _("Commitment")),
        ),
        filters=("provider", "lab"),
    ),
    "loads": Part(
        shelf="loads",
        title=_("Load shapes"),
        one=_("load shape"),
        name_in_scenario="load",
        item_field="load_shape",
        shape=LoadDocument,
        blank={"exceedance_share": [0.0, 1.0], "load_over_mean": []},
        upgraded=upgraded_load,
        items_for=load_queries.load_shapes_for,
        versions_for=load_queries.load_shape_versions_for,
        create=load_actions.create_load_shape,
        save=load_actions.save_load_shape_version,
        columns=(("peak_over_mean", _("Peak over mean")),),
    ),
}


def part_named(name: str) -> Part:
    """The shelf of this part of a scenario. Raises Http404 when the library keeps none."""
    for part in PARTS.values():
        if part.name_in_scenario == name:
            return part
    raise Http404


def item_for(viewer: Viewer, part: Part, uuid: UUID) -> Any:
    """One item of the viewer's teams, in use or archived. Raises Http404."""
    return get_object_or_404(part.items_for(viewer, archived=None), uuid=uuid)


def version_numbered(item: Any, number: int) -> Any:
    """One version of an item the viewer was given, with its author. Raises Http404."""
    return get_object_or_404(item.versions.select_related("author"), number=number)


def raw_part(part: Part, version: Any) -> Raw:
    """The version's document in today's shape, as the part of a scenario it is: {"deal": ...}."""
    held = parse_stored(version.document_text)
    assert isinstance(held, dict)
    return {part.name_in_scenario: part.upgraded(held, version.schema_version)}


def problems_in_part(part: Part, raw: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps the part from becoming a version, with paths from `raw` on."""
    name = part.name_in_scenario
    try:
        read_document(part.shape, raw.get(name))
    except InvalidInput as error:
        return [Problem(f"{name}.{one.path}" if one.path else name, one.message) for one in error.problems]
    return []


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
    for part in PARTS.values():
        if hasattr(version, f"{part.item_field}_id"):
            item: LibraryItem = getattr(version, part.item_field)
            return item
    raise TypeError(f"{version!r} is not a library version")
