"""Named sources of efficiency: each once, and together the whole (E13)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.efficiency import gain_by_source, gain_path
from costmodel.evaluate import evaluate
from costmodel.inputs.quantity import fixed
from costmodel.inputs.serving import EfficiencySource
from tests.costmodel.scenarios import SEED, WORKLOAD, calm_scenario
from tests.costmodel.trees import fixed_tree

SOFTWARE = EfficiencySource(key="faster", source="software", gain_annual=fixed(0.2))
CACHE = EfficiencySource(key="cache", source="mix_and_cache", gain_annual=fixed(0.1), lasts_quarters=6)


def workload(*sources: EfficiencySource, single: float = 0.0) -> Any:
    """Return the workload with plain numbers in place of quantities."""
    held = replace(fixed_tree(WORKLOAD), efficiency_gain_annual=single)
    return replace(
        held, efficiency_sources=tuple(replace(one, gain_annual=one.gain_annual.value) for one in sources)
    )


def test_a_single_gain_grows_by_the_year_at_mid_quarter() -> None:
    assert gain_path(workload(single=0.21), 5)[:, 0] == pytest.approx(1.21 ** ((np.arange(5) + 0.5) / 4.0))


def test_logs_of_the_sources_add_up_to_the_log_of_the_whole() -> None:
    parts = gain_by_source(workload(SOFTWARE, CACHE), 12)
    assert list(parts) == ["faster", "cache"]
    whole = sum(np.log(part) for part in parts.values())
    assert np.log(gain_path(workload(SOFTWARE, CACHE), 12)) == pytest.approx(whole)
    years = (np.arange(12) + 0.5) / 4.0
    assert whole[:, 0] == pytest.approx(years * np.log(1.2) + np.minimum(years, 1.5) * np.log(1.1))


def test_a_gain_stated_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        workload(SOFTWARE, replace(SOFTWARE, key="again"))
    with pytest.raises(ValueError, match="must be 0"):
        workload(SOFTWARE, single=0.1)


@pytest.mark.usefixtures("small_blocks")
def test_a_named_gain_moves_bills_like_the_single_one() -> None:
    """The same yearly gain, named or not, gives the same result; each applies once."""
    named = {"efficiency_gain_annual": fixed(0.0), "efficiency_sources": (SOFTWARE,)}
    one = evaluate(calm_scenario(workload={"efficiency_gain_annual": fixed(0.2)}), 4, SEED)
    other = evaluate(calm_scenario(workload=named), 4, SEED)
    assert one["ledger"] == other["ledger"]
    both = {"efficiency_gain_annual": fixed(0.0), "efficiency_sources": (SOFTWARE, CACHE)}
    told = evaluate(calm_scenario(workload=both), 4, SEED)
    assert told["ledger"] != other["ledger"]
    parts = np.array(list(told["efficiency"]["by_source"].values()))
    assert np.log(parts).sum(axis=0) == pytest.approx(np.log(told["efficiency"]["whole"]))
    assert "efficiency" not in one
