"""What a fleet's lots say will run and what they cost to buy, by quarter and year. Arithmetic on the document alone.

Announced chips, before the share really built; a range counts with its middle; first purchase, no replacement.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from math import fsum, sqrt

from planner.core.quantities import DiscreteQuantity, QuantityDocument
from planner.core.quarters import quarter_number
from planner.fleets.documents import LotDocument


def middle(quantity: QuantityDocument) -> float:
    """One number for a range: its mode, the geometric middle of a lognormal, else the middle of its ends.

    Of a few values it is their mean.
    """
    if isinstance(quantity, float | int):
        return float(quantity)
    if isinstance(quantity, DiscreteQuantity):
        weighted = fsum(
            value * weight for value, weight in zip(quantity.values, quantity.weights, strict=True)
        )
        return weighted / fsum(quantity.weights)
    if quantity.mode is not None:
        return quantity.mode
    if quantity.shape == "lognormal":
        return sqrt(quantity.low * quantity.high)
    return (quantity.low + quantity.high) / 2


def chips_online(lot: LotDocument, quarter: int) -> float:
    """Announced chips that run in the quarter: none before it comes online, then equal steps to all of them."""
    since = quarter - quarter_number(lot.online_from)
    return lot.chips * min((since + 1) / lot.ramp_quarters, 1.0) if since >= 0 else 0.0


def quarters_of(lots: Iterable[LotDocument]) -> range:
    """From the first quarter with chips to the one after the last ramp ends; empty without lots."""
    ends = [(quarter_number(lot.online_from), lot.ramp_quarters) for lot in lots]
    if not ends:
        return range(0)
    return range(min(first for first, _ in ends), max(first + ramp for first, ramp in ends) + 1)


def capex_by_year(
    lot: LotDocument, chip_kw: float | None, opening: date | None = None
) -> Mapping[int, float]:
    """USD by the calendar year it is paid: `lead_quarters` before each step of the ramp, never before the opening.

    Without the site when `chip_kw` is None.
    """
    a_chip = middle(lot.it_capex_usd_per_chip) + middle(lot.network_capex_usd_per_chip)
    a_chip += middle(lot.site_capex_usd_per_kw) * (chip_kw or 0.0)
    first = quarter_number(lot.online_from) - lot.lead_quarters
    step = lot.chips / lot.ramp_quarters * a_chip
    parts: dict[int, list[float]] = {}
    for place in range(lot.ramp_quarters):
        paid = first + place if opening is None else max(first + place, quarter_number(opening))
        parts.setdefault(paid // 4, []).append(step)
    return {year: fsum(amounts) for year, amounts in parts.items()}
