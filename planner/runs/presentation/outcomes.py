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
    "second_recovery": _("Back a second time from shares"),
    "ipo_by_horizon": _("Lab lists within the horizon"),
    "lab_default_by_contract_end": _("Lab defaults under contract"),
    "provider_npv_usd": _("Worth to the provider today"),
    "provider_irr": _("Provider's rate of return"),
    "provider_moic": _("Provider's multiple of equity"),
    "provider_npv_no_ipo_usd": _("Worth to the provider, no IPO"),
    "lab_npv_usd": _("Worth to the lab, after the shares it gives"),
    "lab_irr": _("Lab's rate of return"),
    "equity_paid_usd": _("Equity paid"),
    "share_sale_proceeds_usd": _("Proceeds of shares sold"),
    "deepest_cash_out_usd": _("Deepest cash out"),
    "deepest_cash_out_quarter": _("Quarter of the deepest cash out"),
    "recovery_quarter_cash_no_ipo": _("Quarter the cash is back, no IPO"),
    "compute_billed_usd": _("Compute billed"),
    "shortfall_usd": _("Shortfall payments"),
    "unserved_share": _("Demand not served"),
    "margin_cash_pv_usd": _("Compute margin in cash, today's value"),
    "margin_accounting_usd": _("Compute margin on the books"),
    "lab_revenue_last_year_usd": _("Lab revenue in the last year"),
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
