"""The market behind a result: the lab's revenue by year beside its own plan, and the shares of model families."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from planner.core.formatting import futures_share, money, percent
from planner.runs.presentation.outcomes import Result

PLANS = Path(__file__).parents[1] / "lab_plans" / "revenue.csv"
REVENUE = "lab_revenue_past_year"
SHARE, LEADS = "family_share.", "family_leads."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lab reported or planned for a year, in USD, with its source; `haircut` is the part believed here."""

    kind: str
    low_usd: float
    high_usd: float
    haircut: float | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RevenueYear:
    """One calendar year as its table shows it; "" where there is no plan."""

    year: str
    low: str
    median: str
    high: str
    plan: str
    over_plan: str
    haircut: str
    source: str


@dataclass(frozen=True, slots=True)
class FamilyShares:
    """One model family as its table shows it."""

    name: str
    now: str
    in_a_year: str
    at_the_end: str
    leads: str


@lru_cache(maxsize=1)
def plans() -> dict[tuple[str, str], Plan]:
    """(lab, year) -> what was reported or planned, as carried with the project, each row with its source."""
    with PLANS.open(encoding="utf-8", newline="") as file:
        return {
            (row["lab"], row["year"]): Plan(
                kind=row["kind"],
                low_usd=float(row["low_usd_b"]) * 1e9,
                high_usd=float(row["high_usd_b"]) * 1e9,
                haircut=float(row["haircut"]) if row["haircut"] else None,
                source=f"{row['source']}, {row['address']}, {row['date']}",
                confidence=row["confidence"],
            )
            for row in csv.DictReader(file)
        }


def tables(result: Result, document: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables by the names the page knows them under."""
    lab = (document.get("deal") or {}).get("lab") or ""
    return {
        "revenue_years": revenue_by_year(result, str(lab)),
        "family_shares": family_shares(result, document),
    }


def revenue_by_year(result: Result, lab: str) -> list[RevenueYear]:
    """Revenue of each whole calendar year in the futures, 90% band and median, beside what the lab planned for it."""
    fan = (result.get("fans") or {}).get(REVENUE)
    if not fan:
        return []
    return [
        _year(label[:4], fan, place, plans().get((lab, label[:4])))
        for place, label in enumerate(result.get("quarters") or [], start=1)
        if label.endswith("Q4") and place >= 4
    ]


def _year(year: str, fan: Mapping[str, list[float]], place: int, plan: Plan | None) -> RevenueYear:
    low, median, high = (fan[name][place] for name in ("p05", "p50", "p95"))
    told = RevenueYear(year, money(low), money(median), money(high), "", "", "", "")
    if plan is None:
        return told
    amount = money(plan.low_usd)
    if plan.high_usd > plan.low_usd:
        amount = _("%(low)s to %(high)s") % {"low": amount, "high": money(plan.high_usd)}
    return RevenueYear(
        *(told.year, told.low, told.median, told.high, amount),
        over_plan=percent(median / ((plan.low_usd + plan.high_usd) / 2.0), 0),
        haircut=percent(plan.haircut, 0) if plan.haircut is not None else "",
        source=plan.source,
    )


def family_shares(result: Result, document: Mapping[str, Any]) -> list[FamilyShares]:
    """Mean shares of the market by family, now, after a year and at the horizon, and how often each leads then."""
    fans, curves = result.get("fans") or {}, result.get("curves") or {}
    stated = ((document.get("demand") or {}).get("families") or {}).get("members") or []
    names = {one.get("key"): one.get("label") or one.get("key") for one in stated}
    rows = []
    for name, fan in fans.items():
        if name.startswith(SHARE):
            key, mean = name.removeprefix(SHARE), fan["mean"]
            leads = (curves.get(f"{LEADS}{key}") or [None])[-1]
            in_a_year = percent(mean[min(4, len(mean) - 1)], 0)
            rows.append(
                FamilyShares(
                    str(names.get(key, key)),
                    percent(mean[0], 0),
                    in_a_year,
                    percent(mean[-1], 0),
                    futures_share(leads),
                )
            )
    return rows
