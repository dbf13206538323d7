"""Convertible notes and SAFEs in one world: paid, accrued, converted, repaid at maturity (M05)."""

from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.equity_terms import ConvertibleNote
from costmodel.simulate.holdings import Note, Stake
from costmodel.simulate.state import Setting, State, WorldRun, open_leg
from costmodel.terms.issuing import note_claim


def open_notes(inputs: Any, state: State, record: WorldRun) -> None:
    """Put every note into the state; one paid by the opening date is paid on it, its interest runs from its own day."""
    for term in inputs.all_of(ConvertibleNote):
        stake = Stake.none_yet(term.key, inputs.preferred_of(term.key))
        paid = open_leg(record, "provider", "lab", "convertible_note", term.key)
        repaid = open_leg(record, "lab", "provider", "note_repaid", term.key)
        note = Note(term, stake, np.zeros(BLOCK_SIZE, np.bool_), np.zeros(BLOCK_SIZE), paid, repaid)
        state.stakes.append(stake)
        state.notes.append(note)
        if inputs.timeline.index_of(term.paid_on) < 0:
            _pay(note, state, record, -1, np.ones(BLOCK_SIZE, np.bool_))


def _pay(note: Note, state: State, record: WorldRun, quarter: int, paying: BoolArray) -> None:
    """Pay the principal: the lab gets cash and owes as much."""
    amount = np.where(paying, note.term.principal_usd, 0.0)
    note.paid.flows[quarter + 1] = amount
    note.outstanding = note.outstanding | paying
    record.shares_given[quarter + 1] += amount
    state.cash = state.cash + amount


def pay_notes(setting: Setting, quarter: int, state: State, running: BoolArray) -> None:
    """Pay notes due in this quarter, and let the claims of all grow by their interest (M05)."""
    for note in state.notes:
        first = setting.inputs.timeline.index_of(note.term.paid_on)
        if quarter == first:
            _pay(note, state, setting.record, quarter, running & (state.exit_state != exits.LISTED))
        note.outstanding = note.outstanding & running
        accrued = note_claim(note.term.principal_usd, note.term.coupon_annual, (quarter - first) / 4.0)
        note.claim = np.where(note.outstanding, accrued, 0.0)


def convert_note(
    setting: Setting, quarter: int, note: Note, shares: FloatArray, price: FloatArray, when: BoolArray
) -> None:
    """Give shares (draw,) for the note where it converts; they count as bought for the principal (M05)."""
    principal = np.where(when, note.term.principal_usd, 0.0)
    note.stake.add(shares, principal, when, quarter)
    note.outstanding = note.outstanding & ~when
    note.claim = np.where(when, 0.0, note.claim)
    setting.record.shares_given[quarter + 1] += shares * price - principal


def repay_notes(setting: Setting, quarter: int, state: State, running: BoolArray) -> None:
    """Repay what is still outstanding at maturity, as far as the lab's cash reaches; the rest is lost (M05)."""
    for note in state.notes:
        matures = note.term.matures
        if matures is None or quarter != setting.inputs.timeline.index_of(matures):
            continue
        due = running & note.outstanding
        paid = np.where(due, np.minimum(note.claim, np.maximum(state.cash, 0.0)), 0.0)
        note.repaid.flows[quarter + 1] = paid
        setting.record.shares_given[quarter + 1] -= np.where(due, note.term.principal_usd, 0.0)
        state.cash = state.cash - paid
        note.outstanding = note.outstanding & ~due
        note.claim = np.where(due, 0.0, note.claim)
