"""What one world keeps while it walks through its quarters: its state, its record, its setting (E20, E29-E31)."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.ledger import Party, Purse
from costmodel.simulate.holdings import Call, Credit, Note, Put, Stake
from costmodel.simulate.legs import Leg
from costmodel.simulate.luck import LabLuck
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Which world is computed: is the equity paid, and may the IPO happen."""

    equity: bool
    ipo_gate_open: bool


@dataclass(slots=True)
class State:
    """What one quarter hands to the next; (draw,) each. `others` are the shares of everybody but the provider.

    Prices are per share; the offer price is infinite until listing.
    """

    cash: FloatArray
    all_shares: FloatArray
    others: FloatArray
    exit_state: IntArray
    alive: BoolArray
    age: IntArray
    listed_premium: FloatArray
    sold_shares: FloatArray
    last_round_price: FloatArray
    offer_price: FloatArray
    released: dict[int, BoolArray] = field(default_factory=dict)
    stakes: list[Stake] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    puts: list[Put] = field(default_factory=list)
    followed: dict[str, Leg] = field(default_factory=dict)

    def stake(self, key: str) -> Stake:
        """Return the stake of one term; StopIteration when there is none."""
        return next(stake for stake in self.stakes if stake.key == key)

    def held(self) -> FloatArray:
        """Return (draw,) shares the provider holds or has sold on the market."""
        return added([stake.shares for stake in self.stakes])

    def owned_share(self) -> FloatArray | float:
        """Return (draw,) the provider's part of all shares."""
        return (self.held() - self.sold_shares) / self.all_shares if self.stakes else 0.0


@dataclass(frozen=True, slots=True)
class WorldRun:
    """What happened to the lab: (Q, draw) each; equity flows by tranche have Q+1 rows (row 0 the opening date).

    `alive[t]` is whether the lab pays in quarter t. `tranches` maps a key to (paid without, paid because of an IPO);
    `shares_given` (Q+1, draw) is the fair value of the shares the provider got for them. `exit_state` is a state of
    `exits` at the end of each quarter. `holding_share`
    (Q+1, draw) is the provider's part of all shares, those it has sold left out; `calls` says who called each tranche
    and when, `legs` is what other equity terms move, `last` the state at the horizon (empty until then).
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
    exit_state: NDArray[np.int8]
    holding_share: FloatArray
    calls: dict[str, Call]
    legs: list[Leg]
    last: list[State]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same through all quarters of one world; `net` is the lab's cash before financing (Q, draw).

    `spend` is what the lab has spent with the provider by then (Q, draw), None where no trigger asks.
    """

    inputs: Any
    world: World
    paths: Paths
    operations: Operations
    luck: LabLuck
    intercepts: FloatArray
    net: FloatArray
    record: WorldRun
    more_pull: FloatArray
    spend: FloatArray | None = None


def blank_record(inputs: Any, quarters: int, world: World) -> WorldRun:
    """Return the arrays one world writes into; what a world without the equity never moves is a zero to look at."""
    shape = (quarters, BLOCK_SIZE)
    paid = (quarters + 1, BLOCK_SIZE)

    def flags() -> BoolArray:
        return np.zeros(shape, dtype=np.bool_)

    def of_equity(rows: tuple[int, int]) -> FloatArray:
        return np.zeros(rows) if world.equity else np.broadcast_to(0.0, rows)

    return WorldRun(
        alive=flags(),
        defaulted=flags(),
        listed=flags(),
        announced=flags(),
        company_sold=flags(),
        cash=np.zeros(shape),
        equity_value=np.zeros(shape),
        rounds=np.zeros(shape),
        ipo_proceeds=np.zeros(shape) if world.ipo_gate_open else np.broadcast_to(0.0, shape),
        share_sales=of_equity(shape),
        company_sale=of_equity(shape),
        pull_to_list=np.zeros(shape),
        tranches={tranche.key: (of_equity(paid), of_equity(paid)) for tranche in inputs.tranches()},
        shares_given=of_equity(paid),
        exit_state=np.zeros(shape, dtype=np.int8),
        holding_share=of_equity(paid),
        calls={},
        legs=[],
        last=[],
    )


def open_leg(
    record: WorldRun, payer: Party, payee: Party, kind: str, item: str, purse: Purse = "equity"
) -> Leg:
    """Return a leg of zeros that the record keeps: the quarter loop writes what it decides into its flows."""
    flows = np.zeros_like(record.shares_given)
    leg = Leg(payer=payer, payee=payee, kind=kind, item=item, flows=flows, purse=purse, while_lab_pays=False)
    record.legs.append(leg)
    return leg


def share_price(state: State, value: FloatArray) -> FloatArray:
    """Return (draw,) USD per share: value less notes over all shares, times the market's premium once listed."""
    for note in state.notes:
        value = value - note.claim
    return np.maximum(value, 1.0) / state.all_shares * state.listed_premium


def added(parts: list[FloatArray]) -> FloatArray:
    """Add arrays in list order."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
