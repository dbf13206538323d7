"""What the two result pages show, put together: the whole result, and the results level's allow-list."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from planner.core.formatting import count, futures_share, money, percent
from planner.runs.presentation import (
    charts,
    chip_hours,
    costs,
    holdings,
    lab_tables,
    ledger,
    load,
    market,
    money_back,
    reconciliation,
)
from planner.runs.presentation.inputs import assumptions, drives_words
from planner.runs.presentation.outcomes import TITLES, Headline, Result, has_equity, part
from planner.runs.presentation.sentences import sentence, sentence_without_inputs
from planner.runs.presentation.sides import PROVIDER, Side
from planner.runs.presentation.statement import statement
from planner.runs.presentation.tiles import results_level_tiles, tiles

RESULTS_LEVEL_KEYS = ("sentence", "tiles", "chart", "outcomes", "engine_version")
"""Everything a results-level page is given, and nothing else."""
ALLOWED_OUTCOMES = (
    "recovered_do_no_ipo_cash",
    "recovered_do_no_ipo_accounting",
    "recovered_not_needing_ipo_cash",
    "recovered_given_no_ipo_cash",
    "recovered_contractual_do_no_ipo_cash",
    "second_recovery",
    "ipo_by_horizon",
    "lab_default_by_contract_end",
    "provider_npv_usd",
    "provider_npv_no_ipo_usd",
    "provider_irr",
    "provider_moic",
    "lab_npv_usd",
)
"""Probabilities, net present values, rates and multiples: what a results-level share shows of the outcomes."""


def build(
    result: Result | None,
    *,
    document: Mapping[str, Any] | None = None,
    side: Side = PROVIDER,
    by_quarter: bool = False,
    is_exact: bool = False,
) -> dict[str, Any]:
    """The whole result page. `document` is the version's, for names, titles and sources; without it these are left out.

    `by_quarter` and `is_exact` are how its statement is shown.

    Raises ValueError when there is no result: a page asks for one only when the run is done.
    """
    if result is None:
        raise ValueError("a result page needs a result")
    deal = (document or {}).get("deal") or {}
    names = {"provider": deal.get("provider") or _("the provider"), "lab": deal.get("lab") or _("the lab")}
    return {
        "side": side,
        "names": names,
        "strip": _strip(result, deal),
        "sentence": sentence(result, side=side, document=document, names=names),
        "tiles": tiles(result, side=side),
        **_by_side(result, side),
        "recovery": charts.recovery(result) if has_equity(result) else None,
        **_of_the_cost(result, document),
        "load": load.load_part(result, document or {}),
        "statement": statement(result, side=side, by_quarter=by_quarter, is_exact=is_exact),
        "ledger": ledger.by_kind_and_year(result, side=side),
        "ledger_caption": ledger.caption(side),
        "assumptions": assumptions(result, document or {}),
        **market.tables(result, document or {}),
        **holdings.tables(result, document or {}),
        "drives": drives_words(result),
        "has_equity": has_equity(result),
        "notes": list(result.get("notes") or []),
        "engine_version": result.get("engine_version", ""),
    }


def _of_the_cost(result: Result, document: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a token and a chip-hour cost, and whether dollars and gigawatts tie out."""
    groups = costs.cost_groups(result, document)
    return {
        "cost_groups": groups,
        "cost_model": costs.only_model(groups),
        "hour_bars": chip_hours.result_bars(result, document),
        "tie_out": costs.tie_out(result, document),
    }


def _by_side(result: Result, side: Side) -> dict[str, Any]:
    """What differs most by side: both charts, the tables of figures, the reconciliation."""
    if side == PROVIDER:
        return {
            "chart": charts.cash_fan(result),
            "second_chart": charts.side_fan(result, side=PROVIDER),
            "figures": money_back.tables(result),
            "treasury": lab_tables.schedule(result),
            "reconciliation": reconciliation.lines(result),
        }
    return {
        "chart": charts.side_fan(result, side=side),
        "second_chart": charts.cash_fan(result),
        "figures": lab_tables.tables(result),
        "treasury": None,
        "reconciliation": [],
    }


def build_results_level(result: Result | None) -> dict[str, Any]:
    """What a results-level share shows: an allow-list, built from a copy that holds nothing else.

    Raises ValueError when there is no result.
    """
    if result is None:
        raise ValueError("a result page needs a result")
    found = result.get("outcomes") or {}
    kept: dict[str, Any] = {
        "outcomes": {name: found[name] for name in ALLOWED_OUTCOMES if name in found},
        "fans": {
            name: fan
            for name, fan in (result.get("fans") or {}).items()
            if name in ("provider_cash_no_ipo", "provider_cash_with_ipo")
        },
        "quarters": list(result.get("quarters") or []),
        "opening": result.get("opening", ""),
    }
    shown = [name for name in ALLOWED_OUTCOMES if name in kept["outcomes"]]
    if not has_equity(kept):  # then nothing can come back, whatever figure stands there
        shown = [name for name in shown if not name.startswith(("recovered", "second"))]
    return {
        "sentence": sentence_without_inputs(kept),
        "tiles": results_level_tiles(kept),
        "chart": charts.cash_fan(kept),
        "outcomes": [{"title": _(TITLES[name]), **kept["outcomes"][name]} for name in shown],
        "engine_version": result.get("engine_version", ""),
    }


def headline(result: Result | None) -> Headline:
    """The result in one figure, for lists and cards."""
    if result is None:
        return Headline("", "")
    if has_equity(result):
        name = "recovered_do_no_ipo_cash"
        return Headline(_(TITLES[name]), futures_share(part(result, name)))
    name = "margin_cash_pv_usd" if part(result, "margin_cash_pv_usd") is not None else "provider_npv_usd"
    return Headline(_(TITLES[name]), money(part(result, name, "p50")))


def _strip(result: Result, deal: Mapping[str, Any]) -> list[str]:
    """Currency, rates, calendar, futures: the conventions every figure of the page is read under."""
    items = [_("USD nominal")]
    contract, capex = deal.get("provider_contract_rate"), deal.get("provider_capex_rate")
    together = contract is not None and contract == capex
    rates = (
        (_("contract, capex %(rate)s") if together else _("contract %(rate)s"), contract),
        (_("capex %(rate)s"), None if together else capex),
        (_("equity %(rate)s"), deal.get("provider_equity_rate")),
        (_("lab %(rate)s"), deal.get("lab_rate")),
    )
    said = [words % {"rate": percent(rate, 0)} for words, rate in rates if isinstance(rate, int | float)]
    if said:
        items.append(_("discounted: %(rates)s") % {"rates": ", ".join(said)})
    quarters = list(result.get("quarters") or [])
    if quarters:
        items.append(quarters[0] if len(quarters) == 1 else f"{quarters[0]} – {quarters[-1]}")
    draws = result.get("draws")
    if draws == 1:
        items.append(_("1 future: one story, no probabilities"))
    elif draws:
        items.append(_("%(count)s futures") % {"count": count(draws)})
    return items
