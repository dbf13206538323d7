"""Preferred at a sale, at large and small IPOs, private to the end; lock-up and put, by hand (M03, M04, M12, M13)."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from costmodel.inputs.equity_terms import (
    PutRight,
)
from costmodel.inputs.lab import LockUpRelease
from costmodel.inputs.quantity import fixed
from costmodel.simulate.leaving import private_mark
from tests.costmodel.quiet import BILLION
from tests.costmodel.still import (
    NEVER_FILED,
    PAID,
    PREFERRED,
    Simulate,
    line,
    listed,
    share,
    sold_at_the_end,
    still_scenario,
    told,
)

# --- M12: lock-up -----------------------------------------------------------------------------------------------------


def test_a_release_on_a_price_waits_for_it(simulate: Simulate) -> None:
    """The price opens 30% above the offer: half is free at once, the half that asks for 1.4 times never is."""
    halves = (
        LockUpRelease(quarters_after_listing=0, share=0.5),
        LockUpRelease(quarters_after_listing=0, share=0.5, price_over_offer=1.4),
    )
    for jump, sold in ((0.3, 65e9), (0.5, 150e9)):
        base = listed(simulate, PAID, exit={"lock_up": halves, "first_day_mean": fixed(jump)})
        assert base.run.share_sales.sum(axis=0)[0] == pytest.approx(sold)


def test_the_first_price_is_the_offer_and_its_first_day_whatever_the_book(simulate: Simulate) -> None:
    """A tenth is offered and a tenth sold on the first day, 20% dearer, however far the book missed the value."""
    noisy = {"book_building_sd": 0.3, "offer_share": 0.1, "first_day_mean": fixed(0.2)}
    base = listed(simulate, PAID, exit=noisy)
    assert np.ptp(base.run.ipo_proceeds[1]) > 10e9
    assert base.run.share_sales[1] == pytest.approx(1.2 * base.run.ipo_proceeds[1])


# --- M13: put ---------------------------------------------------------------------------------------------------------

PUT = PutRight(key="put", tranches=("paid",), by=date(2027, 3, 31), return_annual=0.08, cash_share=fixed(1.0))


def test_a_put_pays_back_with_its_return_a_quarter_after_its_day(simulate: Simulate) -> None:
    """Paid on the opening date, put in quarter 3, paid in quarter 4: 100 x 1.08^(5/4); the shares are gone."""
    base = told(simulate, PAID, PUT)
    price = 100.0 * 1.08**1.25
    assert line(base, "put", "put")[5] == pytest.approx(price)
    assert line(base, "put", "put").nonzero()[0].tolist() == [5]
    assert share(base)[[4, 5]] == pytest.approx([0.1, 0.0])
    assert base.run.cash[-1, 0] == pytest.approx((1000.0 - price) * BILLION)


def test_a_put_is_paid_as_far_as_cash_reaches_and_can_sink_the_lab(simulate: Simulate) -> None:
    """Cash of 40 left in quarter 4 before the bill: it pays 40 of 110.1, and 63.7% of the shares stay."""
    base = told(
        simulate,
        PAID,
        PUT,
        burn=240.0,
        lab={"distress_hazard_short": 0.9, "distress_hazard_long": 1e-9},
    )
    dead = base.run.defaulted[:4].any(axis=0)
    flows = next(one.flows for one in base.accounts.ledger.lines if one.kind == "put")
    assert flows[5, ~dead] == pytest.approx(40e9)
    assert base.run.defaulted[4, ~dead].all()
    assert base.run.holding_share[5, ~dead] == pytest.approx(
        0.1 * (1 - 40 / (100 * 1.08**1.25)) / (1 - 0.1 * 40 / (100 * 1.08**1.25))
    )


def test_nobody_puts_shares_that_are_worth_more_or_listed(simulate: Simulate) -> None:
    cheap = replace(PAID, price_rule="fixed_valuation", valuation_usd=500 * BILLION)
    assert not line(told(simulate, cheap, PUT), "put", "put").any()
    assert not line(listed(simulate, PAID, PUT), "put", "put").any()


# --- M03, M04: preferred at every way out -----------------------------------------------------------------------------


def test_a_sale_pays_the_preference_or_the_share(simulate: Simulate) -> None:
    """Sold in quarter 4 for 1000 - 5 x 180 = 100: the preferred has 100 back; without preference a tenth of it."""
    base, sold = sold_at_the_end(simulate, PAID, PREFERRED, burn=180.0)
    assert base.run.company_sale[4, sold] == pytest.approx(100e9)
    plain, _ = sold_at_the_end(simulate, PAID, burn=180.0)
    assert plain.run.company_sale[4, sold] == pytest.approx(10e9)


def test_a_participating_class_with_a_cap_in_a_sale(simulate: Simulate) -> None:
    """Sold for 500: 100 + 0.1 x 400 = 140, cut to 1.2 x 100 by the cap."""
    for cap, paid in ((0.0, 140e9), (1.2, 120e9)):
        term = replace(PREFERRED, participating=True, participation_cap_multiple=cap)
        base, sold = sold_at_the_end(simulate, PAID, term, burn=100.0)
        assert base.run.company_sale[4, sold] == pytest.approx(paid)


def test_two_classes_of_the_provider_each_decide_for_themselves(simulate: Simulate) -> None:
    """100 at 1000 with 3 times the money, 100 at 500 with once: sold for 800, the first takes 300, the second a
    fifth of all shares: 0.2 x (800 - 300) / 0.9.
    """
    cheap = replace(PAID, key="cheap", price_rule="fixed_valuation", valuation_usd=500 * BILLION)
    first = replace(PREFERRED, multiple=3.0)
    second = replace(PREFERRED, key="second", tranches=("cheap",))
    base, sold = sold_at_the_end(simulate, PAID, cheap, first, second, burn=40.0)
    assert base.run.company_sale[4, sold] == pytest.approx(300e9 + 0.2 * 500e9 / 0.9)


def test_at_a_qualified_ipo_the_preference_is_gone(simulate: Simulate) -> None:
    """Listed at 1000 - 2 x 300 = 400: the shares sell for 40, whatever was promised on a sale."""
    base = listed(simulate, PAID, PREFERRED, burn=300.0)
    assert base.run.share_sales[1, 0] == pytest.approx(40e9)


def test_an_ipo_too_small_tops_up_or_leaves_the_class_preferred(simulate: Simulate) -> None:
    """At 400 against the 500 asked: topped up to the 100 paid, or not sold until the shares are worth 100."""
    asked = replace(PREFERRED, qualified_valuation_usd=500 * BILLION)
    topped = listed(simulate, PAID, asked, burn=300.0)
    assert topped.run.share_sales[1, 0] == pytest.approx(100e9)
    stays = listed(simulate, PAID, replace(asked, unqualified="stays"), burn=300.0)
    assert not stays.run.share_sales.any()
    met = listed(simulate, PAID, replace(asked, qualified_valuation_usd=400 * BILLION), burn=300.0)
    assert met.run.share_sales[1, 0] == pytest.approx(40e9)


def test_new_money_too_little_is_no_qualified_ipo_either(simulate: Simulate) -> None:
    """A tenth of 400 is offered: 40 of new money, 39 are enough and 41 are not."""
    for asked, sold in ((39.0, 40e9), (41.0, 100e9)):
        term = replace(PREFERRED, qualified_proceeds_usd=asked * BILLION)
        base = listed(simulate, PAID, term, burn=300.0, exit={"offer_share": 0.1})
        assert base.run.share_sales[1, 0] == pytest.approx(sold)


def test_a_stake_that_stays_private_is_a_mark_and_no_cash(simulate: Simulate) -> None:
    """Still private at 1000: worth 100, its preference included; a ledger line has none of it."""
    scenario = still_scenario(PAID, PREFERRED)
    base = simulate(scenario, intercept=NEVER_FILED).base
    assert private_mark(scenario, base.run)[0] == pytest.approx(100e9)
    assert not base.run.company_sale.any()
    assert not base.run.share_sales.any()
    poor = still_scenario(PAID, PREFERRED, burn=75.0)
    told = simulate(poor, intercept=NEVER_FILED).base
    assert private_mark(poor, told.run)[0] == pytest.approx(100e9)


def test_a_default_leaves_equity_nothing(simulate: Simulate) -> None:
    certain = {"distress_hazard_short": 0.9, "distress_hazard_long": 0.9}
    scenario = still_scenario(PAID, PREFERRED, burn=400.0, lab=certain)
    base = simulate(scenario, intercept=NEVER_FILED).base
    assert base.run.defaulted.any(axis=0).all()
    assert not base.run.company_sale.any()
    assert not private_mark(scenario, base.run).any()
