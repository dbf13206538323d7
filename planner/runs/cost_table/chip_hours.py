"""The chip-hours of one chip by kind of price, as bars on one scale; an owner's cost in its parts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.catalog.documents import ReleasedEntry
from planner.core.formatting import percent, unit_price
from planner.runs.cost_table.owning import ASSUMED, PARTS
from planner.runs.cost_table.prices import DEAL, KINDS, Hour, Prices


@dataclass(frozen=True, slots=True)
class HourPart:
    """One part of a bar."""

    name: str
    label: str
    usd: float
    share: float


@dataclass(frozen=True, slots=True)
class HourBar:
    """One price of a chip-hour. `parts` add up to `usd`; a rented hour is one part, its kind."""

    title: str
    label: str
    origin: str
    usd: float
    parts: list[HourPart]
    entry: ReleasedEntry | None
    entries: tuple[ReleasedEntry, ...]
    notes: list[str]
    width: float
    """Of the widest bar, 0 to 100."""

    @property
    def drawn(self) -> list[dict[str, str]]:
        """Where each part begins and how wide it is, 0 to 100, as SVG reads it."""
        widths = [part.share * self.width for part in self.parts]
        return [
            {"x": f"{sum(widths[:place]):.3f}", "width": f"{width:.3f}"} for place, width in enumerate(widths)
        ]


def hour_bars(prices: Prices, chip: str) -> list[HourBar]:
    """Every kind known for the chip, the lowest of each; the owner's cost built from parts beside a stated one."""
    hours = [prices.deal[chip]] if chip in prices.deal else []
    for kind in KINDS:
        found = prices.hours(chip, kind)
        stated = [hour for hour in found if hour.owned is None][:1]
        hours += [*(hour for hour in found if hour.owned is not None), *stated]
    widest = max((hour.usd for hour in hours), default=0.0)
    return [_bar(hour, widest) for hour in hours]


def _bar(hour: Hour, widest: float) -> HourBar:
    title = _("Deal price") if hour.kind == DEAL else _(KINDS[hour.kind])
    parts = [HourPart(hour.kind, title, hour.usd, 1.0)]
    notes = []
    if hour.owned is not None:
        total = hour.owned.total_usd
        parts = [HourPart(name, _(PARTS[name]), usd, usd / total) for name, usd in hour.owned.parts]
        notes = [_assumed(), _("Without %(parts)s: no entry holds them.") % {"parts": hour.owned.without}]
    if hour.steps:
        notes = ["; ".join(f"{words} {unit_price(usd)}" for words, usd in hour.steps)]
    entries = hour.owned.entries if hour.owned else ()
    width = 100.0 * hour.usd / widest if widest else 0.0
    return HourBar(title, hour.label, hour.origin, hour.usd, parts, hour.entry, entries, notes, width)


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
