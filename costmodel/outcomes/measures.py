"""Key figures, fans and curves of one block, each a named function of ledger lines and drivers (E32)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.outcomes.counterfactuals import (
    Worlds,
    lab_gain,
    lab_operating_gain,
    listings,
    money_of,
    over_no_deal,
    whole_money_of,
)
from costmodel.outcomes.exit_states import exit_curves
from costmodel.outcomes.families import family_curves, family_fans
from costmodel.outcomes.fates import fates
from costmodel.outcomes.lab_side import fails_under_contract, lab_figures, marks, schedules
from costmodel.outcomes.prepayment import legs
from costmodel.outcomes.recovery import (
    REBATE_KINDS,
    Position,
    ProviderMoney,
    accounting_position,
    cash_position,
    less,
)
from costmodel.outcomes.remains import remains_of
from costmodel.outcomes.returns import REASONS, internal_rate
from costmodel.outcomes.stakes import called_curves, callers, moneyness
from costmodel.outcomes.tax import lab_tax, provider_tax
from costmodel.simulate.worlds import Simulated
from costmodel.timeline import discount_factors

HEADLINE = "recovered_do_no_ipo_cash"

# What each key figure is measured in; also the order in which they are reported.
UNITS: dict[str, str] = {
    HEADLINE: "share",
    "recovered_do_no_ipo_accounting": "share",
    "recovered_not_needing_ipo_cash": "share",
    "recovered_given_no_ipo_cash": "share",
    "recovered_contractual_do_no_ipo_cash": "share",
    "recovered_over_no_deal_do_no_ipo_cash": "share",
    "second_recovery": "share",
    "ipo_by_horizon": "share",
    "ipo_by_horizon_no_deal": "share",
    "listing_quarter": "quarters",
    "listing_quarter_no_deal": "quarters",
    "listing_multiple": "ratio",
    "listing_multiple_no_deal": "ratio",
    "lab_default_by_contract_end": "share",
    "lab_default_no_ipo_by_contract_end": "share",
    "provider_npv_usd": "usd",
    "provider_npv_no_ipo_usd": "usd",
    "provider_npv_over_no_deal_usd": "usd",
    "provider_npv_after_tax_usd": "usd",
    "provider_irr": "rate_per_year",
    "provider_moic": "ratio",
    "lab_npv_usd": "usd",
    "lab_npv_over_no_deal_usd": "usd",
    "lab_npv_after_tax_usd": "usd",
    "lab_irr": "rate_per_year",
    "equity_paid_usd": "usd",
    "share_sale_proceeds_usd": "usd",
    "value_over_price_when_called": "ratio",
    "compute_billed_usd": "usd",
    "shortfall_usd": "usd",
    "margin_cash_pv_usd": "usd",
    "margin_accounting_usd": "usd",
    "deepest_cash_out_usd": "usd",
    "deepest_cash_out_quarter": "quarters",
    "recovery_quarter_cash_no_ipo": "quarters",
    "first_touch_quarter_cash_no_ipo": "quarters",
    "shortfall_given_failure_usd": "usd",
    "exposure_at_default_usd": "usd",
    "benefits_not_needing_ipo_pv_usd": "usd",
    "proceeds_needing_ipo_pv_usd": "usd",
    "unserved_share": "share",
    "lab_revenue_last_year_usd": "usd",
    "lab_shortest_runway_quarters": "quarters_long",
    "lab_minimum_next_year_usd": "usd",
    "lab_control_of_spend": "share",
    "lab_dilution": "share",
    "private_stake_mark_usd": "usd",
    "mark_noise_quarterly": "share",
}


@dataclass(frozen=True, slots=True)
class Measures:
    """One block measured: key figures and tallies (draw,), the latter to be counted; the rest (Q+1, draw)."""

    key_figures: dict[str, FloatArray]
    fans: dict[str, FloatArray]
    curves: dict[str, BoolArray]
    tallies: dict[str, BoolArray]
    schedules: dict[str, FloatArray]


def measure(simulated: Simulated) -> Measures:
    """Return every figure of one block of draws; nan marks a figure that a draw does not have."""
    deal, worlds = simulated.luck.inputs.deal, remains_of(simulated)
    base, closed = whole_money_of(worlds, "base"), whole_money_of(worlds, "no_ipo")
    base_gain = less(base, money_of(worlds, "no_equity"))
    closed_gain = less(closed, money_of(worlds, "no_equity_no_ipo"))
    no_ipo = cash_position(deal, closed_gain, with_exits=False)
    on_books = accounting_position(closed_gain)
    with_ipo = cash_position(deal, base_gain, with_exits=True)
    not_needing = cash_position(deal, base_gain, with_exits=False)
    fate = fates(deal, closed_gain, no_ipo)
    returns, reasons = _return_figures(deal, worlds, base_gain, with_ipo, no_ipo)
    figures = {
        **_recovery_figures(simulated, closed, no_ipo, on_books, not_needing, base_gain),
        **over_no_deal(deal, worlds, base, closed),
        **listings(worlds),
        **lab_figures(simulated, worlds),
        "value_over_price_when_called": moneyness(simulated.base.run),
        **marks(simulated),
        **returns,
        **_money_figures(simulated, base, base_gain),
        **legs(deal, closed_gain, base_gain),
        "first_touch_quarter_cash_no_ipo": fate.first_touch_quarter,
    }
    ordered = {name: figures[name] for name in UNITS}
    tallies = {
        **fate.shares(),
        **_two_by_two(simulated, not_needing),
        **_second(simulated, base_gain),
        **reasons,
    }
    tallies |= callers(simulated.base.run)
    return Measures(
        ordered,
        _fans(simulated, no_ipo, with_ipo),
        _curves(simulated, no_ipo, on_books),
        tallies,
        schedules(simulated),
    )


def _recovery_figures(
    simulated: Simulated,
    closed: ProviderMoney,
    no_ipo: Position,
    on_books: Position,
    not_needing: Position,
    base_gain: ProviderMoney,
) -> dict[str, FloatArray]:
    """The three probabilities of E32 and their companions, as 0 and 1 per draw."""
    deal = simulated.luck.inputs.deal
    listed = simulated.base.run.listed.any(axis=0)
    paid = _paid_for_shares(simulated, base_gain)
    sold = base_gain.exits.sum(axis=0)
    back = no_ipo.recovered > 0.0
    return {
        HEADLINE: no_ipo.recovered,
        "recovered_do_no_ipo_accounting": on_books.recovered,
        "recovered_not_needing_ipo_cash": not_needing.recovered,
        "recovered_given_no_ipo_cash": np.where(listed, np.nan, not_needing.recovered),
        "recovered_contractual_do_no_ipo_cash": cash_position(deal, closed, with_exits=False).recovered,
        "second_recovery": np.where(paid > 0.0, (sold >= paid).astype(np.float64), np.nan),
        "recovery_quarter_cash_no_ipo": no_ipo.recovered_quarter,
        "shortfall_given_failure_usd": np.where(back, np.nan, -no_ipo.cumulative[-1]),
    }


def _two_by_two(simulated: Simulated, not_needing: Position) -> dict[str, BoolArray]:
    """The four ways a draw can end with an IPO possible: listed or not, back in cash from what needs no IPO or not.

    The two of the unlisted are the draws behind "given that no IPO happened".
    """
    listed, back = simulated.base.run.listed.any(axis=0), not_needing.recovered > 0.0
    return {
        "ipo_and_recovery.listed_back": listed & back,
        "ipo_and_recovery.listed_not_back": listed & ~back,
        "ipo_and_recovery.unlisted_back": ~listed & back,
        "ipo_and_recovery.unlisted_not_back": ~listed & ~back,
    }


def _paid_for_shares(simulated: Simulated, gain: ProviderMoney) -> FloatArray:
    """Return (draw,) USD paid for shares of the lab: equity less what was given in the provider's own shares."""
    rebates = simulated.base.accounts.ledger.net("provider", kinds=REBATE_KINDS)
    return np.asarray((gain.equity_paid + rebates).sum(axis=0))


