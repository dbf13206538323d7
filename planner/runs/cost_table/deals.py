"""Whose deal may stand in the table: versions the viewer may see whole; anything else is a 404."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.prices import Hour, contract_prices
from planner.runs.engine import catalog_table
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.queries import document_of, scenarios_for, shared_with, version_for
from planner.teams.access import Viewer
from planner.teams.models import Level

_MOST_OFFERED = 100


def asked_version(viewer: Viewer, given: str) -> ScenarioVersion | None:
    """The version whose deal was asked for; None for none, and for what is no public id. Raises Http404."""
    try:
        uuid = UUID(given)
    except ValueError:
        return None
    return version_for(viewer, uuid, at_least=Level.FULL)[0]


def deal_choices(viewer: Viewer, asked: ScenarioVersion | None) -> list[tuple[str, str]]:
    """(public id, words): the newest version of each scenario of the viewer's teams, and those shared whole."""
    said = _("%(name)s, version %(number)d (%(team)s)")
    found = []
    for scenario in scenarios_for(viewer).order_by("-changed_at")[:_MOST_OFFERED]:
        if (newest := scenario.newest_version) is not None:
            newest.scenario = scenario  # read together: no query for its name and team
            found.append((str(newest.uuid), newest))
    found += [(str(one.uuid), one) for one in shared_with(viewer, Level.FULL)[:_MOST_OFFERED]]
    if asked is not None and str(asked.uuid) not in dict(found):
        found.append((str(asked.uuid), asked))
    return [
        (uuid, said % {"name": one.scenario.name, "number": one.number, "team": one.scenario.team.name})
        for uuid, one in found
    ]


@dataclass(frozen=True, slots=True)
class DealPrices:
    """The deal's price by chip of the catalog; `strangers`: chips under contract that the catalog does not know."""

    hours: Mapping[str, Hour] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    problem: str = ""
    """Why an old version has no price any more, as a sentence."""


def deal_prices(version: ScenarioVersion | None, facts: Facts) -> DealPrices:
    """What the version's contracts charge. A version that the engine refuses today has no prices, but says why."""
    if version is None:
        return DealPrices()
    document = document_of(version)
    # Keys are unique among chips and among terms, not between them.
    chips, contracts = _labels(document.chips), _labels(document.deal.terms)
    try:
        charged = catalog_table.contract_hours(document)
    except (ValueError, ArithmeticError) as error:
        return DealPrices(problem=str(error))
    hours, strangers = contract_prices(charged, chips, contracts, facts)
    return DealPrices(hours, tuple(strangers))


def _labels(named: Iterable[Any]) -> dict[str, str]:
    return {one.key: one.label for one in named if one.label}
