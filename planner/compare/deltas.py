"""What one version does better than another, outcome by outcome: draw by draw when both saw the same luck."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from planner.compare.queries import Compared, are_paired
from planner.core.formatting import DASH, by_unit, futures_share, money
from planner.runs.presentation.outcomes import TITLES, has_equity
from planner.runs.presentation.pages import ALLOWED_OUTCOMES

Draws = Mapping[str, NDArray[np.float64]]
NORMAL_95 = 1.96

LOWER_IS_BETTER = frozenset(
    {
        "lab_default_by_contract_end",
        "lab_default_no_ipo_by_contract_end",
        "deepest_cash_out_usd",
        "recovery_quarter_cash_no_ipo",
        "first_touch_quarter_cash_no_ipo",
        "shortfall_given_failure_usd",
        "exposure_at_default_usd",
        "mark_noise_quarterly",
        "lab_dilution",
        "unserved_share",
    }
)
NEITHER_IS_BETTER = frozenset(
    {
        "deepest_cash_out_quarter",
        "equity_paid_usd",
        "share_sale_proceeds_usd",
        "compute_billed_usd",
        "shortfall_usd",
        "ipo_by_horizon",
        "ipo_by_horizon_no_deal",
        "listing_quarter",
        "listing_quarter_no_deal",
        "listing_multiple",
        "listing_multiple_no_deal",
        "lab_minimum_next_year_usd",
        "private_stake_mark_usd",
    }
)
NOT_COMPARED = frozenset({"lab_irr"})
"""The lab is paid first and pays later: its rate reads as a cost of money, and has no mean worth the name."""
WHAT_EQUITY_ADDS = frozenset(
    {
        "provider_npv_usd",
        "provider_npv_no_ipo_usd",
        "provider_irr",
        "provider_moic",
        "lab_npv_usd",
        "provider_npv_after_tax_usd",
        "lab_npv_after_tax_usd",
        "shortfall_given_failure_usd",
        "benefits_not_needing_ipo_pv_usd",
        "margin_cash_pv_usd",
        "margin_accounting_usd",
    }
)
"""Measured over the same deal without equity where there is equity, and over the whole contract where there is none."""


@dataclass(frozen=True, slots=True)
class Delta:
    """One outcome of one other version against the base. Texts are ready to show; "" where there is nothing to say."""

    figure: str
    """The amount without a sign; the word says which way."""
    word: str
    interval: str
    better: str
    """ "better in 61%, the same in 30%"."""
    among: str = ""
    """Over which futures, when not over all."""


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
    named = [name for name in allowed if name not in NOT_COMPARED]
    names = [name for name in named if all(name in outcomes for outcomes in held)]
    luck = [_paired_draws(base, other) for other in others]
    return [_row(name, base, others, luck) for name in names]


def _row(name: str, base: Compared, others: list[Compared], luck: list[tuple[Draws, Draws] | None]) -> Row:
    cells = []
    for other, pair in zip(others, luck, strict=True):
        if _says_nothing(name, base) or _says_nothing(name, other):
            delta = Delta("", _("nothing to compare"), "", "")
        elif name in WHAT_EQUITY_ADDS and has_equity(base.result) != has_equity(other.result):
            delta = Delta("", _("not the same measure"), "", "")
        else:
            delta = _delta(name, base.result["outcomes"][name], other.result["outcomes"][name], pair)
        cells.append((_figure(name, other), delta))
    return Row(_(TITLES[name]), _figure(name, base), cells)


def _says_nothing(name: str, one: Compared) -> bool:
    """Where no equity was paid nothing can come back, whatever figure stands there."""
    return name.startswith(("recovered", "recovery", "second", "first_touch")) and not has_equity(one.result)


def other_measures(base: Compared, others: list[Compared]) -> list[tuple[Compared, Compared]]:
    """Pairs that are not measured alike: the one without equity, then the one with it."""
    pairs = [(base, other) if has_equity(other.result) else (other, base) for other in others]
    return [pair for pair in pairs if has_equity(pair[0].result) != has_equity(pair[1].result)]


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
    return Delta(
        difference(mean, unit),
        _word(mean, unit),
        _interval(mean, error, unit) if error else "",
        _better(name, change),
        _among(count / both.size),
    )


def unpaired_delta(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Delta:
    """Difference of two means that saw different luck: its interval is wider, and nothing is said draw by draw."""
    if mine.get("mean") is None or theirs.get("mean") is None:
        return Delta("", _("no future has both"), "", "")
    if any((one.get("defined_share") or 0.0) < 1.0 for one in (mine, theirs)):
        return Delta("", _("means of other futures: no difference taken"), "", "")
    unit, mean = mine["unit"], theirs["mean"] - mine["mean"]
    error = hypot(mine.get("standard_error") or 0.0, theirs.get("standard_error") or 0.0)
    return Delta(difference(mean, unit), _word(mean, unit), _interval(mean, error, unit) if error else "", "")


def difference(value: float, unit: str) -> str:
    """How large a change is, without its sign, in the unit of its outcome; "" when every digit of it is zero."""
    size = abs(value)
    if unit == "usd":
        text = money(size)
        return "" if text == DASH else text
    if unit == "quarters":
        if 0 < size < 0.5:
            return _("under 1 quarter")
        whole = round(size)
        return ngettext("%(count)d quarter", "%(count)d quarters", whole) % {"count": whole} if whole else ""
    if unit == "quarters_long":
        text = f"{size:,.1f}"
        return _("%(count)s quarters") % {"count": text} if float(text.replace(",", "")) else ""
    if unit in ("share", "rate_per_year"):
        digits, words = f"{size * 100:,.1f}", _("%(digits)s points")
    else:
        digits, words = f"{size:,.2f}", "%(digits)sx"
    return words % {"digits": digits} if float(digits.replace(",", "")) else ""


def _interval(mean: float, error: float, unit: str) -> str:
    """Both ends without a sign where both go the way of the mean; else each with its own word."""
    ends = (mean - NORMAL_95 * error, mean + NORMAL_95 * error)
    if ends[0] * ends[1] > 0:
        low, high = sorted(ends, key=abs)
        said = {"low": difference(low, unit) or "0", "high": difference(high, unit) or "0"}
    else:
        said = {"low": _way(ends[0], unit), "high": _way(ends[1], unit)}
    return _("%(low)s to %(high)s") % said if said["low"] != said["high"] else ""


def _way(value: float, unit: str) -> str:
    return f"{difference(value, unit)} {_word(value, unit)}".strip()


def _word(value: float, unit: str) -> str:
    if not difference(value, unit):
        return _("no difference")
    if unit == "quarters":
        return _("later") if value > 0 else _("earlier")
    return _("higher") if value > 0 else _("lower")


def _among(share: float) -> str:
    if share >= 1:
        return ""
    return _("among futures in which both have one: %(share)s") % {"share": futures_share(share)}


def _better(name: str, change: NDArray[np.float64]) -> str:
    if name in NEITHER_IS_BETTER:
        return ""
    gain = change < 0 if name in LOWER_IS_BETTER else change > 0
    return _("better in %(better)s, the same in %(same)s") % {
        "better": futures_share(float(gain.mean())),
        "same": futures_share(float((change == 0).mean())),
    }
