"""After tax is value less the rate on the taxable gain, by hand; a rate of 0 changes nothing (E32)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from costmodel.outcomes.measures import measure
from costmodel.outcomes.tax import lab_tax, provider_tax
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import small_scenario
from tests.costmodel.test_recovery import money, rates

Simulate = Callable[..., Simulated]


def deal(**more: float) -> Any:
    held = rates(contract=0.1, equity=0.2)
    for name, value in more.items():
        setattr(held, name, value)
    return held


def test_margin_is_taxed_when_it_is_earned_and_a_loss_is_set_off() -> None:
    held = money(accounting_margin=[0, 0, 0, 0, 100], equity_paid=[0] * 5)
    assert provider_tax(deal(provider_tax_rate=0.25), held)[0] == pytest.approx(25.0 / 1.1)
    loss = money(accounting_margin=[0, 0, 0, 0, -100], equity_paid=[0] * 5)
    assert provider_tax(deal(provider_tax_rate=0.25), loss)[0] == pytest.approx(-25.0 / 1.1)


def test_shares_are_taxed_above_their_cost_alone() -> None:
    """50 paid, 30 back after a year, 60 more after two: the first pays back cost, of the second 40 are a gain."""
    held = money(
        equity_paid=[50, 0, 0, 0, 0, 0, 0, 0, 0],
        exits=[0, 0, 0, 0, 30, 0, 0, 0, 60],
        accounting_margin=[0] * 9,
    )
    assert provider_tax(deal(provider_tax_rate=0.5), held)[0] == pytest.approx(0.5 * 40.0 / 1.2**2)


def test_a_loss_on_shares_is_not_set_off() -> None:
    held = money(equity_paid=[50, 0], exits=[0, 20], accounting_margin=[0, 0])
    assert provider_tax(deal(provider_tax_rate=0.5), held)[0] == 0.0


def test_the_lab_is_taxed_on_what_changes_in_its_operations() -> None:
    assert lab_tax(deal(lab_rate=0.21, lab_tax_rate=0.2), np.array([[0.0], [0.0], [10.0]]))[
        0
    ] == pytest.approx(0.2 * 10.0 / 1.21**0.5)


def test_no_rate_no_tax_and_a_rate_moves_the_figures_after_tax_alone(simulate: Simulate) -> None:
    plain = measure(simulate(small_scenario())).key_figures
    for side in ("provider", "lab"):
        assert np.array_equal(plain[f"{side}_npv_after_tax_usd"], plain[f"{side}_npv_usd"])
    taxed = measure(
        simulate(small_scenario(deal={"provider_tax_rate": 0.21, "lab_tax_rate": 0.3}))
    ).key_figures
    for name, values in plain.items():
        same = np.array_equal(values, taxed[name], equal_nan=True)
        assert same != name.endswith("after_tax_usd"), name