def _second(simulated: Simulated, gain: ProviderMoney) -> dict[str, BoolArray]:
    """Whether the shares brought back what was paid for them, part of it or nothing; a draw that pays nothing is none.

    Cash only: what is still held at the horizon is a mark, not a recovery.
    """
    paid, got = _paid_for_shares(simulated, gain), gain.exits.sum(axis=0)
    return {
        "second.back": (paid > 0.0) & (got >= paid),
        "second.part": (paid > 0.0) & (got > 0.0) & (got < paid),
        "second.nothing": (paid > 0.0) & (got <= 0.0),
    }


def contract_margins(deal: Any, gain: ProviderMoney) -> dict[str, FloatArray]:
    """Return (draw,) USD the contracts earn: in cash at each purse's rate, and on the books, undiscounted."""
    quarters = gain.contract.shape[0] - 1
    at_contract = discount_factors(deal.provider_contract_rate, quarters)[:, None]
    at_capex = discount_factors(deal.provider_capex_rate, quarters)[:, None]
    return {
        "margin_cash_pv_usd": (gain.contract * at_contract + gain.capex * at_capex).sum(axis=0),
        "margin_accounting_usd": gain.accounting_margin.sum(axis=0),
    }


def _return_figures(
    deal: Any, worlds: Worlds, gain: ProviderMoney, with_ipo: Position, no_ipo: Position
) -> tuple[dict[str, FloatArray], dict[str, BoolArray]]:
    """NPV, IRR and MOIC of both parties, on the increment over the no-equity counterfactual; and why a rate is none.

    Without an equity tranche there is no counterfactual: the provider's figures are those of the contract, the lab's
    are left out (its whole cash flow would not be the deal's).
    """
    paid = gain.equity_paid.sum(axis=0)
    flows = gain.contract + gain.capex
    flows += gain.exits
    received = flows.sum(axis=0)
    flows -= gain.equity_paid
    rate, reason = internal_rate(flows)
    figures = {
        "provider_npv_usd": with_ipo.cumulative[-1],
        "provider_npv_no_ipo_usd": no_ipo.cumulative[-1],
        "provider_npv_after_tax_usd": with_ipo.cumulative[-1] - provider_tax(deal, gain),
        "provider_irr": rate,
        "provider_moic": np.where(paid > 0.0, received / np.maximum(paid, 1.0), np.nan),
    }
    tallies = _reasons("provider_irr", reason)
    if "no_equity" not in worlds:
        names = ("lab_npv_usd", "lab_npv_after_tax_usd", "lab_irr")
        return figures | dict.fromkeys(names, np.full(paid.shape, np.nan)), tallies
    lab_flows = lab_gain(worlds, "no_equity")
    at_lab = discount_factors(deal.lab_rate, lab_flows.shape[0] - 1)[:, None]
    value = (lab_flows * at_lab).sum(axis=0)
    after_tax = value
    if deal.lab_tax_rate:
        after_tax = value - lab_tax(deal, lab_operating_gain(worlds, "no_equity"))
    rate, reason = internal_rate(lab_flows)
    figures |= {
        "lab_npv_usd": value,
        "lab_npv_after_tax_usd": after_tax,
        "lab_irr": rate,
    }
    return figures, tallies | _reasons("lab_irr", reason)


