"""Has the IPO been paid in advance? What needs none, against what one is expected to bring (E32)."""

from typing import Any, TypedDict

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.outcomes.recovery import ProviderMoney
from costmodel.timeline import discount_factors

NOT_NEEDING, NEEDING = "benefits_not_needing_ipo_pv_usd", "proceeds_needing_ipo_pv_usd"


class Leg(TypedDict):
    """One leg over all draws, USD of present value: its mean, and the sure amount worth as much."""

    mean_usd: float
    certainty_equivalent_usd: float | None


class Prepayment(TypedDict):
    """`ratio` is the mean of one leg over that of the other; None when no proceeds are expected."""

    ratio: float | None
    ratio_standard_error: float | None
    correlation: float | None
    risk_tolerance_usd: float
    not_needing: Leg
    needing: Leg


def legs(deal: Any, closed_gain: ProviderMoney, base_gain: ProviderMoney) -> dict[str, FloatArray]:
    """Return (draw,) present values of both legs, each line at the rate of its purse.

    Not needing: contract, capex and exits with the IPO gate closed, over no equity, so that nothing in it leans on an
    IPO, not even the lab's survival. Needing: what the shares bring through an IPO when one may come.
    """
    quarters = closed_gain.contract.shape[0] - 1
    at_contract, at_capex, at_equity = (
        discount_factors(rate, quarters)[:, None]
        for rate in (deal.provider_contract_rate, deal.provider_capex_rate, deal.provider_equity_rate)
    )
    benefits = closed_gain.contract * at_contract + closed_gain.capex * at_capex
    benefits = benefits + closed_gain.exits_without_ipo * at_equity
    proceeds = (base_gain.exits - base_gain.exits_without_ipo) * at_equity
    return {NOT_NEEDING: benefits.sum(axis=0), NEEDING: proceeds.sum(axis=0)}


def prepayment(not_needing: FloatArray, needing: FloatArray, risk_tolerance_usd: float) -> Prepayment:
    """Return the ratio of the legs (draw,), their certainty equivalents and their correlation.

    The certainty equivalent is that of constant risk aversion, -R ln mean exp(-x / R), with the whole stake, the most
    equity any draw pays, as risk tolerance R (Howard, Decision Analysis, 1988).
    """
    first, second = float(not_needing.mean()), float(needing.mean())
    spread = np.std(not_needing), np.std(needing)
    correlation = ratio = error = None
    if min(spread) > 0.0:
        correlation = float(np.corrcoef(not_needing, needing)[0, 1])
    if second > 0.0:
        ratio = first / second
        error = float(np.std(not_needing - ratio * needing) / second / np.sqrt(not_needing.size))
    return Prepayment(
        ratio=ratio,
        ratio_standard_error=error,
        correlation=correlation,
        risk_tolerance_usd=risk_tolerance_usd,
        not_needing=Leg(mean_usd=first, certainty_equivalent_usd=_sure(not_needing, risk_tolerance_usd)),
        needing=Leg(mean_usd=second, certainty_equivalent_usd=_sure(needing, risk_tolerance_usd)),
    )


def _sure(values: FloatArray, tolerance: float) -> float | None:
    """Return the certainty equivalent; None without a stake, whose owner has no tolerance to speak of."""
    if tolerance <= 0.0:
        return None
    scaled = -values / tolerance
    top = float(scaled.max())
    return -tolerance * (top + float(np.log(np.exp(scaled - top).mean())))
