"""One contract at USD 1 a chip-hour and a fleet of a billion chip-hours a quarter, everything else switched off.

Full use bills a billion a quarter for eight quarters. The lab earns nothing and has money without end, unless told.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from costmodel.inputs.deal import ComputeContract, EquityTranche, TakeOrPay, Term
from costmodel.inputs.quantity import Quantity, fixed
from costmodel.inputs.scenario import Scenario
from costmodel.simulate.worlds import Simulated, Told
from tests.costmodel.flows import flows
from tests.costmodel.quiet import Worked, quiet_scenario

BILLION = 1e9
QUARTERS = 12
TERM = 8
Simulate = Callable[..., Simulated]
_DEAL = Worked("plain", 8, 2, 1, 1.0, 0.5, 0.0, None, 0.0, None, 0.0)
_WHOLE = quiet_scenario(_DEAL, 0.1)
CONTRACT, MINIMUM, EQUITY = (
    next(term for term in _WHOLE.deal.terms if isinstance(term, shape))
    for shape in (ComputeContract, TakeOrPay, EquityTranche)
)


def plain(*terms: Term, use: float | None = None, fails: int | None = None, **changes: Any) -> Scenario:
    """Return the plain deal with further terms.

    `use`: the share of the capacity the lab uses (None: all of it and more); `fails`: the quarter at whose end it has
    no cash left, bills of a billion a quarter from the start assumed.
    """
    parts: dict[str, Any] = {"demand": {"paid_price_usd_per_1m_tokens": fixed(0.0)}, **changes}
    scenario = replace(
        _WHOLE,
        timeline=replace(_WHOLE.timeline, quarters=QUARTERS),
        deal=replace(_WHOLE.deal, terms=(CONTRACT, *terms)),
    )
    if fails is not None:
        lab = {"opening_cash_usd": fixed((fails + 0.5) * BILLION), "distress_hazard_short": 1e-9}
        parts["lab"] = {**lab, **parts.get("lab", {})}
    if use is not None:
        parts["demand"] = {**parts["demand"], "tokens_per_day_trillion": fixed(use * capacity_tokens())}
    return replace(
        scenario, **{name: replace(getattr(scenario, name), **held) for name, held in parts.items()}
    )


def capacity_tokens() -> float:
    """Return the trillion tokens a day that the fleet serves at full use."""
    from costmodel import serving
    from costmodel.quantities import central

    middle = central(_WHOLE)
    chip = middle.chips[0]
    rate = serving.tune(chip, middle.model, middle.workload).serve(chip, middle.model, middle.workload)
    return float(np.max(rate.tokens_per_chip_second)) * middle.fleet.lots[0].chips * 86_400.0 / 1e12


def rows(told: Told, kind: str, item: str = "") -> list[float]:
    """Return a line's flows in billions, opening date first; every draw must have the same."""
    found = flows(told, kind, item)
    assert np.ptp(found, axis=1).max() <= 1e-6 * max(1.0, float(np.abs(found).max())), kind
    return [round(value, 9) for value in (found[:, 0] / BILLION).tolist()]


def at(**quarters: float) -> list[float]:
    """Return Q+1 billions, zero but where said: at(opening=2.0, q3=1.5)."""
    named = {("opening" if row == 0 else f"q{row - 1}"): row for row in range(QUARTERS + 1)}
    told = [0.0] * (QUARTERS + 1)
    for name, value in quarters.items():
        told[named[name]] = value
    return told


def every(first: int, last: int, value: float) -> list[float]:
    """Return Q+1 billions: `value` in quarters first to last."""
    return at(**{f"q{quarter}": value for quarter in range(first, last + 1)})


def falling(annual: float) -> dict[str, Any]:
    """Return a rental index that falls by this share a year, without noise."""
    return {"index_change_annual": fixed(-annual), "index_volatility_annual": fixed(0.0)}


def index(change_annual: float, quarter: int) -> float:
    """Return the rental index at mid-quarter."""
    return float((1.0 + change_annual) ** ((quarter + 0.5) / 4.0))


def lognormal(low: float, high: float) -> Quantity:
    """Return a lognormal range of 90%."""
    return Quantity(shape="lognormal", low=low, high=high)


def earning(billions: float) -> dict[str, Any]:
    """Return a demand that earns the lab so much a quarter at full use, while the contract runs."""
    price = billions * BILLION * 1e6 / (capacity_tokens() * 1e12 * 91.25)
    return {"paid_price_usd_per_1m_tokens": fixed(price)}
