"""The sentence a board member can repeat: at most 35 words and three numbers, true of this result."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.core.formatting import futures_share, money
from planner.runs.presentation.inputs import words_of_input
from planner.runs.presentation.outcomes import Result, has_equity, is_defined, part
from planner.runs.presentation.sides import LAB, Side

HINGE_GAP = 0.30
"""Below this difference between the lowest and the highest fifth of an input, no single input is the hinge."""
MOST_WORDS = 35
HINGES = {
    "built_without_equity_share": gettext_noop("what would be built without the equity"),
    "kept_without_equity_share": gettext_noop("what would be bought without the equity"),
    "undelivered_due_share": gettext_noop("whether undelivered capacity is still paid for"),
    "built_share": gettext_noop("how many GW are really built"),
    "discount_share": gettext_noop("the discount"),
    "reference_usd_per_chip_hour": gettext_noop("the price of a chip-hour"),
    "it_capex_usd_per_chip": gettext_noop("what the chips cost"),
    "network_capex_usd_per_chip": gettext_noop("what the network costs"),
    "colocation_usd_per_kw_month": gettext_noop("what rented space costs"),
    "it_salvage_share": gettext_noop("what old chips still bring"),
    "site_capex_usd_per_kw": gettext_noop("what site and power cost"),
    "residual_share": gettext_noop("what the fleet is worth finally"),
    "relet_price_share": gettext_noop("what released capacity sells for"),
    "growth_now_annual": gettext_noop("how fast demand grows now"),
    "growth_slowing_annual": gettext_noop("how fast demand grows later"),
    "utilisation": gettext_noop("how well paid hours are used"),
    "speed_error": gettext_noop("how fast the chips really are"),
}
"""The input a headline most often hinges on, as the end of its sentence; others are quoted by their title."""


def sentence(
    result: Result, *, side: Side, document: Mapping[str, Any] | None = None, names: Mapping[str, str]
) -> SafeString:
    """The sentence of the whole result. `names` holds what the provider and the lab are called."""
    if side == LAB:
        return _of_the_lab(result, names)
    if not has_equity(result):
        return _without_equity(result)
    return _money_back(result, _equity_words(document), _hinge(result, document))


def sentence_without_inputs(result: Result) -> SafeString:
    """The same for the results level: outcomes only, no amount that was put in, no hinge, no names."""
    if not has_equity(result):
        return _worth(result)
    return _money_back(result, _("the equity"), "")


def _money_back(result: Result, equity: str, hinge: str) -> SafeString:
    if not is_defined(result, "recovered_do_no_ipo_cash", "recovered_do_no_ipo_accounting"):
        return escape(_("No future of this run says whether the equity comes back."))
    cash = futures_share(part(result, "recovered_do_no_ipo_cash"))
    books = futures_share(part(result, "recovered_do_no_ipo_accounting"))
    said = _(
        "With no IPO, {equity} is back in cash in <strong>{cash}</strong> of futures,"
        " on the books, undiscounted, in <strong>{books}</strong>"
    )
    whole = said + _("; it hinges on {hinge}") if hinge else said
    words = {"equity": equity, "cash": cash, "books": books, "hinge": hinge}
    if len(whole.format(**words).split()) > MOST_WORDS:
        whole = said
    return format_html(whole + ".", **words)


def _without_equity(result: Result) -> SafeString:
    if not is_defined(result, "margin_cash_pv_usd", "margin_accounting_usd"):
        return _worth(result)
    said = _(
        "There is no equity to win back: the contract earns <strong>{cash}</strong> in cash at today's value"
        " and <strong>{books}</strong> on the books in the median future; the lab defaults in {default}."
    )
    return format_html(
        said,
        cash=_or_nothing(part(result, "margin_cash_pv_usd", "p50")),
        books=_or_nothing(part(result, "margin_accounting_usd", "p50")),
        default=futures_share(part(result, "lab_default_by_contract_end")),
    )


def _of_the_lab(result: Result, names: Mapping[str, str]) -> SafeString:
    lists = futures_share(part(result, "ipo_by_horizon"))
    default = futures_share(part(result, "lab_default_by_contract_end"))
    if is_defined(result, "lab_npv_usd"):
        first = _(
            "For {lab}, the deal is worth <strong>{worth}</strong> today, after the shares it gives,"
            " in the median future"
        )
        figure = _or_nothing(part(result, "lab_npv_usd", "p50"))
    else:
        first = _("{lab} is billed <strong>{worth}</strong> for compute in the median future")
        figure = _or_nothing(part(result, "compute_billed_usd", "p50"))
    said = first + _(
        "; it lists in <strong>{lists}</strong> of futures and defaults under contract in {default}."
    )
    return format_html(said, lab=names["lab"], worth=figure, lists=lists, default=default)


def _worth(result: Result) -> SafeString:
    """What the deal is worth to the provider; for results that have nothing else to say."""
    if not is_defined(result, "provider_npv_usd"):
        return escape(_("This run has no figure that every future defines."))
    said = _("To the provider, the deal is worth <strong>{worth}</strong> today in the median future.")
    return format_html(said, worth=_or_nothing(part(result, "provider_npv_usd", "p50")))


def _or_nothing(amount: float | None) -> str:
    """An amount inside a sentence, where a dash would read as a gap."""
    return _("nothing") if amount == 0 else money(amount)


def _equity_words(document: Mapping[str, Any] | None) -> str:
    """ "the $15.0 B": what has been paid for shares already; "the equity" when nothing has, or when it is a range.

    What is called later counts as well once it is called, and is named beside the amount.
    """
    deal = (document or {}).get("deal") or {}
    tranches = [term for term in deal.get("terms", []) if term.get("kind") == "equity_tranche"]
    amounts = [term.get("amount_usd") for term in tranches if term.get("state") == "paid"]
    if not amounts or not all(isinstance(amount, int | float) for amount in amounts) or not sum(amounts):
        return _("the equity")
    said = {"amount": money(sum(amounts))}
    if any(term.get("state") == "uncalled" for term in tranches):
        return _("the %(amount)s, and what is called later,") % said
    return _("the %(amount)s") % said


def _hinge(result: Result, document: Mapping[str, Any] | None) -> str:
    """What the headline hinges on, as the end of a sentence; "" when no input stands out."""
    hinges = result.get("hinges") or []
    if not hinges or document is None or abs(hinges[0].get("gap") or 0) <= HINGE_GAP:
        return ""
    clause = HINGES.get(hinges[0]["path"].rpartition(".")[2])
    if clause:
        return _(clause)
    found = words_of_input(document, hinges[0]["path"])
    if found is None:
        return ""
    return _("“%(title)s”") % {"title": found.title[:1].lower() + found.title[1:]}
