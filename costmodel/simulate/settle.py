"""What a contract brings when the lab no longer pays, or where it never stood (E29, E32)."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, IntArray, Number, clipped, of_draws
from costmodel.counted import Counted, Part
from costmodel.simulate.book import living
from costmodel.simulate.operations import Scale


@dataclass(frozen=True, slots=True)
class AfterDefault:
    """What a contract brings after the lab's default, Q rows of USD (E29)."""

    claim: Counted
    relet: FloatArray


def since_default(quarters: int) -> FloatArray:
    """Return (Q, Q+1): 0 while the lab lives, 1 in the first quarter after its default, and so on.

    The columns are how many quarters the lab pays; it defaults at the end of the last of them.
    """
    return np.maximum(np.arange(1.0, quarters + 1.0)[:, None] - np.arange(quarters + 1), 0.0)


def settle_default(
    inputs: Any, contract: Any, minimum: FloatArray, hours: Counted, index: FloatArray
) -> AfterDefault:
    """Return claim and re-let of one contract; `hours` counts by how many quarters the lab pays (E29).

    Claim = recovery x max(0, termination share x remaining minimum - re-let expected at today's index), paid the
    quarter after. Re-let after a lag at a share of the reference price x index (the market that sank the lab also sets
    this price). Claim + re-let never exceed what remained of the contract; without a minimum only the re-let is left.
    """
    quarters = index.shape[0]
    fees, relet = np.zeros(index.shape[1]), np.zeros_like(index)
    failing = np.flatnonzero(hours.number < quarters)  # in all other draws there is nothing to settle
    if failing.size:
        terms = inputs.deal.on_default
        price = contract.reference_usd_per_chip_hour * terms.relet_price_share * terms.relet_utilisation
        terms = replace(
            terms,
            termination_share=of_draws(terms.termination_share, failing),
            recovery_share=of_draws(terms.recovery_share, failing),
        )
        failed = _Failed(hours.of(failing), minimum, index, of_draws(price, failing), failing)
        remaining, fees[failing] = failed.claims(terms)
        limit = remaining if minimum.any() else None
        failed.relet_into(relet, terms.relet_lag_quarters, fees[failing], limit)
    # The quarter after the last in which the lab pays; a default in the horizon's last quarter is not settled in it.
    after = np.eye(quarters, quarters + 1)
    return AfterDefault(Counted(hours.number, ((after, fees),)), relet)


@dataclass(frozen=True, slots=True)
class _Failed:
    """One contract in the draws in which the lab fails; `minimum` and `index` are of all draws."""

    hours: Counted
    minimum: FloatArray
    index: FloatArray
    price: Number
    draws: IntArray

    def claims(self, terms: Any) -> tuple[FloatArray, FloatArray]:
        """Return (draw,) USD: the minimum that remained after the default, and the claim."""
        paid = self.hours.number
        remaining, expected = np.zeros((2, paid.size))
        for quarter in range(self.index.shape[0] - 1, -1, -1):
            after = quarter >= paid
            remaining += self.minimum[quarter].take(self.draws) * after
            hours = np.zeros(paid.size)
            self.hours.add_row(quarter, hours, 1.0)
            expected += hours * after
        expected *= self.price * self.index[paid - 1, self.draws]
        fee = np.maximum(terms.termination_share * remaining - expected, 0.0) * terms.recovery_share
        return remaining, fee

    def relet_into(self, relet: FloatArray, lag: int, fee: FloatArray, limit: FloatArray | None) -> None:
        """Write (Q, draw) what re-letting brings; `limit` is what fee and re-letting together stay within."""
        paid, taken = self.hours.number, fee.copy()
        for quarter in range(lag + 1, self.index.shape[0]):
            running = np.flatnonzero(quarter + 1 - paid > lag)
            if not running.size:
                continue
            hours = self.hours.of(running)
            money = np.zeros(running.size)
            hours.add_row(quarter, money, 1.0)
            draws = self.draws[running]
            money *= of_draws(self.price, running)
            money *= self.index[quarter].take(draws)
            if limit is not None:
                money = clipped(limit[running] - taken[running], 0.0, money)
                taken[running] += money
            relet[quarter, draws] = money


def released_sales(
    inputs: Any, contract: Any, hours: Counted, scale: Scale, index: FloatArray, first: int
) -> FloatArray:
    """Return (Q, draw) USD of released capacity sold at the market after a lag (the no-equity counterfactual, E32).

    `hours` are those of the contract's lots as announced; the price is the market's: reference x index x use.
    Nobody is in distress here, so the re-let share does not apply.
    """
    released = np.zeros_like(index)
    if np.ndim(scale.market) == 0 and scale.market == 0.0:
        return released
    terms = inputs.deal.on_default
    price = contract.reference_usd_per_chip_hour * terms.relet_utilisation * scale.market
    for quarter in range(max(first + terms.relet_lag_quarters, 0), index.shape[0]):
        hours.add_row(quarter, released[quarter], 1.0)
        released[quarter] *= index[quarter]
        released[quarter] *= price
    return released


def activity(inputs: Any, contract: Any, scale: Scale, first: int, quarters: int) -> tuple[Part, ...]:
    """Return tables (Q, Q+1) and weights that add up to the share of online hours that draw power.

    The contracted part draws while the lab pays and, at the use of re-letting, once it is re-let; the released part at
    that use from its lag on, if it earns anything.
    """
    terms, pays = inputs.deal.on_default, living(quarters).astype(np.float64)
    use, lag = terms.relet_utilisation, terms.relet_lag_quarters
    relet = (since_default(quarters) > lag).astype(np.float64)
    if np.ndim(scale.market) == 0 and (scale.contract, scale.market) == (1.0, 0.0):
        return ((pays + relet * use, 1.0),) if np.ndim(use) == 0 else ((pays, 1.0), (relet, use))
    whole = np.maximum(scale.contract + scale.market, 1e-12)
    earns = (np.asarray(contract.reference_usd_per_chip_hour) * use) > 0.0
    released = np.zeros_like(pays)
    released[max(first + lag, 0) :] = 1.0
    return (
        (pays, scale.contract / whole),
        (relet, scale.contract * use / whole),
        (released, scale.market * use * earns / whole),
    )
