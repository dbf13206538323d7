"""Published dollars per token, recomputed from specifications, the calibration and the price those authors used.

The points, our choices, and what is missed stand in `planner.runs.serving_checks.published`, whose figures the page of
the method shows; what is promised of them is tested here.
"""

from dataclasses import replace

import pytest

from planner.runs.serving_checks import published
from planner.runs.serving_checks.published import POINTS, Compared, compared

FOUND = {one.point.key: one for one in compared()}
NOT_COMPUTABLE = {"mi300x-405b", "unnamed-drafts"}


@pytest.mark.parametrize("key", ["b200-50", "b200-125", "gb300-drafts"])
def test_a_published_price_is_met_within_20_percent(key: str) -> None:
    assert FOUND[key].ours == pytest.approx(FOUND[key].point.published, rel=0.2)
    assert FOUND[key].is_met


def test_without_drafts_the_same_point_costs_several_times_as_much() -> None:
    drafted, plain = FOUND["gb300-drafts"].ours, FOUND["gb300-plain"].ours
    assert drafted is not None
    assert plain is not None
    assert plain > 5.0 * drafted


def test_what_lacks_a_price_or_a_chip_is_not_computed_and_never_met() -> None:
    assert {key for key, one in FOUND.items() if one.ours is None} == NOT_COMPUTABLE
    assert not any(FOUND[key].is_met for key in NOT_COMPUTABLE)


def test_met_is_within_a_fifth_of_what_was_published_on_either_side() -> None:
    point = replace(POINTS[0], published=1.0)
    met = [Compared(point, usd, None).is_met for usd in (0.79, 0.81, 1.19, 1.21)]
    assert met == [False, True, True, False]


def test_a_price_in_all_counts_the_prompt_and_a_dearer_hour_costs_in_proportion() -> None:
    point = POINTS[0]
    ours = published._ours(point)
    assert ours is not None
    assert published._ours(replace(point, tokens_per_output=9.0)) == pytest.approx(ours / 9.0)
    assert published._ours(replace(point, usd_per_hour=3.9)) == pytest.approx(ours * 2.0)


def test_the_sentence_counts_misses_and_the_labels_that_were_not_chosen() -> None:
    tried = [one for one in compared() if one.ours is not None]
    said = published.sentence()
    assert f"Of {len(tried)} published prices" in said
    assert f"{sum(one.is_met for one in tried)} are met within 20%." in said
    assert f"and {sum(one.is_met_with_other for one in tried) or 'none'} with the other." in said
