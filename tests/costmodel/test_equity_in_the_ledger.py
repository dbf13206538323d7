"""Each equity term moves the ledger of a still lab by an amount computed by hand (M01, M02, M05-M13, E20, E21)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.equity_terms import (
    AntiDilution,
    ComputeCredits,
    ConvertibleNote,
    IpoRatchet,
    OwnershipCap,
    ProRata,
    PutRight,
)
from costmodel.inputs.lab import LockUpRelease
from costmodel.inputs.quantity import fixed
from costmodel.simulate.leaving import mark_at_horizon
from costmodel.simulate.worlds import Simulated
from tests.costmodel.quiet import BILLION
from tests.costmodel.still import PAID, PREFERRED, line, share, still_scenario, uncalled

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


# --- M01: tranches ----------------------------------------------------------------------------------------------------


def test_a_tranche_buys_its_amount_at_the_price_of_the_day(simulate: Simulate) -> None:
    base = told(simulate, uncalled())
    assert line(base, "equity_tranche", "later").tolist() == [0.0] * 4 + [100.0] + [0.0] * 8
    assert share(base)[[3, 4, 12]] == pytest.approx([0.0, 100.0 / 1100.0, 100.0 / 1100.0])


def test_a_called_tranche_is_paid_after_its_notice_and_needs_no_ipo(simulate: Simulate) -> None:
    for notice in (0, 2):
        tranche = uncalled(state="called", triggers=(), notice_quarters=notice)
        base = told(simulate, tranche)
        assert line(base, "equity_tranche", "later").nonzero()[0].tolist() == [1 + notice]
        assert not line(base, "equity_tranche", "later", needs_ipo=True).any()


def test_a_tranche_at_the_last_round_pays_that_price(simulate: Simulate) -> None:
    """30 burned by the day of payment: 970 a share on the day, 1000 in the last round, which was the opening."""
    for rule, price in (("price_of_the_day", 970.0), ("last_round", 1000.0)):
        base = told(simulate, uncalled(price_rule=rule), burn=10.0)
        assert share(base)[-1] == pytest.approx((100.0 / price) / (1.0 + 100.0 / price)), rule


def test_a_round_in_between_sets_the_price_of_the_last_round(simulate: Simulate) -> None:
    """Rounds of 10 a quarter at 1000 x 0.99^k; the last before the payment in quarter 3 was the third."""
    base = told(simulate, uncalled(price_rule="last_round"), burn=10.0, rounds=True)
    bought = 100.0 / (1000.0 * 0.99**3)
    assert share(base)[4] == pytest.approx(bought / ((0.99**-3 + bought) * 1100.0 / 1090.0))


def test_at_the_offer_price_a_tranche_pays_what_the_public_paid(simulate: Simulate) -> None:
    """Offered at 1000 a share with a first day of +50%: 100 B after the listing buys 0.1 shares, not 0.0667."""
    jump = {"first_day_mean": fixed(0.5), "lock_up": ()}
    base = listed(simulate, uncalled(price_rule="offer_price"), exit=jump)
    assert share(base)[-1] == pytest.approx(0.1 / 1.1)
    fair = listed(simulate, uncalled(), exit=jump)
    assert share(fair)[-1] == pytest.approx((0.1 / 1.5) / (1.0 + 0.1 / 1.5))


def test_a_tranche_on_spend_waits_for_what_the_lab_has_paid(simulate: Simulate) -> None:
    """Bills of 5 a quarter reach 20 in quarter 3: paid in quarter 4."""
    spend = replace(uncalled().triggers[0], event="spend", on=None, threshold=20 * BILLION)
    base = told(simulate, uncalled(triggers=(spend,)), bill=5.0)
    assert line(base, "equity_tranche", "later").nonzero()[0].tolist() == [5]
    more = told(simulate, uncalled(triggers=(replace(spend, threshold=20.1 * BILLION),)), bill=5.0)
    assert line(more, "equity_tranche", "later").nonzero()[0].tolist() == [6]


def test_it_says_who_called_when_and_how_far_in_the_money(simulate: Simulate) -> None:
    option = {"price_rule": "fixed_valuation", "valuation_usd": 800 * BILLION, "option": True}
    forced = told(simulate, uncalled()).run.calls["later"]
    chosen = told(simulate, uncalled(**option, obligation=False)).run.calls["later"]
    earlier = told(simulate, uncalled(**option)).run.calls["later"]
    for call, quarter, by_option in ((forced, 2, False), (chosen, 2, True), (earlier, 0, True)):
        assert (call.called[0], call.by_option[0]) == (quarter, by_option)
    assert chosen.moneyness[0] == pytest.approx(1.25)
    assert forced.moneyness[0] == 1.0


def test_an_option_takes_the_obligation_where_it_pays_and_leaves_it_where_not(simulate: Simulate) -> None:
    """The same tranche on the same luck, at a fixed 1000: the option is called just where the share is worth more."""
    priced = {
        "price_rule": "fixed_valuation",
        "valuation_usd": 1000 * BILLION,
        "longstop": date(2026, 12, 31),
    }
    # Revenue pays the other cost and nothing else: the lab is worth its revenue times a multiple without a trend.
    wanders: dict[str, Any] = {
        "demand": {"paid_price_usd_per_1m_tokens": fixed(1.0)},
        "placement": {"provider_share_start": fixed(0.0), "provider_share_end": fixed(0.0)},
        "lab": {"other_cost_share_of_revenue": fixed(1.0), "opening_cash_usd": fixed(0.0)},
        "valuation": {"volatility_annual": fixed(0.8), "half_life_quarters": 200.0},
    }
    worth, given = [], []
    for option in (False, True):
        tranche = uncalled(**priced, option=option, obligation=not option)
        run = simulate(still_scenario(tranche, **wanders), intercept=NEVER_FILED).base.run
        worth.append(run.equity_value[2])
        given.append(run.shares_given[4] - sum(run.tranches["later"])[4])
    in_the_money = worth[1] > 1000 * BILLION
    assert 0.2 < in_the_money.mean() < 0.8
    assert np.array_equal(given[1], np.where(in_the_money, given[0], 0.0))
    assert given[1].mean() > max(given[0].mean(), 0.0)


# --- M02: compute credits ---------------------------------------------------------------------------------------------


def test_credits_pay_their_share_of_each_bill_until_they_are_used_up(simulate: Simulate) -> None:
    """40 of the 100 in credits, half of each bill of 6.25: 3.125 a quarter."""
    credit = ComputeCredits(
        key="credits",
        tranche="paid",
        contract="contract",
        face_usd=10 * BILLION,
        burn_share=fixed(0.5),
        expires=date(2030, 1, 1),
    )
    base = told(simulate, PAID, credit, bill=6.25)
    assert line(base, "equity_tranche", "paid")[0] == 90.0
    assert line(base, "credits_burned", "credits")[:6] == pytest.approx(
        [0.0, 3.125, 3.125, 3.125, 0.625, 0.0]
    )
    # Shares for the whole amount, of a lab that has 10 B less.
    assert share(base)[0] == pytest.approx(0.1)
    assert base.run.cash[4, 0] == pytest.approx(990e9 - 5 * 6.25e9 + 10e9)


def test_credits_lapse_on_their_day(simulate: Simulate) -> None:
    credit = ComputeCredits(
        key="credits",
        tranche="paid",
        contract="contract",
        face_usd=10 * BILLION,
        burn_share=fixed(1.0),
        expires=date(2026, 6, 30),
    )
    burned = line(told(simulate, PAID, credit, bill=6.25), "credits_burned", "credits")
    assert burned.tolist() == [0.0, 6.25] + [0.0] * 11


def test_credits_of_a_tranche_that_comes_later_burn_from_its_quarter_on(simulate: Simulate) -> None:
    credit = ComputeCredits(
        key="credits",
        tranche="later",
        contract="contract",
        face_usd=10 * BILLION,
        burn_share=fixed(1.0),
        expires=date(2030, 1, 1),
    )
    base = told(simulate, uncalled(), credit, bill=6.25)
    assert line(base, "credits_burned", "credits")[3:7].tolist() == [0.0, 6.25, 3.75, 0.0]
    assert line(base, "equity_tranche", "later").sum() == 90.0


# --- M05: notes -------------------------------------------------------------------------------------------------------

NOTE = ConvertibleNote(
    key="note",
    principal_usd=100 * BILLION,
    paid_on=date(2026, 4, 1),
    coupon_annual=fixed(0.08),
    discount_share=0.2,
    valuation_cap_usd=0.0,
    qualified_round_usd=5 * BILLION,
    matures=date(2027, 3, 31),
)


def test_a_note_is_repaid_with_its_coupon_at_maturity(simulate: Simulate) -> None:
    """Paid in quarter 0, due in quarter 3: 100 x (1 + 0.08 x 0.75)."""
    base = told(simulate, NOTE)
    assert line(base, "convertible_note", "note")[:2].tolist() == [0.0, 100.0]
    assert line(base, "note_repaid", "note")[4] == pytest.approx(106.0)
    assert base.run.cash[-1, 0] == pytest.approx(994e9)
    assert not share(base).any()


def test_a_note_converts_at_a_discount_in_a_round_and_all_have_one_price(simulate: Simulate) -> None:
    """In quarter 0 the lab has 1000 + 100 - 10: P x 1 + 100 / 0.8 = 1090, so P = 965 and the note has 125 of 1100."""
    base = told(simulate, NOTE, burn=10.0, rounds=True, quarters=1)
    assert share(base)[1] == pytest.approx(125.0 / 1100.0)
    assert base.run.rounds[0, 0] == 10e9


def test_a_note_converts_at_its_cap_where_that_is_more(simulate: Simulate) -> None:
    """Cap 500 for one share: 0.2 shares. P x 1.2 = 1090, more than the 125 of the discount at 0.2 P = 181.7."""
    base = told(simulate, replace(NOTE, valuation_cap_usd=500 * BILLION), burn=10.0, rounds=True, quarters=1)
    price = 1090.0 / 1.2
    assert share(base)[1] == pytest.approx(0.2 / (1.2 + 10.0 / price))


def test_a_round_too_small_leaves_the_note_a_claim_on_the_price(simulate: Simulate) -> None:
    """P = (1090 - 100) / 1 for the round: the note is owed before the shares."""
    base = told(
        simulate,
        replace(NOTE, qualified_round_usd=11 * BILLION, matures=None),
        PAID,
        burn=10.0,
        rounds=True,
        quarters=1,
    )
    assert share(base)[1] == pytest.approx(0.1 / (1.0 + 10.0 / 990.0))


def test_a_note_converts_at_the_offer_of_an_ipo(simulate: Simulate) -> None:
    """Listed in quarter 1 with a claim of 102: P + 102 / 0.8 = 1100, and the note sells 127.5 of shares."""
    base = listed(simulate, NOTE)
    sales = base.run.share_sales[:, 0] / BILLION
    assert sales[1] == pytest.approx(127.5)
    assert not line(base, "note_repaid", "note").any()


def test_a_note_is_paid_first_of_all_in_a_sale(simulate: Simulate) -> None:
    """A company of 60 B sold in quarter 4: the note is owed 108 and gets all; the preferred nothing."""
    base, sold = sold_at_the_end(simulate, replace(NOTE, matures=None), PAID, PREFERRED, burn=208.0)
    assert base.run.company_sale[4, sold] == pytest.approx((1100.0 - 5 * 208.0) * BILLION)
    assert not base.run.company_sale[5:, sold].any()


# --- M08, M09, M10, M11: what protects and limits a holding -----------------------------------------------------------


def protected(formula: Any) -> AntiDilution:
    return AntiDilution(key="protection", tranches=("paid",), formula=formula)


def test_a_full_ratchet_brings_the_price_paid_down_to_the_round(simulate: Simulate) -> None:
    """Paid at 1000; a round of 100 after 200 burned: 100 of value stays with the holder: P x 0.9 + 100 = 800."""
    base = told(simulate, PAID, protected("full_ratchet"), burn=200.0, rounds=True, quarters=1)
    assert share(base)[1] == pytest.approx(100.0 / 1000.0)


def test_weighted_average_gives_the_published_formula(simulate: Simulate) -> None:
    """A = 1, B = 200/1000, C = 200/P: shares x (A+C)/(A+B), where P solves P x all shares before money = 800."""
    base = told(simulate, PAID, protected("weighted_average"), burn=200.0, rounds=True, quarters=1)
    price = 790.0  # guess, then by hand: P (1 + 0.1 ((1 + 200/P)/1.2 - 1)) = 800
    for _ in range(60):
        price = 800.0 / (1.0 + 0.1 * ((1.0 + 200.0 / price) / 1.2 - 1.0))
    shares = 0.1 * (1.0 + 200.0 / price) / (1.0 + 0.2)
    assert share(base)[1] == pytest.approx(shares * price / 1000.0)
    assert 0.08 < share(base)[1] < 0.1


def test_a_round_above_the_price_paid_protects_nothing(simulate: Simulate) -> None:
    cheap = replace(PAID, price_rule="fixed_valuation", valuation_usd=500 * BILLION)
    plain, kept = (
        share(told(simulate, cheap, *more, burn=10.0, rounds=True))
        for more in ((), (protected("full_ratchet"),))
    )
    assert np.array_equal(plain, kept)


def test_an_ipo_ratchet_tops_the_shares_up_to_the_promised_multiple(simulate: Simulate) -> None:
    """100 promised 1.5 times of 1000: P x 0.9 + 150 = 1000. Sold on the first day for 150."""
    ratchet = IpoRatchet(key="ratchet", tranches=("paid",), target_multiple=1.5)
    base = listed(simulate, PAID, ratchet)
    assert share(base)[1] == pytest.approx(0.1)
    assert base.run.share_sales[1, 0] == pytest.approx(150e9)
    low = listed(simulate, PAID, replace(ratchet, target_multiple=0.9))
    assert low.run.share_sales[1, 0] == pytest.approx(100e9)


def test_pro_rata_keeps_the_share_and_pays_for_it(simulate: Simulate) -> None:
    """10% of rounds of 10: 1 B a quarter, of which outsiders pay 9."""
    right = ProRata(key="follow", uptake_share=fixed(1.0))
    base = told(simulate, PAID, right, burn=10.0, rounds=True)
    assert share(base) == pytest.approx(np.full(13, 0.1))
    assert line(base, "pro_rata", "follow")[1:] == pytest.approx(np.full(12, 1.0))
    assert line(base, "funding_round", "")[1:] == pytest.approx(np.full(12, 9.0))
    half = told(simulate, PAID, replace(right, uptake_share=fixed(0.5)), burn=10.0, rounds=True)
    assert line(half, "pro_rata", "follow")[1] == pytest.approx(0.5)


def test_an_ownership_cap_cuts_what_is_bought(simulate: Simulate) -> None:
    """12% at most: (0.1 + x) / (1 + x) = 0.12 gives x = 0.02 / 0.88, for 1000 a share."""
    for excess, paid in (("not_bought", 20.0 / 0.88), ("non_voting", 100.0)):
        cap = OwnershipCap(key="cap", cap_share=0.12, excess=excess)
        base = told(simulate, PAID, uncalled(), cap)
        assert line(base, "equity_tranche", "later").sum() == pytest.approx(paid)
    assert share(
        told(simulate, PAID, uncalled(), OwnershipCap(key="cap", cap_share=0.12, excess="not_bought"))
    )[-1] == pytest.approx(0.12)


def test_a_cap_limits_pro_rata(simulate: Simulate) -> None:
    cap = OwnershipCap(key="cap", cap_share=0.05, excess="not_bought")
    right = ProRata(key="follow", uptake_share=fixed(1.0))
    base = told(simulate, PAID, right, cap, burn=10.0, rounds=True)
    assert not line(base, "pro_rata", "follow").any()


def test_rounds_of_one_size_dilute_by_the_same_factor(simulate: Simulate) -> None:
    """Each round of 10 at a value of 1000 after money: share x (1 - 10/1000)^k."""
    base = told(simulate, PAID, burn=10.0, rounds=True)
    assert share(base) == pytest.approx(0.1 * 0.99 ** np.arange(13), rel=1e-12)


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
    assert mark_at_horizon(scenario, base.run)[0] == pytest.approx(100e9)
    assert not base.run.company_sale.any()
    assert not base.run.share_sales.any()
    poor = still_scenario(PAID, PREFERRED, burn=75.0)
    told = simulate(poor, intercept=NEVER_FILED).base
    assert mark_at_horizon(poor, told.run)[0] == pytest.approx(100e9)


def test_a_default_leaves_equity_nothing(simulate: Simulate) -> None:
    certain = {"distress_hazard_short": 0.9, "distress_hazard_long": 0.9}
    scenario = still_scenario(PAID, PREFERRED, burn=400.0, lab=certain)
    base = simulate(scenario, intercept=NEVER_FILED).base
    assert base.run.defaulted.any(axis=0).all()
    assert not base.run.company_sale.any()
    assert not mark_at_horizon(scenario, base.run).any()


# --- what a result says about it --------------------------------------------------------------------------------------


def test_a_result_says_who_called_when_and_what_is_left(small_blocks: int) -> None:
    option = uncalled(
        price_rule="fixed_valuation", valuation_usd=800 * BILLION, option=True, obligation=False
    )
    result = evaluate(still_scenario(PAID, PREFERRED, option), 64, 1)
    assert result["counts"]["called:later"] == {"by_trigger": 0, "by_option": 64, "never": 0}
    assert result["curves"]["called_by_quarter.later"] == [0.0] * 3 + [1.0] * 10
    outcomes = result["outcomes"]
    assert outcomes["value_over_price_when_called"]["mean"] == pytest.approx(1.25)
    # Of 1100 B the preferred takes its 100, more than 0.1 of 1.125 shares; 0.125 of the other 1.025 shares are common.
    for name in ("stake_mark_at_horizon_usd", "stake_mark_no_ipo_at_horizon_usd"):
        assert outcomes[name]["mean"] == pytest.approx(100e9 + 0.125 * 1000e9 / 1.025)
    share = result["fans"]["provider_share"]
    assert (share["unit"], share["p50"][-1]) == ("share", pytest.approx(0.225 / 1.125))
