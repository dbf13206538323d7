"""Equity terms: when a tranche falls due, and what preferred shares are worth on a sale (M01, M03, E20, E21)."""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, Number
from costmodel.inputs.deal import EquityTranche, Trigger
from costmodel.timeline import Timeline

IPO_EVENTS = frozenset({"confidential_filing", "public_filing", "pricing", "listing"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at the end of a quarter; every field is (draw,) or a float. No look-ahead."""

    quarter: int
    confidential_filing: BoolArray
    public_filing: BoolArray
    pricing: BoolArray
    listing: BoolArray
    annual_revenue: FloatArray
    gigawatts_online: FloatArray
    share_price: FloatArray


def trigger_met(
    trigger: Trigger, facts: Facts, timeline: Timeline, milestone_uniform: FloatArray
) -> BoolArray:
    """Return (draw,) whether the event has happened in this quarter (levels: holds in this quarter)."""
    everywhere = np.ones_like(facts.listing)
    if trigger.event == "date":
        return everywhere & (trigger.on is not None and facts.quarter >= timeline.index_of(trigger.on))
    if trigger.event == "annual_revenue":
        return facts.annual_revenue >= trigger.threshold
    if trigger.event == "gigawatts_online":
        return everywhere & (facts.gigawatts_online >= trigger.threshold)
    if trigger.event == "milestone":
        return milestone_uniform < 1.0 - (1.0 - trigger.hazard_annual) ** 0.25
    events: dict[str, BoolArray] = {
        "confidential_filing": facts.confidential_filing,
        "public_filing": facts.public_filing,
        "pricing": facts.pricing,
        "listing": facts.listing,
    }
    return events[trigger.event]


def price_per_share(tranche: EquityTranche, share_price: FloatArray) -> FloatArray:
    """Return (draw,) USD per share, in units where one share is the whole company on the opening date (E20)."""
    if tranche.price_rule == "fixed_valuation":
        return np.full_like(share_price, tranche.valuation_usd)
    return share_price


def option_exercised(tranche: EquityTranche, share_price: FloatArray) -> BoolArray:
    """Return (draw,) whether the option is taken up: value above strike by the margin, on today's information."""
    strike = price_per_share(tranche, share_price)
    return share_price > strike * (1.0 + tranche.option_margin_share)


def sale_payoff(
    exit_value: FloatArray,
    *,
    all_shares: FloatArray,
    holder_shares: FloatArray,
    holder_preference: FloatArray,
    holder_senior: bool,
    other_shares: Number,
    other_preference: Number,
) -> FloatArray:
    """M03: the holder's part of a sale, non-participating preferred, conversion as a joint fixed point (E21).

    Two preferred classes (the holder and all others) beside common. A class converts when the price per share
    it would get exceeds its preference per share; classes are tried in ascending preference per share. Unconverted
    preferences are paid first, the holder's before the others' when senior, else in proportion.
    """
    tiny = 1e-30
    own_per_share = holder_preference / np.maximum(holder_shares, tiny)
    other_per_share = other_preference / np.maximum(other_shares, tiny)
    common = np.maximum(all_shares - holder_shares - other_shares, 0.0)
    own_first = own_per_share <= other_per_share

    both = exit_value / np.maximum(all_shares, tiny)
    own_alone = np.maximum(exit_value - other_preference, 0.0) / np.maximum(common + holder_shares, tiny)
    other_alone = np.maximum(exit_value - holder_preference, 0.0) / np.maximum(common + other_shares, tiny)
    other_converts = np.where(own_first, both > other_per_share, other_alone > other_per_share)
    price_if_own = np.where(other_converts, both, own_alone)
    own_converts = price_if_own > own_per_share

    claim_of_others = np.where(other_converts, 0.0, other_preference)
    if holder_senior:
        preferred = np.minimum(holder_preference, exit_value)
    else:
        claims = holder_preference + claim_of_others
        preferred = holder_preference * np.minimum(exit_value / np.maximum(claims, tiny), 1.0)
    return np.where(own_converts, holder_shares * price_if_own, preferred)
