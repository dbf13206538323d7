"""Charts as data: the series a script draws, the finding above them, and the table that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.core.formatting import futures_share, millions, money
from planner.runs.presentation.outcomes import Result
from planner.runs.presentation.sides import LAB, Side

BANDS = ("p05", "p25", "p50", "p75", "p95")


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart frame. `kind` names the script; `data` is handed to it as JSON; the table is its twin."""

    kind: str
    key: str
    """Its id on the page."""
    finding: str
    foot: str
    data: dict[str, Any]
    heads: list[str]
    rows: list[list[str]]
    switch: str = ""
    """The label of its switch; "" for none."""

    @property
    def source(self) -> str:
        """The id of the element that carries its data."""
        return f"{self.key}-data"


def cash_fan(result: Result) -> Chart | None:
    """The provider's cash with the IPO gate closed, and what an IPO adds. None when the result has no such fan."""
    closed, opened = _fan(result, "provider_cash_no_ipo"), _fan(result, "provider_cash_with_ipo")
    if closed is None:
        return None
    data = {
        "labels": _labels(result),
        "unit": "usd",
        "role": "provider",
        "fan": {name: closed[name] for name in BANDS},
        "added": opened["p50"] if opened else None,
        "words": {
            "median": _("median, no IPO"),
            "band50": _("50% inside"),
            "band90": _("90% inside"),
            "added": _("median with an IPO possible"),
            "part": _("hatched: needs an IPO"),
        },
    }
    heads = [_("Quarter"), *(_head(name) for name in BANDS)] + ([_("Median, IPO possible")] if opened else [])
    rows = _fan_rows(_labels(result), closed, opened["p50"] if opened else None)
    foot = _("Provider, cumulative discounted cash over the deal, nominal USD. Outflows in parentheses.")
    return Chart("fan", "cash-fan", _cash_finding(closed, opened), foot, data, heads, rows, _("With an IPO"))


def side_fan(result: Result, *, side: Side) -> Chart | None:
    """What stands behind the headline: the lab's yearly revenue for the provider, its cash for the lab itself."""
    name = "lab_cash" if side == LAB else "lab_revenue_annual"
    fan = _fan(result, name)
    if fan is None:
        return None
    finding = (
        _("The lab holds %(end)s in the median future at the end")
        if side == LAB
        else _("The lab earns %(end)s a year in the median future at the end")
    ) % {"end": _amount(fan["p50"][-1])}
    words = {"median": _("median"), "band50": _("50% inside"), "band90": _("90% inside")}
    # A few futures run away: the axis ends where the middle half can still be read.
    data = {
        "labels": _labels(result),
        "unit": "usd",
        "role": "lab",
        "fan": {band: fan[band] for band in BANDS},
        "top": 1.25 * max(max(fan["p75"]), 0.0),
        "words": words,
    }
    foot = _("Lab, nominal USD. Where the 90% band leaves the picture, the table has its ends.")
    heads = [_("Quarter"), *(_head(band) for band in BANDS)]
    return Chart(
        "fan", name.replace("_", "-"), finding, foot, data, heads, _fan_rows(_labels(result), fan, None)
    )


def recovery(result: Result) -> Chart | None:
    """Shares of futures over time: money back in cash and on the books, the lab listed, the lab in default."""
    known = {
        "recovered_by_quarter_cash_no_ipo": (_("back in cash, no IPO"), "provider", "solid"),
        "recovered_by_quarter_accounting_no_ipo": (_("back on the books, no IPO"), "provider", "dashed"),
        "listed_by_quarter": (_("lab listed"), "third", "solid"),
        "defaulted_by_quarter": (_("lab in default"), "lab", "dotted"),
    }
    curves = result.get("curves") or {}
    shown = [(name, *known[name]) for name in known if curves.get(name)]
    if not shown:
        return None
    labels = _labels(result)
    series = [
        {"label": label, "role": role, "line": line, "values": [round(v, 5) for v in curves[name]]}
        for name, label, role, line in shown
    ]
    rows = [
        [label, *(futures_share(curves[name][place]) for name, *_rest in shown)]
        for place, label in enumerate(labels)
    ]
    heads = [_("Quarter"), *(label for _name, label, _role, _line in shown)]
    foot = _("Share of futures in which it has happened by the end of the quarter.")
    data = {"labels": labels, "series": series}
    return Chart("shares", "recovery", _recovery_finding(curves, labels), foot, data, heads, rows)


def _recovery_finding(curves: Mapping[str, list[float]], labels: list[str]) -> str:
    cash = curves.get("recovered_by_quarter_cash_no_ipo") or []
    if not cash or cash[-1] <= 0:
        return _("With no IPO, the money is back in cash in no future")
    half = next((place for place, share in enumerate(cash) if share >= cash[-1] / 2), 0)
    return _("With no IPO, half of the futures that win the money back in cash have it by %(quarter)s") % {
        "quarter": labels[half]
    }


def _cash_finding(closed: Mapping[str, list[float]], opened: Mapping[str, list[float]] | None) -> str:
    said = {"closed": _amount(closed["p50"][-1]), "opened": _amount(opened["p50"][-1]) if opened else ""}
    if opened is None or said["closed"] == said["opened"]:
        return _("The median future ends at %(closed)s") % said
    return _("The median future ends at %(closed)s with no IPO, at %(opened)s when one may come") % said


def _fan(result: Result, name: str) -> dict[str, list[float]] | None:
    fan = (result.get("fans") or {}).get(name)
    if not fan or any(value is None for band in BANDS for value in fan[band]):
        return None
    return {band: [float(value) for value in fan[band]] for band in BANDS}


def _fan_rows(
    labels: list[str], fan: Mapping[str, list[float]], added: list[float] | None
) -> list[list[str]]:
    columns = [fan[band] for band in BANDS] + ([added] if added else [])
    return [[label, *(millions(column[place]) for column in columns)] for place, label in enumerate(labels)]


def _head(band: str) -> str:
    return {
        "p05": _("5% at or below, USD m"),
        "p25": _("25% at or below"),
        "p50": _("Median"),
        "p75": _("75% at or below"),
        "p95": _("95% at or below"),
    }[band]


def _labels(result: Result) -> list[str]:
    return [str(result.get("opening", "")), *result.get("quarters", [])]


def _amount(value: float) -> str:
    text = money(value)
    return "$0" if text == "–" else text
