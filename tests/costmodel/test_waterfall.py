"""The waterfall of several classes: closed forms, hand-computed examples, every set of conversions tried (E21)."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.terms.waterfall import Claim, waterfall
from tests.costmodel.steady import STEADY

# --- one class, two classes, by hand ----------------------------------------------------------------------------------

money = st.floats(0.0, 2000.0)
part = st.floats(0.01, 0.49)


def parts_of(exit_value: float, claims: list[Claim], all_shares: float = 1.0) -> list[float]:
    """Return each class's part of one exit value."""
    return [float(part[0]) for part in waterfall(np.array([exit_value]), np.array([all_shares]), claims)]


def payoff(exit_value: float, senior: bool = False, **changes: float) -> float:
    held = {
        "all_shares": 1.0,
        "holder_shares": 0.2,
        "holder_preference": 100.0,
        "other_shares": 0.3,
        "other_preference": 90.0,
        **changes,
    }
    holder = Claim(shares=held["holder_shares"], preference=held["holder_preference"], rank=int(senior))
    others = Claim(shares=held["other_shares"], preference=held["other_preference"])
    return parts_of(exit_value, [holder, others], held["all_shares"])[0]


def test_a_preferred_holder_gets_money_back_or_converts_whichever_is_more() -> None:
    one_class = {"other_shares": 0.0, "other_preference": 0.0}
    assert payoff(80.0, **one_class) == pytest.approx(80.0)
    assert payoff(300.0, **one_class) == pytest.approx(100.0)
    assert payoff(500.0, **one_class) == pytest.approx(100.0)
    assert payoff(600.0, **one_class) == pytest.approx(120.0)


def test_unconverted_classes_share_in_proportion_or_by_rank() -> None:
    assert payoff(95.0) == pytest.approx(95.0 * 100 / 190)
    assert payoff(95.0, senior=True) == pytest.approx(95.0)
    assert payoff(150.0, senior=True) == pytest.approx(100.0)


def test_a_class_with_a_low_preference_per_share_converts_first() -> None:
    # Others hold 300 per share, the holder 500: at 420 the others convert, the holder takes the preference.
    assert payoff(420.0) == pytest.approx(100.0)
    others = payoff(
        420.0, holder_shares=0.3, holder_preference=90.0, other_shares=0.2, other_preference=100.0
    )
    assert others == pytest.approx((420.0 - 100.0) * 0.3 / 0.8)


def test_when_everyone_converts_each_gets_its_share() -> None:
    assert payoff(5000.0) == pytest.approx(1000.0)


@given(money, part, money, money)
def test_two_preferred_classes_are_paid_exactly_the_exit_value(
    exit_value: float, own: float, own_preference: float, other_preference: float
) -> None:
    holder = payoff(
        exit_value,
        holder_shares=own,
        holder_preference=own_preference,
        other_shares=1.0 - own,
        other_preference=other_preference,
    )
    others = payoff(
        exit_value,
        holder_shares=1.0 - own,
        holder_preference=other_preference,
        other_shares=own,
        other_preference=own_preference,
    )
    assert holder + others == pytest.approx(exit_value, rel=1e-9, abs=1e-6)


@given(money, part, part, money, money)
def test_holder_others_and_common_are_paid_exactly_the_exit_value(
    exit_value: float, own: float, other: float, own_preference: float, other_preference: float
) -> None:
    """What is left for common is never negative, and is common's share of the price when somebody converts."""
    shares = {"holder_shares": own, "other_shares": other}
    preferences = {"holder_preference": own_preference, "other_preference": other_preference}
    holder = payoff(exit_value, **shares, **preferences)
    others = payoff(
        exit_value,
        holder_shares=other,
        other_shares=own,
        holder_preference=other_preference,
        other_preference=own_preference,
    )
    common = exit_value - holder - others
    assert common >= -1e-6
    price = common / (1.0 - own - other)
    # Nobody who converted would rather have stayed, nobody who stayed would rather have converted.
    for got, held, preference in ((holder, own, own_preference), (others, other, other_preference)):
        assert got >= min(preference, got) - 1e-6
        assert got >= held * price - 1e-6 or got == pytest.approx(preference, abs=1e-6)


