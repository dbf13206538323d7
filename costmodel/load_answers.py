"""The answers of the Load tab (Q7): is this load too heavy to serve, and what makes it controllable (E18, E19).

Prices and speeds at the medians; levels and growth from the draws of the run's first block.
"""

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from costmodel import capacity
from costmodel.arrays import FloatArray
from costmodel.inputs.demand import LoadShape
from costmodel.inputs.levers import NO_LEVERS, Levers
from costmodel.inputs.scenario import Scenario
from costmodel.levers import Shaping, moments_of, shaped
from costmodel.load_cost import (
    Above,
    LoadPrices,
    Reserving,
    Tiers,
    cheapest,
    commitment_at_critical_ratio,
    levels_ahead,
    screened,
)
from costmodel.quantities import central
from costmodel.simulate.control import fixed_next_year
from costmodel.simulate.deal_legs import compute_cost
from costmodel.simulate.worlds import Stage, open_workshop, set_stage, with_equity
from costmodel.traces.carried import table_of
from costmodel.traces.curve import capacity_of
from costmodel.traces.levers import capacity_with_deferral

# Without a notice stated, capacity is ordered a year ahead: what chips and sites take to arrive.
USUAL_NOTICE = 4
# What a lever is tried at where the scenario does not use it.
TRIED = Levers(
    rate_cap_over_mean=1.5,
    deferrable_share=0.3,
    deferral_window_hours=4.0,
    low_priority_share=0.3,
    low_priority_value=0.25,
    notice_quarters=1,
    ramp_limit_share=0.1,
    reservation_over_mean=0.5,
    reservation_discount_share=0.2,
    peak_price_multiple=2.0,
    peak_hours_share=0.05,
    peak_elasticity=-0.06,
    pooled_share=0.5,
)
TRIED_QUEUE_HOURS = 4.0
LEVERS: dict[str, tuple[str, ...]] = {
    "rate_cap": ("rate_cap_over_mean", "queue_hours"),
    "deferral": ("deferrable_share", "deferral_window_hours"),
    "tiers": ("low_priority_share", "low_priority_value"),
    "notice": ("notice_quarters",),
    "ramp_limit": ("ramp_limit_share",),
    "reservation": ("reservation_over_mean", "reservation_discount_share"),
    "peak_price": ("peak_price_multiple", "peak_hours_share", "peak_elasticity"),
    "pool": ("pooled_share", "pooled_correlation"),
}
_DRAWS = 512
_UNSERVED = 0.001


def answers(scenario: Scenario, seed: int) -> dict[str, Any]:
    """Return the load part of a result; `priced` is None without a contract that has a fleet.

    Raises ValueError as `prepare` does.
    """
    middle, stage = central(scenario), set_stage(scenario, seed, 0)
    prices = _prices(middle, stage)
    moments = _moments(scenario)
    told = {"curve": _curve(scenario), "by_quarter": _by_quarter(stage, moments)}
    if prices is None:
        return {**told, "priced": None}
    priced = {
        "prices_usd_per_1m": {
            "committed": prices.committed,
            "on_demand": prices.on_demand,
            "burst": prices.burst,
            "unserved": prices.unserved,
        },
        "screening": [asdict(one) for one in screened(prices.offers())],
        **_heaviness(scenario.load, scenario.levers, float(middle.demand.volatility_annual), prices),
        "commitment": _commitment(stage, prices, moments),
        "spend_control": _spend_control(stage),
    }
    return {**told, "priced": priced}


