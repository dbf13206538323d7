"""Tranches and credits move the ledger of a still lab by amounts computed by hand (M01, M02, E20)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from costmodel.evaluate import evaluate
from costmodel.inputs.equity_terms import (
    ComputeCredits,
)
from costmodel.inputs.quantity import fixed
from tests.costmodel.quiet import BILLION
from tests.costmodel.still import (
    NEVER_FILED,
    PAID,
    PREFERRED,
    Simulate,
    line,
    listed,
    share,
    still_scenario,
    told,
    uncalled,
)

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


# Revenue of 100 B a year pays the other cost and nothing else. At a multiple of 10 without a trend the log value is a
# sum of normal steps of sd 0.4, each pulled back by 0.35%.
WANDERS: dict[str, Any] = {
    "demand": {
        "paid_price_usd_per_1m_tokens": fixed(1.0),
        "tokens_per_day_trillion": fixed(1e11 / 365.0 / 1e6),
    },
    "placement": {"provider_share_start": fixed(0.0), "provider_share_end": fixed(0.0)},
    "lab": {"other_cost_share_of_revenue": fixed(1.0), "opening_cash_usd": fixed(0.0)},
    "valuation": {"volatility_annual": fixed(0.8), "half_life_quarters": 200.0},
}


def given_away(simulate: Simulate, *, option: bool, **changes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return (draw,) what the lab gave beyond the 100 B it got, and its value when the tranche was decided."""
    tranche = uncalled(
        price_rule="fixed_valuation",
        valuation_usd=1000 * BILLION,
        longstop=date(2026, 12, 31),
        option=option,
        obligation=not option,
    )
    run = simulate(still_scenario(tranche, **WANDERS), intercept=NEVER_FILED, **changes).base.run
    return run.shares_given[4] - sum(run.tranches["later"])[4], run.equity_value[2]


def test_an_option_takes_the_obligation_where_it_pays_and_leaves_it_where_not(simulate: Simulate) -> None:
    """The same tranche on the same luck, at a fixed 1000: the option is called just where the share is worth more."""
    must, _ = given_away(simulate, option=False)
    may, worth = given_away(simulate, option=True)
    in_the_money = worth > 1000 * BILLION
    assert 0.2 < in_the_money.mean() < 0.8
    assert np.array_equal(may, np.where(in_the_money, must, 0.0))
    assert may.mean() > max(must.mean(), 0.0)


def test_option_and_obligation_are_worth_their_closed_forms(simulate: Simulate) -> None:
    """Decided after three steps, paid after four: E[exp(x4)] - 1, and E[(exp(x4) - 1); x3 > 0], times 100 B."""
    keep = 0.5 ** (1.0 / 200.0)
    three = 0.16 * (1.0 + keep**2 + keep**4)
    four = three * keep**2 + 0.16
    forward = np.exp(four / 2.0) - 1.0
    chosen = np.exp(four / 2.0) * ndtr(keep * np.sqrt(three)) - 0.5
    for option, closed in ((False, forward), (True, chosen)):
        draws = np.concatenate([given_away(simulate, option=option, seed=seed)[0] for seed in range(32)])
        error = draws.std() / np.sqrt(draws.size)
        assert draws.mean() == pytest.approx(closed * 100e9, abs=3.5 * error), option
        assert error < 0.05 * closed * 100e9


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
    assert outcomes["private_stake_mark_usd"]["mean"] == pytest.approx(100e9 + 0.125 * 1000e9 / 1.025)
    share = result["fans"]["provider_share"]
    assert (share["unit"], share["p50"][-1]) == ("share", pytest.approx(0.225 / 1.125))
