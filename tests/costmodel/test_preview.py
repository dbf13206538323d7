"""A preview is the first block of a run, by the worlds its headline reads alone: the same values, draw for draw."""

import numpy as np
import pytest

from costmodel import evaluate
from costmodel.inputs.scenario import Scenario
from tests.costmodel.scenarios import NEW, NEW_MINIMUM, NEW_STEPS, NEW_TIERS, OLD, SEED, small_scenario

pytestmark = pytest.mark.usefixtures("small_blocks")


def with_equity() -> Scenario:
    return small_scenario()


def without_equity() -> Scenario:
    return small_scenario(terms=(OLD, NEW, NEW_MINIMUM, NEW_TIERS, NEW_STEPS))


def first_block(scenario: Scenario) -> dict[str, np.ndarray]:
    preparation = evaluate.prepare(scenario, SEED)
    return evaluate.evaluate_block(scenario, preparation, SEED, 0, 256).key_figures


def assert_same(scenario: Scenario) -> None:
    found, whole = evaluate.preview(scenario, SEED), first_block(scenario)
    for name, draws in found.figures.items():
        np.testing.assert_array_equal(draws, whole[name], err_msg=name)


def test_with_equity_it_says_whether_that_is_back_without_an_ipo() -> None:
    scenario = with_equity()

    assert list(evaluate.preview(scenario, SEED).figures) == [
        "recovered_do_no_ipo_cash",
        "recovered_do_no_ipo_accounting",
    ]
    assert_same(scenario)


def test_without_equity_it_says_what_the_contract_earns() -> None:
    scenario = without_equity()

    assert list(evaluate.preview(scenario, SEED).figures) == [
        "margin_cash_pv_usd",
        "margin_accounting_usd",
        "lab_default_by_contract_end",
    ]
    assert_same(scenario)


def test_asked_twice_it_says_the_same_from_the_luck_it_kept() -> None:
    scenario = with_equity()
    first, second = (evaluate.preview(scenario, SEED) for _ in range(2))

    for name in first.figures:
        np.testing.assert_array_equal(first.figures[name], second.figures[name])
    assert first.cost_table == second.cost_table


def test_its_cost_table_is_that_of_a_run() -> None:
    scenario = with_equity()

    assert evaluate.preview(scenario, SEED).cost_table == evaluate.evaluate(scenario, 256, SEED)["cost_table"]
