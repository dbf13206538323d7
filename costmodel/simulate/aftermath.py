"""A contract in one world: how long it is paid for, and what its capacity brings after a default or an early end (E24,
E29, E32).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number, clipped, of_draws
from costmodel.counted import Counted, Part
from costmodel.inputs.deal import ComputeContract
from costmodel.simulate.book import living
from costmodel.simulate.contracts import ContractFlows
from costmodel.simulate.scale import Scale


@dataclass(frozen=True, slots=True)
class InWorld:
    """One contract in one world.

    `number` (draw,) is the column of a draw in the tables (Q, column): `pays`, 1 while the lab pays and the contract
    stands, and `since`, the quarters since the lab's default. The column says in how many quarters the lab pays; where
    a contract may end early, or chips come late in some draws, every draw has a column of its own.

    (Q, draw): `paying`, as `pays`; `stands`, 1 until the contract ends early, 1.0 when it never does. `ended` (draw,)
    is the last quarter before an early end, None when there is none; `paid_quarters` (draw,) in how many the lab pays.
    """

    number: IntArray
    pays: FloatArray
    since: FloatArray
    paying: FloatArray
    stands: Number
    ended: IntArray | None
    paid_quarters: IntArray


@dataclass(frozen=True, slots=True)
class AfterDefault:
    """What a contract brings after the lab's default or its own early end, USD, Q rows (E29).

    `relet_on` (Q, column) is 1 where capacity that is online is re-let.
    """

    claim: Counted
    relet: FloatArray
    relet_on: FloatArray


def in_world(
    flows: ContractFlows, alive: FloatArray, paid_quarters: IntArray, *, each_draw: bool = False
) -> InWorld:
    """Return how long a contract is paid for; a lab that fails first does not leave any more.

    `each_draw` asks for a column for every draw even if the contract cannot end early.
    """
    quarters, draws = alive.shape
    since = since_default(quarters)
    if flows.ending is None and not each_draw:
        pays = living(quarters).astype(np.float64)
        return InWorld(paid_quarters, pays, since, alive, 1.0, None, paid_quarters)
    since = since.take(paid_quarters, axis=1)
    if flows.ending is None:
        return InWorld(np.arange(draws), alive, since, alive, 1.0, None, paid_quarters)
    ending = flows.ending.where_paying(alive)
    stands = ending.stands(quarters)
    paying = alive * stands
    return InWorld(np.arange(draws), paying, since, paying, stands, ending.last, paid_quarters)


def since_default(quarters: int) -> FloatArray:
    """Return (Q, Q+1): 0 while the lab lives, 1 in the first quarter after its default, and so on.

    The columns are how many quarters the lab pays; it defaults at the end of the last of them.
    """
    return np.maximum(np.arange(1.0, quarters + 1.0)[:, None] - np.arange(quarters + 1), 0.0)


def settle(
    story: Any, contract: ComputeContract, flows: ContractFlows, hours: Counted, held: InWorld
) -> AfterDefault:
    """Return claim and re-letting: after a default (E29), and after an early end, re-let the same way without a claim.

    `hours`, Q rows, are online under the contract, whether or not it still stands.
    """
    inputs, index, terms = story.inputs, story.paths.index, story.inputs.deal.on_default
    relet_on = (held.since > terms.relet_lag_quarters).astype(np.float64)
    if held.ended is None:
        owed = _owed(flows, flows.minimum)
        claim, relet = settle_default(
            inputs, contract, flows.minimum, hours, held.paid_quarters, index, owed, flows.fee, flows.held
        )
        return AfterDefault(claim, relet, relet_on)
    minimum = flows.minimum * held.stands
    standing = Counted(hours.number, tuple((table * held.stands, each) for table, each in hours.parts))
    claim, relet = settle_default(
        inputs,
        contract,
        minimum,
        standing,
        held.paid_quarters,
        index,
        _owed(flows, minimum),
        None if flows.fee is None else flows.fee * held.stands,
        flows.held,
    )
    price = contract.reference_usd_per_chip_hour * terms.relet_price_share * terms.relet_utilisation
    running = np.arange(index.shape[0])[:, None] - held.ended > terms.relet_lag_quarters
    relet += np.where(running, hours.expanded() * price * index, 0.0)
    return AfterDefault(claim, relet, np.maximum(relet_on, running))


def settle_default(
    inputs: Any,
    contract: Any,
    minimum: FloatArray,
    hours: Counted,
    paid_quarters: IntArray,
    index: FloatArray,
    owed: "Bound | None" = None,
    fee: FloatArray | None = None,
    held: FloatArray | None = None,
) -> tuple[Counted, FloatArray]:
    """Return claim and re-let of one contract, Q rows (E29); the lab pays in the first `paid_quarters` (draw,).

    `owed` is what the lab is still bound to at the end of each quarter; None: all that is left. `fee` (Q, draw) is a
    termination fee agreed by schedule, which replaces the deal's (M25); its mitigation is its own.
    `held` (Q, draw) is what the provider has of the lab's and keeps: prepaid or lent.

    Claim = recovery x max(0, termination share x remaining minimum - re-let expected at today's index - held), paid
    the quarter after. Re-let after a lag at a share of the reference price x index (the market that sank the lab also
    sets this price). Claim, re-let and what is held never exceed what remained of the contract; without a minimum only
    the re-let is left.
    """
    quarters = index.shape[0]
    fees, relet = np.zeros(index.shape[1]), np.zeros(index.shape)
    failing = np.flatnonzero(paid_quarters < quarters)  # in all other draws there is nothing to settle
    if failing.size:
        terms = inputs.deal.on_default
        price = contract.reference_usd_per_chip_hour * terms.relet_price_share * terms.relet_utilisation
        failed = _Failed(
            hours.of(failing), minimum, index, of_draws(price, failing), failing, paid_quarters[failing]
        )
        promised = bool(minimum.any())
        remaining, fees[failing] = failed.claimed(terms, owed, fee, held, promised=promised)
        limit = remaining if promised else None
        failed.relet_into(relet, terms.relet_lag_quarters, fees[failing], limit)
    # The quarter after the last in which the lab pays; a default in the horizon's last quarter is not settled in it.
    after = np.eye(quarters, quarters + 1)
    return Counted(paid_quarters, ((after, fees),)), relet


class Bound(NamedTuple):
    """What the lab cannot get out of at the end of each quarter: the minimum (Q, draw) up to quarter `through` (Q,)."""

    minimum: FloatArray
    through: IntArray


@dataclass(frozen=True, slots=True)
class _Failed:
    """One contract in the draws in which the lab fails; `minimum` and `index` are of all draws."""

    hours: Counted
    minimum: FloatArray
    index: FloatArray
    price: Number
    draws: IntArray
    paid: IntArray

    def claimed(
        self,
        terms: Any,
        owed: Bound | None,
        fee: FloatArray | None,
        held: FloatArray | None,
        *,
        promised: bool,
    ) -> tuple[FloatArray, FloatArray]:
        """Return (draw,) USD: what still had to be paid after the default, and what is got of the claim on it.

        `promised` is whether there is a minimum: without one nothing is due.
        """
        remaining, due = np.zeros((2, self.paid.size))
        if promised:
            remaining, due = self.dues(of_draws(terms.termination_share, self.draws), owed)
        due = due if fee is None else fee[self.paid - 1, self.draws]
        if held is not None:
            kept = held[self.paid - 1, self.draws]
            due, remaining = np.maximum(due - kept, 0.0), np.maximum(remaining - kept, 0.0)
        return remaining, due * of_draws(terms.recovery_share, self.draws)

    def dues(self, share: Number, owed: Bound | None) -> tuple[FloatArray, FloatArray]:
        """Return (draw,) USD: the minimum that remained after the default, and what of it is due.

        Re-letting is taken off for the quarters the lab was bound to, no further.
        """
        remaining, expected = np.zeros((2, self.paid.size))
        through = self.index.shape[0] if owed is None else owed.through[self.paid - 1]
        for quarter in range(self.index.shape[0] - 1, -1, -1):
            after = quarter >= self.paid
            remaining += self.minimum[quarter].take(self.draws) * after
            hours = np.zeros(self.paid.size)
            self.hours.add_row(quarter, hours, 1.0)
            expected += hours * (after & (quarter <= through))
        expected *= self.price * self.index[self.paid - 1, self.draws]
        bound = remaining if owed is None else owed.minimum[self.paid - 1, self.draws]
        return remaining, np.maximum(share * bound - expected, 0.0)

    def relet_into(self, relet: FloatArray, lag: int, fee: FloatArray, limit: FloatArray | None) -> None:
        """Write (Q, draw) what re-letting brings; `limit` is what fee and re-letting together stay within."""
        taken = fee.copy()
        for quarter in range(lag + 1, self.index.shape[0]):
            running = np.flatnonzero(quarter + 1 - self.paid > lag)
            if not running.size:
                continue
            hours = np.zeros(self.paid.size)
            self.hours.add_row(quarter, hours, 1.0)
            money, draws = hours[running], self.draws[running]
            money *= of_draws(self.price, running)
            money *= self.index[quarter].take(draws)
            if limit is not None:
                money = clipped(limit[running] - taken[running], 0.0, money)
                taken[running] += money
            relet[quarter, draws] = money


def _owed(flows: ContractFlows, minimum: FloatArray) -> Bound | None:
    """Return the minimum the lab is still bound to after each quarter; None: all that is left of it."""
    last = np.flatnonzero(flows.minimum.any(axis=1))
    if not last.size or (flows.bound >= last[-1]).all():
        return None
    total = np.cumsum(minimum, axis=0)
    owed = total[np.minimum(flows.bound, minimum.shape[0] - 1)] - total
    return Bound(np.maximum(owed, 0.0), flows.bound)


def released_sales(
    inputs: Any, contract: Any, hours: Counted, scale: Scale, index: FloatArray, first: int
) -> FloatArray | Counted:
    """Return (Q, draw) USD of released capacity sold at the market after a lag (the no-equity counterfactual, E32).

    `hours` are those of the contract's lots as announced; the price is the market's: reference x index x use.
    Nobody is in distress here, so the re-let share does not apply.
    """
    if np.ndim(scale.market) == 0 and scale.market == 0.0:
        return Counted(hours.number, ((np.zeros((index.shape[0], hours.parts[0][0].shape[1])), 0.0),))
    released = np.zeros(index.shape)
    terms = inputs.deal.on_default
    price = contract.reference_usd_per_chip_hour * terms.relet_utilisation * scale.market
    for quarter in range(max(first + terms.relet_lag_quarters, 0), index.shape[0]):
        hours.add_row(quarter, released[quarter], 1.0)
        released[quarter] *= index[quarter]
        released[quarter] *= price
    return released


def activity(
    inputs: Any, contract: Any, scale: Scale, held: InWorld, relet_on: FloatArray, first: int
) -> tuple[Part, ...]:
    """Return tables (Q, column) and weights that add up to the share of online hours that draw power.

    The contracted part draws while it is paid for and, at the use of re-letting, once it is re-let; the released part
    at that use from its lag on, if it earns anything.
    """
    terms, pays = inputs.deal.on_default, held.pays
    use = terms.relet_utilisation
    if np.ndim(scale.market) == 0 and (scale.contract, scale.market) == (1.0, 0.0):
        return ((pays + relet_on * use, 1.0),) if np.ndim(use) == 0 else ((pays, 1.0), (relet_on, use))
    whole = np.maximum(scale.contract + scale.market, 1e-12)
    earns = (np.asarray(contract.reference_usd_per_chip_hour) * use) > 0.0
    released = np.zeros_like(pays)
    released[max(first + terms.relet_lag_quarters, 0) :] = 1.0
    return (
        (pays, scale.contract / whole),
        (relet_on, scale.contract * use / whole),
        (released, scale.market * use * earns / whole),
    )
