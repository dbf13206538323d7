"""M14-M16: shares of what the lab earns, by formula and on the ledger, figures by hand (E25)."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.claim_terms import ProfitBand, ProfitShare, ResaleShare, RevenueShare
from costmodel.inputs.quantity import fixed
from costmodel.terms.claims import profit_share
from tests.costmodel.plain_deal import EQUITY, Simulate, at, earning, every, plain, rows

FIRST, SECOND_YEAR = date(2026, 4, 1), date(2027, 4, 1)
NOBODY = -60.0


def share(**changes: Any) -> RevenueShare:
    held: dict[str, Any] = {
        "key": "share",
        "rate_share": fixed(0.2),
        "base_share": fixed(1.0),
        "cap_usd": 0.0,
        "paid_before_usd": 0.0,
        "starts": FIRST,
        "ends": date(2040, 1, 1),
    }
    return RevenueShare(**{**held, **changes})


def profit(*bands: tuple[float, float], **changes: Any) -> ProfitShare:
    told = tuple(ProfitBand(share=part, until_usd=until) for part, until in bands)
    held: dict[str, Any] = {"key": "profit", "bands": told, "received_before_usd": 0.0, "starts": FIRST}
    return ProfitShare(**{**held, **changes})


def resale(**changes: Any) -> ResaleShare:
    held: dict[str, Any] = {
        "key": "resale",
        "resale_share": fixed(0.3),
        "cost_share": fixed(0.4),
        "profit_share": fixed(0.5),
        "starts": FIRST,
        "ends": date(2027, 3, 31),
    }
    return ResaleShare(**{**held, **changes})


def test_a_revenue_share_is_its_rate_of_its_base(simulate: Simulate) -> None:
    told = simulate(plain(share(base_share=fixed(0.5)), demand=earning(4.0)), intercept=NOBODY).base
    assert rows(told, "revenue_share", "share") == every(0, 7, 0.2 * 0.5 * 4.0)


def test_a_revenue_share_stops_at_its_cap_and_counts_what_was_paid_before(simulate: Simulate) -> None:
    term = share(cap_usd=3e9, paid_before_usd=0.5e9)
    told = simulate(plain(term, demand=earning(4.0)), intercept=NOBODY).base
    assert rows(told, "revenue_share", "share") == at(q0=0.8, q1=0.8, q2=0.8, q3=0.1)


def test_a_revenue_share_runs_from_its_first_day_to_its_last(simulate: Simulate) -> None:
    term = share(starts=date(2026, 7, 1), ends=date(2026, 12, 31))
    told = simulate(plain(term, demand=earning(4.0)), intercept=NOBODY).base
    assert rows(told, "revenue_share", "share") == every(1, 2, 0.8)


def test_the_lab_pays_its_shares_from_its_cash(simulate: Simulate) -> None:
    """Cash is what it was, less the bills, plus revenue, less the share: 100 + 4 (4 - 1 - 0.8)."""
    scenario = plain(share(), demand=earning(4.0), lab={"opening_cash_usd": fixed(100e9)})
    assert simulate(scenario, intercept=NOBODY).base.run.cash[3] / 1e9 == pytest.approx(100.0 + 4 * 2.2)


def test_profit_is_shared_in_bands_and_a_quarter_that_crosses_one_is_split(simulate: Simulate) -> None:
    """Profit is 4 - 1 a quarter: 75% of it to 3 in all, 49% to 5, then it reverts to the lab."""
    term = profit((0.75, 3e9), (0.49, 5e9))
    told = simulate(plain(term, demand=earning(4.0)), intercept=NOBODY).base
    split = 0.75 + 0.49 * (3.0 - 0.75 / 0.75)
    last = 5.0 - (3.0 + 0.49 * 2.0)
    assert rows(told, "profit_share", "profit") == pytest.approx(at(q0=2.25, q1=split, q2=last))


def test_a_last_band_without_an_end_goes_on() -> None:
    paid = profit_share(profit((0.75, 3.0), (0.1, 0.0)), np.array([[4.0], [4.0], [-1.0], [4.0]]), 0)
    assert paid[:, 0].tolist() == pytest.approx([3.0, 0.4, 0.0, 0.4])


def test_what_was_received_before_counts_towards_a_band() -> None:
    term = profit((0.5, 3.0), received_before_usd=2.5)
    assert profit_share(term, np.array([[4.0], [4.0]]), 0)[:, 0].tolist() == [0.5, 0.0]


def test_a_loss_is_not_shared(simulate: Simulate) -> None:
    told = simulate(plain(profit((0.75, 0.0)), demand=earning(0.5)), intercept=NOBODY).base
    assert not any(rows(told, "profit_share", "profit"))


def test_resale_shares_its_gross_profit(simulate: Simulate) -> None:
    told = simulate(plain(resale(), demand=earning(4.0)), intercept=NOBODY).base
    assert rows(told, "resale_share", "resale") == every(0, 3, 0.5 * (0.3 * 4.0) * (1.0 - 0.4))


def test_resale_at_a_loss_pays_nothing(simulate: Simulate) -> None:
    told = simulate(plain(resale(cost_share=fixed(1.2)), demand=earning(4.0)), intercept=NOBODY).base
    assert not any(rows(told, "resale_share", "resale"))


def test_claims_end_with_the_labs_default(simulate: Simulate) -> None:
    scenario = plain(share(), demand=earning(0.5), fails=1, lab={"opening_cash_usd": fixed(1.1e9)})
    told = simulate(scenario, intercept=NOBODY).base
    assert told.run.defaulted.any(axis=1).nonzero()[0].tolist() == [1]
    assert rows(told, "revenue_share", "share") == every(0, 1, 0.1)


def test_claims_come_and_go_with_the_equity(simulate: Simulate) -> None:
    simulated = simulate(plain(EQUITY, share(), demand=earning(4.0)), intercept=NOBODY)
    assert simulated.base_without is not None
    assert rows(simulated.base, "revenue_share", "share") == every(0, 7, 0.8)
    assert not any(rows(simulated.base_without, "revenue_share", "share"))
