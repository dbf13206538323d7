"""Tranches in one world: opened, called, paid (M01, M02, M11, E20)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.equity_terms import OwnershipCap
from costmodel.simulate.credits import grant_credits
from costmodel.simulate.holdings import NEVER, Call, Stake
from costmodel.simulate.state import Setting, State, WorldRun
from costmodel.terms import equity
from costmodel.terms.issuing import within_cap


def open_stakes(inputs: Any, state: State, record: WorldRun) -> None:
    """Put every tranche into the state; those already paid are paid on the opening date."""
    zeros = np.zeros(BLOCK_SIZE)
    for tranche in inputs.tranches():
        stake = Stake.none_yet(tranche.key, inputs.preferred_of(tranche.key))
        call = Call(
            tranche=tranche,
            stake=stake,
            due=np.full(BLOCK_SIZE, tranche.notice_quarters if tranche.state == "called" else NEVER),
            through_ipo=np.zeros(BLOCK_SIZE, dtype=np.bool_),
            happened={trigger.key: np.zeros(BLOCK_SIZE, dtype=np.bool_) for trigger in tranche.triggers},
            called=np.full(BLOCK_SIZE, NEVER if tranche.state == "uncalled" else -1),
            by_option=np.zeros(BLOCK_SIZE, dtype=np.bool_),
            moneyness=np.full(BLOCK_SIZE, np.nan),
        )
        state.stakes.append(stake)
        state.calls.append(call)
        record.calls[tranche.key] = call
        if tranche.state == "paid":
            opening_price = zeros + inputs.valuation.opening_equity_value_usd
            price = equity.price_per_share(tranche, opening_price, opening_price)
            amount = zeros + tranche.amount_usd
            record.tranches[tranche.key][0][0] = inputs.cash_of(tranche)
            stake.add(tranche.amount_usd / np.maximum(price, 1e-9), amount, amount > 0.0, -1)
            record.shares_given[0] += stake.shares * opening_price
            state.cash = state.cash + inputs.cash_of(tranche)
            grant_credits(state, tranche.key, zeros + 1.0)
            call.due[:] = -1


def pay_tranches(
    setting: Setting, state: State, quarter: int, running: BoolArray, price_before: FloatArray
) -> None:
    """Pay what fell due in an earlier quarter: cash and credits to the lab, shares to the provider (E20)."""
    record = setting.record
    for call in state.calls:
        paying = running & (call.due == quarter)
        if not paying.any():
            continue
        tranche = call.tranche
        price = equity.price_per_share(tranche, price_before, state.last_round_price, state.offer_price)
        price = np.maximum(price, 1e-9)
        bought = np.where(paying, tranche.amount_usd / price, 0.0)
        amount, cash = (
            np.where(paying, usd, 0.0) for usd in (tranche.amount_usd, setting.inputs.cash_of(tranche))
        )
        allowed = capped(setting.inputs, state, bought)
        if allowed is not bought:
            part = allowed / np.maximum(bought, 1e-30)
            bought, amount, cash = allowed, amount * part, cash * part
        without, because = record.tranches[tranche.key]
        without[quarter + 1] = np.where(call.through_ipo, 0.0, cash)
        because[quarter + 1] = np.where(call.through_ipo, cash, 0.0)
        record.shares_given[quarter + 1] += bought * price_before
        call.stake.add(bought, amount, paying & (state.exit_state != exits.LISTED), quarter)
        grant_credits(state, tranche.key, amount / max(tranche.amount_usd, 1e-30))
        state.all_shares = state.all_shares + bought
        state.cash = state.cash + cash


def capped(inputs: Any, state: State, wanted: FloatArray) -> FloatArray:
    """Return (draw,) the new shares an ownership cap lets the provider buy; the same array without one (M11)."""
    for cap in inputs.all_of(OwnershipCap):
        if cap.excess == "not_bought":
            wanted = within_cap(cap.cap_share, state.held() - state.sold_shares, state.all_shares, wanted)
    return wanted


def facts(setting: Setting, quarter: int, events: exits.Events, price: FloatArray) -> equity.Facts:
    """Gather what a trigger or an option may look at, at the end of the quarter."""
    operations = setting.operations
    return equity.Facts(
        quarter=quarter,
        confidential_filing=events.confidential_filing,
        public_filing=events.public_filing,
        pricing=events.listing,
        listing=events.listing,
        annual_revenue=4.0 * operations.revenue[quarter],
        gigawatts_online=operations.gigawatts_online[quarter],
        share_price=price,
        spend=0.0 if setting.spend is None else setting.spend[quarter],
    )


def call_tranches(
    setting: Setting, quarter: int, state: State, facts: equity.Facts, running: BoolArray
) -> None:
    """Call uncalled tranches whose triggers are met, or whose option is taken up; cash follows after notice (E20)."""
    for call in state.calls:
        tranche = call.tranche
        if tranche.longstop is not None and quarter > setting.inputs.timeline.index_of(tranche.longstop):
            continue
        without, because = _triggered(setting, quarter, call, facts)
        chosen = np.zeros_like(running)
        strike = equity.price_per_share(tranche, facts.share_price, state.last_round_price, state.offer_price)
        if tranche.option:
            chosen = equity.option_exercised(tranche, facts.share_price, strike)
            if tranche.obligation:
                chosen = chosen & ~(without | because)
                without = without | chosen
            elif tranche.triggers:
                without, because = without & chosen, because & chosen
            else:
                without = chosen
        elif not tranche.obligation:
            continue
        called = running & (call.due == NEVER) & (without | because)
        if not called.any():
            continue
        call.due = np.where(called, quarter + 1 + tranche.notice_quarters, call.due)
        call.through_ipo = np.where(called, because & ~without, call.through_ipo)
        call.called = np.where(called, quarter, call.called)
        call.by_option = call.by_option | (called & chosen)
        call.moneyness = np.where(called, facts.share_price / np.maximum(strike, 1e-9), call.moneyness)


def _triggered(
    setting: Setting, quarter: int, call: Call, facts: equity.Facts
) -> tuple[BoolArray, BoolArray]:
    """Return (draw,) whether the triggers have come so far: by an event that is no step of an IPO, or by one that is.

    All together need the IPO as soon as one of them is a step of it.
    """
    tranche = call.tranche
    without, because = np.zeros((2, BLOCK_SIZE), dtype=np.bool_)
    met = np.ones(BLOCK_SIZE, dtype=np.bool_)
    for trigger in tranche.triggers:
        milestone = setting.luck.milestones.get(f"{tranche.key}.{trigger.key}")
        uniform = facts.annual_revenue if milestone is None else milestone[quarter]
        call.happened[trigger.key] |= equity.trigger_met(trigger, facts, setting.inputs.timeline, uniform)
        met &= call.happened[trigger.key]
        if trigger.event in equity.IPO_EVENTS:
            because |= call.happened[trigger.key]
        else:
            without |= call.happened[trigger.key]
    if tranche.triggers_needed == "all" and tranche.triggers:
        needs = any(trigger.event in equity.IPO_EVENTS for trigger in tranche.triggers)
        return (np.zeros_like(met), met) if needs else (met, np.zeros_like(met))
    return without, because
