"""How figures are written."""

import math

import pytest

from planner.core import formatting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (15e9, "$15.0 B"),
        (1.234e9, "$1,234 m"),
        (-3.8e6, "($3.8 m)"),
        (-82.06e9, "($82.1 B)"),
        (1.5e12, "$1.50 T"),
        (12_345.0, "$12,345"),
        (0.56, "$0.56"),
        (0.0, "–"),
        (-0.0, "–"),
        (None, "not defined"),
        (math.nan, "not defined"),
        (math.inf, "not defined"),
    ],
)
def test_money_has_its_scale_and_never_a_minus_sign(value: float | None, text: str) -> None:
    assert formatting.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.2e9, "1,200"), (-6.1e8, "(610)"), (4e5, "0.4"), (0.0, "–"), (1.0, "–"), (None, "not defined")],
)
def test_columns_in_millions_leave_their_unit_to_the_head(value: float | None, text: str) -> None:
    assert formatting.millions(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12.4, "$12.40"), (0.503, "$0.503"), (0.01084, "$0.0108"), (0.0, "–")]
)
def test_unit_prices_keep_three_digits_that_count(value: float, text: str) -> None:
    assert formatting.unit_price(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.71, "71%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.001, "under 1%"),
        (0.999, "over 99%"),
        (None, "not defined"),
    ],
)
def test_a_probability_is_never_rounded_to_never_or_always(share: float | None, text: str) -> None:
    assert formatting.futures_share(share) == text


def test_a_share_of_futures_says_of_what() -> None:
    assert formatting.of_futures(0.71) == "71% of futures"


def test_rates_and_multiples_are_negative_in_parentheses() -> None:
    assert formatting.rate(-0.03) == "(3.0%) a year"
    assert formatting.multiple(2.11) == "2.1x"
    assert formatting.multiple(-0.5) == "(0.5x)"


def test_a_quarter_is_the_nearest_one_on_the_time_line() -> None:
    quarters = ["2026 Q2", "2026 Q3"]

    assert formatting.quarter(0.6, quarters) == "2026 Q3"
    assert formatting.quarter(-1.0, quarters) == "the opening date"
    assert formatting.quarter(99.0, quarters) == "2026 Q3"
    assert formatting.quarter(1.0, []) == "not defined"


def test_digits_that_the_futures_cannot_support_are_grey() -> None:
    assert formatting.money_supported(16.3e9, 1.09e9) == '$16<span class="unsupported">.3</span> B'
    assert formatting.money_supported(1.234e9, 3e8) == '$1,2<span class="unsupported">34</span> m'
    assert formatting.money_supported(16.3e9, 1e7) == "$16.3 B"
    assert formatting.money_supported(None, 1e7) == "not defined"
