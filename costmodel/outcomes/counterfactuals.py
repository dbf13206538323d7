"""What the deal changes: figures against the world without it, and the IPO with and without (E32)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.outcomes.recovery import ContractMoney, ProviderMoney, cash_position, less
from costmodel.outcomes.remains import LabSide, Remains
from costmodel.simulate.worlds import WorldName
from costmodel.timeline import discount_factors

Worlds = Mapping[WorldName, Remains]


def money_of(worlds: Worlds, name: WorldName) -> ContractMoney | None:
    """Return the contracts' money of a world; None when the deal has no such world."""
    return worlds[name].money if name in worlds else None


def whole_money_of(worlds: Worlds, name: WorldName) -> ProviderMoney:
    """Return the provider's money of a world with the equity."""
    money = worlds[name].money
    assert isinstance(money, ProviderMoney)
    return money


def lab_of(worlds: Worlds, name: WorldName) -> LabSide:
    """Return the lab's side of a world with the IPO gate open."""
    lab = worlds[name].lab
    assert lab is not None
    return lab


def lab_gain(worlds: Worlds, other: WorldName) -> FloatArray:
    """Return (Q+1, draw) what the deal as it is gives the lab over another world: contract purse, and equity less the
    fair value of the shares given for it.
    """
    return np.asarray(lab_of(worlds, "base").own_cash - lab_of(worlds, other).own_cash)


def lab_operating_gain(worlds: Worlds, other: WorldName) -> FloatArray:
    """Return (Q+1, draw) what the deal as it is changes in the lab's operating cash over another world."""
    contract, without = lab_of(worlds, "base").contract, lab_of(worlds, other).contract
    assert contract is not None
    assert without is not None
    return np.asarray(contract - without)


def over_no_deal(
    deal: Any, worlds: Worlds, base: ProviderMoney, closed: ProviderMoney
) -> dict[str, FloatArray]:
    """Return recovery and both parties' value against the world without the deal; nan when the deal adds nothing."""
    nothing = np.full(base.contract.shape[1], np.nan)
    names = (
        "recovered_over_no_deal_do_no_ipo_cash",
        "provider_npv_over_no_deal_usd",
        "lab_npv_over_no_deal_usd",
    )
    if "no_deal" not in worlds:
        return dict.fromkeys(names, nothing)
    gain, shut = less(base, money_of(worlds, "no_deal")), less(closed, money_of(worlds, "no_deal_no_ipo"))
    flows = lab_gain(worlds, "no_deal")
    at_lab = discount_factors(deal.lab_rate, flows.shape[0] - 1)[:, None]
    found = (
        cash_position(deal, shut, with_exits=False).recovered,
        cash_position(deal, gain, with_exits=True).cumulative[-1],
        (flows * at_lab).sum(axis=0),
    )
    return dict(zip(names, found, strict=True))


def listings(worlds: Worlds) -> dict[str, FloatArray]:
    """Return, with the deal and without it, whether the lab lists, in which quarter, and at which multiple.

    The multiple is equity value over a year of revenue at that quarter's rate; nan where the lab does not list.
    """
    with_deal = lab_of(worlds, "base").listing
    missing = np.full_like(with_deal[0], np.nan)
    without = lab_of(worlds, "no_deal").listing if "no_deal" in worlds else (missing, missing, missing)
    found: dict[str, FloatArray] = {}
    for suffix, (listed, quarter, multiple) in (("", with_deal), ("_no_deal", without)):
        found |= {
            f"ipo_by_horizon{suffix}": listed,
            f"listing_quarter{suffix}": quarter,
            f"listing_multiple{suffix}": multiple,
        }
    return found
