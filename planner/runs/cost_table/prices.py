"""Prices of a chip-hour by kind: what the release offers, what owning costs, what a deal's contracts charge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.catalog.documents import ReleasedEntry
from planner.catalog.models import Kind, PriceKind
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.owning import Owned, owned_hours
from planner.runs.presentation.chip_hours import steps_in_words

KINDS: dict[str, str] = {
    "owners_cost": gettext_noop("Owner's cost"),
    "list": gettext_noop("On-demand list"),
    "capacity_block": gettext_noop("Capacity block"),
    "reserved": gettext_noop("Reserved"),
    "spot": gettext_noop("Spot"),
    "rental": gettext_noop("Rental"),
}
"""The kinds one may choose, never two at once. Spot is a rental the provider may take back."""
IN_WORDS: dict[str, str] = {
    "owners_cost": gettext_noop("owner's cost"),
    "list": gettext_noop("on-demand list price"),
    "capacity_block": gettext_noop("price of a capacity block"),
    "reserved": gettext_noop("reserved price"),
    "spot": gettext_noop("spot price"),
    "rental": gettext_noop("rental price"),
    "deal": gettext_noop("deal price"),
}
"""As a sentence speaks of them."""
DEAL = "deal"
PICKS: dict[str, str] = {
    "lowest": gettext_noop("lowest"),
    "middle": gettext_noop("middle"),
    "highest": gettext_noop("highest"),
}
"""Which of several offers of one kind the table takes."""
_PER_HOUR = "USD per chip-hour"


@dataclass(frozen=True, slots=True)
class Hour:
    """One price of a chip-hour."""

    kind: str
    """A key of KINDS, or DEAL."""
    usd: float
    label: str
    entry: ReleasedEntry | None = None
    """The catalog entry; None for a deal's price and for a cost built from several entries."""
    owned: Owned | None = None
    """The parts of a cost built from several entries."""
    steps: tuple[tuple[str, float], ...] = ()
    """What made a deal's price, in words; they add up to it."""

    @property
    def origin(self) -> str:
        """Who offers it, where: "Lambda, us"."""
        if self.entry is None:
            return ""
        return ", ".join(part for part in (self.entry.provider, self.entry.region) if part)

    @property
    def without(self) -> str:
        """What an incomplete sum leaves out, in words; "" for a complete price."""
        return self.owned.without if self.owned else ""


@dataclass(frozen=True, slots=True)
class Prices:
    """Every price of the release by chip label and kind, the lowest first; a deal's by chip label."""

    offers: Mapping[str, Mapping[str, list[Hour]]]
    deal: Mapping[str, Hour] = field(default_factory=dict)
    pick: str = "lowest"
    """Which of several offers of a kind: a key of PICKS."""

    def hours(self, chip: str, kind: str) -> list[Hour]:
        """Everything known of a chip at a kind, the lowest first."""
        return self.offers.get(chip, {}).get(kind, [])

    def choosable(self, chip: str, kind: str) -> list[Hour]:
        """What the table may take: an incomplete sum only where nothing complete is known, for it looks cheap."""
        found = self.hours(chip, kind)
        return [hour for hour in found if not hour.without] or found

    def hour(self, chip: str, kind: str) -> Hour | None:
        """The one the table takes: the deal's for a chip under contract, else the picked one of the kind."""
        if chip in self.deal:
            return self.deal[chip]
        found = self.choosable(chip, kind)
        if not found:
            return None
        return {"lowest": found[0], "middle": found[len(found) // 2]}.get(self.pick, found[-1])

    def kinds_of(self, chip: str) -> list[str]:
        """The kinds the release knows for a chip, in the order of the switch."""
        return [kind for kind in KINDS if self.hours(chip, kind)]


def prices_of(facts: Facts, deal: Mapping[str, Hour] | None = None, pick: str = "lowest") -> Prices:
    """Offers of the release in USD per chip-hour, and owners' costs that its entries are enough for."""
    found: dict[str, dict[str, list[Hour]]] = defaultdict(lambda: defaultdict(list))
    for entry in facts.prices:
        if entry.kind == Kind.OFFER and entry.unit == _PER_HOUR and (kind := kind_of(entry)):
            found[entry.subject][kind].append(Hour(kind, entry.value, entry.label, entry))
    for owned in owned_hours(facts):
        hour = Hour("owners_cost", owned.total_usd, _("Built from parts of the catalog"), owned=owned)
        found[owned.chip]["owners_cost"].append(hour)
    for kinds in found.values():
        for hours in kinds.values():
            hours.sort(key=lambda hour: hour.usd)
    return Prices({chip: dict(kinds) for chip, kinds in found.items()}, deal or {}, pick)


def kind_of(entry: ReleasedEntry) -> str:
    """The kind of an offer as the table speaks of it; "" for one the table does not know."""
    if entry.price_kind == PriceKind.RENTAL and entry.attributes.get("interruptible"):
        return "spot"
    return entry.price_kind if entry.price_kind in KINDS else ""


def contract_prices(
    hours: Iterable[Mapping[str, Any]], chips: Mapping[str, str], contracts: Mapping[str, str], facts: Facts
) -> tuple[dict[str, Hour], list[str]]:
    """The deal's price by chip of the catalog, the lowest where contracts share a chip; and chips it does not know.

    `chips` and `contracts` are names by key. A chip is known by its name; by its key only where it has no name, since
    people rename chips and keys never change.
    """
    known = {_plain(chip.label): chip.label for chip in facts.chips}
    found: dict[str, Hour] = {}
    strangers = []
    for hour in sorted(hours, key=lambda one: -float(one["usd_per_chip_hour"])):
        name = chips.get(hour["chip"], hour["chip"])
        label = known.get(_plain(name))
        if label is None:
            strangers.append(name)
            continue
        steps = tuple((words, usd) for words, usd in steps_in_words(hour) if usd)
        contract = contracts.get(hour["contract"], hour["contract"])
        found[label] = Hour(DEAL, float(hour["usd_per_chip_hour"]), contract, steps=steps)
    return found, sorted(set(strangers))


def _plain(name: str) -> str:
    """A name as chips are matched by: "GB200 " and "gb-200" are one."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
