"""The provider's holding of the lab behind a result: who called each tranche and when, and its part of all shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.core.formatting import futures_share, percent
from planner.runs.presentation.outcomes import Result

CALLED, BY_QUARTER, HOLDING = "called:", "called_by_quarter.", "provider_share"


@dataclass(frozen=True, slots=True)
class CalledTranche:
    """One tranche still open on the opening date, as its table shows it; `half_by` is "" where nobody calls it."""

    name: str
    by_trigger: str
    by_option: str
    never: str
    half_by: str


@dataclass(frozen=True, slots=True)
class HoldingYear:
    """The provider's part of all shares at the end of a calendar year."""

    year: str
    low: str
    median: str
    high: str


def tables(result: Result, document: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables by the names the page knows them under."""
    return {"called_tranches": called_tranches(result, document), "holding_years": holding_by_year(result)}


def called_tranches(result: Result, document: Mapping[str, Any]) -> list[CalledTranche]:
    """How often a trigger calls each open tranche, how often the provider chooses to, and by when half of it is."""
    terms = (document.get("deal") or {}).get("terms") or []
    names = {one.get("key"): one.get("label") or one.get("key") for one in terms}
    rows = []
    for group, counts in (result.get("counts") or {}).items():
        if group.startswith(CALLED):
            key, total = group.removeprefix(CALLED), max(sum(counts.values()), 1)
            trigger, option, never = (
                futures_share(counts[name] / total) for name in ("by_trigger", "by_option", "never")
            )
            name = str(names.get(key, key))
            rows.append(CalledTranche(name, trigger, option, never, _half_by(result, key)))
    return rows


def _half_by(result: Result, key: str) -> str:
    """The quarter by the end of which half of the futures that call the tranche have called it."""
    reached = (result.get("curves") or {}).get(f"{BY_QUARTER}{key}") or [0.0]
    if reached[-1] <= 0.0:
        return ""
    place = next(at for at, share in enumerate(reached) if share >= reached[-1] / 2.0)
    return str((result.get("quarters") or [""])[place - 1]) if place else str(result.get("opening", ""))


def holding_by_year(result: Result) -> list[HoldingYear]:
    """90% band and median of the provider's part of all shares; none where it never holds any."""
    fan = (result.get("fans") or {}).get(HOLDING)
    if not fan or not any(fan["p95"]):
        return []
    return [
        HoldingYear(label[:4], *(percent(fan[name][place], 1) for name in ("p05", "p50", "p95")))
        for place, label in enumerate(result.get("quarters") or [], start=1)
        if label.endswith("Q4")
    ]
