"""Shares issued for no new money, and the price they leave: notes, anti-dilution, ratchets (M05, M08, M09, E21).

A price protection is worth max(0, worth - shares x P) at the price P of the shares that are sold. The price is found
jointly: P x (all shares) + what every protection is worth = the company's value. So no dollar is counted twice, and the
buyers' price is the one that everybody's shares have afterwards.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray, Number

TINY = 1e-30
# Protections that would take more than the company leave its shares this part of their price without them.
LEAST_PRICE_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """New shares for nothing, worth max(0, worth - shares x price) USD at the price; (draw,) each."""

    worth: FloatArray
    shares: FloatArray

    def issued(self, price: FloatArray) -> FloatArray:
        """Return (draw,) new shares at this price."""
        return np.maximum(self.worth / price - self.shares, 0.0)


def joint_price(value: FloatArray, shares: FloatArray, protections: list[Protection]) -> FloatArray:
    """Return (draw,) USD per share with price x shares + the worth of all protections = value (E21).

    The price falls as protections bind and then makes others bind: at most one step for each.
    """
    price = value / shares
    least = LEAST_PRICE_SHARE * price
    for _ in protections:
        left, sharing = value, shares
        for one in protections:
            binds = one.worth > one.shares * price
            left = left - np.where(binds, one.worth, 0.0)
            sharing = sharing - np.where(binds, one.shares, 0.0)
        price = np.maximum(np.minimum(price, left / np.maximum(sharing, TINY)), least)
    return price


def note_claim(principal_usd: float, coupon_annual: Number, years: float) -> Number:
    """Return N (1 + i tau) (M05)."""
    return principal_usd * (1.0 + coupon_annual * years)


def note_at_cap(claim: Number, cap_usd: float, shares: FloatArray) -> FloatArray:
    """Return (draw,) shares a note gets at its valuation cap, claim / (cap / shares); 0 without a cap (M05)."""
    if cap_usd <= 0.0:
        return np.zeros_like(shares)
    return np.asarray(claim * shares / cap_usd)


def note_protection(claim: Number, discount_share: float, at_cap: FloatArray) -> Protection:
    """Return what lifts the shares at the cap to claim / ((1 - d) P): in all claim / min((1 - d) P, cap price)."""
    return Protection(worth=claim / (1.0 - discount_share) + np.zeros_like(at_cap), shares=at_cap)


def full_ratchet(invested: FloatArray, shares: FloatArray) -> Protection:
    """Return the protection that brings the price paid down to the new one: invested / P shares (M08)."""
    return Protection(worth=invested, shares=shares)


def weighted_average(
    invested: FloatArray, shares: FloatArray, raised: FloatArray, all_shares: FloatArray
) -> Protection:
    """Return broad-based weighted average, CP2 = CP1 (A + B)/(A + C) (M08).

    A all shares before, B = raised / CP1, C = raised / P: the holder gets shares x (C - B)/(A + B) more, while P is
    below CP1 = invested / shares.
    """
    bought = raised * shares / np.maximum(invested, TINY)
    part = shares / (all_shares + bought)
    return Protection(worth=part * raised, shares=part * bought)


def within_cap(cap_share: float, held: FloatArray, all_shares: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return (draw,) how many of the wanted new shares leave (held + x)/(all + x) at most the cap (M11)."""
    if cap_share >= 1.0:
        return wanted
    room = np.maximum(cap_share * all_shares - held, 0.0) / (1.0 - cap_share)
    return np.minimum(wanted, room)


def put_price(invested: FloatArray, return_annual: float, years: FloatArray) -> FloatArray:
    """Return (draw,) USD, I (1 + h)^tau (M13)."""
    return np.asarray(invested * (1.0 + return_annual) ** years)