@given(money, part, part, money, money, money, st.booleans())
def test_a_higher_preference_never_lowers_what_the_holder_gets(
    exit_value: float, own: float, other: float, first: float, second: float, others: float, senior: bool
) -> None:
    low, high = sorted((first, second))
    held = {"holder_shares": own, "other_shares": other, "other_preference": others}
    lower = payoff(exit_value, senior, holder_preference=low, **held)
    higher = payoff(exit_value, senior, holder_preference=high, **held)
    assert higher >= lower - 1e-6


def test_one_class_is_the_closed_form_of_the_mechanism() -> None:
    """max(min(L, residual), f x Exit) with L 100 and f 0.2."""
    one = [Claim(shares=0.2, preference=100.0)]
    for exit_value in (0.0, 40.0, 100.0, 499.0, 501.0, 3000.0):
        assert parts_of(exit_value, one)[0] == pytest.approx(max(min(100.0, exit_value), 0.2 * exit_value))


def test_a_participating_class_takes_its_money_and_its_share_up_to_its_cap() -> None:
    """max(min(L + f (Exit - L), c I), f Exit) with L 100, f 0.2, c I 250: full at 850, converts at 1250."""
    capped = [Claim(shares=0.2, preference=100.0, participates=True, cap=250.0)]
    for exit_value in (60.0, 100.0, 600.0, 850.0, 1000.0, 1249.0, 1251.0, 4000.0):
        closed = max(
            min(min(100.0, exit_value) + 0.2 * max(exit_value - 100.0, 0.0), 250.0), 0.2 * exit_value
        )
        assert parts_of(exit_value, capped)[0] == pytest.approx(closed), exit_value
    uncapped = [Claim(shares=0.2, preference=100.0, participates=True)]
    assert parts_of(5000.0, uncapped)[0] == pytest.approx(100.0 + 0.2 * 4900.0)


def test_seniors_first_then_equals_in_proportion_then_juniors() -> None:
    claims = [
        Claim(shares=0.1, preference=50.0, rank=-1),
        Claim(shares=0.1, preference=60.0),
        Claim(shares=0.1, preference=40.0),
        Claim(shares=0.1, preference=100.0, rank=1),
    ]
    assert parts_of(150.0, claims) == pytest.approx([0.0, 30.0, 20.0, 100.0])
    assert parts_of(220.0, claims) == pytest.approx([20.0, 60.0, 40.0, 100.0])


def test_three_classes_convert_one_after_the_other() -> None:
    """Preferences of 600, 100 and 200 a share, common holds 0.7: at 200 a common share gets (200 - 80) / 0.8 = 150."""
    claims = [
        Claim(shares=0.1, preference=60.0),
        Claim(shares=0.1, preference=10.0),
        Claim(shares=0.1, preference=20.0),
    ]
    assert parts_of(160.0, claims) == pytest.approx([60.0, 10.0, 20.0])
    # 160 - 90 = 70 over 0.7 is 100 a share: exactly where the first converts.
    assert parts_of(200.0, claims)[1] == pytest.approx(0.1 * (200.0 - 80.0) / 0.8)
    assert parts_of(400.0, claims) == pytest.approx([60.0, 0.1 * 340.0 / 0.9, 0.1 * 340.0 / 0.9])
    assert parts_of(700.0, claims) == pytest.approx([70.0, 70.0, 70.0])


# --- every set of conversions, tried ----------------------------------------------------------------------------------

classes = st.builds(
    Claim,
    shares=st.floats(0.02, 0.2),
    preference=st.floats(0.0, 300.0),
    rank=st.integers(-1, 2),
    participates=st.booleans(),
    cap=st.one_of(st.none(), st.floats(0.0, 900.0)),
)