def _prices(middle: Any, stage: Stage) -> LoadPrices | None:
    """Return the prices of serving at the medians: contracts weighed by what their announced chips carry."""
    rates = {key: float(np.median(rate)) for key, rate in stage.ground.rates.items()}
    carried = usd = 0.0
    for contract in middle.contracts():
        price = contract.reference_usd_per_chip_hour * (1.0 - contract.discount_share)
        for lot in (lot for lot in middle.fleet.lots if lot.contract == contract.key):
            carried += lot.chips * rates[lot.chip]
            usd += lot.chips * price
    if not carried:
        return None
    market = middle.market
    on_demand = market.on_demand_usd_per_chip_hour / rates[market.outside_chip] * 1e6
    return LoadPrices(
        committed=usd / carried * 1e6,
        on_demand=on_demand,
        burst=on_demand * market.burst_price_multiple,
        unserved=middle.demand.paid_price_usd_per_1m_tokens,
        on_demand_limit=market.on_demand_limit_share,
        burst_limit=market.burst_limit_share,
    )


def _curve(scenario: Scenario) -> dict[str, Any]:
    """Return the load with and without the levers, over its mean: peaks, spread, load factor, and the curve drawn."""
    bare, told = moments_of(scenario.load), shaped(scenario.load, scenario.levers)
    under = moments_of(told.shape)
    at = np.concatenate([np.linspace(0.0, 0.1, 21), np.linspace(0.12, 1.0, 23)])
    places = np.minimum((at * bare.size).astype(np.int64), bare.size - 1)
    return {
        "exceedance_share": at.tolist(),
        "load_over_mean": bare[places].tolist(),
        "under_levers": under[places].tolist(),
        "peak_over_mean": float(bare[0]),
        "p99_over_mean": float(bare[bare.size // 100]),
        "variation": float(bare.std()),
        "load_factor": float(1.0 / bare[bare.size // 1000]),
        "shed_share": told.shed_share,
        "unasked_share": 1.0 - told.asked_share,
    }


@dataclass(frozen=True, slots=True)
class _Tried:
    """One set of levers priced: the premium, and the capacity that leaves 0.1% of the tokens (None: never)."""

    premium: float
    commitment: float
    capacity: float | None


@lru_cache(maxsize=8)
def _heaviness(load: LoadShape, levers: Levers, volatility: float, prices: LoadPrices) -> dict[str, Any]:
    """Return the premium without a lever and with those set, and what each alone removes (E19)."""
    bare = _tried(load, NO_LEVERS, volatility, prices)
    as_set = _tried(load, levers, volatility, prices)
    rows = []
    for name, fields in LEVERS.items():
        setting, is_set = _setting(levers, fields, has_replay=load.replay is not None)
        row: dict[str, Any] = {
            "lever": name,
            "is_set": is_set,
            "setting": {field: getattr(setting, field) for field in fields},
            "value_usd_per_1m": None,
            "premium_usd_per_1m": None,
            "controllability": None,
        }
        if not (setting.need_replay and load.replay is None):
            tried = _tried(load, setting, volatility, prices)
            row["premium_usd_per_1m"] = tried.premium
            row["value_usd_per_1m"] = bare.premium - tried.premium
            row["controllability"] = _controllability(bare.capacity, tried.capacity)
        rows.append(row)
    return {
        "premium_usd_per_1m": as_set.premium,
        "premium_without_levers_usd_per_1m": bare.premium,
        "flat_and_known_usd_per_1m": _flat_and_known(prices),
        "capacity_over_mean": as_set.capacity,
        "capacity_without_levers_over_mean": bare.capacity,
        "controllability": _controllability(bare.capacity, as_set.capacity),
        "cheapest_commitment_over_mean": as_set.commitment,
        "levers": rows,
    }


def _setting(levers: Levers, fields: tuple[str, ...], *, has_replay: bool) -> tuple[Levers, bool]:
    """Return one lever alone, as the scenario has it or as it is tried, and whether the scenario has it."""
    alone = replace(NO_LEVERS, **{field: getattr(levers, field) for field in fields})
    if not alone.are_off:
        return alone, True
    tried = replace(NO_LEVERS, **{field: getattr(TRIED, field) for field in fields})
    if tried.rate_cap_over_mean and has_replay:
        tried = replace(tried, queue_hours=TRIED_QUEUE_HOURS)
    return tried, False


def _tried(shape: LoadShape, levers: Levers, volatility: float, prices: LoadPrices) -> _Tried:
    """Return what one set of levers makes of the load, priced per token first asked for."""
    told = shaped(shape, levers)
    load = moments_of(told.shape)
    notice = levers.notice_quarters or USUAL_NOTICE
    levels = levels_ahead(volatility, notice)
    turned_away = 0.0
    if levers.ramp_limit_share:
        limited = np.minimum(levels, (1.0 + levers.ramp_limit_share) ** notice)
        turned_away = 1.0 - float(limited.mean())
        levels = limited / limited.mean()
    tiers = Tiers(levers.low_priority_share, levers.low_priority_value) if levers.has_tiers else None
    reserving = None
    if levers.reservation_over_mean:
        reserving = Reserving(levers.reservation_over_mean, levers.reservation_discount_share)
    cost = cheapest(load, levels, prices, tiers, reserving)
    served = (1.0 - told.shed_share) * (1.0 - turned_away)
    lost = 1.0 - served
    usd = served * cost.usd_per_1m + lost * prices.unserved * _worth_of_shed(told, levers)
    return _Tried(usd - _flat_and_known(prices), cost.commitment, _capacity(shape, levers, told))


def _flat_and_known(prices: LoadPrices) -> float:
    """Return the cheapest USD per 1M tokens of a flat load at a known level: the committed price if that is least."""
    return cheapest(np.ones(1), np.ones(1), prices).usd_per_1m


def _worth_of_shed(told: Shaping, levers: Levers) -> float:
    """Return what a token above the cap is worth in mean tokens: the low tier's are shed first."""
    share, value = levers.low_priority_share, levers.low_priority_value
    if not levers.has_tiers:
        return 1.0
    high = (1.0 - share * value) / (1.0 - share)
    return told.shed_high_share * high + (1.0 - told.shed_high_share) * value


def _capacity(shape: LoadShape, levers: Levers, told: Shaping) -> float | None:
    """Return the capacity over the mean that leaves 0.1% of what must be served; None when the cap sheds more."""
    if told.shed_share > _UNSERVED:
        return None
    if levers.deferrable_share and not (
        levers.pooled_share or levers.has_peak_price or levers.rate_cap_over_mean
    ):
        found = capacity_with_deferral(
            table_of(shape), shape, levers.deferrable_share, levers.deferral_window_hours
        )
    else:
        found = capacity_of(told.shape) * told.asked_share
    return found * (1.0 - levers.low_priority_share) if levers.has_tiers else found


def _controllability(without: float | None, with_levers: float | None) -> float | None:
    """Return k = (C0 - C)/(C0 - 1): 0 no control, 1 as good as a flat load."""
    if without is None or with_levers is None or without <= 1.0:
        return None
    return (without - with_levers) / (without - 1.0)


def _by_quarter(stage: Stage, moments: FloatArray) -> dict[str, Any]:
    """Return the stack over the quarters, mean of the first draws: 1M tokens an hour, and shares of the load."""
    ground = stage.ground.agreed or stage.ground
    demand, training = _called(stage)
    inputs, gain = ground.inputs, ground.gain
    standing = np.zeros_like(demand)
    for lot in inputs.fleet.lots:
        chips = _planned(stage, lot.key) * lot.built_share * inputs.fleet.availability
        standing = standing + _cut(chips * ground.rates[lot.chip] * gain, demand)
    market = inputs.market
    found = capacity.dispatch(
        demand,
        _cut(ground.paths.growth, demand),
        training,
        [(standing, None)],
        _cut(ground.announced * market.on_demand_limit_share, demand),
        _cut(ground.announced * market.burst_limit_share, demand),
        _cut(ground.elsewhere * market.other_clouds_spare_share, demand),
        stage.load_table,
    )
    total = np.maximum(demand.sum(axis=1), 1e-300)
    peak = moments[moments.size // 1000]
    heights = demand * (training + (1.0 - training) * peak)
    bands = {
        "on_demand_share": found.on_demand,
        "burst_share": found.burst,
        "other_clouds_share": found.other_clouds,
        "unserved_share": found.unserved,
    }
    return {
        "need_1m_tokens_per_hour": (demand.mean(axis=1) / 1e6).tolist(),
        "peak_1m_tokens_per_hour": (heights.mean(axis=1) / 1e6).tolist(),
        "committed_1m_tokens_per_hour": (standing.mean(axis=1) / 1e6).tolist(),
        **{name: (band.sum(axis=1) / total).tolist() for name, band in bands.items()},
    }


def _called(stage: Stage) -> tuple[FloatArray, FloatArray]:
    """Return the demand here and its flat share in the first draws, under the levers."""
    ground = stage.ground.agreed or stage.ground
    calls = ground.calls
    demand = ground.demand if calls is None else calls.demand
    training = ground.training if calls is None else calls.training
    return demand[:, :_DRAWS], training[:, :_DRAWS]


def _planned(stage: Stage, lot: str) -> FloatArray:
    """Return (Q, 1) chips announced of a lot, (Q, draw) when its delivery is late (M24)."""
    planned = stage.ground.planned[lot]
    return planned.reshape(planned.shape[0], -1)


def _cut(values: Any, demand: FloatArray) -> FloatArray:
    return np.broadcast_to(values, (demand.shape[0], np.shape(values)[-1]))[:, : demand.shape[1]]


def _moments(scenario: Scenario) -> FloatArray:
    """Return the moments of the load under the levers."""
    shaping = open_workshop(scenario).shaping
    return moments_of(shaping.shape if shaping else scenario.load)


def _commitment(stage: Stage, prices: LoadPrices, moments: FloatArray) -> dict[str, Any]:
    """Return the commitment recommended over the whole term beside what is contracted on average (E18).

    In chips of the largest lot that carry as much, running every hour.
    """
    inputs = stage.luck.inputs
    demand, training = _called(stage)
    gain = _cut(stage.ground.gain, demand)
    ends = [inputs.timeline.index_of(one.starts) + one.quarters for one in inputs.contracts()]
    term = slice(0, max(ends))
    # A chip carries more tokens every quarter: what is committed is chips, so need is counted in today's tokens.
    need = (demand / gain)[term]
    above = Above(need, training[term], moments)
    most = float(need.max() * moments[0])
    found = commitment_at_critical_ratio(above, prices, 0.0, most)
    contracted = np.zeros_like(gain)
    for lot in inputs.fleet.lots:
        chips = _cut(_planned(stage, lot.key), demand) * np.median(lot.built_share)
        chips = chips * inputs.fleet.availability
        contracted = contracted + chips * float(np.median(stage.ground.rates[lot.chip]))
    held = float(contracted[term].mean())
    main = max(inputs.fleet.lots, key=lambda lot: lot.chips)
    carries = float(np.median(stage.ground.rates[main.chip]))
    ratio = (prices.on_demand - prices.committed) / prices.on_demand if prices.on_demand > 0.0 else 0.0
    return {
        "chip": main.chip,
        "recommended_chips": found / carries,
        "contracted_chips": held / carries,
        "recommended_over_contracted": found / held if held else None,
        "critical_ratio": max(ratio, 0.0),
        "used_share_of_last_unit": above(found),
        "quarters": term.stop,
    }


def _spend_control(stage: Stage) -> dict[str, Any]:
    """Return how much of the next four quarters' planned compute spend is not fixed, mean of the first block (E19)."""
    told = stage.operate(with_equity(stage.luck.inputs))
    year = slice(0, min(4, stage.luck.quarters))
    fixed = float(fixed_next_year(told).mean(axis=1).sum())
    planned = float(compute_cost(told)[year].mean(axis=1).sum())
    reserved = sum(
        float(leg.flows[1:][year].mean(axis=1).sum()) for leg in told.legs if leg.kind == "reservation"
    )
    fixed += reserved
    return {
        "planned_usd": planned,
        "fixed_usd": min(fixed, planned),
        "control": 1.0 - min(fixed / planned, 1.0) if planned > 0.0 else None,
    }
