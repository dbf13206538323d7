"""A default hazard that never changes thins every bill by the same share a quarter (E29)."""

from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.quantity import fixed
from tests.costmodel.scenarios import NEW, NEW_MINIMUM, OLD, PAID, SEED, calm_scenario

HAZARD = 0.05
DRAWS = 4 * 2048


def lines(hazard: float) -> dict[tuple[str, str], np.ndarray]:
    cash: dict[str, Any] = {
        "opening_cash_usd": fixed(1e13),
        "distress_hazard_short": hazard,
        "distress_hazard_long": hazard,
    }
    scenario = calm_scenario(
        terms=(OLD, NEW, NEW_MINIMUM, PAID), lab=cash, valuation={"opening_equity_value_usd": 2e13}
    )
    told = evaluate(scenario, DRAWS, SEED)
    return {
        (line["kind"], line["item"]): np.array(line["mean_by_quarter_usd"])
        for line in told["ledger"]["lines"]
    } | {("defaulted", ""): np.array(told["curves"]["defaulted_by_quarter"])}


@pytest.mark.usefixtures("middle_blocks")
def test_expected_bills_are_those_of_a_lab_that_never_fails_times_the_chance_it_still_pays() -> None:
    """The first bill is certain: the lab fails at the end of a quarter, after paying for it."""
    safe, risky = lines(0.0), lines(HAZARD)
    quarters = np.arange(16)
    pays = (1.0 - HAZARD) ** quarters
    error = 4.5 * np.sqrt(pays * (1.0 - pays) / DRAWS)
    for name in (("compute_billed", "old"), ("compute_billed", "new"), ("revenue", "")):
        bill = safe[name][1:]
        assert bill.any(), name
        assert np.all(np.abs(risky[name][1:] - bill * pays) <= bill * error + 1e-3), name
    assert not safe["defaulted", ""].any()
    failed = 1.0 - (1.0 - HAZARD) ** np.arange(17)
    assert np.all(np.abs(risky["defaulted", ""] - failed) < 0.02)