def _reasons(name: str, codes: IntArray) -> dict[str, BoolArray]:
    """Return the draws of each reason of an internal rate of return."""
    return {f"{name}.{reason}": codes == code for code, reason in enumerate(REASONS)}


def _money_figures(simulated: Simulated, base: ProviderMoney, gain: ProviderMoney) -> dict[str, FloatArray]:
    """Totals over the horizon, USD undiscounted unless named PV."""
    ledger, deal = simulated.base.accounts.ledger, simulated.luck.inputs.deal
    cash = np.cumsum(base.contract + base.capex + base.exits - base.equity_paid, axis=0)
    operations = simulated.operations
    tokens = (operations.served_tokens + operations.unserved_tokens).sum(axis=0)

    def total(*kinds: str) -> FloatArray:
        answer = ledger.net("provider", kinds=frozenset(kinds))
        return answer.sum(axis=0) if isinstance(answer, np.ndarray) else np.full(cash.shape[1], answer)

    return {
        "equity_paid_usd": base.equity_paid.sum(axis=0),
        "share_sale_proceeds_usd": total("share_sale"),
        "compute_billed_usd": total("compute_billed"),
        "shortfall_usd": total("shortfall"),
        **contract_margins(deal, gain),
        "deepest_cash_out_usd": np.maximum(-cash.min(axis=0), 0.0),
        "deepest_cash_out_quarter": cash.argmin(axis=0).astype(np.float64) - 1.0,
        "exposure_at_default_usd": _exposure(simulated, cash),
        "unserved_share": operations.unserved_tokens.sum(axis=0) / np.maximum(tokens, 1.0),
    }


