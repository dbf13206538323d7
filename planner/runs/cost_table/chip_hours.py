"""The chip-hours of one chip by kind of price, as bars on one scale; an owner's cost in its parts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.catalog.documents import ReleasedEntry
from planner.core.formatting import percent, unit_price
from planner.runs.cost_table.owning import ASSUMED
from planner.runs.cost_table.prices import DEAL, KINDS, Hour, Prices
from planner.runs.presentation.chip_hours import HourBar, hour_bar


@dataclass(frozen=True, slots=True)
class ShownHour:
    """One price of a chip-hour: its bar, and where it comes from."""

    bar: HourBar
    entries: tuple[ReleasedEntry, ...]
    """The catalog entries behind it; none for a deal's price."""
    notes: list[str]


def shown_hours(prices: Prices, chip: str) -> list[ShownHour]:
    """Every kind known for the chip, the lowest of each; the owner's cost built from parts beside a stated one."""
    hours = [prices.deal[chip]] if chip in prices.deal else []
    for kind in KINDS:
        found = prices.hours(chip, kind)
        stated = [hour for hour in found if hour.owned is None][:1]
        hours += [*(hour for hour in found if hour.owned is not None), *stated]
    longest = max((hour.usd for hour in hours), default=0.0)
    return [_shown(place, hour, longest) for place, hour in enumerate(hours, start=1)]


def _shown(place: int, hour: Hour, longest: float) -> ShownHour:
    is_deal = hour.kind == DEAL
    title = _("Deal price") if is_deal else _(KINDS[hour.kind])
    parts = dict(hour.owned.parts) if hour.owned else {}
    behind = hour.label if is_deal or hour.owned else hour.origin or hour.label
    kind = "contract" if is_deal else hour.kind
    bar = hour_bar(f"hour-{place}", title, kind, parts, hour.usd, longest, behind)
    if hour.owned is not None:
        return ShownHour(bar, hour.owned.entries, [_assumed(), hour.owned.lacks])
    notes = [_made_of(hour)] if hour.steps else []
    return ShownHour(bar, (hour.entry,) if hour.entry else (), notes)


def _made_of(hour: Hour) -> str:
    """What made a deal's price, as a sentence that adds up."""
    steps = "; ".join(f"{words} {unit_price(usd)}" for words, usd in hour.steps)
    return _("First contract year, everything bought: %(steps)s.") % {"steps": steps}


def _assumed() -> str:
    """The assumptions behind a cost built from parts, as a sentence."""
    rate, power, availability = (
        ASSUMED[name][0] for name in ("annual_rate", "mean_power_share", "availability")
    )
    return _(
        "Assumed, because no entry holds it: cost of capital %(rate)s a year, mean power %(power)s of provisioned"
        " power, %(availability)s of hours can be sold, a site lives %(years)d years."
    ) % {
        "rate": percent(rate, 0),
        "power": percent(power, 0),
        "availability": percent(availability, 0),
        "years": ASSUMED["site_life_quarters"][0] / 4,
    }
