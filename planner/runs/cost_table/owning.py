"""What an hour of a chip costs its owner, built from entries of the catalog; what no entry holds is an assumption."""

from dataclasses import dataclass

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
_POWER, _LIFE, _RENT = "power.electricity.us_industrial", "site.server_life", "site.colocation_rent"
_QUARTERS_PER_YEAR = 4
_USD_PER_KW_MONTH = 1e6 / 1e3 / 12.0
"""Of a rent in USD M per MW-year."""


@dataclass(frozen=True, slots=True)
class Owned:
    """An owner's cost by part, with what it was computed from."""

    chip: str
    parts: tuple[tuple[str, float], ...]
    """(name of the part, USD per available chip-hour), those that are not zero, in the order they are stacked."""
    total_usd: float
    entries: tuple[ReleasedEntry, ...]
    without: str
    """What no entry of the release holds, so that the total is without it, in words."""

    @property
    def lacks(self) -> str:
        """That the total is incomplete, as a sentence."""
        return _("Without %(parts)s: no entry holds them.") % {"parts": self.without}


def owned_hours(facts: Facts) -> list[Owned]:
    """The owner's cost of every chip whose own entries are enough."""
    return [_owned(facts, chip) for chip in facts.chips if not missing_for(facts, chip)]


def missing_for(facts: Facts, chip: Subject) -> list[str]:
    """What the release lacks to build an owner's cost of this chip, in words; empty when it is enough."""
    needed = {
        _("the cost of the chip with its server"): _compute(facts, chip),
        _("the power provisioned per chip"): chip.entries.get("provisioned_kw"),
        _("the cost of its site or a colocation rent"): _site(facts, chip) or facts.by_key.get(_RENT),
        _("a price of electricity"): facts.by_key.get(_POWER),
        _("the life of servers"): facts.by_key.get(_LIFE),
    }
    return [words for words, entry in needed.items() if entry is None]


def _compute(facts: Facts, chip: Subject) -> ReleasedEntry | None:
    return facts.by_key.get(f"capex.{chip.key}.compute_per_chip")


def _site(facts: Facts, chip: Subject) -> ReleasedEntry | None:
    return facts.by_key.get(f"capex.{chip.key}.infrastructure_per_chip")


def _owned(facts: Facts, chip: Subject) -> Owned:
    """Chip and server as entered; its own site where there is one, else rent; energy without a PUE on top.

    Provisioned power already holds cooling and losses, so the effectiveness is 1.
    """
    compute, site, rent = _compute(facts, chip), _site(facts, chip), facts.by_key.get(_RENT)
    kilowatts, energy, life = chip.entries["provisioned_kw"], facts.by_key[_POWER], facts.by_key[_LIFE]
    place = site or rent
    assert compute is not None
    assert place is not None
    document = OwnedHourDocument(
        it_capex_usd_per_chip=compute.value,
        it_life_quarters=round(life.value * _QUARTERS_PER_YEAR),
        site_capex_usd_per_kw=site.value / kilowatts.value if site else 0.0,
        colocation_usd_per_kw_month=0.0 if site else place.value * _USD_PER_KW_MONTH,
        provisioned_kw=kilowatts.value,
        power_usage_effectiveness=1.0,
        power_usd_per_kwh=energy.value,
        annual_rate=ASSUMED["annual_rate"][0],
        mean_power_share=ASSUMED["mean_power_share"][0],
        availability=ASSUMED["availability"][0],
        site_life_quarters=int(ASSUMED["site_life_quarters"][0]),
    )
    hour = catalog_table.owned_hour(document)
    parts = tuple((name, hour[name]) for name in hour if name != "total_usd" and hour[name])
    entries = (compute, place, kilowatts, energy, life)
    return Owned(
        chip.label, parts, hour["total_usd"], entries, _("operations and the network between servers")
    )
