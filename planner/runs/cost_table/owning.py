"""What an hour of a chip costs its owner, built from entries of the catalog; what no entry holds is an assumption."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.catalog.documents import ReleasedEntry
from planner.runs.cost_table.documents import OwnedHourDocument
from planner.runs.cost_table.facts import Facts, Subject
from planner.runs.engine import catalog_table

ASSUMED = {
    "annual_rate": (0.10, gettext_noop("Cost of capital, a year")),
    "mean_power_share": (0.6, gettext_noop("Mean power over provisioned power")),
    "availability": (0.97, gettext_noop("Hours that can be sold")),
    "site_life_quarters": (80, gettext_noop("Life of the site, quarters")),
}
"""No entry holds these: they are the values the scenario templates start from, and are shown as assumptions."""
PARTS = {
    "it_capital_usd": gettext_noop("Chip and server"),
    "network_usd": gettext_noop("Network"),
    "site_capital_usd": gettext_noop("Site and power"),
    "colocation_usd": gettext_noop("Colocation"),
    "power_usd": gettext_noop("Energy"),
    "operations_usd": gettext_noop("Operations"),
}
_POWER, _PUE, _LIFE = "power.electricity.us_industrial", "power.pue.cloud_average", "site.server_life"
_QUARTERS_PER_YEAR = 4


@dataclass(frozen=True, slots=True)
class Owned:
    """An owner's cost by part, with what it was computed from."""

    chip: str
    parts: tuple[tuple[str, float], ...]
    """(name of the part, USD per available chip-hour), those that are not zero, in the order they are stacked."""
    total_usd: float
    entries: tuple[ReleasedEntry, ...]
    without: tuple[str, ...]
    """Parts that no entry of the release holds for this chip, in words: they are not in the total."""


def owned_hours(facts: Facts) -> list[Owned]:
    """The owner's cost of every chip whose own entries are enough."""
    found = [_owned(facts, chip) for chip in facts.chips if not missing_for(facts, chip)]
    return [one for one in found if one is not None]


def missing_for(facts: Facts, chip: Subject) -> list[str]:
    """What the release lacks to build an owner's cost of this chip, in words; empty when it is enough."""
    needed: Mapping[str, tuple[str, Any]] = {
        "compute": (
            _("cost of the chip with its server"),
            facts.by_key.get(f"capex.{chip.key}.compute_per_chip"),
        ),
        "power": (_("power provisioned per chip"), chip.entries.get("provisioned_kw")),
        "site": (
            _("cost of its site and power"),
            facts.by_key.get(f"capex.{chip.key}.infrastructure_per_chip"),
        ),
        "energy": (_("price of electricity"), facts.by_key.get(_POWER)),
        "pue": (_("power usage effectiveness"), facts.by_key.get(_PUE)),
        "life": (_("life of servers"), facts.by_key.get(_LIFE)),
    }
    return [words for words, entry in needed.values() if entry is None]


def _owned(facts: Facts, chip: Subject) -> Owned | None:
    """Chip, server and site as entered; energy at the provisioned power. Operations are not in the catalog by chip."""
    used = [
        facts.by_key[f"capex.{chip.key}.compute_per_chip"],
        facts.by_key[f"capex.{chip.key}.infrastructure_per_chip"],
        chip.entries["provisioned_kw"],
        facts.by_key[_POWER],
        facts.by_key[_PUE],
        facts.by_key[_LIFE],
    ]
    compute, site, kilowatts, energy, pue, life = (entry.value for entry in used)
    document = OwnedHourDocument(
        it_capex_usd_per_chip=compute,
        it_life_quarters=round(life * _QUARTERS_PER_YEAR),
        site_capex_usd_per_kw=site / kilowatts,
        provisioned_kw=kilowatts,
        power_usage_effectiveness=pue,
        power_usd_per_kwh=energy,
        annual_rate=ASSUMED["annual_rate"][0],
        mean_power_share=ASSUMED["mean_power_share"][0],
        availability=ASSUMED["availability"][0],
        site_life_quarters=int(ASSUMED["site_life_quarters"][0]),
    )
    hour = catalog_table.owned_hour(document)
    parts = tuple((name, hour[name]) for name in PARTS if hour.get(name))
    return Owned(chip.label, parts, hour["total_usd"], tuple(used), (_("operations"), _("network")))


def assumptions() -> list[tuple[str, float]]:
    """(words, value) of what no entry holds."""
    return [(_(words), value) for value, words in ASSUMED.values()]
