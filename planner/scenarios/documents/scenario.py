"""The whole input of one computation, and what people wrote beside it."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from planner.core.canonical_json import JsonValue
from planner.core.documents import (
    Document,
    choice,
    day,
    is_kept,
    listed,
    number,
    part,
    read_document,
    several_problems,
    words,
)
from planner.deals.documents import DealDocument
from planner.fleets.documents import FleetDocument
from planner.loads.documents import LoadDocument
from planner.scenarios.documents.checks import problems_between_parts
from planner.scenarios.documents.demand import DemandDocument, MarketDocument, PlacementDocument
from planner.scenarios.documents.lab import ExitDocument, LabDocument, ValuationDocument
from planner.scenarios.documents.levers import LeversDocument
from planner.scenarios.documents.serving import ChipDocument, ModelDocument, WorkloadDocument

SCHEMA_VERSION = 1
SCHEMA_ID = "https://genka.example/schemas/scenario/1"

ENGINE_PARTS = (
    "timeline",
    "chips",
    "model",
    "workload",
    "demand",
    "load",
    "placement",
    "market",
    "fleet",
    "deal",
    "lab",
    "valuation",
    "exit",
    "levers",
)
"""The fields that enter the engine; without `label`s and the names of the parties."""

CONFIDENCE = {
    "A": _("A: filing, vendor or official page"),
    "B+": _("B+: independent, reproducible"),
    "B": _("B: named press, company or research figure"),
    "B-": _("B-: one account or team"),
    "C": _("C: aggregator or figure from memory"),
    "D": _("D: single weak page or our judgement"),
    "derived": _("derived: computed from other inputs or chosen by convention"),
}

MOST_EVIDENCE = 2_000
"""Inputs of one scenario that may have a source; the worked example has some 300."""


class TimelineDocument(Document):
    """The opening date and the calendar quarters after it."""

    title: ClassVar[str] = _("Time")
    opening: date = day(
        _("Opening date"), _("The last day of a calendar quarter; equity is paid at signing.")
    )
    quarters: int = number(
        _("Horizon"), "quarters", 1, 80, _("Calendar quarters after the opening date."), default=40
    )


class EvidenceDocument(Document):
    """Who says so, and how far to trust it. It does not enter the engine."""

    title: ClassVar[str] = _("Evidence")
    source: str = words(_("Source"), _("Title and address."), default="", longest=1000, lines=True)
    confidence: Literal["A", "B+", "B", "B-", "C", "D", "derived", ""] = choice(
        _("Confidence"), _("How far the source can be trusted."), CONFIDENCE, default=""
    )
    note: str = words(_("Note"), _("Why this value."), default="", longest=2000, lines=True)
    catalog_key: str = words(
        _("Catalog entry"), _("Its key, when the value comes from the catalog."), default="", longest=160
    )
    unit: str = words(_("Unit"), _("The unit of the source."), default="", longest=60)


class ReleaseReference(Document):
    """The catalog release a version pins."""

    title: ClassVar[str] = _("Catalog release")
    number: int = Field(ge=1, title=_("Number"), description=_("Of the release."))
    digest: str = words(_("Digest"), _("Of its document."), longest=64)


class LibraryOrigin(Document):
    """The library version a part was copied from."""

    title: ClassVar[str] = _("Library version")
    uuid: UUID = Field(title=_("Version"), description=_("Its public id."))
    name: str = words(_("Name"), _("In the library."), longest=300)
    number: int = Field(ge=1, title=_("Number"), description=_("Of the version."))


class ScenarioDocument(Document):
    """One self-contained scenario: everything the engine reads, with evidence, release and library origins."""

    model_config = ConfigDict(
        json_schema_extra={"$id": SCHEMA_ID, "$schema": "https://json-schema.org/draft/2020-12/schema"}
    )
    title: ClassVar[str] = _("Scenario")
    schema_version: Literal[1] = Field(title=_("Schema version"), description=_("Of this document."))
    timeline: TimelineDocument = part(_("Time"), _("Opening date and horizon."))
    chips: tuple[ChipDocument, ...] = listed(
        _("Chips"), _("Every chip that lots or the market name."), most=50
    )
    model: ModelDocument = part(_("Model"), _("The model served."))
    workload: WorkloadDocument = part(_("Workload"), _("A typical request."))
    demand: DemandDocument = part(_("Demand"), _("The lab's tokens."))
    load: LoadDocument = part(_("Load shape"), _("How load rises above its mean."))
    placement: PlacementDocument = part(_("Placement"), _("Where demand is placed."))
    market: MarketDocument = part(_("Market"), _("Prices outside the contracts."))
    fleet: FleetDocument = part(_("Fleet"), _("Chips the provider runs."))
    deal: DealDocument = part(_("Deal"), _("The terms."))
    lab: LabDocument = part(_("Lab"), _("Cash and costs."))
    valuation: ValuationDocument = part(_("Valuation"), _("What the lab is worth."))
    exit: ExitDocument = part(_("Exit"), _("IPO and sale."))
    levers: LeversDocument = part(
        _("Load levers"), _("What tames a heavy load; off as they stand."), default=LeversDocument()
    )
    catalog_release: ReleaseReference | None = part(
        _("Catalog release"), _("The release prices were taken from."), default=None
    )
    origins: dict[Literal["fleet", "deal", "load"], LibraryOrigin] = part(
        _("Library versions"), _("Where fleet, deal and load shape were copied from."), default={}
    )
    evidence: Annotated[
        dict[Annotated[str, Field(max_length=300)], EvidenceDocument], Field(max_length=MOST_EVIDENCE)
    ] = part(_("Evidence"), _("Source and confidence by path of the input."), default={})

    @model_validator(mode="after")
    def _parts_fit(self, info: ValidationInfo) -> Self:
        problems = [] if is_kept(info) else problems_between_parts(self)
        if problems:
            raise several_problems(problems)
        return self


def scenario_document(value: JsonValue) -> ScenarioDocument:
    """The typed scenario. Raises InvalidInput naming every field that is wrong."""
    return read_document(ScenarioDocument, value)
