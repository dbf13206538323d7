"""The net-cash fans of several versions over each other."""

from typing import Any

from django.utils.translation import gettext as _

from planner.compare.queries import Compared
from planner.core.formatting import millions
from planner.runs.presentation.charts import Chart

FAN = "provider_cash_no_ipo"
ROLES = ("provider", "lab", "third", "fourth", "unserved", "burst")
LINES = ("solid", "dashed", "dotted", "dashed", "dashed", "dotted")


def overlay(everyone: list[Compared]) -> Chart | None:
    """One chart for all; None when one has no such fan or they open on different dates."""
    fans = [one.result.get("fans", {}).get(FAN) for one in everyone]
    openings = {one.result.get("opening") for one in everyone}
    if not all(fans) or len(openings) != 1:
        return None
    labels = max((_labels(one) for one in everyone), key=len)
    series = [
        {
            "label": one.label,
            "role": role,
            "line": line,
            **{band: fan[band] for band in ("p05", "p50", "p95")},
        }
        for one, fan, role, line in zip(everyone, fans, ROLES, LINES, strict=False)
        if fan
    ]
    rows = [[label, *(_cell(one["p50"], place) for one in series)] for place, label in enumerate(labels)]
    return Chart(
        kind="overlay",
        key="cash-overlay",
        finding=_("Provider's cash with no IPO"),
        foot=_("Cumulative discounted cash, nominal USD: median, and the band that holds 90% of futures."),
        data={"labels": labels, "series": series},
        heads=[_("Quarter"), *(_("%(label)s, median, USD m") % {"label": one["label"]} for one in series)],
        rows=rows,
    )


def _labels(one: Compared) -> list[str]:
    return [str(one.result.get("opening", "")), *one.result.get("quarters", [])]


def _cell(values: list[Any], place: int) -> str:
    return millions(values[place]) if place < len(values) else ""
