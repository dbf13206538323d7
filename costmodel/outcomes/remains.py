"""What measures read of a world: sums over its lines and a few of its paths; the rest of it can be let go of (E32)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.outcomes.recovery import EQUITY_KINDS, ContractMoney, contract_money, provider_money
from costmodel.simulate.worlds import Simulated, Told, WorldName

LAB_EQUITY_KINDS = EQUITY_KINDS | {"note_repaid", "put", "stock_held", "stock_sold"}
# Of these the provider's equity is read too, and of those the lab's side.
_WITH_EQUITY: frozenset[WorldName] = frozenset({"base", "no_ipo"})
_LAB_SIDE: frozenset[WorldName] = frozenset({"base", "no_equity", "no_deal"})


@dataclass(frozen=True, slots=True)
class LabSide:
    """The lab in one world, (Q+1, draw) USD: its contract purse, and that with equity less the value of shares given.

    `contract` is None in a world of which no figure reads it. `listing` (draw,) is whether the lab lists, 0 or 1, in
    which quarter, and at which multiple.
    """

    contract: FloatArray | None
    own_cash: FloatArray
    listing: tuple[FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Remains:
    """One world as measures read it: `defaulted` (Q, draw); `lab` None where nothing of the lab's side is read.

    `money` is a `ProviderMoney` in the two worlds with the equity.
    """

    money: ContractMoney
    defaulted: BoolArray
    lab: LabSide | None


def keep(inputs: Any, name: WorldName, told: Told) -> Remains:
    """Return what measures read of a world."""
    money = provider_money(told.accounts) if name in _WITH_EQUITY else contract_money(told.accounts)
    lab = _lab_side(told, name == "base" or bool(inputs.deal.lab_tax_rate)) if name in _LAB_SIDE else None
    return Remains(money, told.run.defaulted, lab)


def remains_of(simulated: Simulated) -> dict[WorldName, Remains]:
    """Return what measures read of every world, those let go of and those still whole."""
    inputs = simulated.luck.inputs
    return {**simulated.kept, **{name: keep(inputs, name, told) for name, told in simulated.worlds.items()}}


def _lab_side(told: Told, reads_contract: bool) -> LabSide:
    """Return the lab's side of a world; a note counts as owed until it converts.

    Rounds and offer proceeds from others are left out of its own cash: they too are paid for with shares.
    """
    ledger = told.accounts.ledger
    contract = ledger.net("lab", purse="contract")
    assert isinstance(contract, np.ndarray)
    own_cash = contract + ledger.net("lab", kinds=LAB_EQUITY_KINDS)
    own_cash -= told.run.shares_given
    return LabSide(contract if reads_contract else None, own_cash, _listing(told))


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
