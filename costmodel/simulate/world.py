"""One world, quarter by quarter: the lab's cash, rounds, exit, tranches, default (E20, E29-E31)."""

from typing import Any

import numpy as np

from costmodel import exits, lab, valuation
from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.credits import burn_credits, open_credits
from costmodel.simulate.leaving import list_shares, sell_company, sell_shares
from costmodel.simulate.legs import net_of_lab
from costmodel.simulate.luck import LabLuck
from costmodel.simulate.notes import open_notes, pay_notes, repay_notes
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.simulate.pull import more_pull
from costmodel.simulate.puts import exercise_puts, open_puts, pay_puts
from costmodel.simulate.rebates import rebate_legs
from costmodel.simulate.rounds import open_followers, raise_round
from costmodel.simulate.stakes import call_tranches, facts, open_stakes, pay_tranches
from costmodel.simulate.state import Setting, State, World, WorldRun, blank_record, share_price


def run_world(
    inputs: Any, world: World, paths: Paths, operations: Operations, luck: LabLuck, intercepts: FloatArray
) -> WorldRun:
    """Return one world of one block. `intercepts` (Q,) are the fitted constants of the announcement hazard."""
    quarters = inputs.timeline.quarters
    record = blank_record(inputs, quarters, world)
    if world.equity:
        record.legs.extend(rebate_legs(inputs, paths, operations, luck))
    legs = net_of_lab((*operations.legs, *record.legs), (quarters + 1, BLOCK_SIZE))
    net = operations.net_before_legs + legs[1:]
    spend = _spend(inputs, operations)
    pull = more_pull(inputs, operations)
    setting = Setting(inputs, world, paths, operations, luck, intercepts, net, record, pull, spend)
    state = _opening(inputs, world, record)
    state.cash += legs[0]
    if state.stakes:
        record.holding_share[0] = state.owned_share()
    for quarter in range(quarters):
        _one_quarter(setting, quarter, state)
        if state.stakes:
            record.holding_share[quarter + 1] = state.owned_share()
    record.last.append(state)
    return record


def _opening(inputs: Any, world: World, record: WorldRun) -> State:
    """Return the state on the opening date; tranches already paid are paid there."""
    zeros = np.zeros(BLOCK_SIZE)
    state = State(
        cash=np.asarray(inputs.lab.opening_cash_usd) + zeros,
        all_shares=zeros + 1.0,
        others=zeros + 1.0,
        exit_state=np.full(BLOCK_SIZE, exits.opening_state(inputs.exit)),
        alive=np.ones(BLOCK_SIZE, dtype=np.bool_),
        age=np.full(BLOCK_SIZE, -1),
        listed_premium=zeros + 1.0,
        sold_shares=zeros.copy(),
        last_round_price=zeros + inputs.valuation.opening_equity_value_usd,
        offer_price=zeros + np.inf,
    )
    if world.equity:
        open_credits(inputs, state, record)
        open_stakes(inputs, state, record)
        open_notes(inputs, state, record)
        open_followers(inputs, state, record)
        open_puts(inputs, state, record)
        state.others = state.others - sum((stake.shares for stake in state.stakes), zeros)
    return state


def _spend(inputs: Any, operations: Operations) -> FloatArray | None:
    """Return (Q, draw) what the lab has paid the provider for compute by then; None where no trigger asks for it."""
    events = {trigger.event for tranche in inputs.tranches() for trigger in tranche.triggers}
    if "spend" not in events:
        return None
    bills = operations.on_demand_bill + operations.burst_bill
    for flows in operations.contracts.values():
        bills = bills + flows.billed + flows.shortfall
    return np.cumsum(bills, axis=0)


def _one_quarter(setting: Setting, quarter: int, state: State) -> None:
    """Move the state one quarter on and write down what happened; each step reads only what is known by then."""
    inputs, record, alive = setting.inputs, setting.record, state.alive
    regime = setting.paths.regime[quarter]
    running = alive & (state.exit_state != exits.SOLD)
    debt, enterprise = inputs.valuation.debt_usd, _enterprise_value(setting, quarter)
    pay_notes(setting, quarter, state, running)
    if state.calls or state.puts:
        price = share_price(state, valuation.equity_of(enterprise, state.cash, debt))
        pay_tranches(setting, state, quarter, running, price)
        pay_puts(setting, quarter, state, running, price)
    burn_credits(setting, quarter, state, alive)
    state.cash = state.cash + setting.net[quarter] * alive
    value = raise_round(setting, quarter, state, valuation.equity_of(enterprise, state.cash, debt))
    covariate = exits.pull_to_list(inputs.exit, value, regime, setting.more_pull[quarter])
    intercept, gate = float(setting.intercepts[quarter]), setting.world.ipo_gate_open
    luck = setting.luck.of_exit(quarter)
    events = exits.step(inputs.exit, state.exit_state, running, gate, intercept, covariate, luck)
    state.exit_state = events.state
    value = list_shares(setting, quarter, state, events, value)
    sell_company(setting, quarter, state, events, value)
    running = alive & (state.exit_state != exits.SOLD)
    if state.stakes:
        price = share_price(state, value)
        sell_shares(setting, quarter, state, price)
        call_tranches(setting, quarter, state, facts(setting, quarter, events, price), running)
        exercise_puts(setting, quarter, state, price, running)
    repay_notes(setting, quarter, state, running)
    failed = running & lab.defaults(
        inputs.lab, state.cash, -setting.net[quarter], setting.luck.default[quarter]
    )
    state.alive = alive & ~failed
    record.alive[quarter], record.defaulted[quarter] = alive, failed
    record.listed[quarter] = events.state == exits.LISTED
    record.announced[quarter], record.company_sold[quarter] = events.public_filing, events.sale
    record.cash[quarter] = np.where(alive, state.cash, 0.0)
    np.multiply(value, state.alive, out=record.equity_value[quarter])
    record.pull_to_list[quarter] = covariate
    record.exit_state[quarter] = events.state


def _enterprise_value(setting: Setting, quarter: int) -> FloatArray:
    """Return (draw,) USD of enterprise value on this quarter's run-rate (E30)."""
    run_rate = 4.0 * setting.operations.revenue[quarter]
    return valuation.enterprise_value(run_rate, setting.paths.log_multiple[quarter])
