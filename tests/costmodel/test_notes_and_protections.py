"""Notes, price protections, pro-rata rights and caps, computed by hand in a still lab (M05, M08-M11, E21)."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.equity_terms import (
    AntiDilution,
    ConvertibleNote,
    IpoRatchet,
    OwnershipCap,
    ProRata,
)
from costmodel.inputs.quantity import fixed
from tests.costmodel.quiet import BILLION
from tests.costmodel.still import (
    PAID,
    PREFERRED,
    Simulate,
    line,
    listed,
    share,
    sold_at_the_end,
    told,
    uncalled,
)

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


def test_a_note_at_its_cap_in_a_sale_dilutes_everybody(simulate: Simulate) -> None:
    """1,100 sold in quarter 4; 108 at a cap of 540 are 0.2 new shares of 1.2: with the 0.1 held, a quarter of it."""
    capped = replace(NOTE, valuation_cap_usd=540 * BILLION, matures=None)
    base, sold = sold_at_the_end(simulate, capped, PAID, burn=0.0)
    assert base.run.company_sale[4, sold] == pytest.approx(0.3 / 1.2 * 1100 * BILLION)


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
