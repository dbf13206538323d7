"""Puts in one world: the provider sells its shares back when there was no way out in time (M13)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.equity_terms import PutRight
from costmodel.simulate.holdings import NEVER, Put
from costmodel.simulate.state import Setting, State, WorldRun, added, open_leg
from costmodel.terms.issuing import put_price


def open_puts(inputs: Any, state: State, record: WorldRun) -> None:
    """Put every put right into the state."""
    for term in inputs.all_of(PutRight):
        stakes = [stake for stake in state.stakes if stake.key in term.tranches]
        if not stakes:
            continue
        paid = open_leg(record, "lab", "provider", "put", term.key)
        state.puts.append(Put(term, stakes, np.zeros(BLOCK_SIZE, np.bool_), paid))


def exercise_puts(
    setting: Setting, quarter: int, state: State, price: FloatArray, running: BoolArray
) -> None:
    """Put at the end of the quarter that holds the day, where the put price is above what the shares are worth."""
    for put in state.puts:
        if quarter == max(setting.inputs.timeline.index_of(put.term.by), 0):
            worth = added([stake.shares for stake in put.stakes]) * price
            private = running & (state.exit_state != exits.LISTED)
            put.exercised = private & (_full_price(put, quarter) > worth)


def pay_puts(setting: Setting, quarter: int, state: State, running: BoolArray, price: FloatArray) -> None:
    """Pay a quarter later, at most the stated part of the lab's cash; as much of the shares is given back (M13)."""
    for put in state.puts:
        if quarter != max(setting.inputs.timeline.index_of(put.term.by), 0) + 1:
            continue
        full = np.where(put.exercised & running, _full_price(put, quarter), 0.0)
        paid = np.minimum(full, put.term.cash_share * np.maximum(state.cash, 0.0))
        part = paid / np.maximum(full, 1e-30)
        for stake in put.stakes:
            back = stake.shares * part
            state.all_shares = state.all_shares - back
            setting.record.shares_given[quarter + 1] -= back * price
            stake.shares = stake.shares - back
            stake.invested = stake.invested * (1.0 - part)
            stake.invested_before_ipo = stake.invested_before_ipo * (1.0 - part)
        put.paid.flows[quarter + 1] = paid
        state.cash = state.cash - paid


def _full_price(put: Put, quarter: int) -> FloatArray:
    """Return (draw,) USD of the put price of all its shares in this quarter."""
    years = [np.where(stake.paid_at == NEVER, 0, quarter - stake.paid_at) / 4.0 for stake in put.stakes]
    return added(
        [
            put_price(stake.invested, put.term.return_annual, held)
            for stake, held in zip(put.stakes, years, strict=True)
        ]
    )
