"""Is the load too heavy to serve, and what makes it controllable: words, figures and tables (Q7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planner.core.formatting import DASH, count, money, percent, unit_price
from planner.runs.presentation.outcomes import Result, part
from planner.scenarios.year_tables import LedgerRow, LedgerTable

_HEAVY = 0.1
"""A premium above this share of the committed price is called heavy."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a drawing 100 wide and 100 high; `role` is its colour, `dash` whether it is dashed."""

    name: str
    role: str
    points: str
    dash: bool = False


@dataclass(frozen=True, slots=True)
class LoadPart:
    """Everything the Load tab shows. What needs a contract with a fleet is empty without one."""

    says: list[str]
    figures: list[tuple[str, str, str]]
    curve: list[Line]
    curve_top: str
    years: LedgerTable
    levers: LedgerTable | None
    screening: list[Line]
    screening_top: str
    screening_table: LedgerTable | None


def load_part(result: Result, document: Mapping[str, Any]) -> LoadPart | None:
    """The tab of a result; None for one that was computed before there was one."""
    found = result.get("load")
    if not found:
        return None
    priced, curve = found.get("priced"), found["curve"]
    lines, top = _curve(curve)
    prices = priced["prices_usd_per_1m"] if priced else None
    screening, most = _screening(prices) if prices else ([], "")
    return LoadPart(
        says=_says(priced, document)
        if priced
        else [_("No contract has a fleet, so nothing is priced here.")],
        figures=_figures(result, curve, priced),
        curve=lines,
        curve_top=top,
        years=_years(found["by_quarter"], list(result.get("quarters") or [])),
        levers=_levers(priced) if priced else None,
        screening=screening,
        screening_top=most,
        screening_table=_screening_table(prices) if prices else None,
    )


