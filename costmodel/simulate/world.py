"""One world, quarter by quarter: the lab's cash, rounds, exit, tranches, default (E20, E29-E31)."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from costmodel import exits, lab, valuation
from costmodel.arrays import BoolArray, FloatArray, IntArray, clipped
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.luck import LabLuck
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.terms import equity

NEVER = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Which world is computed: is the equity paid, and may the IPO happen."""

    equity: bool
    ipo_gate_open: bool


@dataclass(slots=True)
class Stake:
    """One tranche in one world; shares are in units of the whole company on the opening date."""

    tranche: Any
    preference_multiple: float
    senior: bool
    due: IntArray
    through_ipo: BoolArray
    happened: dict[str, BoolArray]
    shares: FloatArray
    invested_before_ipo: FloatArray


@dataclass(slots=True)
class State:
    """What one quarter hands to the next; (draw,) each."""

    cash: FloatArray
    all_shares: FloatArray
    exit_state: IntArray
    alive: BoolArray
    age: IntArray
    listed_premium: FloatArray
    sold_shares: FloatArray
    stakes: list[Stake] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WorldRun:
    """What happened to the lab: (Q, draw) each; equity flows by tranche have Q+1 rows (row 0 the opening date).

    `alive[t]` is whether the lab pays in quarter t. `tranches` maps a key to (paid without, paid because of an IPO);
    `shares_given` (Q+1, draw) is the fair value of the shares the provider got for them.
    """

    alive: BoolArray
    defaulted: BoolArray
    listed: BoolArray
    announced: BoolArray
    company_sold: BoolArray
    cash: FloatArray
    equity_value: FloatArray
    rounds: FloatArray
    ipo_proceeds: FloatArray
    share_sales: FloatArray
    company_sale: FloatArray
    pull_to_list: FloatArray
    tranches: dict[str, tuple[FloatArray, FloatArray]]
    shares_given: FloatArray


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same through all quarters of one world; `net` is the lab's cash before financing (Q, draw)."""

    inputs: Any
    world: World
    paths: Paths
    operations: Operations
    luck: LabLuck
    intercepts: FloatArray
    net: FloatArray
    record: WorldRun


def run_world(
    inputs: Any, world: World, paths: Paths, operations: Operations, luck: LabLuck, intercepts: FloatArray
) -> WorldRun:
    """Return one world of one block. `intercepts` (Q,) are the fitted constants of the announcement hazard."""
    quarters = inputs.timeline.quarters
    record = _blank_record(inputs, quarters)
    net = _operating_cash(inputs, operations)
    setting = Setting(inputs, world, paths, operations, luck, intercepts, net, record)
    state = _opening(inputs, world, record)
    for quarter in range(quarters):
        _one_quarter(setting, quarter, state)
    return record


def _blank_record(inputs: Any, quarters: int) -> WorldRun:
    """Return the arrays one world writes into."""
    shape = (quarters, BLOCK_SIZE)
    paid = (quarters + 1, BLOCK_SIZE)

    def flags() -> BoolArray:
        return np.zeros(shape, dtype=np.bool_)

    return WorldRun(
        alive=flags(),
        defaulted=flags(),
        listed=flags(),
        announced=flags(),
        company_sold=flags(),
        cash=np.zeros(shape),
        equity_value=np.zeros(shape),
        rounds=np.zeros(shape),
        ipo_proceeds=np.zeros(shape),
        share_sales=np.zeros(shape),
        company_sale=np.zeros(shape),
        pull_to_list=np.zeros(shape),
        tranches={tranche.key: (np.zeros(paid), np.zeros(paid)) for tranche in inputs.tranches()},
        shares_given=np.zeros(paid),
    )


