"""IRR and its traps: none, several, total loss, yearly not four times quarterly (engine.md 8)."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from costmodel.outcomes.returns import REASONS, internal_rate


def irr(*flows: float) -> float:
    return float(internal_rate(np.array(flows, dtype=float)[:, None])[0][0])


def reason(*flows: float) -> str:
    return REASONS[int(internal_rate(np.array(flows, dtype=float)[:, None])[1][0])]


def quarterly_roots(flows: list[float]) -> np.ndarray:
    """Return every quarterly rate above -100% at which the present value is zero, by numpy's polynomial roots."""
    trimmed = np.trim_zeros(np.array(flows), "f")
    factors = np.roots(trimmed[::-1])
    real = factors[(np.abs(factors.imag) < 1e-9 * np.maximum(np.abs(factors), 1.0)) & (factors.real > 0)].real
    return np.sort(1.0 / real - 1.0)


def test_the_yearly_rate_compounds_four_quarters() -> None:
    assert irr(-100.0, 110.0) == pytest.approx(1.1**4 - 1.0)
    assert irr(-100.0, 0.0, 0.0, 0.0, 110.0) == pytest.approx(0.1)


def test_money_that_just_comes_back_earns_nothing() -> None:
    assert irr(-100.0, 50.0, 50.0) == pytest.approx(0.0, abs=1e-12)


def test_a_partial_loss_is_a_negative_rate() -> None:
    assert irr(-100.0, 0.0, 0.0, 0.0, 50.0) == pytest.approx(-0.5)


def test_all_money_lost_is_minus_one_hundred_percent() -> None:
    assert irr(-100.0, 0.0, -20.0, 0.0) == -1.0


def test_flows_of_one_sign_or_of_none_have_no_rate() -> None:
    assert np.isnan(irr(10.0, 20.0))
    assert np.isnan(irr(0.0, 5.0))
    assert np.isnan(irr(0.0, 0.0))


def test_no_root_at_all_has_no_rate() -> None:
    assert quarterly_roots([5.0, -5.0, 4.0, 3.0]).size == 0
    assert np.isnan(irr(5.0, -5.0, 4.0, 3.0))


def test_of_several_roots_the_nearest_zero_is_taken() -> None:
    # 1.05 and 1.6 a quarter.
    flows = [-1.0, 1.05 + 1.6, -1.05 * 1.6]
    assert quarterly_roots(flows) == pytest.approx([0.05, 0.6])
    assert irr(*flows) == pytest.approx(1.05**4 - 1.0)
    # -0.4 and +0.25 a quarter.
    flows = [-1.0, 0.6 + 1.25, -0.6 * 1.25]
    assert irr(*flows) == pytest.approx(1.25**4 - 1.0)


def test_leading_zeros_change_nothing() -> None:
    assert irr(0.0, 0.0, -100.0, 30.0, 90.0) == pytest.approx(irr(-100.0, 30.0, 90.0))


def test_a_rate_beyond_the_grid_is_left_out() -> None:
    assert np.isnan(irr(-1.0, 1000.0))
    assert irr(-1.0, 90.0) == pytest.approx(90.0**4 - 1.0)


def test_the_rate_does_not_depend_on_the_size_of_the_money() -> None:
    flows = np.array([-15e9, *[1e9] * 30])
    assert irr(*flows) == pytest.approx(irr(*(flows / 1e9)), rel=1e-10)


def test_draws_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    flows = rng.normal(5.0, 10.0, (20, 50))
    flows[0] = -80.0
    together, reasons = internal_rate(flows)
    alone = [internal_rate(flows[:, [draw]]) for draw in range(50)]
    assert np.array_equal(together, [rate[0] for rate, _ in alone], equal_nan=True)
    assert np.array_equal(reasons, [code[0] for _, code in alone])
    assert np.unique(reasons).size > 1


# --- reasons ----------------------------------------------------------------------------------------------------------


def test_a_rate_says_that_it_is_the_only_one() -> None:
    assert reason(-100.0, 110.0) == "found"
    assert reason(0.0, 0.0, -100.0, 30.0, 90.0) == "found"
    assert reason(-100.0, 50.0, 50.0) == "found"


def test_several_roots_are_flagged() -> None:
    assert reason(-1.0, 1.05 + 1.6, -1.05 * 1.6) == "several_roots"
    assert reason(-1.0, 0.6 + 1.25, -0.6 * 1.25) == "several_roots"


def test_no_root_is_told_from_a_root_outside_the_grid() -> None:
    assert reason(10.0, 20.0) == reason(0.0, 0.0) == reason(5.0, -5.0, 4.0, 3.0) == "no_root"
    # The present value of the first crosses zero at +99,900% a quarter, of the second at -99.9%.
    assert reason(-1.0, 1000.0) == reason(-1000.0, 1.0) == "outside_grid"
    assert reason(-1.0, 99.0) == "found"


def test_flows_that_mislead_newton_alone_have_no_root_and_no_number() -> None:
    # Plain Newton gives 32% a quarter for the first.
    assert quarterly_roots([5.0, -10.0, 4.0, 3.0]).size == 0
    assert np.isnan(irr(5.0, -10.0, 4.0, 3.0))
    assert reason(5.0, -10.0, 4.0, 3.0) == "no_root"
    assert reason(3.0, 2.0, 1.0, 4.0) == "no_root"


def test_all_money_lost_is_its_own_reason() -> None:
    assert reason(-100.0, 0.0, -20.0, 0.0) == "all_lost"
    assert reason(0.0, -1.0) == "all_lost"


def test_a_nearly_total_loss_is_found_where_other_solvers_give_up() -> None:
    # A millionth back after 40 quarters is -29% a quarter.
    flows = np.zeros(41)
    flows[0], flows[40] = -1.0, 1e-6
    assert irr(*flows) == pytest.approx(1e-6 ** (4 / 40) - 1.0, rel=1e-12)


@given(st.lists(st.floats(0.0, 50.0), min_size=1, max_size=40), st.floats(1.0, 200.0))
def test_an_investment_agrees_with_the_roots_of_its_polynomial(inflows: list[float], paid: float) -> None:
    assume(sum(inflows) > 0.02 * paid)
    flows = [-paid, *inflows]
    told = irr(*flows)
    quarterly = (1.0 + told) ** 0.25 - 1.0 if np.isfinite(told) else np.nan
    factors = (1.0 / (1.0 + quarterly)) ** np.arange(len(flows))
    if np.isfinite(told):
        assert np.dot(flows, factors) == pytest.approx(0.0, abs=1e-6 * np.dot(np.abs(flows), factors))
    else:
        roots = quarterly_roots(flows)
        assert not ((roots > -0.985) & (roots < 95.0)).any()
        assert reason(*flows) == "outside_grid"


@given(st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=16))
def test_what_is_told_is_always_a_root(values: list[float]) -> None:
    flows = [round(value, 3) for value in values]
    told = irr(*flows)
    if not np.isfinite(told) or told == -1.0:
        assert np.isnan(told) or (max(flows) <= 0.0 and min(flows) < 0.0)
        return
    quarterly = (1.0 + told) ** 0.25 - 1.0
    roots = quarterly_roots(flows)
    assert roots.size
    assert np.min(np.abs(roots - quarterly)) < 1e-4 * (1.0 + abs(quarterly))
