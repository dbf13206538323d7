"""Price terms: the path of a contract price and its volume discounts (M18, M19, E26)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from costmodel import units
from costmodel.arrays import FloatArray, Number, clipped
from costmodel.inputs.compute_terms import MostFavoured
from costmodel.inputs.deal import ComputeContract, PriceSteps, VolumeTiers
from costmodel.inputs.scenario import Scenario
from costmodel.timeline import ramp

StepName: TypeAlias = Literal[
    "reference", "discount", "step_down", "index_cap", "most_favoured", "floor", "volume_tiers"
]


def contract_price(
    contract: ComputeContract, steps: PriceSteps | None, index: FloatArray, peer: FloatArray | None = None
) -> FloatArray:
    """M19: return (quarter of the contract, draw) USD per chip-hour.

    p = max(floor, min(p_0 (1 - s)^years, (1 + gap) reference index, lowest peer)), p_0 = reference (1 - discount).
    `index` is the rental index, `peer` what the lowest peer pays, (quarter of the contract, draw); None: no such
    clause.
    """
    start: Number = contract.reference_usd_per_chip_hour * (1.0 - contract.discount_share)
    if steps is None:
        flat = np.broadcast_to(start, index.shape) * np.ones(1)
        return flat if peer is None else np.minimum(flat, peer)
    years = (np.arange(index.shape[0]) // 4)[:, None]
    stepped = start * (1.0 - steps.annual_step_down_share) ** years
    capped = np.minimum(stepped, (1.0 + steps.index_gap_share) * contract.reference_usd_per_chip_hour * index)
    if peer is not None:
        capped = np.minimum(capped, peer)
    return np.maximum(capped, steps.floor_usd_per_chip_hour)


def after_tiers(tiers: VolumeTiers | None, spend: FloatArray) -> FloatArray:
    """M18: return the bill (quarter of the contract, draw) after volume discounts of each contract year.

    Marginal: each tier's discount applies to spend inside it. All units: the tier reached applies to the whole
    year, so crossing a threshold brings a credit for the quarters before.
    """
    if tiers is None or not tiers.tiers:
        return spend
    bill = np.empty_like(spend)
    for start in range(0, spend.shape[0], 4):
        so_far = np.zeros(spend.shape[1])
        billed = np.zeros(spend.shape[1])
        for quarter in range(start, min(start + 4, spend.shape[0])):
            so_far = so_far + spend[quarter]
            net = _net_of_discount(tiers, so_far)
            bill[quarter] = net - billed
            billed = net
    return bill


def _net_of_discount(tiers: VolumeTiers, spend: FloatArray) -> FloatArray:
    """Return what a contract year's spend at contract price costs after the discounts."""
    net = spend.copy()
    ordered = sorted(tiers.tiers, key=lambda tier: tier.from_usd)
    if tiers.basis == "all_units":
        for tier in ordered:
            net = np.where(spend > tier.from_usd, spend * (1.0 - tier.discount_share), net)
        return net
    ceilings = [tier.from_usd for tier in ordered[1:]] + [np.inf]
    for tier, ceiling in zip(ordered, ceilings, strict=True):
        inside = clipped(spend, tier.from_usd, ceiling) - tier.from_usd
        net -= tier.discount_share * inside
    return net


@dataclass(frozen=True, slots=True)
class PriceStep:
    """What one term does to the price of a chip-hour, USD; the first is the reference price itself.

    `term` is the key of the term that says so.
    """

    name: StepName
    term: str
    usd: float


@dataclass(frozen=True, slots=True)
class DealPrice:
    """The price of a chip-hour in one contract year, USD, and the steps that add up to it."""

    contract: str
    year: int
    usd_per_chip_hour: float
    steps: tuple[PriceStep, ...]


def deal_price(
    middle: Scenario, contract: ComputeContract, year: int, volume_share: float = 1.0
) -> DealPrice:
    """Return what a chip-hour costs under a contract in its year `year` (0 is the first), every input at its median.

    Discount, step-down, cap at the market and floor are those of the year's first quarter, the rental index at its
    mean; the tiers are those of the whole year, spread over its hours, when `volume_share` of the hours of the
    contract's lots are bought (E26). Raises ValueError naming a year outside the contract or a share below 0.
    """
    years = contract_years(middle, contract)
    if not 0 <= year < years:
        raise ValueError(f"Contract year {year + 1} of {contract.key} does not exist. It has {years}.")
    if not volume_share >= 0.0:
        raise ValueError(f"The volume share of {contract.key} is {volume_share}. It must be 0 or more.")
    first = max(middle.timeline.index_of(contract.starts), 0) + 4 * year
    index = float((1.0 + middle.market.index_change_annual) ** ((first + 0.5) / 4.0))
    favoured = middle.term_of(MostFavoured, contract.key)
    if favoured is not None and middle.timeline.index_of(favoured.starts) > first:
        favoured = None
    steps = _path_steps(contract, middle.steps_of(contract.key), favoured, year, index)
    before = sum(step.usd for step in steps)
    tiers = middle.tiers_of(contract.key)
    spend = before * _hours_of_year(middle, contract, first) * volume_share
    if tiers is not None and tiers.tiers and spend > 0.0:
        kept = float(_net_of_discount(tiers, np.array([spend]))[0]) / spend
        steps.append(PriceStep("volume_tiers", tiers.key, before * (kept - 1.0)))
    told = tuple(step for step in steps if step.name == "reference" or step.usd)
    return DealPrice(contract.key, year, sum(step.usd for step in told), told)


def contract_years(scenario: Scenario, contract: ComputeContract) -> int:
    """Return how many contract years there are from the opening date on; the last may be short."""
    began_before = min(scenario.timeline.index_of(contract.starts), 0)
    return -(-(contract.quarters + began_before) // 4)


def _path_steps(
    contract: ComputeContract,
    steps: PriceSteps | None,
    favoured: MostFavoured | None,
    year: int,
    index: float,
) -> list[PriceStep]:
    """Return the steps of `contract_price` in one year, each the change it makes."""
    reference = float(contract.reference_usd_per_chip_hour)
    price = reference * (1.0 - float(contract.discount_share))
    told = [
        PriceStep("reference", contract.key, reference),
        PriceStep("discount", contract.key, price - reference),
    ]
    if steps is not None:
        stepped = price * (1.0 - float(steps.annual_step_down_share)) ** year
        capped = min(stepped, (1.0 + float(steps.index_gap_share)) * reference * index)
        told.append(PriceStep("step_down", steps.key, stepped - price))
        told.append(PriceStep("index_cap", steps.key, capped - stepped))
        price = capped
    if favoured is not None:
        lowest = min(price, reference * index * (1.0 - float(favoured.peer_discount_share)))
        told.append(PriceStep("most_favoured", favoured.key, lowest - price))
        price = lowest
    if steps is not None:
        told.append(PriceStep("floor", steps.key, max(price, steps.floor_usd_per_chip_hour) - price))
    return told


def _hours_of_year(middle: Scenario, contract: ComputeContract, first: int) -> float:
    """Return the chip-hours the contract's lots can sell in the four quarters from `first` on, or up to its end."""
    end = middle.timeline.index_of(contract.starts) + contract.quarters
    hours = 0.0
    for lot in middle.fleet.lots:
        if lot.contract == contract.key:
            reached = ramp(middle.timeline.index_of(lot.online_from), lot.ramp_quarters, min(first + 4, end))
            hours += float(lot.chips * lot.built_share * reached[first:].sum()) * units.HOURS_PER_QUARTER
    return hours * middle.fleet.availability
