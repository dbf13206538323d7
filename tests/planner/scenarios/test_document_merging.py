"""Two people's changes to one document put together."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planner.scenarios.document_merging import merged

BASE: dict[str, Any] = {
    "rate": 0.1,
    "price": {"low": 1.0, "high": 2.0, "shape": "normal"},
    "terms": [{"key": "a", "usd": 1.0, "steps": [1, 2]}, {"key": "b", "usd": 2.0}],
}


def changed(**values: Any) -> dict[str, Any]:
    return {**deepcopy(BASE), **values}


def test_what_only_one_side_changed_is_kept_from_both() -> None:
    theirs = changed(rate=0.2)
    mine = changed(terms=[{"key": "a", "usd": 9.0, "steps": [1, 2]}, {"key": "b", "usd": 2.0}])
    both = merged(BASE, theirs, mine)
    assert both["rate"] == 0.2
    assert both["terms"][0]["usd"] == 9.0


def test_what_both_changed_is_mine() -> None:
    assert merged(BASE, changed(rate=0.2), changed(rate=0.3))["rate"] == 0.3


def test_a_range_is_one_value_and_never_half_of_each() -> None:
    theirs = changed(price={"low": 1.0, "high": 9.0, "shape": "normal"})
    mine = changed(price={"low": 0.5, "high": 2.0, "shape": "uniform"})
    assert merged(BASE, theirs, mine)["price"] == mine["price"]


def test_items_that_came_or_went_on_either_side_do() -> None:
    a, b = BASE["terms"]
    theirs = changed(terms=[a, b, {"key": "theirs"}])
    mine = changed(terms=[{"key": "mine"}, b])
    assert [item["key"] for item in merged(BASE, theirs, mine)["terms"]] == ["b", "theirs", "mine"]


def test_an_item_i_changed_and_they_removed_stays_and_one_i_did_not_touch_goes() -> None:
    a, b = BASE["terms"]
    mine = changed(terms=[{**a, "usd": 5.0}, b])
    assert merged(BASE, changed(terms=[]), mine)["terms"] == [{**a, "usd": 5.0}]


VALUES = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: (
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.lists(
            st.fixed_dictionaries({"key": st.sampled_from("xyz"), "value": inner}),
            max_size=3,
            unique_by=lambda item: item["key"],
        )
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_one_side_alone_is_taken_as_it_is(base: Any, other: Any) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
    assert merged(base, other, other) == other