def _opening(inputs: Any, world: World, record: WorldRun) -> State:
    """Return the state on the opening date; tranches already paid are paid there."""
    zeros = np.zeros(BLOCK_SIZE)
    filed = inputs.exit.state_now == "filed_confidentially"
    state = State(
        cash=np.asarray(inputs.lab.opening_cash_usd) + zeros,
        all_shares=zeros + 1.0,
        exit_state=np.full(BLOCK_SIZE, exits.FILED if filed else exits.PRIVATE),
        alive=np.ones(BLOCK_SIZE, dtype=np.bool_),
        age=np.full(BLOCK_SIZE, -1),
        listed_premium=zeros + 1.0,
        sold_shares=zeros.copy(),
    )
    for tranche in inputs.tranches() if world.equity else ():
        preferred = inputs.preferred_of(tranche.key)
        stake = Stake(
            tranche=tranche,
            preference_multiple=preferred.multiple if preferred else 0.0,
            senior=bool(preferred and preferred.ranks == "senior"),
            due=np.full(BLOCK_SIZE, NEVER),
            through_ipo=np.zeros(BLOCK_SIZE, dtype=np.bool_),
            happened={trigger.key: np.zeros(BLOCK_SIZE, dtype=np.bool_) for trigger in tranche.triggers},
            shares=zeros.copy(),
            invested_before_ipo=zeros.copy(),
        )
        state.stakes.append(stake)
        if tranche.state == "paid":
            opening_price = zeros + inputs.valuation.opening_equity_value_usd
            price = equity.price_per_share(tranche, opening_price)
            record.tranches[tranche.key][0][0] = tranche.amount_usd
            stake.shares = tranche.amount_usd / np.maximum(price, 1e-9)
            record.shares_given[0] += stake.shares * opening_price
            stake.invested_before_ipo = zeros + tranche.amount_usd
            state.cash = state.cash + tranche.amount_usd
            stake.due[:] = -1
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
    _pay_tranches(state, record, quarter, running, _share_price(state, _value(setting, state, quarter)))
    state.cash = state.cash + np.where(alive, setting.net[quarter], 0.0)
    value = _raise_round(setting, quarter, state, _value(setting, state, quarter))
    covariate = exits.pull_to_list(inputs.exit, value, regime)
    intercept, gate = float(setting.intercepts[quarter]), setting.world.ipo_gate_open
    luck = setting.luck.of_exit(quarter)
    events = exits.step(inputs.exit, state.exit_state, running, gate, intercept, covariate, luck)
    state.exit_state = events.state
    value = _list_shares(setting, quarter, state, events, value)
    _sell_company(setting, quarter, state, events, value)
    price = _share_price(state, value)
    _sell_shares(setting, quarter, state, price)
    running = alive & (state.exit_state != exits.SOLD)
    _call_tranches(setting, quarter, state, _facts(setting.operations, quarter, events, price), running)
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


def _value(setting: Setting, state: State, quarter: int) -> FloatArray:
    """Return (draw,) USD of equity on this quarter's run-rate and today's cash (E30)."""
    run_rate = 4.0 * setting.operations.revenue[quarter]
    debt = setting.inputs.valuation.debt_usd
    return valuation.equity_value(run_rate, setting.paths.log_multiple[quarter], state.cash, debt)


def _share_price(state: State, value: FloatArray) -> FloatArray:
    """Return (draw,) USD per share: value over all shares, times the market's premium once listed."""
    return np.maximum(value, 1.0) / state.all_shares * state.listed_premium


def _pay_tranches(
    state: State, record: WorldRun, quarter: int, running: BoolArray, price_before: FloatArray
) -> None:
    """Pay what fell due in an earlier quarter: cash to the lab, shares to the provider (E20)."""
    for stake in state.stakes:
        paying = running & (stake.due == quarter)
        if not paying.any():
            continue
        tranche = stake.tranche
        price = np.maximum(equity.price_per_share(tranche, price_before), 1e-9)
        bought = np.where(paying, tranche.amount_usd / price, 0.0)
        before_ipo = paying & (state.exit_state != exits.LISTED)
        amount = np.where(paying, tranche.amount_usd, 0.0)
        without, because = record.tranches[tranche.key]
        without[quarter + 1] = np.where(stake.through_ipo, 0.0, amount)
        because[quarter + 1] = np.where(stake.through_ipo, amount, 0.0)
        record.shares_given[quarter + 1] += bought * price_before
        stake.shares = stake.shares + bought
        stake.invested_before_ipo = stake.invested_before_ipo + np.where(before_ipo, amount, 0.0)
        state.all_shares = state.all_shares + bought
        state.cash = state.cash + amount


def _raise_round(setting: Setting, quarter: int, state: State, value: FloatArray) -> FloatArray:
    """Raise a round when runway is short; a fair round leaves the price per share where it was (E29, E30)."""
    regime, uniform = setting.paths.regime[quarter], setting.luck.round_open[quarter]
    raised = lab.round_raised(setting.inputs.lab, state.cash, -setting.net[quarter], value, regime, uniform)
    raised = np.where(state.alive & (state.exit_state != exits.SOLD), raised, 0.0)
    state.all_shares = state.all_shares + raised / _share_price(state, value)
    state.cash = state.cash + raised
    setting.record.rounds[quarter] = raised
    return value + raised


