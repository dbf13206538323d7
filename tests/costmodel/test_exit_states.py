"""States on the way to an IPO, counted by a whole run, against their Markov chain (E31)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import PILOT_SEED, evaluate
from costmodel.inputs.lab import FilingDrivers
from costmodel.inputs.quantity import Quantity, fixed
from tests.costmodel.scenarios import NEW, OLD, PAID, SEED, calm_scenario, small_scenario

QUARTERS = 16
NO_DRIVERS = FilingDrivers(
    margin_sensitivity=0.0, control_sensitivity=0.0, litigation_sensitivity=0.0, litigation_level=fixed(0.0)
)
DRAWS = 3 * 2048
STATES = ("private", "filed_confidentially", "filed_publicly", "retrying", "withdrawn", "listed")


def plain_exit(**changes: Any) -> dict[str, Any]:
    """Chances that neither value nor mood moves: each is the stated one in every quarter."""
    return {
        "value_sensitivity": 0.0,
        "regime_sensitivity": 0.0,
        "quoted_odds": (),
        "later_hazard": 0.2,
        "later_hazard_decay": 1.0,
        "withdrawal_probability": fixed(0.3),
        "retry_hazard": fixed(0.25),
        "listing_lag_quarters": 1.0,
        **changes,
    }


def curves(**changes: Any) -> dict[str, np.ndarray]:
    scenario = calm_scenario(terms=(OLD, NEW, PAID), exit=plain_exit(**changes))
    return {name: np.array(row) for name, row in evaluate(scenario, DRAWS, SEED)["curves"].items()}


def chain(
    start: str, filing: float, hazard: float, withdrawal: float, retry: float, lag: float
) -> np.ndarray:
    """Return (Q+1, state) the chances of the six states."""
    done = 1.0 / lag
    step = np.zeros((6, 6))
    step[0, [0, 1]] = 1.0 - filing, filing
    step[1, [1, 2]] = 1.0 - hazard, hazard
    for tried in (2, 3):
        step[tried, [tried, 4, 5]] += 1.0 - done, done * withdrawal, done * (1.0 - withdrawal)
    step[4, [4, 3]] = 1.0 - retry, retry
    step[5, 5] = 1.0
    held = np.zeros(6)
    held[STATES.index(start)] = 1.0
    rows = [held]
    for _ in range(QUARTERS):
        rows.append(rows[-1] @ step)
    return np.array(rows)


def assert_close(told: np.ndarray, expected: np.ndarray) -> None:
    error = np.sqrt(np.maximum(expected * (1.0 - expected), 1e-9) / DRAWS)
    assert np.all(np.abs(told - expected) < 4.5 * error + 1e-9)


@pytest.mark.parametrize("lag", [1.0, 2.5])
@pytest.mark.parametrize("start", ["filed_confidentially", "private"])
@pytest.mark.usefixtures("middle_blocks")
def test_counts_of_a_run_follow_the_markov_chain_of_the_stated_chances(start: str, lag: float) -> None:
    told = curves(state_now=start, confidential_filing_annual=0.6, listing_lag_quarters=lag)
    expected = chain(start, 1.0 - 0.4**0.25, 0.2, 0.3, 0.25, lag)
    for place, state in enumerate(STATES):
        assert_close(told[f"state_{state}"], expected[:, place])
    assert np.array_equal(told["listed_by_quarter"], told["state_listed"])


@pytest.mark.usefixtures("middle_blocks")
def test_a_lag_of_one_lists_in_the_quarter_after_the_filing() -> None:
    told = curves(withdrawal_probability=fixed(0.0))
    assert_close(told["announced_by_quarter"], 1.0 - 0.8 ** np.arange(QUARTERS + 1))
    assert np.array_equal(told["listed_by_quarter"][1:], told["announced_by_quarter"][:-1])
    assert not told["withdrawn_by_quarter"].any()


@pytest.mark.usefixtures("middle_blocks")
def test_a_hazard_decays_from_the_first_quarter_without_a_quote() -> None:
    told = curves(later_hazard=0.3, later_hazard_decay=0.8)
    left = np.cumprod(1.0 - 0.3 * 0.8 ** np.arange(QUARTERS))
    assert_close(told["announced_by_quarter"][1:], 1.0 - left)


@pytest.mark.usefixtures("small_blocks")
def test_every_future_stands_in_exactly_one_state_in_every_quarter() -> None:
    scenario = small_scenario(exit={"sale_hazard": 0.03}, lab={"distress_hazard_short": 0.2})
    told = evaluate(scenario, 300, SEED)["curves"]
    states = np.array([row for name, row in told.items() if name.startswith("state_")])
    assert states.shape == (8, QUARTERS + 1)
    assert states.sum(axis=0) == pytest.approx(1.0, abs=1e-12)
    assert states[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    for name in ("state_sold", "state_defaulted", "state_withdrawn", "state_listed"):
        assert max(told[name]) > 0.0, name
    for name in ("sold", "withdrawn", "retried"):
        assert np.all(np.diff(told[f"{name}_by_quarter"]) >= 0.0)


@pytest.mark.usefixtures("middle_blocks")
def test_litigation_lowers_the_log_odds_of_those_who_have_it() -> None:
    """Half of the futures litigate: they file at log odds two lower than the stated hazard, the others at it."""
    scenario = calm_scenario(terms=(OLD, NEW, PAID), exit=plain_exit())
    level = Quantity(shape="discrete", values=(0.0, 1.0), weights=(0.5, 0.5))
    half = replace(NO_DRIVERS, litigation_sensitivity=2.0, litigation_level=level)
    told = evaluate(replace(scenario, exit=replace(scenario.exit, drivers=half)), DRAWS, SEED)
    lower = 0.25 * np.exp(-2.0) / (1.0 + 0.25 * np.exp(-2.0))
    quarters = np.arange(QUARTERS + 1)
    expected = 1.0 - (0.8**quarters + (1.0 - lower) ** quarters) / 2.0
    assert_close(np.array(told["curves"]["announced_by_quarter"]), expected)


@pytest.mark.usefixtures("middle_blocks")
def test_quoted_odds_are_met_with_margin_and_control_in_the_hazard() -> None:
    moved = replace(NO_DRIVERS, margin_sensitivity=3.0, control_sensitivity=2.0)
    told = evaluate(small_scenario(exit={"drivers": moved}), DRAWS, PILOT_SEED)["curves"][
        "announced_by_quarter"
    ]
    plain = evaluate(small_scenario(), DRAWS, PILOT_SEED)["curves"]["announced_by_quarter"]
    assert_close(np.array([told[3], told[5]]), np.array([0.33, 0.6]))
    assert told != plain
