"""After tax, as a switch: each party's value less a share of its taxable gain (E32)."""

from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.outcomes.recovery import ProviderMoney
from costmodel.timeline import discount_factors


def provider_tax(deal: Any, gain: ProviderMoney) -> FloatArray:
    """Return (draw,) USD of present value: the rate on the accounting margin, and on shares above their cost.

    A loss of the contract is set off at once, against the provider's other profits. Proceeds of shares first pay back
    what was paid for them; a loss on shares is not set off. Tax on the margin is discounted like contract cash, tax on
    shares like equity cash.
    """
    if not deal.provider_tax_rate:
        return np.zeros(gain.contract.shape[1])
    quarters = gain.contract.shape[0] - 1
    at_contract = discount_factors(deal.provider_contract_rate, quarters)[:, None]
    at_equity = discount_factors(deal.provider_equity_rate, quarters)[:, None]
    above_cost = np.maximum(np.cumsum(gain.exits - gain.equity_paid, axis=0), 0.0)
    on_shares = np.diff(above_cost, axis=0, prepend=np.zeros_like(above_cost[:1]))
    taxable = gain.accounting_margin * at_contract + on_shares * at_equity
    return np.asarray(deal.provider_tax_rate * taxable.sum(axis=0))


def lab_tax(deal: Any, operating: FloatArray) -> FloatArray:
    """Return (draw,) USD of present value: the lab's rate on what the deal changes in its operating cash (Q+1, draw).

    Compute is an expense, money for shares is not income. Set off at once, as if the lab had profits to set it against.
    """
    at_lab = discount_factors(deal.lab_rate, operating.shape[0] - 1)[:, None]
    return np.asarray(deal.lab_tax_rate * (operating * at_lab).sum(axis=0))
