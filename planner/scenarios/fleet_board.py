"""The fleet as lots by quarter, from raw JSON that may be invalid: a grid, power, capex by year and a chart.

Announced chips, before the share really built; a range counts with its middle (`planner.fleets.schedule`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any

from django.utils.translation import gettext as _

from planner.catalog.models import CatalogEntry
from planner.core.canonical_json import JsonValue
from planner.core.documents import read_document
from planner.core.errors import InvalidInput, Problem
from planner.core.formatting import DASH, count, millions
from planner.core.quarters import quarter_words
from planner.fleets.documents import LotDocument
from planner.fleets.schedule import capex_by_year, chips_online, middle, quarters_of
from planner.scenarios.documents.serving import ChipDocument
from planner.scenarios.editor import EditorField
from planner.scenarios.field_texts import Texts
from planner.scenarios.figures import in_words, typed
from planner.scenarios.part_fields import fields_of
from planner.scenarios.year_tables import LedgerRow, LedgerTable

COLUMNS = ("label", "chip", "contract", "chips", "online_from", "ramp_quarters")
"""The fields of a lot that the grid shows, in its order."""

_MOST_QUARTERS = 60
_SERIES = 6


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot: its cells, and its other fields folded below the grid."""

    path: str
    name: str
    cells: list[EditorField]
    built_share: str
    fields: list[EditorField]
    errors: list[str]

    @property
    def id(self) -> str:
        return "lot-" + "".join(c if c.isalnum() else "-" for c in self.path.lower()).strip("-")

    @property
    def wrong(self) -> int:
        return sum(bool(one.errors) for one in self.fields)


