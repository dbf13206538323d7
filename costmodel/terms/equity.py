"""When a tranche falls due, at which price, and when an option is taken up (M01, E20)."""

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
    spend: FloatArray | float = 0.0


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
    if trigger.event == "spend":
        return everywhere & (facts.spend >= trigger.threshold)
    if trigger.event == "milestone":
        return milestone_uniform < quarterly_chance(trigger.hazard_annual)
    events: dict[str, BoolArray] = {
        "confidential_filing": facts.confidential_filing,
        "public_filing": facts.public_filing,
        "pricing": facts.pricing,
        "listing": facts.listing,
    }
    return events[trigger.event]


def quarterly_chance(annual: Number) -> Number:
    """Return the chance in a quarter of something that has this chance in a year."""
    return 1.0 - (1.0 - annual) ** 0.25


def price_per_share(
    tranche: EquityTranche,
    share_price: FloatArray,
    last_round: FloatArray | None = None,
    offer: FloatArray | None = None,
) -> FloatArray:
    """Return (draw,) USD per share, in units where one share is the whole company on the opening date (E20).

    `share_price` is that of the day, `last_round` that of the last round, `offer` the IPO's, infinite before it: until
    then an offer price is the price of the day.
    """
    if tranche.price_rule == "fixed_valuation":
        return np.full_like(share_price, tranche.valuation_usd)
    if tranche.price_rule == "last_round" and last_round is not None:
        return last_round
    if tranche.price_rule == "offer_price" and offer is not None:
        return np.where(np.isinf(offer), share_price, offer)
    return share_price


def option_exercised(tranche: EquityTranche, share_price: FloatArray, strike: FloatArray) -> BoolArray:
    """Return (draw,) whether the option is taken up: value above strike by the margin, on today's information."""
    return share_price > strike * (1.0 + tranche.option_margin_share)