def _list_shares(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> FloatArray:
    """List the shares: offer price, new money to the lab, first-day return, then drift and report jumps (E31)."""
    terms, luck = setting.inputs.exit, setting.luck
    fair = value / state.all_shares
    offer, first_day = exits.offer(terms, fair, luck.book_building[quarter], luck.first_day[quarter])
    new_shares = np.where(events.listing, terms.offer_share * state.all_shares, 0.0)
    proceeds = new_shares * offer
    state.age = np.where(events.listing, 0, np.where(state.age >= 0, state.age + 1, -1))
    moved = exits.drift_after_listing(terms, state.age, luck.report[quarter], luck.report_size[quarter])
    opened = offer / np.maximum(fair, 1e-9) * (1.0 + first_day)
    state.listed_premium = np.where(events.listing, opened, state.listed_premium * moved)
    state.all_shares = state.all_shares + new_shares
    state.cash = state.cash + proceeds
    setting.record.ipo_proceeds[quarter] = proceeds
    return value + proceeds


def _sell_company(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> None:
    """Sell the whole company: the provider's shares take part by preference or by conversion (E21, E31)."""
    if not (events.sale.any() and state.stakes):
        return
    inputs = setting.inputs
    sd = inputs.exit.sale_premium_log_sd
    price = value * np.exp(sd * setting.luck.sale_premium[quarter] - sd**2 / 2.0)
    preference = sum(stake.preference_multiple * stake.invested_before_ipo for stake in state.stakes)
    other = inputs.valuation.other_preferences_usd
    payoff = equity.sale_payoff(
        price,
        all_shares=state.all_shares,
        holder_shares=_added([stake.shares for stake in state.stakes]),
        holder_preference=np.asarray(preference),
        holder_senior=any(stake.senior for stake in state.stakes),
        other_shares=min(other / max(inputs.valuation.opening_equity_value_usd, 1.0), 0.9),
        other_preference=other,
    )
    setting.record.company_sale[quarter] = np.where(events.sale, payoff, 0.0)
    for stake in state.stakes:
        stake.shares = np.where(events.sale, 0.0, stake.shares)


def _sell_shares(setting: Setting, quarter: int, state: State, price: FloatArray) -> None:
    """Sell what is out of lock-up, at most the stated part of the market's volume, at a price less impact (E31)."""
    if not state.stakes:
        return
    exit_ = setting.inputs.exit
    held = _added([stake.shares for stake in state.stakes])
    listed = state.alive & (state.exit_state == exits.LISTED)
    volume = exit_.turnover_annual / 4.0 * state.all_shares
    unlocked = exits.released_share(exit_, state.age) * held - state.sold_shares
    sold = np.where(listed, clipped(unlocked, 0.0, exit_.participation_share * volume), 0.0)
    impact = exit_.price_impact_share * sold / volume
    setting.record.share_sales[quarter] = sold * price * (1.0 - impact)
    state.sold_shares = state.sold_shares + sold


def _facts(operations: Operations, quarter: int, events: exits.Events, price: FloatArray) -> equity.Facts:
    """Gather what a trigger or an option may look at, at the end of the quarter."""
    return equity.Facts(
        quarter=quarter,
        confidential_filing=events.confidential_filing,
        public_filing=events.public_filing,
        pricing=events.listing,
        listing=events.listing,
        annual_revenue=4.0 * operations.revenue[quarter],
        gigawatts_online=operations.gigawatts_online[quarter],
        share_price=price,
    )


def _call_tranches(
    setting: Setting, quarter: int, state: State, facts: equity.Facts, running: BoolArray
) -> None:
    """Call uncalled tranches whose triggers are met, or whose option is taken up; cash follows after notice (E20)."""
    for stake in state.stakes:
        tranche = stake.tranche
        if tranche.longstop is not None and quarter > setting.inputs.timeline.index_of(tranche.longstop):
            continue
        without, because = np.zeros_like(running), np.zeros_like(running)
        met = np.ones_like(running)
        for trigger in tranche.triggers if tranche.obligation else ():
            milestone = setting.luck.milestones.get(f"{tranche.key}.{trigger.key}")
            uniform = facts.annual_revenue if milestone is None else milestone[quarter]
            now = equity.trigger_met(trigger, facts, setting.inputs.timeline, uniform)
            stake.happened[trigger.key] |= now
            met &= stake.happened[trigger.key]
            if trigger.event in equity.IPO_EVENTS:
                because |= now
            else:
                without |= now
        if tranche.triggers_needed == "all" and tranche.triggers:
            needs = any(trigger.event in equity.IPO_EVENTS for trigger in tranche.triggers)
            because, without = (met, np.zeros_like(met)) if needs else (np.zeros_like(met), met)
            if not tranche.obligation:
                because, without = np.zeros_like(met), np.zeros_like(met)
        if tranche.option:
            without = without | equity.option_exercised(tranche, facts.share_price)
        called = running & (stake.due == NEVER) & (without | because)
        stake.due = np.where(called, quarter + 1 + tranche.notice_quarters, stake.due)
        stake.through_ipo = np.where(called, because & ~without, stake.through_ipo)


def _added(parts: list[FloatArray]) -> FloatArray:
    """Add arrays in list order."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
