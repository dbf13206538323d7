"""What a chip-hour costs, as bars on one scale: an owned one in its parts, a rented one whole, with its kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.runs.presentation.outcomes import Result

PARTS: dict[str, str] = {
    "it_capital_usd": gettext_noop("Chips, capital"),
    "network_usd": gettext_noop("Network, capital"),
    "site_capital_usd": gettext_noop("Site, capital"),
    "colocation_usd": gettext_noop("Colocation rent"),
    "power_usd": gettext_noop("Power"),
    "operations_usd": gettext_noop("Operations"),
}
"""In the order they are stacked."""
PRICE_KINDS: dict[str, str] = {
    "list": gettext_noop("list price"),
    "spot": gettext_noop("spot price"),
    "capacity_block": gettext_noop("capacity block"),
    "reserved": gettext_noop("reserved price"),
    "rental": gettext_noop("rental price"),
    "owners_cost": gettext_noop("owner's cost"),
    "contract": gettext_noop("contract price"),
    "on_demand": gettext_noop("on-demand price"),
}
"""Whose price an hour is; the words of the engine's price kinds."""
KIND_OF_BASIS = {"owner_cost": "owners_cost", "contract_price": "contract", "on_demand": "on_demand"}
STEPS: dict[str, str] = {
    "reference": gettext_noop("Reference price"),
    "discount": gettext_noop("Discount"),
    "step_down": gettext_noop("Yearly step-down"),
    "index_cap": gettext_noop("Cap at the market index"),
    "most_favoured": gettext_noop("What the lowest peer pays"),
    "floor": gettext_noop("Floor"),
    "volume_tiers": gettext_noop("Volume discounts"),
}
"""What makes the price of a deal, in the order it is applied."""
_HATCHED = frozenset({"network_usd", "colocation_usd", "operations_usd"})
_OFF = 1e-4
"""How far the parts may be from the whole, as a share of it: less than is written."""
_ROOM = 0.08
"""The least share of the scale in which a part's number has room, on a narrow screen too."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar: what it is, USD and share as written, and where it is drawn, in percent of the scale."""

    number: int
    name: str
    label: str
    usd: str
    share: str
    x: str
    middle: str
    width: str
    has_room: bool

    @property
    def is_hatched(self) -> bool:
        """Whether it is the second of a pair that shares its colour: capital, place, running."""
        return self.name in _HATCHED


@dataclass(frozen=True, slots=True)
class HourBar:
    """One chip-hour. What is written of the parts adds up to `total`, digit for digit."""

    anchor: str
    title: str
    behind: str
    """The lot or contract behind it; "" for none."""
    kind: str
    total: str
    parts: list[Part]

    @property
    def is_split(self) -> bool:
        """Whether its parts are known: an owned hour's are, a rented one's are the seller's."""
        return any(part.name for part in self.parts)


def hour_bar(
    anchor: str,
    title: str,
    kind: str,
    parts: Mapping[str, float],
    total: float,
    longest: float,
    behind: str = "",
) -> HourBar:
    """A bar of a chip-hour of `total` USD on a scale that ends at `longest`; `kind` is one of PRICE_KINDS.

    `parts` are USD by the names of PARTS, {} for a rented hour; parts of nothing are left out. Raises ValueError when
    they do not add up to the total.
    """
    named = [(name, _(PARTS[name]), parts[name]) for name in PARTS if parts.get(name)]
    if named and abs(sum(usd for _name, _label, usd in named) - total) > _OFF * total:
        raise ValueError(f"The parts of {title} do not add up to {total}.")
    pieces = named or [("", _(PRICE_KINDS[kind]), total)]
    decimals = _decimals(total)
    dollars = footing([usd for _name, _label, usd in pieces], decimals)
    shares = footing([usd / total * 100 if total else 100.0 for _name, _label, usd in pieces], 1)
    scale = longest or 1.0
    drawn, at = [], 0.0
    for number, ((name, label, usd), written, share) in enumerate(
        zip(pieces, dollars, shares, strict=True), start=1
    ):
        width = usd / scale
        x, middle, reach = (f"{place * 100:.3f}%" for place in (at, at + width / 2, width))
        has_room = width >= _ROOM
        drawn.append(Part(number, name, label, f"${written}", f"{share}%", x, middle, reach, has_room))
        at += width
    (whole,) = footing([sum(usd for _name, _label, usd in pieces)], decimals)
    return HourBar(anchor, title, behind, _(PRICE_KINDS[kind]), f"${whole}", drawn)


def result_bars(result: Result, document: Mapping[str, Any] | None = None) -> list[HourBar]:
    """A bar for each owned lot, each contract on each of its chips, and on-demand; [] without a cost table."""
    rows = {
        (row["price_basis"], row["item"], row["chip"]): row
        for row in result.get("cost_table") or []
        if row["price_basis"] in KIND_OF_BASIS and isfinite(row["chip_hour_usd"])
    }
    longest = max((row["chip_hour_usd"] for row in rows.values()), default=0.0)
    chips, behind = _labels(document or {}, "chips"), _labels(document or {}, "fleet", "lots")
    terms = _labels(document or {}, "deal", "terms")
    bars = []
    for place, ((basis, item, chip), row) in enumerate(rows.items(), start=1):
        labels = behind if basis == "owner_cost" else terms
        bars.append(
            hour_bar(
                f"chip-hour-{place}",
                chips.get(chip, chip),
                KIND_OF_BASIS[basis],
                row.get("chip_hour_parts") or {},
                row["chip_hour_usd"],
                longest,
                labels.get(item, item),
            )
        )
    return bars


def steps_in_words(price: Mapping[str, Any]) -> list[tuple[str, float]]:
    """What made a deal's price, in words, and the USD each step adds; `price` is one of `engine.deal_prices`."""
    return [(_(STEPS[step["name"]]), step["usd"]) for step in price["steps"]]


def footing(amounts: Sequence[float], decimals: int) -> list[str]:
    """The amounts, 0 or more, rounded so that what is written adds up to their rounded sum: the largest rests go up."""
    scale = 10**decimals
    units = [floor(amount * scale + 1e-9) for amount in amounts]
    rests = [amount * scale - unit for amount, unit in zip(amounts, units, strict=True)]
    short = round(sum(amounts) * scale) - sum(units)
    for place in sorted(range(len(amounts)), key=lambda one: -rests[one])[: max(short, 0)]:
        units[place] += 1
    return [f"{unit / scale:,.{decimals}f}" for unit in units]


def _decimals(total: float) -> int:
    """As many as `unit_price` writes of the total."""
    return min(max(2 - floor(log10(total)), 2), 8) if total > 0 else 2


def _labels(document: Mapping[str, Any], *steps: str) -> dict[str, str]:
    """Key -> label of the list at these steps; {} when there is none."""
    held: Any = document
    for step in steps:
        held = (held or {}).get(step)
    return {one["key"]: one["label"] for one in held or [] if one.get("key") and one.get("label")}
