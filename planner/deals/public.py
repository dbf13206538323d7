"""The public deals: what is known of each, as terms, and what of it is assumed or left out.

One JSON file a deal, facts in our own words with the pages they come from. The parts of a deal that no public deal
states (what happens on default, discount rates) are the same for all and stand here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from planner.core.documents import read_document
from planner.deals.documents import DealDocument
from planner.deals.mechanisms import Mechanism, mechanisms_of

FOLDER = Path(__file__).parent / "public_deals"

UNSTATED: dict[str, Any] = {
    "on_default": {
        "termination_share": {"low": 0.2, "high": 0.8, "shape": "uniform"},
        "recovery_share": {"low": 0.1, "high": 0.5, "shape": "uniform"},
        "relet_lag_quarters": 2,
        "relet_price_share": {"low": 0.6, "high": 0.95, "shape": "uniform"},
        "relet_utilisation": {"low": 0.5, "high": 0.9, "shape": "uniform"},
    },
    "provider_contract_rate": 0.08,
    "provider_equity_rate": 0.15,
    "provider_capex_rate": 0.05,
    "lab_rate": 0.15,
}
"""What no public deal says: a default and the rates at which each side discounts its cash."""


@dataclass(frozen=True, slots=True)
class PublicDeal:
    """One public deal. `equity` and `commitment` are as announced, in words."""

    number: int
    key: str
    name: str
    provider: str
    lab: str
    others: str
    date: str
    status: str
    equity: str
    commitment: str
    confidence: str
    sources: tuple[Mapping[str, str], ...]
    """Title and address of each page."""
    source_date: str
    terms: tuple[Mapping[str, Any], ...]
    assumed: tuple[str, ...]
    """Values the terms need that are not public, and how they were chosen."""
    left_out: tuple[Mapping[str, str], ...]
    """What of the deal is in no term (`what`), and why (`why`)."""
    provider_stock: Mapping[str, Any] | None = None

    @property
    def raw(self) -> dict[str, Any]:
        """The deal as a library deal begins with it."""
        stock = {"provider_stock": dict(self.provider_stock)} if self.provider_stock else {}
        return {
            "provider": self.provider,
            "lab": self.lab,
            "terms": [dict(term) for term in self.terms],
            **UNSTATED,
            **stock,
        }

    @property
    def document(self) -> DealDocument:
        """The typed deal."""
        return read_document(DealDocument, self.raw)

    @property
    def mechanisms(self) -> list[Mechanism]:
        """What its terms model."""
        return mechanisms_of(self.terms)

    @property
    def reasons(self) -> list[str]:
        """Everything that is left out, each with its reason, in one line."""
        return [_("%(what)s: %(why)s") % {"what": one["what"], "why": one["why"]} for one in self.left_out]


@cache
def public_deals() -> tuple[PublicDeal, ...]:
    """Every public deal, by its number."""
    found = [_read(file) for file in FOLDER.glob("*.json")]
    return tuple(sorted(found, key=lambda one: one.number))


def public_deal_named(key: str) -> PublicDeal | None:
    """The public deal with this key; None when there is none."""
    return next((one for one in public_deals() if one.key == key), None)


def _read(file: Path) -> PublicDeal:
    held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    lists = ("sources", "terms", "assumed", "left_out")
    told: dict[str, Any] = {name: tuple(held[name]) if name in lists else held[name] for name in held}
    return PublicDeal(**told)
