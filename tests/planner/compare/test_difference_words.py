"""A difference is an amount without a sign and a word that says which way."""

import numpy as np
import pytest

from planner.compare.deltas import difference, paired_delta, unpaired_delta


@pytest.mark.parametrize(
    ("change", "unit", "figure", "word"),
    [
        (-6.3e9, "usd", "$6.3 B", "lower"),
        (6.3e9, "usd", "$6.3 B", "higher"),
        (0.0, "usd", "", "no difference"),
        (-0.124, "share", "12.4 points", "lower"),
        (-0.0001, "share", "", "no difference"),
        (-0.25, "ratio", "0.25x", "lower"),
        (3.4, "quarters", "3 quarters", "later"),
        (-0.3, "quarters", "under 1 quarter", "earlier"),
        (1.1, "quarters", "1 quarter", "later"),
    ],
)
def test_no_difference_is_negated_twice(change: float, unit: str, figure: str, word: str) -> None:
    delta = paired_delta("provider_npv_usd", unit, np.zeros(4), np.full(4, change))

    assert (delta.figure, delta.word) == (figure, word)


def test_the_range_of_a_certain_fall_has_no_sign_either() -> None:
    other = np.array([-6.2e9, -6.4e9] * 200)

    delta = paired_delta("provider_npv_usd", "usd", np.zeros(400), other)

    assert delta.interval == "$6.3 B to $6.3 B" or delta.interval == ""
    assert "(" not in delta.figure + delta.interval


def test_a_range_across_zero_says_both_ways() -> None:
    delta = paired_delta("provider_npv_usd", "usd", np.zeros(2), np.array([-4e9, 6e9]))

    assert delta.interval == "$8.8 B lower to $10.8 B higher"


def test_a_difference_says_over_how_many_futures_it_is_taken() -> None:
    base, other = np.array([0.1, 0.2, np.nan, 0.4]), np.array([0.2, 0.3, 0.9, np.nan])

    delta = paired_delta("provider_irr", "rate_per_year", base, other)

    assert (delta.figure, delta.word) == ("10.0 points", "higher")
    assert delta.among == "among futures in which both have one: 50%"


def test_unpaired_means_of_other_futures_are_not_subtracted() -> None:
    mine = {"unit": "rate_per_year", "mean": 0.1, "standard_error": 0.01, "defined_share": 0.9}
    theirs = {**mine, "mean": 0.3, "defined_share": 1.0}

    assert unpaired_delta(mine, theirs).figure == ""
    assert unpaired_delta({**mine, "defined_share": 1.0}, theirs).figure == "20.0 points"


def test_a_difference_has_no_sign() -> None:
    assert difference(-5.0, "ratio") == difference(5.0, "ratio") == "5.00x"


def test_a_number_of_quarters_is_said_with_its_tenths() -> None:
    assert difference(2.34, "quarters_long") == "2.3 quarters"
    assert difference(0.01, "quarters_long") == ""