def _exposure(simulated: Simulated, cash: FloatArray) -> FloatArray:
    """Return (draw,) USD the provider has out, undiscounted, at the end of the quarter in which the lab defaults.

    `cash` (Q+1, draw) is its cumulative cash, whole book. Nan where the lab does not default under contract.
    """
    defaulted = simulated.base.run.defaulted
    fails = fails_under_contract(simulated.luck.inputs, defaulted) > 0.0
    at = cash[defaulted.argmax(axis=0) + 1, np.arange(cash.shape[1])]
    return np.where(fails, np.maximum(-at, 0.0), np.nan)


def _fans(simulated: Simulated, no_ipo: Position, with_ipo: Position) -> dict[str, FloatArray]:
    """The series that are drawn as fans, (Q+1, draw)."""
    run, inputs = simulated.base.run, simulated.luck.inputs
    revenue = 4.0 * simulated.operations.revenue * run.alive
    opening = inputs.valuation.opening_equity_value_usd
    return {
        "provider_cash_no_ipo": no_ipo.cumulative,
        "provider_cash_with_ipo": with_ipo.cumulative,
        "lab_revenue_annual": np.vstack([simulated.paths.opening_run_rate[None, :], revenue]),
        "lab_cash": np.vstack([inputs.lab.opening_cash_usd + np.zeros_like(run.cash[:1]), run.cash]),
        "lab_equity_value": np.vstack([opening + np.zeros_like(run.cash[:1]), run.equity_value]),
        "provider_share": run.holding_share,
        "lab_revenue_past_year": _past_year(simulated.paths.opening_run_rate, revenue),
        **family_fans(inputs, simulated.paths),
    }


def _past_year(opening_run_rate: FloatArray, annualised: FloatArray) -> FloatArray:
    """Return (Q+1, draw) USD of revenue in the four quarters up to each; before the opening date at today's rate."""
    quarterly = np.vstack([np.tile(opening_run_rate, (4, 1)), annualised]) / 4.0
    return quarterly[:-3] + quarterly[1:-2] + quarterly[2:-1] + quarterly[3:]


def _curves(simulated: Simulated, no_ipo: Position, on_books: Position) -> dict[str, BoolArray]:
    """Yes or no per quarter and draw; counted, they are shares of futures over time."""
    rows = np.arange(no_ipo.cumulative.shape[0])[:, None] - 1

    def by_quarter(position: Position) -> BoolArray:
        return (position.recovered > 0.0) & (position.recovered_quarter <= rows)

    def ever(flags: BoolArray) -> BoolArray:
        return np.vstack([np.zeros_like(flags[:1]), np.logical_or.accumulate(flags, axis=0)])

    run = simulated.base.run
    return {
        "recovered_by_quarter_cash_no_ipo": by_quarter(no_ipo),
        "recovered_by_quarter_accounting_no_ipo": by_quarter(on_books),
        "announced_by_quarter": ever(run.announced),
        "listed_by_quarter": ever(run.listed),
        "defaulted_by_quarter": ever(run.defaulted),
        **exit_curves(run, exits.opening_state(simulated.luck.inputs.exit)),
        **called_curves(run),
        **family_curves(simulated.luck.inputs, simulated.paths),
    }
