"""The market's paths, the same in every world: demand, paid price, rental index, regime, multiple (E10, E12, E30)."""

from dataclasses import dataclass

import numpy as np

from costmodel import families, market, units, valuation
from costmodel.arrays import FloatArray, IntArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.simulate.luck import Luck
from costmodel.terms.rebates import stock_path


@dataclass(frozen=True, slots=True)
class Paths:
    """(Q, draw) each; `opening_run_rate` is (draw,) USD a year on the opening date.

    `provider_stock` is USD a share of the provider, None where no term is paid in its shares.
    `tokens_per_hour` are the lab's. `family_shares` (family, Q, draw) are shares of the market by family, in document
    order, or None when the document names none.
    """

    tokens_per_hour: FloatArray
    growth: FloatArray
    paid_price_usd_per_1m: FloatArray
    index: FloatArray
    regime: IntArray
    log_multiple: FloatArray
    opening_run_rate: FloatArray
    provider_stock: FloatArray | None = None
    family_shares: FloatArray | None = None


def draw_paths(luck: Luck) -> Paths:
    """Return the market's paths of one block; demand, prices and multiples share one market factor."""
    inputs, quarters, stock = luck.inputs, luck.quarters, luck.inputs.deal.provider_stock
    factor = luck.normals("market.factor")
    demand = market.demand_paths(
        inputs.demand,
        quarters,
        factor,
        luck.normals("demand.own"),
        luck.uniforms("demand.jump"),
        luck.normals("demand.jump_size"),
    )
    shares = _family_shares(luck, factor)
    tokens = demand.tokens_per_hour
    if shares is not None:
        tokens = tokens * shares[inputs.demand.families.lab_place()]
    index = market.index_path(inputs.market, quarters, factor, luck.normals("index.own"))
    regime = valuation.regime_path(inputs.valuation, luck.uniforms("valuation.regime"))
    run_rate = opening_run_rate(luck)
    log_multiple = valuation.log_multiple_path(
        inputs.valuation,
        opening_log_multiple(luck, run_rate),
        regime,
        factor,
        luck.normals("valuation.own"),
        luck.uniforms("valuation.jump"),
        luck.normals("valuation.jump_size"),
    )
    return Paths(
        tokens,
        demand.growth,
        demand.paid_price_usd_per_1m,
        index,
        regime,
        log_multiple,
        run_rate,
        None if stock is None else stock_path(stock, quarters, factor, luck.normals("provider_stock.own")),
        shares,
    )


def _family_shares(luck: Luck, factor: FloatArray) -> FloatArray | None:
    """Return (family, Q, draw) shares of the market, each family on streams of its own (E11)."""
    stated = luck.inputs.demand.families
    if stated is None:
        return None

    def uniforms(key: str) -> families.Shock:
        return lambda name: luck.uniforms(f"families.{key}.{name}")

    def normals(key: str) -> families.Shock:
        return lambda name: luck.normals(f"families.{key}.{name}")

    return families.share_paths(stated.members, factor, uniforms, normals)


def opening_run_rate(luck: Luck) -> FloatArray:
    """Return (draw,) USD of yearly revenue on the opening date: the lab's tokens a day x 365 x paid price."""
    demand = luck.inputs.demand
    tokens = demand.tokens_per_day_trillion * units.TERA * 365.0
    if demand.families is not None:
        tokens = tokens * demand.families.members[demand.families.lab_place()].start_share
    rate = tokens / units.TOKENS_PER_MILLION * market.paid_price(demand, np.zeros((1, 1)))[0]
    return np.maximum(np.asarray(rate) * np.ones(BLOCK_SIZE), 1.0)


def opening_log_multiple(luck: Luck, run_rate: FloatArray) -> FloatArray:
    """Return (draw,) the log multiple that gives the stated equity value on the opening date (E30).

    The cash behind it includes what was already paid in: the value is post-money.
    """
    inputs = luck.inputs
    paid = sum(inputs.cash_of(tranche) for tranche in inputs.tranches() if tranche.state == "paid")
    cash = inputs.lab.opening_cash_usd + paid
    enterprise = inputs.valuation.opening_equity_value_usd - cash + inputs.valuation.debt_usd
    return np.log(np.maximum(enterprise, 1.0) / run_rate)
