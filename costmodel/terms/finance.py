"""Terms that finance or guarantee capacity, each by its formula (M26-M30, E27); money is USD."""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, Number
from costmodel.inputs.finance_terms import ChipLease, CustomerLoan


def quarterly(rate_annual: float) -> float:
    """Return the rate of a quarter that compounds to the annual rate."""
    return float((1.0 + rate_annual) ** 0.25 - 1.0)


def annuity(value: Number, left_at_end: Number, rate_annual: float, quarters: int) -> Number:
    """Return the payment a quarter, in arrears, that leaves `left_at_end` of `value` after so many quarters.

    (K - R / (1+i)^n) i / (1 - (1+i)^-n); (K - R) / n without interest.
    """
    rate = quarterly(rate_annual)
    if rate == 0.0:
        return (value - left_at_end) / quarters
    discount = (1.0 + rate) ** -quarters
    return (value - left_at_end * discount) * rate / (1.0 - discount)


@dataclass(frozen=True, slots=True)
class LeasePlan:
    """M26: a lease as contracted; (draw,) USD, or (1,) where every draw has the same.

    `cost` is what the chips cost, `capex` what they are worth at its start. `debt` and `book` (quarters + 1, draw)
    stand at the lease's start and at the end of each of its quarters, `debt` before the balloon of the last one is
    repaid; `interest` (quarters, draw).
    """

    cost: FloatArray
    capex: FloatArray
    payment: FloatArray
    service: FloatArray
    residual: FloatArray
    debt: FloatArray
    interest: FloatArray
    book: FloatArray


def plan_lease(term: ChipLease, begun: int = 0) -> LeasePlan:
    """M26: return payments, debt and book value of a lease; the book falls in a straight line to the residual.

    A lease `begun` quarters ago is what is left of it: chips at their book value, debt as it stands.
    """
    capex, count = np.atleast_1d(np.asarray(term.capex_usd, dtype=np.float64)), term.quarters
    residual, owed = term.residual_share * capex, term.loan_to_value * capex
    service = annuity(owed, term.balloon_share * owed, term.debt_rate_annual, count)
    debt, interest = [owed], []
    for _ in range(count):
        interest.append(owed * quarterly(term.debt_rate_annual))
        owed = owed + interest[-1] - service
        debt.append(owed)
    book = capex - (capex - residual) * np.arange(count + 1)[:, None] / count
    return LeasePlan(
        cost=capex,
        capex=book[begun],
        payment=annuity(capex, residual, term.lease_rate_annual, count),
        service=service,
        residual=residual,
        debt=np.stack(debt)[begun:],
        interest=np.stack(interest)[begun:],
        book=book[begun:],
    )


def debt_service_cover(term: ChipLease) -> float | None:
    """M26: return lease payment over debt service, the same whatever the chips cost; None without debt or chips."""
    plan = plan_lease(term)
    service = float(plan.service.max())
    return float(plan.payment.max()) / service if service > 0.0 else None


def guaranteed_gap(guaranteed_usd: float, debt: Number, resale: Number) -> FloatArray:
    """M27: return max(0, min(RV_g, debt) - resale)."""
    return np.asarray(np.maximum(0.0, np.minimum(guaranteed_usd, debt) - resale))


def backstop_payments(cap_usd: Number, price: Number, unsold_hours: FloatArray, last: int) -> FloatArray:
    """M28: return (Q, draw) min(what is left of the cap, price x unsold chip-hours) up to quarter `last`."""
    paid = np.zeros_like(unsold_hours)
    left = np.zeros(unsold_hours.shape[1]) + cap_usd
    for quarter in range(min(last + 1, unsold_hours.shape[0])):
        paid[quarter] = np.minimum(left, price * unsold_hours[quarter])
        left = left - paid[quarter]
    return paid


def guarantee_standing(guaranteed_usd: float, start: int, count: int, quarters: int) -> FloatArray:
    """M29: return (Q, 1) the guarantee at the end of each quarter: a straight line to 0 over `count` from `start`."""
    elapsed = np.arange(quarters) - start + 1
    standing = guaranteed_usd * np.clip(1.0 - elapsed / count, 0.0, 1.0) * (elapsed > 0)
    return np.asarray(standing[:, None])


def repay_loan(
    term: CustomerLoan, principal: Number, billed: FloatArray, final: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """M30: return (repaid, interest) by quarter, (quarter, draw), from the quarter after the money was lent.

    In cash: equal payments. By set-off: as far as `billed` covers them; what it does not is carried on with interest,
    and what is left in the quarter `final` marks is paid in cash.
    """
    rate = quarterly(term.rate_annual)
    instalment = annuity(principal, 0.0, term.rate_annual, term.quarters)
    owed = np.zeros(billed.shape[1]) + principal
    arrears = np.zeros(billed.shape[1])
    repaid, interest = np.zeros_like(billed), np.zeros_like(billed)
    for quarter, bill in enumerate(billed):
        interest[quarter] = owed * rate
        owed = owed + interest[quarter]
        due = arrears * (1.0 + rate) + (instalment if quarter < term.quarters else 0.0)
        due = np.minimum(due, owed)
        paid = due if term.repaid == "cash" else np.minimum(due, np.maximum(bill, 0.0))
        paid = np.where(final[quarter] & (term.repaid == "set_off"), owed, paid)
        arrears, owed = due - paid, owed - paid
        arrears = np.minimum(np.maximum(arrears, 0.0), owed)
        repaid[quarter] = paid
    return repaid, interest
