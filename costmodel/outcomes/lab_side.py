"""The lab's side of a deal, and what treasurer and controller ask: runway, minimums, control, calls (E19, E32)."""

from typing import Any

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.outcomes.counterfactuals import Worlds, lab_of
from costmodel.simulate.control import fixed_next_year
from costmodel.simulate.deal_legs import compute_cost
from costmodel.simulate.leaving import private_mark
from costmodel.simulate.operations import Operations
from costmodel.simulate.state import WorldRun
from costmodel.simulate.worlds import Simulated

A_YEAR = 4


def fails_under_contract(inputs: Any, defaulted: BoolArray) -> FloatArray:
    """Return (draw,) 0 or 1: whether the lab defaults, `defaulted` (Q, draw), before the last contract ends."""
    ends = (inputs.timeline.index_of(contract.starts) + contract.quarters for contract in inputs.contracts())
    return np.asarray(defaulted[: max(ends, default=0)].any(axis=0), dtype=np.float64)


def lab_figures(simulated: Simulated, worlds: Worlds) -> dict[str, FloatArray]:
    """Return (draw,) figures of the lab in the base world; nan where a draw has none."""
    inputs, operations = simulated.luck.inputs, simulated.operations
    minimum = fixed_next_year(operations).sum(axis=0)
    return {
        "lab_default_by_contract_end": fails_under_contract(inputs, simulated.base.run.defaulted),
        "lab_default_no_ipo_by_contract_end": fails_under_contract(inputs, worlds["no_ipo"].defaulted),
        "lab_shortest_runway_quarters": shortest_runway(simulated.base.run, lab_of(worlds, "base").contract),
        "lab_minimum_next_year_usd": minimum,
        "lab_control_of_spend": control_of_spend(operations, minimum),
        "lab_revenue_last_year_usd": (operations.revenue * simulated.base.run.alive)[-A_YEAR:].sum(axis=0),
    }


def marks(simulated: Simulated) -> dict[str, FloatArray]:
    """Return (draw,): what is held and not listed at the horizon is worth, how far marks swing, and dilution.

    A mark is no cash and enters no recovery: what the provider would get if the company were sold at its value, by
    its classes (E21), nan where it never held any. Its noise is the standard deviation of the change of the log value
    from quarter to quarter, lab alive and private, nan below three quarters. Dilution is what holders of the opening
    date have given up of the company.
    """
    run = simulated.base.run
    private = run.alive & ~run.defaulted & ~run.listed & ~np.logical_or.accumulate(run.company_sold, axis=0)
    held = private_mark(simulated.luck.inputs, run)
    log_value = np.log(np.maximum(run.equity_value, 1.0))
    change = np.diff(log_value, axis=0)
    counted = private[1:] & private[:-1]
    count = counted.sum(axis=0)
    mean = np.where(counted, change, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(counted, (change - mean) ** 2, 0.0).sum(axis=0)
    noise = np.sqrt(squares / np.maximum(count - 1, 1))
    ever = run.holding_share.max(axis=0) > 0.0
    return {
        "private_stake_mark_usd": np.where(ever, held, np.nan),
        "mark_noise_quarterly": np.where(ever & (count >= 2), noise, np.nan),
        "lab_dilution": 1.0 - 1.0 / run.last[0].all_shares,
    }


def minimums(operations: Operations) -> FloatArray:
    """Return (Q, draw) USD: what the contracts oblige the lab to spend in each quarter, used or not, until they end."""
    total = np.zeros_like(operations.revenue)
    for flows in operations.contracts.values():
        stands = 1.0 if flows.ending is None else flows.ending.stands(total.shape[0])
        total = total + flows.minimum * stands
    return total


def shortest_runway(run: WorldRun, net: FloatArray | None) -> FloatArray:
    """Return (draw,) quarters: the least cash over burn while the lab lives and burns; nan if it never burns.

    `net` (Q+1, draw) USD is the lab's contract purse.
    """
    assert isinstance(net, np.ndarray)
    burn = -net[1:]
    burning = run.alive & (burn > 0.0)
    runway = np.where(burning, np.maximum(run.cash, 0.0) / np.where(burning, burn, 1.0), np.inf)
    shortest = runway.min(axis=0)
    return np.where(np.isfinite(shortest), shortest, np.nan)


def control_of_spend(operations: Operations, fixed: FloatArray) -> FloatArray:
    """Return (draw,) 1 - fixed / planned compute spend of the next four quarters (E19); nan when nothing is planned.

    Fixed is what cannot be left: minimums, fees for capacity held ready, leases; they are in what is planned too.
    """
    planned = compute_cost(operations)[:A_YEAR].sum(axis=0)
    share = 1.0 - fixed / np.maximum(planned, 1.0)
    return np.where(planned > 0.0, np.clip(share, 0.0, 1.0), np.nan)


def schedules(simulated: Simulated) -> dict[str, FloatArray]:
    """Return (Q+1, draw) USD of the base world by quarter end, row 0 the opening date.

    Backlog: minimums still to come while the lab pays. Due: those of the next four quarters. Callable: obligations of
    the provider to pay for shares that are neither paid nor lapsed, all of which can be called within their notice.
    """
    run, inputs = simulated.base.run, simulated.luck.inputs
    standing = np.vstack([np.ones_like(run.alive[:1]), run.alive & ~run.defaulted])
    minimum = minimums(simulated.operations)
    after = np.vstack([np.cumsum(minimum[::-1], axis=0)[::-1], np.zeros_like(minimum[:1])])
    later = np.vstack([after[A_YEAR:], np.zeros_like(after[:A_YEAR])])[: after.shape[0]]
    accounts = simulated.base.accounts
    return {
        "backlog_usd": after * standing,
        "minimum_next_year_usd": (after - later) * standing,
        "callable_usd": _callable(inputs, run.tranches, standing),
        "depreciation_usd": accounts.depreciation,
        "book_given_up_usd": accounts.book_lost,
        **({} if accounts.not_earned is None else {"not_earned_usd": accounts.not_earned}),
    }


def _callable(
    inputs: Any, tranches: dict[str, tuple[FloatArray, FloatArray]], standing: BoolArray
) -> FloatArray:
    """Return (Q+1, draw) USD the provider can still be made to pay for shares."""
    total = np.zeros(standing.shape)
    rows = np.arange(standing.shape[0])[:, None]
    for tranche in inputs.tranches():
        if not tranche.obligation or tranche.state == "paid":
            continue
        without, because = tranches[tranche.key]
        unpaid = np.cumsum(without + because, axis=0) == 0.0
        last = inputs.timeline.index_of(tranche.longstop) if tranche.longstop else rows.shape[0]
        total += tranche.amount_usd * (unpaid & (rows - 1 <= last))
    return total * standing
