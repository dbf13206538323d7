"""A reduced deal twice: a loop over draws in plain Python, and whole blocks with the engine's own functions.

Demand grows by its luck, the lab buys what it needs up to the capacity, pays the yearly true-up and the tiers; the
provider paid equity and capex on the opening date. Told: the present value and whether the equity is back for good.
"""

import math

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.inputs.deal import ComputeContract, PriceSteps, TakeOrPay, Tier, VolumeTiers
from costmodel.outcomes.recovery import ProviderMoney, cash_position
from costmodel.terms.compute import minimum_by_quarter, shortfall_payments
from costmodel.terms.price import after_tiers, contract_price
from tests.costmodel.scenarios import NEW, NEW_MINIMUM, NEW_STEPS, NEW_TIERS, fixed_tree

QUARTERS = 32
GROWTH, VOLATILITY, START_HOURS, CAPACITY_HOURS = 0.06, 0.15, 5e8, 2.2e9
MARGIN_SHARE, EQUITY, CAPEX, RATE = 0.6, 15e9, 5e9, 0.1


def value_of(node: object, name: str) -> float:
    """Return the fixed value of an input."""
    return float(getattr(node, name).value)


CONTRACT, MINIMUM, STEPS, TIERS = (fixed_tree(term) for term in (NEW, NEW_MINIMUM, NEW_STEPS, NEW_TIERS))
MINIMUM_USD = minimum_by_quarter(40e9, 8, QUARTERS)


def realised() -> tuple[ComputeContract, PriceSteps, TakeOrPay, VolumeTiers]:
    """Return the terms with plain numbers in them, as the engine hands them to its formulas."""
    from costmodel.quantities import central

    return central(CONTRACT), central(STEPS), central(MINIMUM), TIERS


def by_blocks(shocks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (present value, recovered), (draw,) each, for shocks (Q, draw)."""
    contract, steps, minimum, tiers = realised()
    level = START_HOURS * np.exp(np.cumsum(GROWTH + VOLATILITY * shocks, axis=0))
    hours = np.minimum(level, CAPACITY_HOURS)
    index = np.exp(np.cumsum(-0.02 + 0.05 * shocks, axis=0))
    billed = after_tiers(tiers, hours * contract_price(contract, steps, index))
    due = MINIMUM_USD[:, None] * np.ones(shocks.shape[1])
    billed = billed + shortfall_payments(minimum, billed, due, 0.9)
    shape = (QUARTERS + 1, shocks.shape[1])
    money = {name: np.zeros(shape) for name in ("contract", "capex", "equity_paid", "zero")}
    money["contract"][1:] = MARGIN_SHARE * billed
    money["capex"][0], money["equity_paid"][0] = -CAPEX, EQUITY
    zero = money.pop("zero")
    told = ProviderMoney(**money, exits=zero, exits_without_ipo=zero, accounting_margin=zero)
    rates = {f"provider_{purse}_rate": RATE for purse in ("contract", "capex", "equity")}
    position = cash_position(type("Deal", (), rates), told, with_exits=False)
    return position.cumulative[-1], position.recovered


def by_loop(shocks: FloatArray) -> tuple[list[float], list[float]]:
    """Return the same, one draw after the other in plain Python."""
    contract, steps, minimum, tiers = realised()
    told = [_one_draw(list(map(float, column)), contract, steps, minimum, tiers) for column in shocks.T]
    return [value for value, _ in told], [recovered for _, recovered in told]


def _one_draw(
    shocks: list[float], contract: ComputeContract, steps: PriceSteps, minimum: TakeOrPay, tiers: VolumeTiers
) -> tuple[float, float]:
    """Walk one draw through its quarters."""
    demand = index = 0.0
    spent = net_before = paid = due = carried = credit = 0.0
    cumulative = -CAPEX - EQUITY
    last_below = 0 if cumulative < -0.005 else -1
    reference = contract.reference_usd_per_chip_hour
    start = reference * (1.0 - contract.discount_share)
    due_share = minimum.undelivered_due_share + (1.0 - minimum.undelivered_due_share) * 0.9
    for quarter, shock in enumerate(shocks):
        demand += GROWTH + VOLATILITY * shock
        index += -0.02 + 0.05 * shock
        price = start * (1.0 - steps.annual_step_down_share) ** (quarter // 4)
        price = min(price, (1.0 + steps.index_gap_share) * reference * math.exp(index))
        price = max(price, steps.floor_usd_per_chip_hour)
        spent += min(START_HOURS * math.exp(demand), CAPACITY_HOURS) * price
        net = spent - _discount(tiers.tiers, spent)
        bill, net_before = net - net_before, net
        paid, due = paid + bill, due + float(MINIMUM_USD[quarter])
        if quarter % 4 == 3 or quarter == QUARTERS - 1:
            owed = max(due * due_share - paid - carried, 0.0)
            above = max(paid - due * due_share, 0.0)
            used = min(credit, above)
            bill += owed - used
            carried, credit = minimum.carry_forward_share * (above - used), minimum.make_up_share * owed
            spent = net_before = paid = due = 0.0
        cumulative += MARGIN_SHARE * bill * (1.0 + RATE) ** (-(quarter + 1) / 4.0)
        if cumulative < -0.005:
            last_below = quarter + 1
    return cumulative, float(last_below < QUARTERS)


def _discount(tiers: tuple[Tier, ...], spend: float) -> float:
    """Return what marginal tiers take off."""
    ends = [tier.from_usd for tier in tiers[1:]] + [math.inf]
    return sum(
        tier.discount_share * max(min(spend, end) - tier.from_usd, 0.0)
        for tier, end in zip(tiers, ends, strict=True)
    )
