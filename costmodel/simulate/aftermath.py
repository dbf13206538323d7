"""A contract in one world: how long it is paid for, and what its capacity brings after a default or an early end (E24,
E29).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, Number
from costmodel.inputs.deal import ComputeContract
from costmodel.simulate import book
from costmodel.simulate.contracts import ContractFlows


@dataclass(frozen=True, slots=True)
class InWorld:
    """One contract in one world, (Q, draw) each.

    `paying`: 1 while the lab pays and the contract stands; `stands`: 1 until it ends early, 1.0 when it never does;
    `ended` (draw,) the last quarter before an early end, None when there is none.
    """

    paying: FloatArray
    stands: Number
    ended: Any


def in_world(flows: ContractFlows, alive: FloatArray) -> InWorld:
    """Return how long a contract is paid for; a lab that fails first does not leave any more."""
    if flows.ending is None:
        return InWorld(alive, 1.0, None)
    ending = flows.ending.where_paying(alive)
    stands = ending.stands(alive.shape[0])
    return InWorld(alive * stands, stands, ending.last)


def settle(
    story: Any, contract: ComputeContract, flows: ContractFlows, hours: FloatArray, held: InWorld
) -> book.AfterDefault:
    """Return claim and re-letting: after a default (E29), and after an early end, re-let the same way without a claim.

    `hours` (Q, draw) are online under the contract, whether or not it still stands.
    """
    inputs, index = story.inputs, story.paths.index
    minimum = flows.minimum * held.stands if held.ended is not None else flows.minimum
    settled = book.settle_default(
        inputs,
        contract,
        minimum,
        hours * held.stands if held.ended is not None else hours,
        story.run.defaulted,
        story.since_default,
        index,
        owed=_owed(flows, minimum),
        fee=None if flows.fee is None else flows.fee * held.stands,
    )
    if held.ended is None:
        return settled
    terms = inputs.deal.on_default
    price = contract.reference_usd_per_chip_hour * terms.relet_price_share * terms.relet_utilisation
    since = np.arange(index.shape[0])[:, None] - held.ended
    running = (hours > 0.0) & (since > terms.relet_lag_quarters)
    relet = settled.relet + np.where(running, hours * price * index, 0.0)
    return book.AfterDefault(settled.claim, relet, settled.relet_on | running)


def _owed(flows: ContractFlows, minimum: FloatArray) -> FloatArray | None:
    """Return (Q, draw) the minimum the lab is still bound to after each quarter; None: all that is left of it."""
    last = np.flatnonzero(flows.minimum.any(axis=1))
    if not last.size or (flows.bound >= last[-1]).all():
        return None
    total = np.cumsum(minimum, axis=0)
    owed = total[np.minimum(flows.bound, minimum.shape[0] - 1)] - total
    return np.maximum(owed, 0.0)
