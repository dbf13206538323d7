"""The lab's cash, rounds and distress (E29)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from costmodel.lab import COLD, HOT, NORMAL, defaults, other_cost, round_raised, runway_quarters
from costmodel.simulate.worlds import Simulated
from tests.costmodel.machines import changed
from tests.costmodel.scenarios import LAB, NEW, OLD, PAID, calm_scenario, small_scenario
from tests.costmodel.trees import fixed_tree

Simulate = Callable[..., Simulated]
MIDDLE = fixed_tree(LAB)
# Evenly spread luck: a share of it below h is h, to one part in a million.
EVEN = (np.arange(1_000_000) + 0.5) / 1_000_000


def lab(**changes: Any) -> Any:
    held = {name: getattr(MIDDLE, name).value for name in ("other_cost_usd_per_quarter",)}
    return changed(MIDDLE, **{**held, **changes})


def default_share(runway: float, **changes: Any) -> float:
    """Return the share of even luck that defaults with this runway."""
    cash = np.full(EVEN.shape, runway * 1e9)
    return float(defaults(lab(**changes), cash, np.full(EVEN.shape, 1e9), EVEN).mean())


def test_runway_is_cash_over_burn_and_long_when_nothing_burns() -> None:
    cash, burn = np.array([6e9, 6e9, 6e9, -3e9, 1e12]), np.array([2e9, 0.0, -5e9, 1e9, 1e9])
    assert runway_quarters(cash, burn).tolist() == [3.0, 12.0, 12.0, -3.0, 12.0]


def test_the_hazard_at_two_and_at_six_quarters_is_the_stated_one() -> None:
    for short, long in ((0.06, 0.003), (0.3, 0.05), (0.01, 0.01)):
        told = {"distress_hazard_short": short, "distress_hazard_long": long}
        assert default_share(2.0, **told) == pytest.approx(short, abs=2e-6)
        assert default_share(6.0, **told) == pytest.approx(long, abs=2e-6)


def test_between_the_two_the_logit_is_a_straight_line_in_runway() -> None:
    told = {"distress_hazard_short": 0.06, "distress_hazard_long": 0.003}
    middle = (np.log(0.06 / 0.94) + np.log(0.003 / 0.997)) / 2.0
    assert default_share(4.0, **told) == pytest.approx(1.0 / (1.0 + np.exp(-middle)), abs=2e-6)
    shares = [default_share(runway, **told) for runway in (-2.0, 0.0, 1.0, 3.0, 8.0, 12.0)]
    assert shares == sorted(shares, reverse=True)


def test_hazards_of_zero_mean_that_nobody_defaults() -> None:
    assert default_share(-12.0, distress_hazard_short=0.0, distress_hazard_long=0.0) == 0.0


def test_other_cost_grows_and_takes_its_share_of_revenue() -> None:
    priced = changed(
        MIDDLE,
        other_cost_usd_per_quarter=2e9,
        other_cost_growth_annual=0.21,
        other_cost_share_of_revenue=0.3,
    )
    cost = other_cost(priced, 5, np.full((5, 1), 10e9))[:, 0]
    assert cost[[0, 4]] == pytest.approx([2e9 + 3e9, 2e9 * 1.21 + 3e9])
    assert cost[2] == pytest.approx(2e9 * 1.1 + 3e9)


def raised(cash: float, burn: float, value: float, regime: int = NORMAL, luck: float = 0.0) -> float:
    told = round_raised(
        lab(), np.array([cash]), np.array([burn]), np.array([value]), np.array([regime]), np.array([luck])
    )
    return float(told[0])


def test_a_round_brings_six_quarters_of_burn_but_never_more_than_its_limit() -> None:
    assert raised(5e9, 1e9, 100e9) == pytest.approx(6e9)
    assert raised(5e9, 1e9, 10e9) == pytest.approx(0.15 * 10e9)


def test_no_round_is_raised_with_a_long_runway_or_without_burn() -> None:
    assert raised(6e9, 1e9, 100e9) == 0.0
    assert raised(1e9, -1e9, 100e9) == 0.0


@pytest.mark.parametrize(("regime", "chance"), [(COLD, 0.15), (NORMAL, 0.5), (HOT, 0.8)])
def test_the_market_is_open_as_often_as_its_regime_says(regime: int, chance: float) -> None:
    assert raised(1e9, 1e9, 100e9, regime, luck=chance - 1e-9) > 0.0
    assert raised(1e9, 1e9, 100e9, regime, luck=chance) == 0.0


def test_a_fair_round_leaves_the_price_per_share_where_it_was(simulate: Simulate) -> None:
    """Two futures alike but for the rounds: the stake is worth the same on a sale, whatever was raised before."""
    told = []
    for open_share in (0.0, 1.0):
        rounds = {f"round_open_{regime}": open_share for regime in ("cold", "normal", "hot")}
        scenario = calm_scenario(
            terms=(OLD, NEW, PAID),
            lab={**rounds, "round_below_runway_quarters": 40.0},
            exit={"sale_hazard": 0.3},
            valuation={"other_preferences_usd": 0.0},
        )
        told.append(simulate(scenario, intercept=-60.0).closed.run)
    without, with_rounds = told
    sold = with_rounds.company_sold[0]
    assert sold.any()
    assert not without.rounds.any()
    assert np.all(with_rounds.rounds[0, sold] > 1e9)
    # The round's cash is in the value and its shares in the count: per share nothing moved.
    gained = with_rounds.equity_value[0, sold] - without.equity_value[0, sold]
    assert gained == pytest.approx(with_rounds.rounds[0, sold])
    assert without.company_sale[0, sold] == pytest.approx(without.equity_value[0, sold] * 15.0 / 852.0)
    assert with_rounds.company_sale[0, sold] == pytest.approx(without.company_sale[0, sold])


def test_rounds_come_only_to_the_living_and_unsold(simulate: Simulate) -> None:
    run = simulate(small_scenario(exit={"sale_hazard": 0.05})).base.run
    sold = np.logical_or.accumulate(run.company_sold, axis=0)
    assert run.rounds.any()
    assert not run.rounds[~run.alive].any()
    assert not run.rounds[1:][sold[:-1]].any()


def test_default_happens_once_and_ends_the_lab(simulate: Simulate) -> None:
    run = simulate(small_scenario(lab={"distress_hazard_short": 0.3, "distress_hazard_long": 0.05})).base.run
    assert run.defaulted.sum(axis=0).max() == 1
    assert np.array_equal(~run.alive[1:], np.logical_or.accumulate(run.defaulted, axis=0)[:-1])
