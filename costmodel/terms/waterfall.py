"""Who gets what when a company is sold: any number of classes, conversion as one joint fixed point (M03, M04, E21).

When every preference is paid, the price per common share p says everything: a plain preferred class takes
max(L, n p), a participating one L + n p, or max(min(L + n p, C), n p) under a cap C. All of it rises with p, so the p
at which the parts add up to the exit value is the only fixed point; classes convert in ascending preference per share.
Below the sum of the preferences p is 0, nobody converts, and rank decides. Checked against every set of conversions.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray, Number

TINY = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One class beside common; numbers or (draw,).

    `shares` as converted, `preference` in USD. A higher `rank` is paid first, equal ranks in proportion. `cap` is the
    most a participating class takes without converting, in USD; None: no cap.
    """

    shares: Number
    preference: Number
    rank: int = 0
    participates: bool = False
    cap: Number | None = None


def waterfall(exit_value: FloatArray, all_shares: FloatArray, claims: list[Claim]) -> list[FloatArray]:
    """Return each claim's part (draw,) of an exit value (draw,) in USD, debt paid; what is left is common's (E21).

    Metrick and Yasuda, Venture Capital and the Finance of Innovation, ch. 9 (reset conversion in ascending order).
    """
    common = all_shares
    for claim in claims:
        common = common - claim.shares
    common = np.maximum(common, 0.0)
    converts = [_above(exit_value, common, claims, _converts_at(claim)) for claim in claims]
    full = [_above(exit_value, common, claims, _full_at(claim)) for claim in claims]
    price = _price(exit_value, all_shares, common, claims, converts, full)
    paid = _paid_by_rank(exit_value, claims)
    return [
        _part(claim, price, paid_, converts_, full_)
        for claim, paid_, converts_, full_ in zip(claims, paid, converts, full, strict=True)
    ]


def _converts_at(claim: Claim) -> Number | None:
    """Return the price of a common share above which the class converts; None: it never does."""
    if claim.participates and claim.cap is None:
        return None
    worth = _most(claim) if claim.participates else claim.preference
    return worth / np.maximum(claim.shares, TINY)


def _full_at(claim: Claim) -> Number | None:
    """Return the price above which a participating class has reached its cap; None: there is none."""
    if not claim.participates or claim.cap is None:
        return None
    return (_most(claim) - claim.preference) / np.maximum(claim.shares, TINY)


def _most(claim: Claim) -> Number:
    return claim.preference if claim.cap is None else np.maximum(claim.cap, claim.preference)


def _above(exit_value: FloatArray, common: FloatArray, claims: list[Claim], price: Number | None) -> Number:
    """Return (draw,) whether a common share gets more than `price`: the exit value is above what that would take."""
    if price is None:
        return np.zeros(exit_value.shape, dtype=np.bool_)
    taken = common * price
    for claim in claims:
        taken = taken + _worth(claim, price)
    return exit_value > taken


def _worth(claim: Claim, price: Number) -> Number:
    """Return what a class takes at this price of a common share, every preference paid."""
    converted = claim.shares * price
    if not claim.participates:
        return np.maximum(claim.preference, converted)
    kept = claim.preference + converted
    return kept if claim.cap is None else np.maximum(np.minimum(kept, _most(claim)), converted)


def _price(
    exit_value: FloatArray,
    all_shares: FloatArray,
    common: FloatArray,
    claims: list[Claim],
    converts: list[Number],
    full: list[Number],
) -> FloatArray:
    """Return (draw,) USD a common share: what is left after fixed claims over the shares that take part."""
    left, sharing, everyone = exit_value, common, np.ones(exit_value.shape, dtype=np.bool_)
    for claim, converted, capped in zip(claims, converts, full, strict=True):
        fixed = (
            np.where(capped, _most(claim), claim.preference) if claim.cap is not None else claim.preference
        )
        left = left - np.where(converted, 0.0, fixed)
        takes_part = converted | ~capped if claim.participates else converted
        sharing = sharing + np.where(takes_part, claim.shares, 0.0)
        everyone = everyone & takes_part
    sharing = np.where(everyone, all_shares, sharing)
    return np.maximum(left, 0.0) / np.maximum(sharing, TINY)


def _paid_by_rank(exit_value: FloatArray, claims: list[Claim]) -> list[FloatArray]:
    """Return what of each preference is paid (draw,): higher ranks first, equal ranks in proportion."""
    left, paid = exit_value, {}
    for rank in sorted({claim.rank for claim in claims}, reverse=True):
        level = [at for at, claim in enumerate(claims) if claim.rank == rank]
        owed = sum(claims[at].preference for at in level)
        for at in level:
            preference = claims[at].preference
            part = preference * np.minimum(left / np.maximum(owed, TINY), 1.0)
            paid[at] = np.minimum(preference, left) if len(level) == 1 else part
        left = np.maximum(left - owed, 0.0)
    return [np.asarray(paid[at]) for at in range(len(claims))]


def _part(claim: Claim, price: FloatArray, paid: FloatArray, converts: Number, full: Number) -> FloatArray:
    """Return what one class gets (draw,)."""
    converted = claim.shares * price
    if not claim.participates:
        return np.where(converts, converted, paid)
    kept = paid + converted
    if claim.cap is not None:
        kept = np.where(full, _most(claim), kept)
    return np.where(converts, converted, kept)
