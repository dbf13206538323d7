"""The cost table: what 1M tokens cost on each chip, at each price of a chip-hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.core.formatting import count, money, unit_price
from planner.runs.presentation.marks import marks_of
from planner.runs.presentation.outcomes import Result

BASES: dict[str, str] = {
    "owner_cost": gettext_noop("At the owner's cost"),
    "contract_price": gettext_noop("At the contract's price"),
    "on_demand": gettext_noop("At the on-demand price"),
}
CALIBRATIONS: dict[str, str] = {
    "calibrated": gettext_noop("calibrated"),
    "transferred": gettext_noop("transferred"),
    "specification_only": gettext_noop("specification only"),
    "own": gettext_noop("your own efficiencies"),
    "unsupported": gettext_noop("not supported"),
}
"""How far a speed rests on measurements: of this chip, of related ones, a data sheet, one's own numbers, none."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One price with its band; the band is "" when there is none."""

    value: str
    band: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """One chip at one price of a chip-hour."""

    chip: str
    model: str
    item: str
    """What the lot or contract behind it is called; "" for none."""
    chip_hour: str
    costs: list[Cost]
    """Input, cached input, output."""
    batch: str
    speed: str
    mark: str
    why: str
    """How the serving point was chosen."""


@dataclass(frozen=True, slots=True)
class CostGroup:
    """The rows of one price basis."""

    title: str
    rows: list[CostRow]


def cost_groups(result: Result, document: Mapping[str, Any] | None = None) -> list[CostGroup]:
    """The table by price basis, in the order owner, contract, on-demand. Empty when there is no fleet."""
    labels = {
        "owner_cost": _labels_of(document or {}, "fleet"),
        "contract_price": _labels_of(document or {}, "deal"),
    }
    marks = marks_of(document or {})
    groups: dict[str, list[CostRow]] = {}
    for row in result.get("cost_table") or []:
        groups.setdefault(row["price_basis"], []).append(
            _row(row, labels.get(row["price_basis"]) or _labels_of(document or {}, ""), marks)
        )
    order = [*BASES, *(basis for basis in groups if basis not in BASES)]
    return [
        CostGroup(_(BASES[basis]) if basis in BASES else basis.replace("_", " "), groups[basis])
        for basis in order
        if basis in groups
    ]


def only_model(groups: list[CostGroup]) -> str:
    """The model every row is about; "" when they differ."""
    models = {row.model for group in groups for row in group.rows}
    return models.pop() if len(models) == 1 else ""


def tie_out(result: Result, document: Mapping[str, Any] | None = None) -> str:
    """Whether dollars and gigawatts of the contract agree, as sentences; "" when there is nothing to compare."""
    found = result.get("tie_out") or {}
    paid, cost = found.get("usd_per_gw_year"), found.get("breakeven_usd_per_gw_year")
    if paid is None or cost is None:
        return ""
    said = _(
        "Commitments not signed earlier pay %(paid)s for a gigawatt-year that is really built,"
        " against a cost to the provider of %(cost)s."
    )
    lots = ((document or {}).get("fleet") or {}).get("lots") or []
    chips, site = _years(lots, "it_life_quarters"), _years(lots, "site_life_quarters")
    if chips and site:
        what = _(
            "That cost is a capital charge over the lives stated (chips %(chips)s years, site %(site)s)"
            " plus energy, operations and any rent, before the ramp's idle money; the gap is not a margin."
        )
    else:
        what = _(
            "That cost is a capital charge over the lives stated plus energy, operations and any rent, before"
            " the ramp's idle money; the gap is not a margin."
        )
    sentences = [said, what]
    if not found.get("within_band"):
        sentences.append(_("Dollars and gigawatts of this deal do not tie out."))
    return " ".join(sentences) % {"paid": money(paid), "cost": money(cost), "chips": chips, "site": site}


def _years(lots: list[Mapping[str, Any]], field: str) -> str:
    """ "5", or "5 to 6" when the lots differ; "" when no lot says."""
    lives = sorted({lot[field] / 4 for lot in lots if isinstance(lot.get(field), int | float)})
    if not lives:
        return ""
    ends = {"low": f"{lives[0]:g}", "high": f"{lives[-1]:g}"}
    return ends["low"] if len(lives) == 1 else _("%(low)s to %(high)s") % ends


def _row(row: Mapping[str, Any], labels: Mapping[str, str], marks: Mapping[str, str]) -> CostRow:
    names = ("usd_per_1m_input", "usd_per_1m_cached_input", "usd_per_1m_output")
    mark = marks.get(row["chip"]) or row.get("calibration") or ""
    item = row.get("item") or ""
    return CostRow(
        chip=labels.get(row["chip"], row["chip"]),
        model=labels.get(row["model"], row["model"]),
        item=labels.get(item, item),
        chip_hour=unit_price(row.get("chip_hour_usd")),
        costs=[_cost(row, name) for name in names],
        batch=count(row.get("batch")),
        speed=count(row.get("interactivity_tokens_per_s")),
        mark=_(CALIBRATIONS[mark]) if mark in CALIBRATIONS else mark.replace("_", " "),
        why=row.get("serving_point") or "",
    )


def _cost(row: Mapping[str, Any], name: str) -> Cost:
    value, low, high = row.get(name), row.get("low_factor"), row.get("high_factor")
    if value is None or low is None or high is None or low == high:
        return Cost(unit_price(value), "")
    ends = {"low": unit_price(value * low), "high": unit_price(value * high)}
    return Cost(unit_price(value), _("%(low)s to %(high)s") % ends)


def _labels_of(document: Mapping[str, Any], behind: str) -> dict[str, str]:
    """Key -> label of every chip and model, and of what stands behind a price: lots ("fleet") or contracts ("deal")."""
    behind_it = document.get(behind) or {}
    named = [
        *document.get("chips", []),
        document.get("model") or {},
        *behind_it.get("lots", []),
        *behind_it.get("terms", []),
    ]
    return {one["key"]: one["label"] for one in named if one.get("key") and one.get("label")}
