"""Model families, price tiers and sources of efficiency: what a document refuses, and that they reach the engine."""

from typing import Any

import pytest

from planner.core.errors import InvalidInput
from planner.runs.engine.inputs import to_inputs
from planner.scenarios.documents import scenario_document
from planner.scenarios.paths import with_values
from tests.planner.scenarios.small_document import small_document

TIERS = [
    {"key": "flagship", "token_share_start": 0.3, "token_share_end": 0.5, "price_usd_per_1m_tokens": 8.0},
    {"key": "small", "token_share_start": 0.7, "token_share_end": 0.5, "price_usd_per_1m_tokens": 0.5},
]
GAINS = [
    {"key": "faster", "source": "software", "gain_annual": 0.2},
    {"key": "cache", "source": "mix_and_cache", "gain_annual": 0.1},
]


def stated(**changes: Any) -> dict[str, Any]:
    document = small_document(**{"workload.efficiency_gain_annual": 0.0})
    document["demand"]["families"] = {"lab_family": "gpt"}
    document["demand"]["price_tiers"] = [dict(tier) for tier in TIERS]
    document["workload"]["efficiency_sources"] = [dict(gain) for gain in GAINS]
    return with_values(document, changes)


def problems_of(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        scenario_document(stated(**changes))
    return {problem.path: problem.message for problem in refused.value.problems}


def test_naming_the_labs_family_brings_in_the_usual_ones() -> None:
    inputs = to_inputs(scenario_document(stated()))
    families = inputs.demand.families
    assert families is not None
    assert [family.key for family in families.members][:3] == ["gpt", "claude", "gemini"]
    assert families.members[-1].start_share == 0.0
    assert [tier.key for tier in inputs.demand.price_tiers] == ["flagship", "small"]
    assert [gain.source for gain in inputs.workload.efficiency_sources] == ["software", "mix_and_cache"]


def test_a_lab_without_a_family_is_refused() -> None:
    assert problems_of(**{"demand.families.lab_family": "newcomer"}) == {
        "demand.families.lab_family": (
            "Family of the lab is “newcomer”. It must be one that has a share now: "
            "gpt, claude, gemini, llama, mistral, others."
        )
    }


def test_parts_that_do_not_add_up_are_refused() -> None:
    found = problems_of(
        **{"demand.price_tiers[small].token_share_end": 0.4, "demand.price_tiers[small].shift_quarters": 4}
    )
    assert found == {
        "demand.price_tiers[flagship].token_share_end": (
            "The parts of tokens in the end add up to 90%. They must add up to 100%."
        ),
        "demand.price_tiers[flagship].shift_quarters": (
            "The shift must take the same time in every price tier: tokens leave one for another."
        ),
    }


def test_a_gain_stated_twice_is_refused() -> None:
    found = problems_of(
        **{"workload.efficiency_gain_annual": 0.1, "workload.efficiency_sources[cache].source": "software"}
    )
    assert found == {
        "workload.efficiency_sources[cache].source": "This source is named twice. Each gain applies once.",
        "workload.efficiency_gain_annual": (
            "Efficiency gain must be 0 when its sources are named: each gain is stated once."
        ),
    }
