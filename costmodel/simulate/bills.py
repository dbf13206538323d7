"""What the lab earns, and what it buys outside its contracts, row by row (E17, E22)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray
from costmodel.capacity import Dispatch


@dataclass(frozen=True, slots=True)
class OutsideBills:
    """Money outside the contracts, (Q, draw) USD; tokens of the quarter, served and not."""

    revenue: FloatArray
    on_demand: FloatArray
    on_demand_cost: FloatArray
    burst: FloatArray
    other_clouds: FloatArray
    served_tokens: FloatArray
    unserved_tokens: FloatArray


def bill_outside(ground: Any, dispatched: Dispatch) -> OutsideBills:
    """Turn energy in the bands outside the contracts into bills, and served tokens into the lab's revenue.

    `ground` is that of `operations`. Row by row, so that what a quarter needs stays in the cache.
    """
    paths, hours = ground.paths, units.HOURS_PER_QUARTER
    shape = paths.index.shape
    outside_rate = np.broadcast_to(ground.rates[ground.inputs.market.outside_chip] * ground.gain, shape)
    money = OutsideBills(*(np.empty(shape) for _ in range(7)))
    for quarter in range(shape[0]):
        _bill_quarter(ground, dispatched, outside_rate[quarter], quarter, money)
        served, unserved = money.served_tokens[quarter], dispatched.unserved[quarter]
        np.subtract(paths.tokens_per_hour[quarter], unserved, out=served)
        np.maximum(served, 0.0, out=served)
        served *= hours
        np.divide(served, units.TOKENS_PER_MILLION, out=money.revenue[quarter])
        money.revenue[quarter] *= paths.paid_price_usd_per_1m[quarter]
        np.multiply(unserved, hours, out=money.unserved_tokens[quarter])
    return money


def _bill_quarter(
    ground: Any, dispatched: Dispatch, rate: FloatArray, quarter: int, money: OutsideBills
) -> None:
    """Write the bills of one quarter; `rate` (draw,) are the tokens of a chip-hour bought outside."""
    market, index, hours = ground.inputs.market, ground.paths.index[quarter], units.HOURS_PER_QUARTER
    on_demand = dispatched.on_demand[quarter] / rate
    on_demand *= hours
    burst = dispatched.burst[quarter] / rate
    burst *= hours
    price = market.on_demand_usd_per_chip_hour * index
    np.multiply(on_demand, price, out=money.on_demand[quarter])
    on_demand += burst
    np.multiply(on_demand, market.owner_cost_usd_per_chip_hour, out=money.on_demand_cost[quarter])
    burst *= price
    np.multiply(burst, market.burst_price_multiple, out=money.burst[quarter])
    elsewhere = ground.elsewhere[quarter] + dispatched.other_clouds[quarter]
    elsewhere /= rate
    elsewhere *= hours
    elsewhere *= market.other_clouds_usd_per_chip_hour
    np.multiply(elsewhere, index, out=money.other_clouds[quarter])
