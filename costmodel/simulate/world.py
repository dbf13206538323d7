"""One world, quarter by quarter: the lab's cash, rounds, exit, tranches, default (E20, E29-E31)."""

from typing import Any

import numpy as np

from costmodel import exits, lab, valuation
from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.leaving import list_shares, sell_company, sell_shares
from costmodel.simulate.legs import net_of_lab
from costmodel.simulate.luck import LabLuck
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.simulate.pull import more_pull
from costmodel.simulate.stakes import call_tranches, facts, open_stakes, pay_tranches
from costmodel.simulate.state import Setting, State, World, WorldRun, blank_record, holding, share_price


def run_world(
    inputs: Any, world: World, paths: Paths, operations: Operations, luck: LabLuck, intercepts: FloatArray
) -> WorldRun:
    """Return one world of one block. `intercepts` (Q,) are the fitted constants of the announcement hazard."""
    quarters = inputs.timeline.quarters
    record = blank_record(inputs, quarters)
    net = _operating_cash(inputs, operations)
    legs = net_of_lab(operations.legs, (quarters + 1, BLOCK_SIZE))
    net += legs[1:]
    pull = more_pull(inputs, operations)
    setting = Setting(inputs, world, paths, operations, luck, intercepts, net, record, pull)
    state = _opening(inputs, world, record)
    state.cash += legs[0]
    for quarter in range(quarters):
        _one_quarter(setting, quarter, state)
    return record


def _opening(inputs: Any, world: World, record: WorldRun) -> State:
    """Return the state on the opening date; tranches already paid are paid there."""
    zeros = np.zeros(BLOCK_SIZE)
    state = State(
        cash=np.asarray(inputs.lab.opening_cash_usd) + zeros,
        all_shares=zeros + 1.0,
        exit_state=np.full(BLOCK_SIZE, exits.opening_state(inputs.exit)),
        alive=np.ones(BLOCK_SIZE, dtype=np.bool_),
        age=np.full(BLOCK_SIZE, -1),
        listed_premium=zeros + 1.0,
        sold_shares=zeros.copy(),
        offer_price=zeros + np.inf,
    )
    if world.equity:
        open_stakes(inputs, state, record)
    return state


def _operating_cash(inputs: Any, operations: Operations) -> FloatArray:
    """Return (Q, draw) the lab's cash before financing while it lives: revenue less compute, other cost and porting."""
    net = operations.revenue - lab.other_cost(inputs.lab, inputs.timeline.quarters, operations.revenue)
    net = (
        net
        - operations.porting
        - operations.on_demand_bill
        - operations.burst_bill
        - operations.other_clouds_bill
    )
    for flows in operations.contracts.values():
        net = net - flows.billed - flows.shortfall
    return net


def _one_quarter(setting: Setting, quarter: int, state: State) -> None:
    """Move the state one quarter on and write down what happened; each step reads only what is known by then."""
    inputs, record, alive = setting.inputs, setting.record, state.alive
    regime = setting.paths.regime[quarter]
    running = alive & (state.exit_state != exits.SOLD)
    pay_tranches(state, record, quarter, running, share_price(state, _value(setting, state, quarter)))
    state.cash = state.cash + np.where(alive, setting.net[quarter], 0.0)
    value = _raise_round(setting, quarter, state, _value(setting, state, quarter))
    covariate = exits.pull_to_list(inputs.exit, value, regime, setting.more_pull[quarter])
    intercept, gate = float(setting.intercepts[quarter]), setting.world.ipo_gate_open
    luck = setting.luck.of_exit(quarter)
    events = exits.step(inputs.exit, state.exit_state, running, gate, intercept, covariate, luck)
    state.exit_state = events.state
    value = list_shares(setting, quarter, state, events, value)
    sell_company(setting, quarter, state, events, value)
    price = share_price(state, value)
    sell_shares(setting, quarter, state, price)
    running = alive & (state.exit_state != exits.SOLD)
    call_tranches(setting, quarter, state, facts(setting.operations, quarter, events, price), running)
    failed = running & lab.defaults(
        inputs.lab, state.cash, -setting.net[quarter], setting.luck.default[quarter]
    )
    state.alive = alive & ~failed
    record.alive[quarter], record.defaulted[quarter] = alive, failed
    record.listed[quarter] = events.state == exits.LISTED
    record.announced[quarter], record.company_sold[quarter] = events.public_filing, events.sale
    record.cash[quarter] = np.where(alive, state.cash, 0.0)
    record.equity_value[quarter] = np.where(state.alive, value, 0.0)
    record.pull_to_list[quarter] = covariate
    record.exit_state[quarter] = events.state
    record.runway[quarter] = np.where(alive, lab.runway_quarters(state.cash, -setting.net[quarter]), 0.0)
    record.holding_share[quarter] = holding(state) / state.all_shares


def _value(setting: Setting, state: State, quarter: int) -> FloatArray:
    """Return (draw,) USD of equity on this quarter's run-rate and today's cash (E30)."""
    run_rate = 4.0 * setting.operations.revenue[quarter]
    debt = setting.inputs.valuation.debt_usd
    return valuation.equity_value(run_rate, setting.paths.log_multiple[quarter], state.cash, debt)


def _raise_round(setting: Setting, quarter: int, state: State, value: FloatArray) -> FloatArray:
    """Raise a round when runway is short; a fair round leaves the price per share where it was (E29, E30)."""
    regime, uniform = setting.paths.regime[quarter], setting.luck.round_open[quarter]
    raised = lab.round_raised(setting.inputs.lab, state.cash, -setting.net[quarter], value, regime, uniform)
    raised = np.where(state.alive & (state.exit_state != exits.SOLD), raised, 0.0)
    state.all_shares = state.all_shares + raised / share_price(state, value)
    state.cash = state.cash + raised
    setting.record.rounds[quarter] = raised
    return value + raised
