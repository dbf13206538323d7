"""What a sceptic, and a believer, would change in the worked example; each as changes of its document."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.translation import gettext_noop

from planner.scenarios.paths import get, with_values

Raw: TypeAlias = dict[str, Any]
Change: TypeAlias = tuple[str, Callable[[Any], Any]]
"""The path of an input, and what becomes of what it holds."""

TEMPLATE = "amazon-openai-2026"
LOT, CONTRACT, MINIMUM = (
    "fleet.lots[trainium-2026]",
    "deal.terms[trainium-2026]",
    "deal.terms[trainium-2026-minimum]",
)
_AMOUNTS = ("value", "low", "high", "mode")


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the table: what is changed, in words and in the document."""

    key: str
    says: str
    changes: tuple[Change, ...] = ()

    def of(self, raw: Raw) -> Raw:
        """The document with the changes made; the one given stays as it is."""
        changed = deepcopy(raw)
        for path, becomes in self.changes:
            changed = with_values(changed, {path: becomes(get(changed, path))})
        return changed


def to(value: float) -> Callable[[Any], Any]:
    """The value, fixed."""
    return lambda _held: value


def times(factor: float) -> Callable[[Any], Any]:
    """The value or the range, moved by a factor."""

    def moved(held: Any) -> Any:
        if isinstance(held, dict):
            return {name: part * factor if name in _AMOUNTS else part for name, part in held.items()}
        return held * factor

    return moved


_SKETCHY_BUILD: tuple[Change, ...] = ((f"{LOT}.built_share", to(0.6)),)
_FULL_BUILD: tuple[Change, ...] = ((f"{LOT}.built_share", to(1.0)),)
_CAPEX = (f"{LOT}.it_capex_usd_per_chip", f"{LOT}.site_capex_usd_per_kw")
_DEAR: tuple[Change, ...] = tuple((path, times(1.25)) for path in _CAPEX)
_CHEAP: tuple[Change, ...] = tuple((path, times(0.8)) for path in _CAPEX)
_HAZARDS = ("lab.distress_hazard_short", "lab.distress_hazard_long")
_FRAIL: tuple[Change, ...] = tuple((path, times(3.0)) for path in _HAZARDS)
_SOUND: tuple[Change, ...] = tuple((path, times(0.0)) for path in _HAZARDS)
_KEPT: tuple[Change, ...] = ((f"{CONTRACT}.kept_without_equity_share", to(0.5)),)
_BOUGHT: tuple[Change, ...] = ((f"{CONTRACT}.kept_without_equity_share", to(0.0)),)
_FAVOUR: tuple[Change, ...] = ((f"{CONTRACT}.discount_share", to(0.35)),)
_NO_FAVOUR: tuple[Change, ...] = ((f"{CONTRACT}.discount_share", to(0.15)),)
_UNPAID: tuple[Change, ...] = ((f"{MINIMUM}.undelivered_due_share", to(0.0)),)
_FALLING: tuple[Change, ...] = (("market.index_change_annual", to(-0.25)),)

VARIANTS = (
    Variant("as_it_is", gettext_noop("As the worked example has it")),
    Variant("built_60", gettext_noop("Only 60% of the announced gigawatts are built"), _SKETCHY_BUILD),
    Variant("built_100", gettext_noop("All announced gigawatts are built"), _FULL_BUILD),
    Variant("capex_dear", gettext_noop("Chips and sites cost 25% more"), _DEAR),
    Variant("capex_cheap", gettext_noop("Chips and sites cost 20% less"), _CHEAP),
    Variant("default_often", gettext_noop("At the same runway the lab is three times as likely to fail"), _FRAIL),
    Variant("default_never", gettext_noop("The lab never fails, not even without cash"), _SOUND),
    Variant(
        "kept_half", gettext_noop("Half of the contract would have been signed without the equity"), _KEPT
    ),
    Variant("kept_nothing", gettext_noop("Nothing would have been signed without the equity"), _BOUGHT),
    Variant("discount_deep", gettext_noop("The price is 35% below the reference"), _FAVOUR),
    Variant("discount_small", gettext_noop("The price is 15% below the reference"), _NO_FAVOUR),
    Variant("undelivered_unpaid", gettext_noop("Nothing is due for capacity that is not delivered"), _UNPAID),
    Variant("index_falls", gettext_noop("Rental prices fall by a quarter each year"), _FALLING),
    Variant(
        "sceptic",
        gettext_noop("The sceptic: 60% built, 25% dearer, three times as frail, half kept anyway, 35% below"),
        (*_SKETCHY_BUILD, *_DEAR, *_FRAIL, *_KEPT, *_FAVOUR),
    ),
    Variant(
        "believer",
        gettext_noop("The believer: all built, 20% cheaper, never failing, nothing kept otherwise, 15% below"),
        (*_FULL_BUILD, *_CHEAP, *_SOUND, *_BOUGHT, *_NO_FAVOUR),
    ),
)
