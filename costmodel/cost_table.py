"""The cost table: USD per 1M tokens, for each chip at each price of a chip-hour (E8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from costmodel import units
from costmodel.arrays import Number
from costmodel.chip_hour import ChipHour, owned_chip_hour, rented_chip_hour
from costmodel.inputs.rented import RentedHour
from costmodel.inputs.scenario import Scenario
from costmodel.serving import Serving, TunedChip, tune

BAND = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """USD per 1M tokens of each kind; each a float or (draw,)."""

    usd_per_1m_input: Number
    usd_per_1m_cached_input: Number
    usd_per_1m_output: Number


class CostRow(TypedDict):
    """One chip at one price of a chip-hour, every input at its median; the band holds 90% of the draws.

    `price_basis` is owner_cost, contract_price or on_demand; `item` is the key of the lot or contract behind it, or
    "" for on-demand. `low_factor` and `high_factor` multiply the prices. Parts of the chip-hour that cost something
    add up to it; they are known for owner_cost only. `calibration` says where the chip's efficiencies come from (E9).
    """

    chip: str
    model: str
    price_basis: str
    item: str
    usd_per_1m_input: float
    usd_per_1m_cached_input: float
    usd_per_1m_output: float
    low_factor: float
    high_factor: float
    chips_per_replica: int
    layout: str
    batch: float
    serving_point: str
    interactivity_tokens_per_s: float
    chip_hour_usd: float
    chip_hour_parts: dict[str, float]
    calibration: str


def price_tokens(serving: Serving, chip_hour_usd: Number, utilisation: Number) -> TokenPrices:
    """Return USD per 1M tokens: chip-seconds of each part x price of a chip-second / share of paid hours used (E8)."""
    usd_per_used_second = chip_hour_usd / (units.SECONDS_PER_HOUR * utilisation)
    return TokenPrices(
        serving.chip_seconds_per_1m_input * usd_per_used_second,
        serving.chip_seconds_per_1m_cached_input * usd_per_used_second,
        serving.chip_seconds_per_1m_output * usd_per_used_second,
    )


def rows(central: Scenario, samples: Scenario, chips: Mapping[str, TunedChip] | None = None) -> list[CostRow]:
    """Return the rows: owner's cost of each lot, price of each contract on each of its chips, on-demand.

    `central` has every input at its median, `samples` one block of draws. `chips` are tuned at the medians, by key;
    None tunes them here. Raises ValueError when a chip cannot serve the model.
    """
    found, tuned = [], dict(chips or {})
    for middle, drawn in zip(_price_bases(central), _price_bases(samples), strict=True):
        if middle.chip not in tuned:
            tuned[middle.chip] = tune(central.chip(middle.chip), central.model, central.workload)
        found.append(_row(central, samples, middle, drawn, tuned[middle.chip]))
    return found


@dataclass(frozen=True, slots=True)
class _Basis:
    """A price of a chip-hour: what kind, whose, and on which chip."""

    kind: str
    item: str
    chip: str
    hour: ChipHour


def _price_bases(scenario: Scenario) -> list[_Basis]:
    """Return every price of a chip-hour in the order of the table."""
    rate = scenario.deal.provider_capex_rate
    bases = [
        _Basis(
            "owner_cost",
            lot.key,
            lot.chip,
            owned_chip_hour(lot, scenario.fleet, scenario.chip(lot.chip), rate),
        )
        for lot in scenario.fleet.lots
    ]
    for contract in scenario.contracts():
        usd = contract.reference_usd_per_chip_hour * (1.0 - contract.discount_share)
        chips = dict.fromkeys(lot.chip for lot in scenario.fleet.lots if lot.contract == contract.key)
        for chip in chips:
            price = RentedHour(chip=chip, usd_per_chip_hour=usd, kind="contract", name=contract.key)
            bases.append(_Basis("contract_price", contract.key, chip, rented_chip_hour(price)))
    outside, usd = scenario.market.outside_chip, scenario.market.on_demand_usd_per_chip_hour
    on_demand = RentedHour(chip=outside, usd_per_chip_hour=usd, kind="on_demand")
    return [*bases, _Basis("on_demand", "", outside, rented_chip_hour(on_demand))]


def _row(central: Scenario, samples: Scenario, middle: _Basis, drawn: _Basis, tuned: TunedChip) -> CostRow:
    """Return one row: prices at the medians, and the band of the cost of one whole request around its cost there.

    In a draw whose chip is slower the serving point is another: near a limit a little speed costs many tokens.
    """
    serving, point = tuned.middle, tuned.point
    prices = price_tokens(serving, middle.hour.total_usd, central.workload.utilisation)
    of_draws = tuned.serve(samples.chip(drawn.chip), samples.model, samples.workload)
    low, high = _band(_request_usd(central, middle, serving), _request_usd(samples, drawn, of_draws))
    return CostRow(
        chip=middle.chip,
        model=central.model.key,
        price_basis=middle.kind,
        item=middle.item,
        usd_per_1m_input=float(prices.usd_per_1m_input),
        usd_per_1m_cached_input=float(prices.usd_per_1m_cached_input),
        usd_per_1m_output=float(prices.usd_per_1m_output),
        low_factor=low,
        high_factor=high,
        chips_per_replica=point.chips_per_replica,
        layout=str(point.layout),
        batch=point.batch,
        serving_point=point.reason,
        interactivity_tokens_per_s=float(serving.tokens_per_s_per_user),
        chip_hour_usd=float(middle.hour.total_usd),
        chip_hour_parts={name: float(usd) for name, usd in middle.hour.parts().items() if usd},
        calibration=central.chip(middle.chip).calibration,
    )


def _request_usd(scenario: Scenario, basis: _Basis, serving: Serving) -> Number:
    """Return USD of one request: its chip-seconds x price of a chip-second / share of paid hours used."""
    usd_per_used_second = basis.hour.total_usd / (units.SECONDS_PER_HOUR * scenario.workload.utilisation)
    return usd_per_used_second / serving.requests_per_chip_second


def _band(central_usd: Any, drawn_usd: Any) -> tuple[float, float]:
    """Return the 5% and 95% points of the draws over the central cost; (1, 1) when the hour is free."""
    if not central_usd > 0.0:
        return 1.0, 1.0
    low, high = np.quantile(np.asarray(drawn_usd, dtype=np.float64) / central_usd, BAND)
    return float(low), float(high)
