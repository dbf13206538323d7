"""Margins in cash and on the books, and when the equity is back (E32)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.ledger import Question
from costmodel.simulate.block import Accounts
from costmodel.timeline import discount_factors

# What the provider gives for shares of the lab, and in its own shares (rebates); and what shares and notes bring it.
EQUITY_KINDS = frozenset({"equity_tranche", "convertible_note", "pro_rata", "warrant_value", "stock_issued"})
REBATE_KINDS = frozenset({"warrant_value", "stock_issued"})
EXIT_KINDS = frozenset({"share_sale", "company_sale", "note_repaid", "put"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractMoney:
    """What contracts bring the provider in one world, (Q+1, draw) USD, undiscounted: by purse, and on the books."""

    contract: FloatArray
    capex: FloatArray
    accounting_margin: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMoney(ContractMoney):
    """All money of the provider in one world: what is paid for shares and what they bring beside the contracts'."""

    equity_paid: FloatArray
    exits: FloatArray
    exits_without_ipo: FloatArray


# What is asked of the provider's lines.
CONTRACT, CAPEX = Question(purse="contract"), Question(purse="capex")
RESIDUAL, EQUITY_PAID = Question(kinds=frozenset({"residual"})), Question(kinds=EQUITY_KINDS)
EXITS, EXITS_WITHOUT_IPO = Question(kinds=EXIT_KINDS), Question(kinds=EXIT_KINDS, needs_ipo=False)


def _sum_of(accounts: Accounts, question: Question) -> FloatArray:
    answer = accounts.ledger.answer("provider", question)
    return answer if isinstance(answer, np.ndarray) else np.full(accounts.depreciation.shape, answer)


def contract_money(accounts: Accounts) -> ContractMoney:
    """Return what contracts bring the provider in one world.

    Accounting margin = contract lines - cash not earned yet - straight-line depreciation + (residual - book given up),
    undiscounted.
    """
    contract = _sum_of(accounts, CONTRACT)
    earned = contract if accounts.not_earned is None else contract - accounts.not_earned
    margin = earned - accounts.depreciation
    margin += _sum_of(accounts, RESIDUAL)
    margin -= accounts.book_lost
    return ContractMoney(contract=contract, capex=_sum_of(accounts, CAPEX), accounting_margin=margin)


def provider_money(accounts: Accounts) -> ProviderMoney:
    """Return all money of the provider in one world."""
    earned = contract_money(accounts)
    return ProviderMoney(
        contract=earned.contract,
        capex=earned.capex,
        accounting_margin=earned.accounting_margin,
        equity_paid=-_sum_of(accounts, EQUITY_PAID),
        exits=_sum_of(accounts, EXITS),
        exits_without_ipo=_sum_of(accounts, EXITS_WITHOUT_IPO),
    )


def less(base: ProviderMoney, other: ContractMoney | None) -> ProviderMoney:
    """Return the increment of one world over its counterfactual; the world itself when there is none."""
    if other is None:
        return base
    return ProviderMoney(
        contract=base.contract - other.contract,
        capex=base.capex - other.capex,
        equity_paid=base.equity_paid,
        exits=base.exits,
        exits_without_ipo=base.exits_without_ipo,
        accounting_margin=base.accounting_margin - other.accounting_margin,
    )


@dataclass(frozen=True, slots=True)
class Position:
    """Cumulative money against cumulative equity, (Q+1, draw) USD, and the quarter it is back for good (draw,).

    `recovered_quarter` is a quarter index (-1 the opening date); nan means not by the horizon. `tolerance` (draw,) is
    how far below zero still counts as back.
    """

    cumulative: FloatArray
    recovered: FloatArray
    recovered_quarter: FloatArray
    tolerance: FloatArray


def cash_position(deal: Any, money: ProviderMoney, *, with_exits: bool) -> Position:
    """Return the discounted cash position: margin and capex and exits that count, less equity, each at its rate."""
    quarters = money.contract.shape[0] - 1
    at_contract, at_capex, at_equity = (
        discount_factors(rate, quarters)
        for rate in (deal.provider_contract_rate, deal.provider_capex_rate, deal.provider_equity_rate)
    )
    exits = money.exits if with_exits else money.exits_without_ipo

    def flow(row: int, flows: FloatArray) -> None:
        np.multiply(money.contract[row], at_contract[row], out=flows)
        flows += money.capex[row] * at_capex[row]
        flows += (exits[row] - money.equity_paid[row]) * at_equity[row]

    return _position(flow, money.contract.shape)


def accounting_position(money: ProviderMoney) -> Position:
    """Return the position on the books: accounting margin and exits without an IPO less equity, undiscounted."""

    def flow(row: int, flows: FloatArray) -> None:
        np.add(money.accounting_margin[row], money.exits_without_ipo[row], out=flows)
        flows -= money.equity_paid[row]

    return _position(flow, money.contract.shape)


def _position(flow: Callable[[int, FloatArray], None], shape: tuple[int, ...]) -> Position:
    """Accumulate what `flow` writes of each row; recovered at t when at or above zero at t and at every later quarter.

    Row by row, for a row of a block stays in the processor's cache.
    """
    cumulative, largest = np.empty(shape), np.zeros(shape[1])
    for row in range(shape[0]):
        flow(row, cumulative[row])
        np.maximum(largest, np.abs(cumulative[row]), out=largest)
        if row:
            cumulative[row] += cumulative[row - 1]
    # A cent of tolerance on billions: a position that is back exactly must not hang on the last bit.
    tolerance = 0.005 + 1e-9 * largest
    last_below = np.full(shape[1], -1)
    for row in range(shape[0]):
        np.copyto(last_below, row, where=cumulative[row] < -tolerance)
    recovered = last_below < shape[0] - 1
    quarter = np.where(recovered, last_below.astype(np.float64), np.nan)
    return Position(cumulative, recovered.astype(np.float64), quarter, tolerance)
