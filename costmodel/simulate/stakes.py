"""Tranches in one world: opened, called, paid (M01, E20)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.operations import Operations
from costmodel.simulate.state import NEVER, Setting, Stake, State, WorldRun
from costmodel.terms import equity


def open_stakes(inputs: Any, state: State, record: WorldRun) -> None:
    """Put every tranche into the state; those already paid are paid on the opening date."""
    zeros = np.zeros(BLOCK_SIZE)
    for tranche in inputs.tranches():
        preferred = inputs.preferred_of(tranche.key)
        stake = Stake(
            tranche=tranche,
            preference_multiple=preferred.multiple if preferred else 0.0,
            senior=bool(preferred and preferred.ranks == "senior"),
            due=np.full(BLOCK_SIZE, NEVER),
            through_ipo=np.zeros(BLOCK_SIZE, dtype=np.bool_),
            happened={trigger.key: np.zeros(BLOCK_SIZE, dtype=np.bool_) for trigger in tranche.triggers},
            shares=zeros.copy(),
            invested_before_ipo=zeros.copy(),
        )
        state.stakes.append(stake)
        if tranche.state == "paid":
            opening_price = zeros + inputs.valuation.opening_equity_value_usd
            price = equity.price_per_share(tranche, opening_price)
            record.tranches[tranche.key][0][0] = tranche.amount_usd
            stake.shares = tranche.amount_usd / np.maximum(price, 1e-9)
            record.shares_given[0] += stake.shares * opening_price
            stake.invested_before_ipo = zeros + tranche.amount_usd
            state.cash = state.cash + tranche.amount_usd
            stake.due[:] = -1


def pay_tranches(
    state: State, record: WorldRun, quarter: int, running: BoolArray, price_before: FloatArray
) -> None:
    """Pay what fell due in an earlier quarter: cash to the lab, shares to the provider (E20)."""
    for stake in state.stakes:
        paying = running & (stake.due == quarter)
        if not paying.any():
            continue
        tranche = stake.tranche
        price = np.maximum(equity.price_per_share(tranche, price_before), 1e-9)
        bought = np.where(paying, tranche.amount_usd / price, 0.0)
        before_ipo = paying & (state.exit_state != exits.LISTED)
        amount = np.where(paying, tranche.amount_usd, 0.0)
        without, because = record.tranches[tranche.key]
        without[quarter + 1] = np.where(stake.through_ipo, 0.0, amount)
        because[quarter + 1] = np.where(stake.through_ipo, amount, 0.0)
        record.shares_given[quarter + 1] += bought * price_before
        stake.shares = stake.shares + bought
        stake.invested_before_ipo = stake.invested_before_ipo + np.where(before_ipo, amount, 0.0)
        state.all_shares = state.all_shares + bought
        state.cash = state.cash + amount


def facts(operations: Operations, quarter: int, events: exits.Events, price: FloatArray) -> equity.Facts:
    """Gather what a trigger or an option may look at, at the end of the quarter."""
    return equity.Facts(
        quarter=quarter,
        confidential_filing=events.confidential_filing,
        public_filing=events.public_filing,
        pricing=events.listing,
        listing=events.listing,
        annual_revenue=4.0 * operations.revenue[quarter],
        gigawatts_online=operations.gigawatts_online[quarter],
        share_price=price,
    )


def call_tranches(
    setting: Setting, quarter: int, state: State, facts: equity.Facts, running: BoolArray
) -> None:
    """Call uncalled tranches whose triggers are met, or whose option is taken up; cash follows after notice (E20)."""
    for stake in state.stakes:
        tranche = stake.tranche
        if tranche.longstop is not None and quarter > setting.inputs.timeline.index_of(tranche.longstop):
            continue
        without, because = np.zeros_like(running), np.zeros_like(running)
        met = np.ones_like(running)
        for trigger in tranche.triggers if tranche.obligation else ():
            milestone = setting.luck.milestones.get(f"{tranche.key}.{trigger.key}")
            uniform = facts.annual_revenue if milestone is None else milestone[quarter]
            now = equity.trigger_met(trigger, facts, setting.inputs.timeline, uniform)
            stake.happened[trigger.key] |= now
            met &= stake.happened[trigger.key]
            if trigger.event in equity.IPO_EVENTS:
                because |= now
            else:
                without |= now
        if tranche.triggers_needed == "all" and tranche.triggers:
            needs = any(trigger.event in equity.IPO_EVENTS for trigger in tranche.triggers)
            because, without = (met, np.zeros_like(met)) if needs else (np.zeros_like(met), met)
            if not tranche.obligation:
                because, without = np.zeros_like(met), np.zeros_like(met)
        if tranche.option:
            without = without | equity.option_exercised(tranche, facts.share_price)
        called = running & (stake.due == NEVER) & (without | because)
        stake.due = np.where(called, quarter + 1 + tranche.notice_quarters, stake.due)
        stake.through_ipo = np.where(called, because & ~without, stake.through_ipo)