def given_conversions(exit_value: float, claims: list[Claim], converted: tuple[bool, ...]) -> list[float]:
    """Return the parts when exactly these classes give up their preference; the last one is common's."""
    common = 1.0 - sum(claim.shares for claim in claims)
    paid, left = [0.0] * len(claims), exit_value
    for rank in sorted({claim.rank for claim in claims}, reverse=True):
        level = [at for at, claim in enumerate(claims) if claim.rank == rank and not converted[at]]
        owed = sum(claims[at].preference for at in level)
        for at in level:
            paid[at] = claims[at].preference * min(left / owed, 1.0) if owed > 0.0 else 0.0
        left -= min(left, owed)
    room = [
        np.inf
        if converted[at]
        else 0.0
        if not claim.participates
        else np.inf
        if claim.cap is None
        else max(claim.cap, claim.preference) - claim.preference
        for at, claim in enumerate(claims)
    ]
    full: set[int] = {at for at, space in enumerate(room) if space <= 0.0}
    while True:
        sharing = common + sum(claim.shares for at, claim in enumerate(claims) if at not in full)
        price = (left - sum(room[at] for at in full)) / sharing
        over = {at for at, claim in enumerate(claims) if at not in full and claim.shares * price > room[at]}
        if not over:
            break
        full |= over
    return [paid[at] + min(claim.shares * price, room[at]) for at, claim in enumerate(claims)] + [
        common * price
    ]


def stable(exit_value: float, claims: list[Claim], converted: tuple[bool, ...]) -> bool:
    """Whether nobody gains by deciding the other way."""
    held = given_conversions(exit_value, claims, converted)
    for at in range(len(claims)):
        other = tuple(not flag if where == at else flag for where, flag in enumerate(converted))
        if given_conversions(exit_value, claims, other)[at] > held[at] + 1e-9 * max(exit_value, 1.0):
            return False
    return True


@STEADY
@given(st.floats(0.0, 3000.0), st.lists(classes, min_size=1, max_size=4))
def test_it_is_the_set_of_conversions_nobody_would_leave(exit_value: float, claims: list[Claim]) -> None:
    found = parts_of(exit_value, claims)
    sets = [
        flags for flags in product((False, True), repeat=len(claims)) if stable(exit_value, claims, flags)
    ]
    assert sets
    assert any(
        given_conversions(exit_value, claims, flags)[:-1] == pytest.approx(found, rel=1e-7, abs=1e-6)
        for flags in sets
    )


@STEADY
@given(st.floats(0.0, 3000.0), st.lists(classes, min_size=1, max_size=6), st.integers(0, 5))
def test_the_parts_add_up_to_the_exit_value(exit_value: float, claims: list[Claim], last: int) -> None:
    """The rest of the shares, as a class without a preference, takes exactly what the others leave."""
    held = sum(claim.shares for claim in claims)
    common = Claim(shares=1.5 - held, preference=0.0)
    parts = parts_of(exit_value, [*claims, common], 1.5)
    assert sum(parts) == pytest.approx(exit_value, rel=1e-9, abs=1e-6)
    assert all(found >= 0.0 for found in parts)
    # No class sees the order in which classes are told.
    turned = [*claims[last:], *claims[:last]]
    again = parts_of(exit_value, [*turned, common], 1.5)
    assert sorted(again) == pytest.approx(sorted(parts), rel=1e-7, abs=1e-6)


@STEADY
@given(st.floats(0.0, 3000.0), st.lists(classes, min_size=1, max_size=5), st.floats(0.0, 200.0))
def test_a_higher_preference_never_lowers_the_part_of_any_class(
    exit_value: float, claims: list[Claim], more: float
) -> None:
    """With its cap raised as much, so that the preference is all that changes."""
    first = claims[0]
    cap = None if first.cap is None else max(first.cap, first.preference) + more
    higher = replace(first, preference=first.preference + more, cap=cap)
    before, after = (parts_of(exit_value, [one, *claims[1:]])[0] for one in (first, higher))
    assert after >= before - 1e-6


@STEADY
@given(st.floats(1.0, 3000.0), st.lists(classes, min_size=1, max_size=5), st.floats(0.01, 1000.0))
def test_all_money_times_k_gives_all_parts_times_k(exit_value: float, claims: list[Claim], k: float) -> None:
    larger = [
        replace(one, preference=one.preference * k, cap=None if one.cap is None else one.cap * k)
        for one in claims
    ]
    before, after = parts_of(exit_value, claims), parts_of(exit_value * k, larger)
    assert after == pytest.approx([part * k for part in before], rel=1e-7, abs=1e-6 * k)
