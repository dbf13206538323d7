"""What one version does better than another, outcome by outcome: draw by draw when both saw the same luck."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from planner.compare.queries import Compared, are_paired
from planner.core.formatting import DASH, by_unit, futures_share, money, signed
from planner.runs.presentation.outcomes import TITLES, has_equity
from planner.runs.presentation.pages import ALLOWED_OUTCOMES

Draws = Mapping[str, NDArray[np.float64]]
NORMAL_95 = 1.96

LOWER_IS_BETTER = frozenset(
    {
        "lab_default_by_contract_end",
        "deepest_cash_out_usd",
        "recovery_quarter_cash_no_ipo",
        "unserved_share",
    }
)
NEITHER_IS_BETTER = frozenset(
    {"deepest_cash_out_quarter", "equity_paid_usd", "compute_billed_usd", "shortfall_usd", "ipo_by_horizon"}
)


@dataclass(frozen=True, slots=True)
class Delta:
    """One outcome of one other version against the base. Texts are ready to show; "" where there is nothing to say."""

    figure: str
    word: str
    interval: str
    better: str
    """ "better in 61%, the same in 30%"."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome: the base's figure, then each other's figure with its delta."""

    title: str
    base: str
    others: list[tuple[str, Delta]]


def rows(base: Compared, others: list[Compared]) -> list[Row]:
    """Every outcome that all of them may show, in the order of the result page."""
    everyone = [base, *others]
    allowed = TITLES if all(one.is_whole for one in everyone) else ALLOWED_OUTCOMES
    held = [one.result.get("outcomes", {}) for one in everyone]
    names = [name for name in allowed if all(name in outcomes for outcomes in held)]
    luck = [_paired_draws(base, other) for other in others]
    return [_row(name, base, others, luck) for name in names]


def _row(name: str, base: Compared, others: list[Compared], luck: list[tuple[Draws, Draws] | None]) -> Row:
    cells = []
    for other, pair in zip(others, luck, strict=True):
        if _says_nothing(name, base) or _says_nothing(name, other):
            delta = Delta("", _("nothing to compare"), "", "")
        else:
            delta = _delta(name, base.result["outcomes"][name], other.result["outcomes"][name], pair)
        cells.append((_figure(name, other), delta))
    return Row(_(TITLES[name]), _figure(name, base), cells)


def _says_nothing(name: str, one: Compared) -> bool:
    """Where no equity was paid nothing can come back, whatever figure stands there."""
    return name.startswith(("recovered", "recovery", "second")) and not has_equity(one.result)


def _figure(name: str, one: Compared) -> str:
    if _says_nothing(name, one):
        return _("no equity")
    outcome = one.result["outcomes"][name]
    return by_unit(outcome.get("mean"), outcome["unit"], list(one.result.get("quarters") or []))


def _paired_draws(base: Compared, other: Compared) -> tuple[Draws, Draws] | None:
    """Both sides draw by draw; None when they did not see the same luck, or when a stored part is gone."""
    if base.run is None or other.run is None or not are_paired(base.run, other.run):
        return None
    mine, theirs = base.draws(), other.draws()
    return (mine, theirs) if mine and theirs else None


def _delta(
    name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], pair: tuple[Draws, Draws] | None
) -> Delta:
    if pair is not None and name in pair[0] and name in pair[1]:
        return paired_delta(name, mine["unit"], pair[0][name], pair[1][name])
    return unpaired_delta(mine, theirs)


def paired_delta(name: str, unit: str, base: NDArray[np.float64], other: NDArray[np.float64]) -> Delta:
    """Other less base over the draws in which both have the figure. Zero, exactly, when they are the same run."""
    both = np.isfinite(base) & np.isfinite(other)
    count = int(both.sum())
    if count == 0:
        return Delta("", _("no future has both"), "", "")
    change = other[both] - base[both]
    mean = float(change.mean())
    error = float(change.std(ddof=1)) / sqrt(count) if count > 1 else 0.0
    interval = _interval(mean, error, unit) if error else ""
    return Delta(difference(mean, unit), _word(mean), interval, _better(name, change))


def unpaired_delta(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Delta:
    """Difference of two means that saw different luck: its interval is wider, and nothing is said draw by draw."""
    if mine.get("mean") is None or theirs.get("mean") is None:
        return Delta("", _("no future has both"), "", "")
    mean = theirs["mean"] - mine["mean"]
    error = hypot(mine.get("standard_error") or 0.0, theirs.get("standard_error") or 0.0)
    return Delta(
        difference(mean, mine["unit"]), _word(mean), _interval(mean, error, mine["unit"]) if error else "", ""
    )


def difference(value: float, unit: str) -> str:
    """A change in the unit of its outcome: points for shares and rates, quarters, multiples, money."""
    if unit == "usd":
        return money(value)
    if unit in ("share", "rate_per_year"):
        text = signed(f"{abs(value) * 100:,.1f}", negative=value < 0)
        return text if text == DASH else _("%(points)s points") % {"points": text}
    if unit == "quarters":
        text = signed(f"{abs(value):,.1f}", negative=value < 0)
        return text if text == DASH else _("%(count)s quarters") % {"count": text}
    return signed(f"{abs(value):,.2f}x", negative=value < 0)


def _interval(mean: float, error: float, unit: str) -> str:
    ends = {
        "low": _zero(difference(mean - NORMAL_95 * error, unit)),
        "high": _zero(difference(mean + NORMAL_95 * error, unit)),
    }
    return _("%(low)s to %(high)s") % ends


def _word(mean: float) -> str:
    if mean == 0:
        return _("the same")
    return _("higher") if mean > 0 else _("lower")


def _better(name: str, change: NDArray[np.float64]) -> str:
    if name in NEITHER_IS_BETTER:
        return ""
    gain = change < 0 if name in LOWER_IS_BETTER else change > 0
    return _("better in %(better)s, the same in %(same)s") % {
        "better": futures_share(float(gain.mean())),
        "same": futures_share(float((change == 0).mean())),
    }


def _zero(text: str) -> str:
    return "0" if text == DASH else text
