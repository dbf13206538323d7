"""The template in which model families compete: the same deal, its market by family (E11)."""

from typing import Any

import numpy as np
import pytest

from costmodel.inputs.scenario import Scenario
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.paths import Paths, draw_paths
from planner.runs.engine.inputs import to_inputs
from planner.scenarios.documents import scenario_document
from planner.scenarios.paths import walk, with_values
from planner.scenarios.worked_examples import template_document

BASE, FAMILIES = "amazon-openai-2026", "amazon-openai-families"
SEED = 7


def raw(name: str) -> dict[str, Any]:
    document = template_document(name)
    assert isinstance(document, dict)
    return document


def inputs(document: dict[str, Any]) -> Scenario:
    return to_inputs(scenario_document(document))


def paths(document: dict[str, Any]) -> Paths:
    return draw_paths(draw_luck(inputs(document), SEED, 0))


def test_it_is_the_same_deal_with_another_market() -> None:
    plain, families = raw(BASE), raw(FAMILIES)
    differs = {name for name in plain if name != "evidence" and plain[name] != families[name]}
    assert differs == {"demand"}


def test_the_lab_starts_where_it_starts_without_families() -> None:
    """The market's tokens x the start share are the lab's tokens, to the rounding of the stated ends."""
    plain, families = paths(raw(BASE)), paths(raw(FAMILIES))
    assert families.opening_run_rate == pytest.approx(plain.opening_run_rate, rel=2e-3)


def test_every_input_of_a_family_moves_the_labs_tokens_or_the_newcomers_share() -> None:
    document = raw(FAMILIES)
    before = paths(document)
    assert before.family_shares is not None
    for leaf in walk(document):
        key = leaf.path.partition("[")[2].partition("]")[0]
        name = leaf.path.rpartition(".")[2]
        if not leaf.path.startswith("demand.families.members[") or key not in ("gpt", "newcomer"):
            continue
        if name == "label" or name == "start_share":
            continue
        if key == "gpt" and name in ("entry_hazard", "entry_share", "peak_share", "ramp_quarters"):
            continue  # only a newcomer enters
        value = leaf.value
        moved = 0.05 if isinstance(value, dict) or value == 0.0 else value * 2
        after = paths(with_values(document, {leaf.path: moved}))
        assert not np.array_equal(before.family_shares, after.family_shares), leaf.path