@dataclass(frozen=True, slots=True)
class Block:
    """One lot's chips in one quarter, as a rectangle of a drawing 100 wide and 100 high."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class FleetBoard:
    """Everything a page of lots shows. Tables are None without a lot that is right."""

    lots: list[Lot]
    heads: list[str]
    blocks: list[Block]
    legend: list[tuple[int, str]]
    ends: tuple[str, str]
    highest: str
    by_quarter: LedgerTable | None
    capex: LedgerTable | None
    unknown_power: list[str]
    """Names of the chips whose power nothing tells: they are left out of MW and of site capex."""
    others: list[tuple[str, list[EditorField]]]
    quarters_left_out: int = 0
    """At the end: the drawing and its table show at most 60."""

    @property
    def all_fields(self) -> list[EditorField]:
        of_lots = [one for lot in self.lots for one in (*lot.cells, *lot.fields)]
        return [*of_lots, *(one for _title, fields in self.others for one in fields)]


def fleet_board(
    raw: Mapping[str, Any], texts: Texts, problems: Sequence[Problem], opening: date | None = None
) -> FleetBoard:
    """The board of `raw["fleet"]`, `opening` None outside a scenario.

    Power per chip is that of the scenario's chips, for a fleet alone that of the catalog.
    """
    fleet = raw.get("fleet")
    listed = fleet.get("lots") if isinstance(fleet, dict) else None
    held = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    fields = [one for one in fields_of(raw, texts, problems) if one.leaf.path.startswith("fleet.")]
    lots = [_lot(item, place, fields, problems) for place, item in enumerate(held)]
    right = [lot for item in held if (lot := _typed(item)) is not None]
    power = _power(raw, {lot.chip for lot in right})
    whole = quarters_of(right)
    quarters = list(whole)[:_MOST_QUARTERS]
    in_lots = {one.leaf.path for lot in lots for one in (*lot.cells, *lot.fields)}
    rest = [one for one in fields if one.leaf.path not in in_lots]
    return FleetBoard(
        lots=lots,
        heads=[one.leaf.title for one in lots[0].cells] if lots else [],
        blocks=_blocks(right, quarters),
        legend=[(place % _SERIES + 1, lot.label or lot.key) for place, lot in enumerate(right)],
        ends=(quarter_words(quarters[0]), quarter_words(quarters[-1])) if quarters else ("", ""),
        highest=count(max((_sum(right, quarter) for quarter in quarters), default=0.0)),
        by_quarter=_by_quarter(right, quarters, power) if right else None,
        capex=_capex(right, power, opening) if right else None,
        unknown_power=sorted({lot.chip for lot in right if power.get(lot.chip) is None}),
        others=[(_("The whole fleet"), rest)] if rest else [],
        quarters_left_out=len(whole) - len(quarters),
    )


def _typed(item: Mapping[str, Any]) -> LotDocument | None:
    try:
        return read_document(LotDocument, dict(item))
    except InvalidInput:
        return None


def _lot(
    item: Mapping[str, Any], place: int, fields: Sequence[EditorField], problems: Sequence[Problem]
) -> Lot:
    path = f"fleet.lots[{item.get('key') or place}]"
    own = {one.leaf.path.rpartition(".")[2]: one for one in fields if one.leaf.path.startswith(f"{path}.")}
    named = {f"{path}.{name}" for name in own}
    return Lot(
        path=path,
        name=str(item.get("label") or item.get("key") or place + 1),
        cells=[own[name] for name in COLUMNS if name in own],
        built_share=_ends(own["built_share"].leaf.value) if "built_share" in own else "",
        fields=[one for name, one in own.items() if name not in COLUMNS],
        errors=[
            one.message
            for one in problems
            if one.path.startswith(path)
            and not any(one.path == name or one.path.startswith((f"{name}.", f"{name}[")) for name in named)
        ],
    )


def _ends(share: JsonValue) -> str:
    """ "60% to 105%", or the one value."""
    if isinstance(share, dict) and "low" in share:
        said = {"low": typed(share.get("low"), "share"), "high": typed(share.get("high"), "share")}
        return _("%(low)s to %(high)s") % said
    return in_words(share, "share")


def _power(raw: Mapping[str, Any], wanted: set[str]) -> dict[str, float]:
    """kW of one chip by key, for the chips something tells it of; the catalog is asked only for the rest."""
    found: dict[str, float] = {}
    chips = raw.get("chips")
    for chip in chips if isinstance(chips, list) else []:
        try:
            right = read_document(ChipDocument, chip)
        except InvalidInput:
            continue
        found[right.key] = middle(right.provisioned_kw)
    missing = wanted - set(found)
    if missing and "chips" not in raw:
        keys = [f"chip.{key}.provisioned_kw" for key in missing]
        for row in CatalogEntry.objects.filter(key__in=keys).order_by("valid_from", "known_since"):
            found[row.key.split(".")[1]] = row.value  # the newest of a key is the last
    return found


def _sum(lots: Sequence[LotDocument], quarter: int) -> float:
    return fsum(chips_online(lot, quarter) for lot in lots)


def _blocks(lots: Sequence[LotDocument], quarters: Sequence[int]) -> list[Block]:
    highest = max((_sum(lots, quarter) for quarter in quarters), default=0.0)
    if not highest:
        return []
    step, found = 100.0 / len(quarters), []
    for place, quarter in enumerate(quarters):
        top = 100.0
        for series, lot in enumerate(lots):
            height = chips_online(lot, quarter) / highest * 100.0
            top -= height
            if height:
                found.append(Block(place * step, top, step * 0.9, height, series % _SERIES + 1))
    return found


def _by_quarter(
    lots: Sequence[LotDocument], quarters: Sequence[int], power: Mapping[str, float]
) -> LedgerTable:
    """Chips of each lot, then all chips, then MW of those whose power is known."""
    rows = [
        LedgerRow(lot.label or lot.key, [count(chips_online(lot, quarter)) for quarter in quarters])
        for lot in lots
    ]
    rows.append(
        LedgerRow(_("All chips"), [count(_sum(lots, quarter)) for quarter in quarters], is_total=True)
    )
    known = [lot for lot in lots if lot.chip in power]
    if known:
        megawatts = [
            fsum(chips_online(lot, quarter) * power[lot.chip] for lot in known) / 1000 for quarter in quarters
        ]
        rows.append(
            LedgerRow(_("MW provisioned"), [f"{value:,.1f}" if value else DASH for value in megawatts])
        )
    return LedgerTable([quarter_words(quarter) for quarter in quarters], rows, _("Chips"))


def _capex(lots: Sequence[LotDocument], power: Mapping[str, float], opening: date | None) -> LedgerTable:
    """What the provider pays, in parentheses, by year and in all."""
    held = [(lot.label or lot.key, capex_by_year(lot, power.get(lot.chip), opening)) for lot in lots]
    known = [year for _name, years in held for year in years]
    years = list(range(min(known), max(known) + 1))

    def row(name: str, parts: Sequence[Mapping[int, float]], *, is_total: bool = False) -> LedgerRow:
        amounts = [-fsum(part.get(year, 0.0) for part in parts) for year in years]
        return LedgerRow(name, [millions(amount) for amount in [*amounts, fsum(amounts)]], is_total)

    rows = [row(name, [parts]) for name, parts in held]
    rows.append(row(_("Capex"), [parts for _name, parts in held], is_total=True))
    return LedgerTable([*(str(year) for year in years), _("Total")], rows)
