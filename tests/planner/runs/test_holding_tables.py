"""Who calls each tranche and what the provider owns, as a result page shows them (E20, E21)."""

from typing import Any

from planner.runs.presentation.holdings import called_tranches, holding_by_year

QUARTERS = [f"{year} Q{quarter}" for year in range(2029, 2031) for quarter in range(1, 5)]
DOCUMENT = {"deal": {"terms": [{"key": "later", "label": "Second payment"}, {"key": "bare"}]}}


def result(**changes: Any) -> dict[str, Any]:
    return {
        "opening": "2028-12-31",
        "quarters": QUARTERS,
        "counts": {
            "fate": {"stays": 3},
            "called:later": {"by_trigger": 60, "by_option": 20, "never": 20},
            "called:bare": {"by_trigger": 0, "by_option": 0, "never": 100},
        },
        "curves": {
            "called_by_quarter.later": [0.0, 0.1, 0.3, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8],
            "called_by_quarter.bare": [0.0] * 9,
        },
        "fans": {
            "provider_share": {
                name: [share * (1 - 0.05 * place) for place in range(9)]
                for name, share in (("p05", 0.02), ("p50", 0.04), ("p95", 0.05))
            }
        },
        **changes,
    }


def test_each_open_tranche_says_who_calls_it_and_when_half_of_the_calls_are_made() -> None:
    second, bare = called_tranches(result(), DOCUMENT)
    assert (second.name, second.by_trigger, second.by_option, second.never) == (
        "Second payment",
        "60%",
        "20%",
        "20%",
    )
    assert second.half_by == "2029 Q3"
    assert (bare.name, bare.never, bare.half_by) == ("bare", "100%", "")


def test_a_result_without_open_tranches_has_no_such_table() -> None:
    assert called_tranches(result(counts={}), DOCUMENT) == []
    assert called_tranches({}, {}) == []


def test_the_holding_of_a_year_is_that_of_its_last_quarter() -> None:
    first, last = holding_by_year(result())
    assert (first.year, first.low, first.median, first.high) == ("2029", "1.6%", "3.2%", "4.0%")
    assert (last.year, last.median) == ("2030", "2.4%")


def test_who_never_holds_shares_has_no_such_table() -> None:
    nothing = {"provider_share": {name: [0.0] * 9 for name in ("p05", "p50", "p95")}}
    assert holding_by_year(result(fans=nothing)) == []
    assert holding_by_year({"fans": {}}) == []
