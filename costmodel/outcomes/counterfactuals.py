"""What the deal changes: figures against the world without it, and the IPO with and without (E32)."""

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.outcomes.recovery import EQUITY_KINDS, ProviderMoney, cash_position, less, provider_money
from costmodel.simulate.worlds import Simulated, Told
from costmodel.timeline import discount_factors

LAB_EQUITY_KINDS = EQUITY_KINDS | {"note_repaid", "put", "stock_held", "stock_sold"}


def money_of(told: Told | None) -> ProviderMoney | None:
    """Return the provider's money of a world; None when the deal has no such world."""
    return provider_money(told.accounts) if told is not None else None


def lab_gain(told: Told, other: Told | None) -> FloatArray:
    """Return (Q+1, draw) what one world gives the lab over another: contract purse, and equity less the fair value of
    the shares given for it; a note counts as owed until it converts.

    Rounds and offer proceeds from others are left out: they too are paid for with shares.
    """

    def own_cash(one: Told) -> FloatArray:
        ledger = one.accounts.ledger
        equity = ledger.net("lab", kinds=LAB_EQUITY_KINDS)
        return ledger.net("lab", purse="contract") + equity - one.run.shares_given

    return own_cash(told) - (own_cash(other) if other is not None else 0.0)


def lab_operating_gain(told: Told, other: Told) -> FloatArray:
    """Return (Q+1, draw) what one world changes in the lab's operating cash over another."""
    gained = told.accounts.ledger.net("lab", purse="contract") - other.accounts.ledger.net(
        "lab", purse="contract"
    )
    return np.asarray(gained)


def over_no_deal(simulated: Simulated, base: ProviderMoney, closed: ProviderMoney) -> dict[str, FloatArray]:
    """Return recovery and both parties' value against the world without the deal; nan when the deal adds nothing."""
    deal, worlds = simulated.luck.inputs.deal, simulated.worlds
    nothing = np.full(base.contract.shape[1], np.nan)
    names = (
        "recovered_over_no_deal_do_no_ipo_cash",
        "provider_npv_over_no_deal_usd",
        "lab_npv_over_no_deal_usd",
    )
    if "no_deal" not in worlds:
        return dict.fromkeys(names, nothing)
    gain, shut = less(base, money_of(worlds["no_deal"])), less(closed, money_of(worlds["no_deal_no_ipo"]))
    flows = lab_gain(simulated.base, worlds["no_deal"])
    at_lab = discount_factors(deal.lab_rate, flows.shape[0] - 1)[:, None]
    found = (
        cash_position(deal, shut, with_exits=False).recovered,
        cash_position(deal, gain, with_exits=True).cumulative[-1],
        (flows * at_lab).sum(axis=0),
    )
    return dict(zip(names, found, strict=True))


def listings(simulated: Simulated) -> dict[str, FloatArray]:
    """Return, with the deal and without it, whether the lab lists, in which quarter, and at which multiple.

    The multiple is equity value over a year of revenue at that quarter's rate; nan where the lab does not list.
    """
    without = simulated.worlds.get("no_deal")
    found: dict[str, FloatArray] = {}
    for suffix, told in (("", simulated.base), ("_no_deal", without)):
        listed, quarter, multiple = _listing(told) if told is not None else _no_world(simulated)
        found |= {
            f"ipo_by_horizon{suffix}": listed,
            f"listing_quarter{suffix}": quarter,
            f"listing_multiple{suffix}": multiple,
        }
    return found


def _listing(told: Told) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (draw,) of one world: 0 or 1, the quarter, the multiple."""
    run, draws = told.run, np.arange(told.run.listed.shape[1])
    listed, first = np.asarray(run.listed.any(axis=0)), run.listed.argmax(axis=0)
    revenue = told.accounts.ledger.net("lab", kinds=frozenset({"revenue"}))
    assert isinstance(revenue, np.ndarray)
    a_year = 4.0 * revenue[first + 1, draws]
    multiple = run.equity_value[first, draws] / np.maximum(a_year, 1.0)
    return (
        listed.astype(np.float64),
        np.where(listed, first.astype(np.float64), np.nan),
        np.where(listed & (a_year > 0.0), multiple, np.nan),
    )


def _no_world(simulated: Simulated) -> tuple[FloatArray, FloatArray, FloatArray]:
    missing = np.full(simulated.base.run.listed.shape[1], np.nan)
    return missing, missing, missing
