"""Ways out in one world: listing, sale of the company, sale of listed shares (E21, E31)."""

import numpy as np

from costmodel import exits
from costmodel.arrays import FloatArray, clipped
from costmodel.simulate.state import Setting, State, added
from costmodel.terms import equity


def list_shares(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> FloatArray:
    """List the shares: offer price, new money to the lab, first-day return, then drift and report jumps (E31)."""
    if not (events.listing.any() or (state.age >= 0).any()):
        return value
    terms, luck = setting.inputs.exit, setting.luck
    fair = value / state.all_shares
    offer, first_day = exits.offer(terms, fair, luck.book_building[quarter], luck.first_day[quarter])
    new_shares = np.where(events.listing, terms.offer_share * state.all_shares, 0.0)
    proceeds = new_shares * offer
    state.age = np.where(events.listing, 0, np.where(state.age >= 0, state.age + 1, -1))
    moved = exits.drift_after_listing(terms, state.age, luck.report[quarter], luck.report_size[quarter])
    opened = offer / np.maximum(fair, 1e-9) * (1.0 + first_day)
    state.listed_premium = np.where(events.listing, opened, state.listed_premium * moved)
    state.offer_price = np.where(events.listing, offer, state.offer_price)
    state.all_shares = state.all_shares + new_shares
    state.cash = state.cash + proceeds
    setting.record.ipo_proceeds[quarter] = proceeds
    return value + proceeds


def sell_company(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> None:
    """Sell the whole company: the provider's shares take part by preference or by conversion (E21, E31)."""
    if not (events.sale.any() and state.stakes):
        return
    inputs = setting.inputs
    sd = inputs.exit.sale_premium_log_sd
    price = value * np.exp(sd * setting.luck.sale_premium[quarter] - sd**2 / 2.0)
    preference = sum(stake.preference_multiple * stake.invested_before_ipo for stake in state.stakes)
    other = inputs.valuation.other_preferences_usd
    payoff = equity.sale_payoff(
        price,
        all_shares=state.all_shares,
        holder_shares=added([stake.shares for stake in state.stakes]),
        holder_preference=np.asarray(preference),
        holder_senior=any(stake.senior for stake in state.stakes),
        other_shares=min(other / max(inputs.valuation.opening_equity_value_usd, 1.0), 0.9),
        other_preference=other,
    )
    setting.record.company_sale[quarter] = np.where(events.sale, payoff, 0.0)
    for stake in state.stakes:
        stake.shares = np.where(events.sale, 0.0, stake.shares)


def sell_shares(setting: Setting, quarter: int, state: State, price: FloatArray) -> None:
    """Sell what is out of lock-up, at most the stated part of the market's volume, at a price less impact (E31)."""
    if not state.stakes:
        return
    exit_ = setting.inputs.exit
    held = added([stake.shares for stake in state.stakes])
    listed = state.alive & (state.exit_state == exits.LISTED)
    volume = exit_.turnover_annual / 4.0 * state.all_shares
    released = exits.released_share(exit_, state.age, price, state.offer_price, state.released)
    unlocked = released * held - state.sold_shares
    sold = np.where(listed, clipped(unlocked, 0.0, exit_.participation_share * volume), 0.0)
    impact = exit_.price_impact_share * sold / volume
    setting.record.share_sales[quarter] = sold * price * (1.0 - impact)
    state.sold_shares = state.sold_shares + sold
