"""Price terms: the path of a contract price and its volume discounts (M18, M19, E26)."""

import numpy as np

from costmodel.arrays import FloatArray, Number, clipped
from costmodel.inputs.deal import ComputeContract, PriceSteps, VolumeTiers


def contract_price(contract: ComputeContract, steps: PriceSteps | None, index: FloatArray) -> FloatArray:
    """M19: return (quarter of the contract, draw) USD per chip-hour.

    p = max(floor, min(p_0 (1 - s)^years, (1 + gap) reference index)), p_0 = reference (1 - discount).
    `index` is the rental index (quarter of the contract, draw).
    """
    start: Number = contract.reference_usd_per_chip_hour * (1.0 - contract.discount_share)
    if steps is None:
        return np.broadcast_to(start, index.shape) * np.ones(1)
    years = (np.arange(index.shape[0]) // 4)[:, None]
    stepped = start * (1.0 - steps.annual_step_down_share) ** years
    capped = np.minimum(stepped, (1.0 + steps.index_gap_share) * contract.reference_usd_per_chip_hour * index)
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
