"""Variants on shared draws have the bytes of runs of their own, whatever input differs."""

import json
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.quantity import Quantity, fixed, limits_of
from costmodel.inputs.scenario import Scenario
from costmodel.simulate.reads import Reads
from costmodel.variants import evaluate_variants
from tests.costmodel.conftest import SMALL
from tests.costmodel.scenarios import SEED, small_scenario

pytestmark = pytest.mark.usefixtures("small_blocks")
DRAWS = SMALL - 40
LAB_FAILS = {"lab": {"distress_hazard_short": 0.3, "distress_hazard_long": 0.05}}


def text(result: Any) -> str:
    return json.dumps(result, sort_keys=True, allow_nan=False)


def moved(value: Any, low: float, high: float) -> Any:
    """Another value a little away, inside the limits; None when there is none."""
    if isinstance(value, Quantity):
        if value.shape == "fixed":
            other = moved(value.value, low, high)
            return None if other is None else fixed(other)
        return (
            replace(value, low=value.low + 0.2 * (value.high - value.low))
            if value.shape != "discrete"
            else None
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    near = value + 1 if isinstance(value, int) else value * 0.93 + 0.003
    return near if low <= near <= high else None


def variants_of(node: Any, rebuild: Any, path: str = "") -> list[tuple[str, Scenario]]:
    """One scenario for each number in the tree, that number moved."""
    found: list[tuple[str, Scenario]] = []
    for declared in fields(node):
        held, here = getattr(node, declared.name), f"{path}.{declared.name}"

        def put(value: Any, name: str = declared.name) -> Scenario:
            return rebuild(replace(node, **{name: value}))

        if is_dataclass(held) and not isinstance(held, Quantity):
            found += variants_of(held, put, here)
        elif isinstance(held, tuple) and held and is_dataclass(held[0]):
            for place, item in enumerate(held):

                def put_item(value: Any, place: int = place, held: Any = held, put: Any = put) -> Scenario:
                    return put((*held[:place], value, *held[place + 1 :]))

                found += variants_of(item, put_item, f"{here}[{place}]")
        else:
            other = moved(held, *(limits_of(declared) or (-1e300, 1e300)))
            if other is not None:
                try:
                    found.append((here, put(other)))
                except ValueError:  # two inputs that must agree; the next one is moved instead
                    continue
    return found


BASE = small_scenario(**LAB_FAILS)
ALL = variants_of(BASE, lambda scenario: scenario)
PARTS = sorted({name.split(".")[1].split("[")[0] for name, _ in ALL})


def test_every_part_has_inputs_to_move() -> None:
    assert {"demand", "market", "fleet", "deal", "lab", "valuation", "exit", "placement", "workload"} <= set(
        PARTS
    )
    assert len(ALL) > 150


@pytest.mark.parametrize("part", PARTS)
def test_moving_any_input_gives_the_bytes_of_a_run_of_its_own(part: str) -> None:
    """Three inputs of a part at a time, spread over it."""
    mine = [one for one in ALL if one[0].split(".")[1].split("[")[0] == part]
    alone = {name: run_of_its_own(scenario) for name, scenario in mine[:: max(len(mine) // 3, 1)]}
    chosen = [(name, scenario) for name, scenario in mine if alone.get(name)]
    assert chosen
    told = evaluate_variants([BASE, *(scenario for _, scenario in chosen)], DRAWS, SEED)
    assert text(told[0]) == text(evaluate(BASE, DRAWS, SEED))
    for (name, _), result in zip(chosen, told[1:], strict=True):
        assert text(result) == alone[name], name


def run_of_its_own(scenario: Scenario) -> str | None:
    """The result; None when no run can compute it, as when a chip is too slow."""
    try:
        return text(evaluate(scenario, DRAWS, SEED))
    except ValueError:
        return None


def test_a_term_more_or_less_is_a_variant_too() -> None:
    fewer = replace(BASE, deal=replace(BASE.deal, terms=BASE.deal.terms[:-1]))
    bare = replace(BASE, deal=replace(BASE.deal, terms=BASE.deal.terms[:5]))
    told = evaluate_variants([BASE, fewer, bare], DRAWS, SEED)
    assert text(told[1]) == text(evaluate(fewer, DRAWS, SEED))
    assert text(told[2]) == text(evaluate(bare, DRAWS, SEED))


def test_the_same_scenario_twice_is_the_same_twice() -> None:
    draws = SMALL + 40
    first, second = evaluate_variants([BASE, small_scenario(**LAB_FAILS)], draws, SEED)
    assert text(first) == text(second) == text(evaluate(BASE, draws, SEED))


def test_reads_are_noted_through_methods_lists_and_copies() -> None:
    reads = Reads()
    shadow = reads.shadow(BASE)
    assert isinstance(shadow, Scenario)
    assert shadow.contracts()[1].quarters == 14
    assert replace(shadow.lab, opening_cash_usd=1.0).round_open_hot == BASE.lab.round_open_hot
    assert reads.are_same_in(BASE)
    assert reads.are_same_in(replace(BASE, valuation=replace(BASE.valuation, debt_usd=5.0)))
    assert not reads.are_same_in(replace(BASE, lab=replace(BASE.lab, round_open_hot=0.1)))
    assert not reads.are_same_in(replace(BASE, deal=replace(BASE.deal, terms=BASE.deal.terms[:-1])))
    assert shadow.contracts()[1].quarters == 14
    reads.closed = True
    assert shadow.contracts()[1].quarters == 14
    assert reads.late is False
    assert shadow.contracts()[0].key == "old"
    assert reads.late is True
