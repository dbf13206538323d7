"""What an hour of a chip costs its owner, built from entries of the catalog; what no entry holds is an assumption."""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.catalog.documents import ReleasedEntry
from planner.core.documents import extra_of, read_document
from planner.core.errors import InvalidInput, Problem
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
    """The owner's cost of every chip whose own entries are enough and whose values can be computed with."""
    return [found for chip in facts.chips if isinstance(found := _owned(facts, chip), Owned)]


def refused_hours(facts: Facts) -> list[str]:
    """A sentence for every chip whose entries are enough, but hold a value that no cost can be computed with."""
    return [found for chip in facts.chips if isinstance(found := _owned(facts, chip), str)]


def why_not_owned(facts: Facts, chip: Subject) -> str:
    """Why there is no owner's cost built from parts; "" when there is."""
    if lacking := _missing_for(facts, chip):
        said = _("The owner's cost cannot be built from parts: the release does not hold %(missing)s.")
        return said % {"missing": ", ".join(lacking)}
    found = _owned(facts, chip)
    return found if isinstance(found, str) else ""


def _missing_for(facts: Facts, chip: Subject) -> list[str]:
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


def _owned(facts: Facts, chip: Subject) -> Owned | str | None:
    """The cost of a chip; a sentence when one of its values is refused; None when the release lacks an entry."""
    if _missing_for(facts, chip):
        return None
    raw, entries = _parts_of(facts, chip)
    try:
        document = read_document(OwnedHourDocument, raw)
    except InvalidInput as refusal:
        told = " ".join(_with_unit(problem) for problem in refusal.problems)
        return _("The owner's cost of %(chip)s is left out: %(told)s") % {"chip": chip.label, "told": told}
    hour = catalog_table.owned_hour(document)
    parts = tuple((name, hour[name]) for name in hour if name != "total_usd" and hour[name])
    return Owned(
        chip.label, parts, hour["total_usd"], entries, _("operations and the network between servers")
    )


def _parts_of(facts: Facts, chip: Subject) -> tuple[dict[str, Any], tuple[ReleasedEntry, ...]]:
    """Chip and server as entered; its own site where there is one, else rent; energy without a PUE on top.

    Provisioned power already holds cooling and losses, so the effectiveness is 1. Beside it, the entries it is from.
    """
    compute, site, rent = _compute(facts, chip), _site(facts, chip), facts.by_key.get(_RENT)
    kilowatts, energy, life = chip.entries["provisioned_kw"], facts.by_key[_POWER], facts.by_key[_LIFE]
    place = site or rent
    assert compute is not None
    assert place is not None
    quarters = life.value * _QUARTERS_PER_YEAR
    raw = {
        "it_capex_usd_per_chip": compute.value,
        "it_life_quarters": round(quarters) if math.isfinite(quarters) else quarters,
        # Power of 0 is refused at its own field.
        "site_capex_usd_per_kw": site.value / kilowatts.value if site and kilowatts.value else 0.0,
        "colocation_usd_per_kw_month": 0.0 if site else place.value * _USD_PER_KW_MONTH,
        "provisioned_kw": kilowatts.value,
        "power_usage_effectiveness": 1.0,
        "power_usd_per_kwh": energy.value,
        **{name: value for name, (value, _title) in ASSUMED.items()},
    }
    return raw, (compute, place, kilowatts, energy, life)


def _with_unit(problem: Problem) -> str:
    """“Life of chips is 100. It must be between 1 and 80 quarters.”"""
    field = OwnedHourDocument.model_fields.get(problem.path)
    unit = _(str(extra_of(field)["unit"])) if field else ""
    return f"{problem.message.removesuffix('.')} {unit}." if unit else problem.message
