"""A preview in words: figures of the draft, each with what it is more or less than in the last saved version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from planner.core.formatting import futures_share, money
from planner.runs.presentation.costs import BASES, Cost, CostGroup, cost_groups
from planner.runs.presentation.outcomes import TITLES

_NORMAL_95 = 1.96
_SHARES = frozenset(
    {"recovered_do_no_ipo_cash", "recovered_do_no_ipo_accounting", "lab_default_by_contract_end"}
)
Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the headline. `change` is "" when there is nothing to compare with."""

    title: str
    value: str
    change: str
    inside: str
    """What the change lies inside of with 95%; "" where it is exact or not said."""

    @property
    def is_changed(self) -> bool:
        return self.change not in ("", _("no change"))


@dataclass(frozen=True, slots=True)
class PreviewCost:
    """A chip at one price: what a million tokens cost, and how the cost of one request changed."""

    chip: str
    item: str
    prices: list[Cost]
    """Each with its band."""
    change: str
    mark: str
    """How far the speed rests on measurements, in words."""

    @property
    def is_changed(self) -> bool:
        return self.change not in ("", _("no change"))


@dataclass(frozen=True, slots=True)
class PreviewGroup:
    """The rows of one price basis."""

    title: str
    rows: list[PreviewCost]


def figures(draft: Mapping[str, Draws], saved: Mapping[str, Draws] | None) -> list[Figure]:
    """The headline of the draft, in the order of the engine; `saved` None when the version cannot be computed."""
    return [_figure(name, now, (saved or {}).get(name)) for name, now in draft.items()]


def costs(
    draft: list[dict[str, Any]], saved: list[dict[str, Any]] | None, document: Mapping[str, Any]
) -> list[PreviewGroup]:
    """The cost table by price basis; a row that the saved version has not is "new"."""
    before = {_place(row): row for row in saved or []}
    by_basis: dict[str, list[dict[str, Any]]] = {}
    for row in draft:
        by_basis.setdefault(row["price_basis"], []).append(row)
    ordered = [row for basis in BASES for row in by_basis.get(basis, [])]
    changes = iter(
        [_cost_change(row, before.get(_place(row))) if saved is not None else "" for row in ordered]
    )
    return [_group(group, changes) for group in cost_groups({"cost_table": ordered}, document)]


def _group(group: CostGroup, changes: Any) -> PreviewGroup:
    rows = [PreviewCost(row.chip, row.item, row.costs, next(changes), row.mark) for row in group.rows]
    return PreviewGroup(group.title, rows)


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["price_basis"], row["item"], row["chip"]


def _figure(name: str, now: Draws, before: Draws | None) -> Figure:
    title = _(TITLES[name])
    if name in _SHARES:
        value = futures_share(float(now.mean()))
        return Figure(title, value, *(_points(now - before) if before is not None else ("", "")))
    middle = float(np.median(now))
    change = "" if before is None else _more_or_less(middle - float(np.median(before)), money)
    return Figure(title, money(middle), change, "")


def _points(moved: Draws) -> tuple[str, str]:
    """The change of a share of futures in points, and what it lies inside of: each future against itself."""
    change = float(moved.mean())
    if not moved.any():
        return _("no change"), ""
    error = _NORMAL_95 * float(moved.std()) / np.sqrt(moved.size)
    low, high, shown = _signed(change - error), _signed(change + error), _signed(change)
    said = _("under 0.1 points") if shown == "0.0" else _("%(change)s points") % {"change": shown}
    if low == high == "0.0":
        return said, ""
    return said, _("%(low)s to %(high)s") % {"low": low, "high": high}


def _signed(share: float) -> str:
    points = round(share * 100, 1)
    if points == 0:
        return "0.0"
    return f"{'+' if points > 0 else '−'}{abs(points):.1f}"


def _more_or_less(change: float, written: Any) -> str:
    if change == 0:
        return _("no change")
    return f"{'+' if change > 0 else '−'}{written(abs(change))}"


def _cost_change(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """How the price of an output token changed, which carries the others with it unless the model itself changed."""
    if before is None:
        return _("new")
    names = ("usd_per_1m_input", "usd_per_1m_cached_input", "usd_per_1m_output")
    if all(row[name] == before[name] for name in names):
        return _("no change")
    was, now = before["usd_per_1m_output"], row["usd_per_1m_output"]
    if not was:
        return _("changed")
    share = now / was - 1.0
    if abs(share) < 0.0005:
        return _("under 0.1%")
    return f"{'+' if share > 0 else '−'}{abs(share) * 100:,.1f}%"
