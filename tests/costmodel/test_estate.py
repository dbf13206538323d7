"""Who is paid first when the lab fails: debt, then claims in proportion (E21, E29)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from costmodel.inputs.lab import Estate
from costmodel.inputs.quantity import fixed
from costmodel.simulate.estate import recovery_after_debt
from costmodel.simulate.worlds import Simulated, Told
from tests.costmodel.scenarios import NEW, NEW_MINIMUM, OLD, PAID, calm_scenario

Simulate = Callable[..., Simulated]


def test_debt_is_paid_before_any_claim_and_claims_never_more_than_whole() -> None:
    value, cash = np.array([100e9, 100e9, 10e9, 100e9]), np.array([5e9, -5e9, 0.0, 5e9])
    told = recovery_after_debt(value, cash, 0.4, 25e9, 40e9)
    # (40 + 5 - 25) / 40; the same without its missing cash; 4 does not even pay the debt
    assert told[:3] == pytest.approx([0.5, 15.0 / 40.0, 0.0])
    assert recovery_after_debt(value, cash, 1.0, 0.0, 40e9)[0] == 1.0


def claims(told: Told) -> np.ndarray:
    return sum(line.flows for line in told.accounts.ledger.lines if line.kind == "termination_claim")[1:]


def failing(simulate: Simulate, **changes: Any) -> Told:
    hazards = {"distress_hazard_short": 0.08, "distress_hazard_long": 0.08, "opening_cash_usd": fixed(500e9)}
    scenario = calm_scenario(
        terms=(OLD, NEW, NEW_MINIMUM, PAID),
        lab={**hazards, **changes.pop("lab", {})},
        deal={"on_default": changes.pop("on_default")} if "on_default" in changes else {},
        **changes,
    )
    return simulate(scenario, intercept=-60.0).base


def test_claims_of_a_run_are_paid_from_what_debt_leaves(simulate: Simulate) -> None:
    """With value worth nothing, the estate is cash: claims at a stated share scale with cash over unsecured claims."""
    stated = failing(simulate)
    estate = Estate(value_share=fixed(0.0), unsecured_claims_usd=fixed(1e12))
    paid = failing(simulate, lab={"estate": estate}, valuation={"debt_usd": 100e9})
    failed = stated.run.defaulted & paid.run.defaulted
    assert failed.any(axis=0).mean() > 0.5
    owed = claims(stated)[1:][failed[:-1]]
    recovery = calm_scenario().deal.on_default.recovery_share.value
    left = np.clip((paid.run.cash - 100e9) / 1e12, 0.0, 1.0)[:-1][failed[:-1]]
    full = owed > 1e9
    received = claims(paid)[1:][failed[:-1]]
    assert received[full] == pytest.approx(owed[full] / recovery * left[full])
    assert full.any()


def test_a_lab_whose_debt_swallows_the_estate_pays_no_claim(simulate: Simulate) -> None:
    estate = Estate(value_share=fixed(0.0), unsecured_claims_usd=fixed(1e12))
    told = failing(simulate, lab={"estate": estate}, valuation={"debt_usd": 9e12})
    assert told.run.defaulted.any()
    assert not claims(told).any()
