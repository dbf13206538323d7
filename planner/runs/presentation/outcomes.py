"""Named outcomes of a result, read without surprises: what is not there is None, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.translation import gettext_noop as _

Result: TypeAlias = Mapping[str, Any]

TITLES: dict[str, str] = {
    "recovered_do_no_ipo_cash": _("Back in cash, no IPO"),
    "recovered_do_no_ipo_accounting": _("Back on the books, no IPO"),
    "recovered_not_needing_ipo_cash": _("Back in cash from what needs no IPO"),
    "recovered_given_no_ipo_cash": _("Back in cash, among futures that saw no IPO"),
    "recovered_contractual_do_no_ipo_cash": _("Back in cash by the contract alone, no IPO"),
    "recovered_over_no_deal_do_no_ipo_cash": _("Back in cash over no deal at all, no IPO"),
    "second_recovery": _("Back a second time from shares"),
    "ipo_by_horizon": _("Lab lists within the horizon"),
    "ipo_by_horizon_no_deal": _("Lab lists within the horizon, no deal"),
    "listing_quarter": _("Quarter the lab lists"),
    "listing_quarter_no_deal": _("Quarter the lab lists, no deal"),
    "listing_multiple": _("Multiple of yearly revenue at listing"),
    "listing_multiple_no_deal": _("Multiple of yearly revenue at listing, no deal"),
    "lab_default_by_contract_end": _("Lab defaults under contract"),
    "lab_default_no_ipo_by_contract_end": _("Lab defaults under contract, no IPO"),
    "provider_npv_usd": _("Worth to the provider today"),
    "provider_irr": _("Provider's rate of return"),
    "provider_moic": _("Provider's multiple of equity"),
    "provider_npv_no_ipo_usd": _("Worth to the provider, no IPO"),
    "provider_npv_over_no_deal_usd": _("Worth to the provider, over no deal"),
    "lab_npv_over_no_deal_usd": _("Worth to the lab, over no deal"),
    "lab_npv_usd": _("Worth to the lab, after the shares it gives"),
    "lab_irr": _("Lab's rate of return"),
    "equity_paid_usd": _("Equity paid"),
    "share_sale_proceeds_usd": _("Proceeds of shares sold"),
    "value_over_price_when_called": _("Value of a share over its price when a tranche is called"),
    "deepest_cash_out_usd": _("Deepest cash out"),
    "deepest_cash_out_quarter": _("Quarter of the deepest cash out"),
    "recovery_quarter_cash_no_ipo": _("Quarter the cash is back, no IPO"),
    "first_touch_quarter_cash_no_ipo": _("Quarter the cash is first back, no IPO"),
    "shortfall_given_failure_usd": _("Missing where the cash is not back, no IPO"),
    "exposure_at_default_usd": _("Cash out when the lab defaults"),
    "benefits_not_needing_ipo_pv_usd": _("Benefits that need no IPO, today's value"),
    "proceeds_needing_ipo_pv_usd": _("Proceeds that need an IPO, today's value"),
    "compute_billed_usd": _("Compute billed"),
    "shortfall_usd": _("Shortfall payments"),
    "unserved_share": _("Demand not served"),
    "margin_cash_pv_usd": _("Compute margin in cash, today's value"),
    "margin_accounting_usd": _("Compute margin on the books"),
    "lab_revenue_last_year_usd": _("Lab revenue in the last year"),
    "lab_shortest_runway_quarters": _("Lab's shortest runway, in quarters"),
    "lab_minimum_next_year_usd": _("Minimum the lab owes in its first year"),
    "provider_npv_after_tax_usd": _("Worth to the provider, after tax"),
    "lab_npv_after_tax_usd": _("Worth to the lab, after tax"),
    "lab_dilution": _("Share of the company given up by old holders"),
    "private_stake_mark_usd": _("Mark of the stake still private at the end"),
    "mark_noise_quarterly": _("Swing of marks from quarter to quarter"),
    "lab_control_of_spend": _("Compute spend the lab can leave in its first year"),
}
"""English titles of the outcomes, to be translated where they are shown."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The result in one line, for lists: a title and a figure, "" where there is none."""

    title: str
    figure: str


def part(result: Result, name: str, key: str = "mean") -> float | None:
    """One number of one outcome; None when the result has no such outcome or no draw defines it."""
    outcome = result.get("outcomes", {}).get(name)
    value = None if outcome is None else outcome.get(key)
    return None if value is None else float(value)


def is_defined(result: Result, *names: str) -> bool:
    """Whether every one of these outcomes has a mean."""
    return all(part(result, name) is not None for name in names)


def has_equity(result: Result) -> bool:
    """Whether any draw pays for shares. Without them nothing is to be recovered, and no page may say it is."""
    paid = part(result, "equity_paid_usd")
    if (
        paid is None
    ):  # the results level does not carry it: a multiple of equity exists only where equity was paid
        return part(result, "provider_moic") is not None
    return paid > 0
