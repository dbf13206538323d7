"""A lab that is worth its cash: no revenue, no noise, nobody defaults. Every share price is cash over shares, by hand.

1,000 B of cash on the opening date, so that one percent of the shares costs 10 B. `burn` B a quarter leave; with
`rounds` as much comes in again at once, at the price of the day.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from costmodel.inputs.deal import EquityTranche, Preferred, Term, Trigger
from costmodel.inputs.equity_terms import ProviderStock
from costmodel.inputs.lab import LockUpRelease
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.simulate.worlds import Simulated, Told
from tests.costmodel.quiet import BILLION, Worked, quiet_scenario

DEAL = Worked("still", 100.0, 4, 1, 0.0, 0.5, 0.0, None, 0.0, None, 0.0)
FULL_BILL = 6.25
FIRST_DAY = date(2026, 4, 1)
PAID = EquityTranche(
    key="paid",
    amount_usd=100 * BILLION,
    state="paid",
    triggers_needed="any",
    triggers=(),
    longstop=None,
    notice_quarters=0,
    obligation=True,
    option=False,
    option_margin_share=0.0,
    price_rule="price_of_the_day",
    valuation_usd=0.0,
)
PREFERRED = Preferred(key="preferred", tranches=("paid",), multiple=1.0, ranks="pari_passu")


def uncalled(**changes: Any) -> EquityTranche:
    """Return a tranche of 100 B due on a day in the third quarter, paid in the fourth."""
    day = Trigger(key="day", event="date", on=date(2026, 11, 15), hazard_annual=fixed(0.0))
    held: dict[str, Any] = {"key": "later", "state": "uncalled", "triggers": (day,), **changes}
    return replace(PAID, **held)


def still_scenario(
    *terms: Term,
    burn: float = 0.0,
    bill: float = 0.0,
    rounds: bool = False,
    quarters: int = 12,
    stock: ProviderStock | None = None,
    **changes: dict[str, Any],
) -> Scenario:
    """Return the still lab with these terms; fields of its parts changed: exit={...}, lab={...}.

    The contract bills `bill` B a quarter, and serving costs the provider half of the full 6.25 B.
    """
    whole = quiet_scenario(DEAL, 0.0)
    contract = replace(
        whole.contracts()[0], quarters=quarters, reference_usd_per_chip_hour=fixed(bill / FULL_BILL)
    )
    in_cash = sum(
        term.amount_usd for term in terms if isinstance(term, EquityTranche) and term.state == "paid"
    )
    parts: dict[str, dict[str, Any]] = {
        "timeline": {"quarters": quarters},
        "deal": {"terms": (contract, *terms), "provider_stock": stock},
        "lab": {
            "opening_cash_usd": fixed(1000 * BILLION - in_cash),
            "other_cost_usd_per_quarter": fixed(burn * BILLION),
            "round_below_runway_quarters": 40.0 if rounds else 0.0,
            "round_size_quarters": 1.0,
            "round_limit_share": 1.0,
            "round_open_cold": 1.0,
            "round_open_normal": 1.0,
            "round_open_hot": 1.0,
        },
        "valuation": {"opening_equity_value_usd": 1000 * BILLION},
        "demand": {"paid_price_usd_per_1m_tokens": fixed(0.0)},
    }
    for part, held in changes.items():
        parts[part] = parts.get(part, {}) | held
    return replace(whole, **{part: replace(getattr(whole, part), **held) for part, held in parts.items()})


def line(told: Told, kind: str, item: str, needs_ipo: bool = False) -> np.ndarray:
    """Return (Q+1,) billions of one ledger line in the first draw."""
    found = [
        one.flows[:, 0]
        for one in told.accounts.ledger.lines
        if (one.kind, one.item, one.needs_ipo) == (kind, item, needs_ipo)
    ]
    assert len(found) == 1
    return np.asarray(found[0] / BILLION)


def share(told: Told) -> np.ndarray:
    """Return (Q+1,) the provider's part of all shares in the first draw."""
    return np.asarray(told.run.holding_share[:, 0])


Simulate = Callable[..., Simulated]
NEVER_FILED, FILED_AT_ONCE = -60.0, 60.0
# Filed confidentially on the opening date, announced in quarter 0, listed in quarter 1, all sold in quarter 1.
LISTING: dict[str, Any] = {
    "state_now": "filed_confidentially",
    "lock_up": (LockUpRelease(quarters_after_listing=0, share=1.0),),
    "participation_share": 1.0,
    "turnover_annual": 20.0,
}


def told(simulate: Simulate, *terms: Any, **changes: Any) -> Any:
    return simulate(still_scenario(*terms, **changes), intercept=NEVER_FILED).base


def listed(simulate: Simulate, *terms: Any, **changes: Any) -> Any:
    changes["exit"] = LISTING | changes.get("exit", {})
    return simulate(still_scenario(*terms, **changes), intercept=FILED_AT_ONCE).base


def sold_at_the_end(simulate: Simulate, *terms: Any, **changes: Any) -> tuple[Any, np.ndarray]:
    """Return the world and the draws whose company is sold in quarter 4, at its value."""
    base = simulate(still_scenario(*terms, exit={"sale_hazard": 0.15}, **changes), intercept=NEVER_FILED).base
    sold = base.run.company_sold[4]
    assert sold.any()
    return base, sold