def _says(priced: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    commitment = _commit(priced["commitment"], document)
    return [_premium(priced), *_best(priced), *_cheapest(priced), commitment, _control(priced)]


def _cheapest(priced: Mapping[str, Any]) -> list[str]:
    """Which capacity to take by how much of the time it is used; nothing for a result without it."""
    names = {"committed": _("committed"), "on_demand": _("on demand"), "burst": _("burst")}
    names["unserved"] = _("not served")
    bands = priced.get("screening") or []
    if not bands:
        return []
    if len(bands) == 1:
        return [
            _("Without limits, all of it would be cheapest %(tier)s.") % {"tier": names[bands[0]["name"]]}
        ]
    said = [
        _("%(tier)s for capacity used up to %(share)s of the time")
        % {"tier": names[one["name"]], "share": percent(one["to_share"], 0)}
        for one in bands[:-1]
    ]
    said.append(_("%(tier)s above that") % {"tier": names[bands[-1]["name"]]})
    return [_("Without limits on them, the cheapest is %(bands)s.") % {"bands": ", ".join(said)}]


def _premium(priced: Mapping[str, Any]) -> str:
    premium, committed = priced["premium_usd_per_1m"], priced["prices_usd_per_1m"]["committed"]
    heavy = committed > 0.0 and premium > _HEAVY * committed
    sentence = (
        _(
            "This load is heavy: serving it costs %(premium)s per 1M tokens more than the same tokens flat and known."
        )
        if heavy
        else _(
            "This load is light: serving it costs %(premium)s per 1M tokens more than the same tokens flat."
        )
    )
    said = sentence % {"premium": unit_price(premium)}
    flat = _("Flat and known they would cost %(price)s.") % {
        "price": unit_price(priced.get("flat_and_known_usd_per_1m", committed))
    }
    return f"{said} {flat}"


def _best(priced: Mapping[str, Any]) -> list[str]:
    rows = [row for row in priced["levers"] if (row["value_usd_per_1m"] or 0.0) > 0.0005]
    if not rows:
        return [_("No lever tried makes it cheaper.")]
    best = max(rows, key=lambda row: row["value_usd_per_1m"])
    sentence = _("What helps most is %(lever)s: alone it removes %(value)s of that.")
    named = f"{lever_title(best['lever'])} ({_setting(best)})"
    return [sentence % {"lever": named, "value": unit_price(best["value_usd_per_1m"])}]


def _commit(found: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    chips = {chip.get("key"): chip.get("label") or chip.get("key") for chip in document.get("chips") or []}
    said = {
        "quarters": found["quarters"],
        "chips": _rounded(found["recommended_chips"]),
        "chip": chips.get(found["chip"], found["chip"]),
        "held": _rounded(found["contracted_chips"]),
        "used": percent(found["used_share_of_last_unit"], 0),
    }
    if not found["recommended_chips"]:
        return _("Over the %(quarters)d quarters of the contracts no commitment pays at these prices.") % said
    return (
        _(
            "Over the %(quarters)d quarters of the contracts a level commitment of %(chips)s %(chip)s, or as much on "
            "other chips, is where the last one still pays: it is used %(used)s of the time. Contracted is "
            "%(held)s on average."
        )
        % said
    )


def _rounded(chips: float) -> str:
    """A count of chips with the three digits that an estimate can carry: "2,000,000"."""
    return count(float(f"{chips:.3g}"))


def _control(priced: Mapping[str, Any]) -> str:
    found = priced["spend_control"]
    if found["control"] is None:
        return _("No compute spend is planned for the next four quarters.")
    said = {
        "planned": money(found["planned_usd"]),
        "fixed": money(found["fixed_usd"]),
        "control": percent(found["control"], 0),
    }
    return (
        _(
            "Of %(planned)s of compute planned for the next four quarters, %(fixed)s is fixed: %(control)s can be cut."
        )
        % said
    )


def _figures(
    result: Result, curve: Mapping[str, Any], priced: Mapping[str, Any] | None
) -> list[tuple[str, str, str]]:
    unserved, bad = part(result, "unserved_share"), part(result, "unserved_share", "p95")
    figures = [
        (
            _("Peak over mean"),
            _times(curve["peak_over_mean"]),
            _("the highest moment of a quarter, before levers"),
        ),
        (_("99th percentile"), _times(curve["p99_over_mean"]), _("exceeded for 1% of the time")),
        (
            _("Not served"),
            percent(unserved),
            _("of the tokens, mean of futures; 95%% of futures are at or below %(bad)s")
            % {"bad": percent(bad)},
        ),
    ]
    if priced:
        figures += [
            (
                _("Heaviness premium"),
                unit_price(priced["premium_usd_per_1m"]),
                _("USD per 1M tokens above flat and known"),
            ),
            (
                _("Controllability"),
                _index(priced["controllability"]),
                _("0: no control, 1: as good as flat; by the levers set"),
            ),
        ]
    return figures


def _curve(curve: Mapping[str, Any]) -> tuple[list[Line], str]:
    """The load with and without the levers, and its highest moment."""
    shares, bare, under = curve["exceedance_share"], curve["load_over_mean"], curve["under_levers"]
    top = max(*bare, *under, 1.0)
    lines = [
        Line(_("the load"), "lab", _points(shares, bare, top)),
        Line(_("its mean"), "quiet", _points([0.0, 1.0], [1.0, 1.0], top), dash=True),
    ]
    if under != bare:
        lines.insert(1, Line(_("under the levers set"), "provider", _points(shares, under, top)))
    return lines, _times(top)


def _points(across: Sequence[float], heights: Sequence[float], top: float) -> str:
    pairs = zip(across, heights, strict=True)
    return " ".join(f"{x * 100:.2f},{100 - min(y / top, 1.0) * 100:.2f}" for x, y in pairs)


def _tiers(prices: Mapping[str, float]) -> list[tuple[str, str, float, float]]:
    """(name, colour, fixed, for each share of the time used) USD of a unit of capacity."""
    return [
        (_("committed"), "provider", prices["committed"], 0.0),
        (_("on demand"), "third", 0.0, prices["on_demand"]),
        (_("burst"), "burst", 0.0, prices["burst"]),
        (_("not served"), "unserved", 0.0, prices["unserved"]),
    ]


def _screening(prices: Mapping[str, float]) -> tuple[list[Line], str]:
    """What a unit of capacity costs by how much of the time it is used; the lowest line is the one to take."""
    top = max(max(fixed + moving for _n, _r, fixed, moving in _tiers(prices)), 1e-12)
    lines = [
        Line(name, role, _points([0.0, 1.0], [fixed, fixed + moving], top))
        for name, role, fixed, moving in _tiers(prices)
    ]
    return lines, unit_price(top)


def _screening_table(prices: Mapping[str, float]) -> LedgerTable:
    used = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    rows = [
        LedgerRow(name, [unit_price(fixed + moving * share) for share in used])
        for name, _role, fixed, moving in _tiers(prices)
    ]
    return LedgerTable([percent(share, 0) for share in used], rows, _("Used of the time"))


def _years(found: Mapping[str, list[float]], quarters: list[str]) -> LedgerTable:
    """Need, peak and capacity a day, and who serves it, by year."""
    years = list(dict.fromkeys(label[:4] for label in quarters))
    places = [[place for place, label in enumerate(quarters) if label[:4] == year] for year in years]
    need = found["need_1m_tokens_per_hour"]

    def daily(name: str) -> list[str]:
        means = (sum(found[name][i] for i in inside) / len(inside) for inside in places)
        return [f"{mean * 24 / 1e6:,.1f}" if mean else DASH for mean in means]

    def weighted(name: str) -> list[str]:
        sums = [(sum(found[name][i] * need[i] for i in one), sum(need[i] for i in one)) for one in places]
        return [percent(band / whole) if whole else DASH for band, whole in sums]

    rows = [
        LedgerRow(_("Load placed here, mean"), daily("need_1m_tokens_per_hour")),
        LedgerRow(_("Exceeded for 0.1% of the time"), daily("peak_1m_tokens_per_hour")),
        LedgerRow(_("Contracted capacity"), daily("committed_1m_tokens_per_hour")),
        LedgerRow(_("On demand, of the load"), weighted("on_demand_share")),
        LedgerRow(_("Burst"), weighted("burst_share")),
        LedgerRow(_("Other clouds"), weighted("other_clouds_share")),
        LedgerRow(_("Not served"), weighted("unserved_share")),
    ]
    return LedgerTable(years, rows, _("Trillion tokens a day"))


def _levers(priced: Mapping[str, Any]) -> LedgerTable:
    rows = []
    for row in priced["levers"]:
        state = _("set") if row["is_set"] else _("tried")
        title = f"{lever_title(row['lever'])}: {_setting(row)}"
        if row["premium_usd_per_1m"] is None:
            rows.append(LedgerRow(title, [state, _("needs a replay"), DASH, DASH]))
            continue
        cells = [
            state,
            unit_price(_clean(row["premium_usd_per_1m"])),
            unit_price(_clean(row["value_usd_per_1m"])),
        ]
        rows.append(LedgerRow(title, [*cells, _index(row["controllability"])]))
    heads = [_("Here"), _("Premium with it"), _("Premium removed"), _("Controllability")]
    return LedgerTable(heads, rows, _("Lever"))


def _clean(value: float) -> float:
    """Below a hundredth of a cent nothing is left that anybody would pay."""
    return 0.0 if abs(value) < 5e-5 else value


def lever_title(name: str) -> str:
    """What a lever is called."""
    return {
        "rate_cap": _("a rate cap"),
        "deferral": _("a batch tier that waits"),
        "tiers": _("a low tier shed first"),
        "notice": _("notice"),
        "ramp_limit": _("a ramp limit"),
        "reservation": _("a reservation"),
        "peak_price": _("a peak price"),
        "pool": _("a pool with other customers"),
    }.get(name, name)


def _setting(row: Mapping[str, Any]) -> str:
    """The setting in words: “30% within 4 h”."""
    if row["lever"] == "notice":
        return _notice(int(row["setting"]["notice_quarters"]))
    held = {name: float(value) for name, value in row["setting"].items()}
    return {
        "rate_cap": _("%(cap)s the mean, %(queue)s h of queue"),
        "deferral": _("%(share)s within %(window)s h"),
        "tiers": _("%(low)s of the load, worth %(value)s of the mean"),
        "ramp_limit": _("at most %(ramp)s a quarter"),
        "reservation": _("up to %(reserved)s the mean, %(discount)s off"),
        "peak_price": _("%(multiple)s in the top %(hours)s of the time, elasticity %(elasticity)s"),
        "pool": _("others are %(pooled)s of it, correlation %(correlation)s"),
    }[row["lever"]] % {
        "cap": _times(held.get("rate_cap_over_mean", 0.0)),
        "queue": f"{held.get('queue_hours', 0.0):g}",
        "share": percent(held.get("deferrable_share"), 0),
        "window": f"{held.get('deferral_window_hours', 0.0):g}",
        "low": percent(held.get("low_priority_share"), 0),
        "value": percent(held.get("low_priority_value"), 0),
        "ramp": percent(held.get("ramp_limit_share"), 0),
        "reserved": _times(held.get("reservation_over_mean", 0.0)),
        "discount": percent(held.get("reservation_discount_share"), 0),
        "multiple": _times(held.get("peak_price_multiple", 0.0)),
        "hours": percent(held.get("peak_hours_share"), 0),
        "elasticity": f"{held.get('peak_elasticity', 0.0):g}",
        "pooled": percent(held.get("pooled_share"), 0),
        "correlation": f"{held.get('pooled_correlation', 0.0):g}",
    }


def _notice(quarters: int) -> str:
    ahead = ngettext("ordered %(ahead)d quarter ahead", "ordered %(ahead)d quarters ahead", quarters)
    return ahead % {"ahead": quarters}


def _index(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _times(value: float) -> str:
    return f"{value:.2f}x"
