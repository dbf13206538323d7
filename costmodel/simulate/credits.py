"""Compute credits in one world: granted with a tranche, burned against the contract's bill, lapsed (M02)."""

from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.equity_terms import ComputeCredits
from costmodel.simulate.holdings import Credit
from costmodel.simulate.state import Setting, State, WorldRun, open_leg


def open_credits(inputs: Any, state: State, record: WorldRun) -> None:
    """Put every credit into the state, empty: it is granted with its tranche."""
    for term in inputs.all_of(ComputeCredits):
        burned = open_leg(record, "provider", "lab", "credits_burned", term.key, "contract")
        state.credits.append(Credit(term, np.zeros(BLOCK_SIZE), burned))


def grant_credits(state: State, tranche: str, part: FloatArray) -> None:
    """Add the credits of the part (draw,) of a tranche that is paid."""
    for credit in state.credits:
        if credit.term.tranche == tranche:
            credit.balance = credit.balance + credit.term.face_usd * part


def burn_credits(setting: Setting, quarter: int, state: State, alive: BoolArray) -> None:
    """Pay with credits: min(burn share x bill, balance), until they expire; the lab's cost falls by as much (M02).

    No more than a prepayment, a loan and other credits leave of it to pay.
    """
    unpaid: dict[str, FloatArray] = {}
    for credit in state.credits:
        term = credit.term
        if quarter > setting.inputs.timeline.index_of(term.expires):
            credit.balance = np.zeros(BLOCK_SIZE)
            continue
        flows = setting.operations.contracts[term.contract]
        bill, left = flows.billed[quarter], unpaid.get(term.contract)
        if left is None:
            left = np.maximum(bill, 0.0)
            if flows.taken_off is not None:
                due = left + np.maximum(flows.shortfall[quarter], 0.0)
                left = np.maximum(due - flows.taken_off[quarter], 0.0)
        wanted = np.minimum(term.burn_share * bill, credit.balance)
        burned = np.where(alive, np.minimum(wanted, left), 0.0)
        unpaid[term.contract] = left - burned
        credit.balance = credit.balance - burned
        credit.burned.flows[quarter + 1] = burned
        setting.net[quarter] += burned
