"""At most five tiles that prove the sentence: a title, a figure, and what surrounds it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planner.core.formatting import (
    futures_share,
    is_missing,
    money,
    money_supported,
    multiple,
    percent,
    quarter,
    rate,
)
from planner.runs.presentation.outcomes import TITLES, Result, has_equity, part
from planner.runs.presentation.sides import LAB, Side

Figure = Callable[[float | None], str]
WORDS = {"recovered_do_no_ipo_cash": "in-cash", "recovered_do_no_ipo_accounting": "on-books"}
"""Where the glossary explains what an outcome is."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`value` may hold a span around the digits that the number of futures cannot support."""

    title: str
    value: str | SafeString
    says: str
    word: str = ""
    """The glossary's word that explains the title; "" for none."""


def tiles(result: Result, *, side: Side) -> list[Tile]:
    """Those of a side, the headline's first."""
    if side == LAB:
        return _of_the_lab(result)
    if not has_equity(result):
        return [
            _amount(result, "margin_cash_pv_usd", scope=_("all contracts, discounted")),
            _amount(result, "margin_accounting_usd", scope=_("all contracts, not discounted")),
            _amount(result, "provider_npv_usd", scope=_("all contracts, discounted")),
            _probability(result, "lab_default_by_contract_end", scope=_of_the_lab_itself()),
            _deepest(result),
        ]
    return [
        *_back(result, _given_no_ipo(result)),
        _probability(result, "lab_default_by_contract_end", scope=_of_the_lab_itself()),
        _amount(
            result,
            "provider_npv_usd",
            _worth_without_ipo(result),
            scope=_("what the equity adds, discounted"),
        ),
        _deepest(result),
    ]


def results_level_tiles(result: Result) -> list[Tile]:
    """Those the results level may see: probabilities, net present values, rates and multiples."""
    with_equity = has_equity(result)
    scope = _("what the equity adds") if with_equity else _("all contracts")
    worth = [
        _amount(result, "provider_npv_usd", scope=_("%(scope)s, discounted") % {"scope": scope}),
        _spread(result, "provider_irr", rate, scope=scope),
        _spread(result, "provider_moic", multiple, scope=scope),
    ]
    return [*_back(result), *worth] if with_equity else worth


def inside(result: Result, name: str, figure: Figure = money) -> str:
    """ "90% inside $1.0 B to $2.0 B"; what to say instead when no future has the figure."""
    low, high = part(result, name, "p05"), part(result, name, "p95")
    if low is None or high is None:
        return _("no future has this figure")
    if low == high:
        return _("the same in nearly every future")
    return _("90%% inside %(low)s to %(high)s") % {"low": _zero(figure(low)), "high": _zero(figure(high))}


def _of_the_lab(result: Result) -> list[Tile]:
    """No rate of return: that of a lab that is paid first and bills later reads as a cost of money."""
    first = (
        _amount(result, "lab_npv_usd", scope=_("what the equity adds, discounted"))
        if part(result, "lab_npv_usd") is not None
        else _amount(result, "compute_billed_usd", scope=_("all contracts, not discounted"))
    )
    return [
        first,
        _probability(result, "ipo_by_horizon", scope=_("the lab")),
        _probability(result, "lab_default_by_contract_end", scope=_of_the_lab_itself()),
        _spread(result, "unserved_share", percent, scope=_of_the_lab_itself()),
    ]


def _of_the_lab_itself() -> str:
    return _("the lab, with an IPO possible")


def _back(result: Result, more: str = "") -> list[Tile]:
    """Back in cash and back on the books, each with what it is a share of and how it counts time."""
    cash, books = _("what the equity adds, discounted"), _("what the equity adds, not discounted")
    return [
        _probability(result, "recovered_do_no_ipo_cash", more, scope=cash),
        _probability(result, "recovered_do_no_ipo_accounting", scope=books),
    ]


def _probability(result: Result, name: str, more: str = "", *, scope: str) -> Tile:
    error = part(result, name, "standard_error")
    said = [scope]
    if error is not None and not is_missing(error) and error > 0:
        said.append(_("± %(points)s points from the number of futures") % {"points": f"{error * 196:.1f}"})
    if more:
        said.append(more)
    return Tile(_(TITLES[name]), futures_share(part(result, name)), "; ".join(said), WORDS.get(name, ""))


def _amount(result: Result, name: str, more: str = "", *, scope: str) -> Tile:
    error = part(result, name, "standard_error")
    value = money_supported(part(result, name, "p50"), error)
    said = _("%(scope)s; median; %(inside)s") % {"scope": scope, "inside": inside(result, name)}
    return Tile(_(TITLES[name]), value, f"{said}; {more}" if more else said)


def _spread(result: Result, name: str, figure: Figure, *, scope: str) -> Tile:
    said = _("%(scope)s; median; %(inside)s") % {"scope": scope, "inside": inside(result, name, figure)}
    defined = part(result, name, "defined_share")
    if defined is not None and 0 < defined < 0.995:
        said += _("; among the %(share)s of futures that have one") % {"share": futures_share(defined)}
    return Tile(_(TITLES[name]), figure(part(result, name, "p50")), said)


def _deepest(result: Result) -> Tile:
    name = "deepest_cash_out_usd"
    when = quarter(part(result, "deepest_cash_out_quarter", "p50"), list(result.get("quarters") or []))
    said = _(
        "whole book: all contracts and the equity, undiscounted; %(quarter)s in the median future;"
        " 95%% chance it is at or below %(high)s"
    ) % {
        "quarter": when,
        "high": _zero(money(part(result, name, "p95"))),
    }
    return Tile(
        _(TITLES[name]),
        money_supported(part(result, name, "p50"), part(result, name, "standard_error")),
        said,
    )


def _given_no_ipo(result: Result) -> str:
    share = part(result, "recovered_given_no_ipo_cash")
    return (
        "" if share is None else _("%(share)s among futures that saw none") % {"share": futures_share(share)}
    )


def _worth_without_ipo(result: Result) -> str:
    value = part(result, "provider_npv_no_ipo_usd", "p50")
    return "" if value is None else _("%(value)s with no IPO") % {"value": _zero(money(value))}


def _zero(text: str) -> str:
    return "0" if text == "–" else text
