"""The IPO as states, its odds fitted to quotes, the lock-up and the sale (E31)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import PILOT_SEED
from costmodel.exits import (
    ANNOUNCED,
    FILED,
    LISTED,
    PRIVATE,
    RETRYING,
    SOLD,
    WITHDRAWN,
    ExitLuck,
    drift_after_listing,
    fit_announcement,
    margin_and_control,
    offer,
    pull_to_list,
    quarterly_chance,
    released_share,
    step,
)
from costmodel.inputs.lab import FilingDrivers, LockUpRelease, QuotedOdds
from costmodel.inputs.quantity import fixed
from costmodel.quantities import central
from costmodel.simulate.worlds import Simulated, pilot_paths, simulate_block
from costmodel.timeline import Timeline
from tests.costmodel.machines import changed
from tests.costmodel.scenarios import EXIT, PREFERRED, TERMS, calm_scenario, small_scenario
from tests.costmodel.trees import fixed_tree

Simulate = Callable[..., Simulated]
MIDDLE = central(fixed_tree(EXIT))
TIMELINE = Timeline(opening=date(2026, 3, 31), quarters=16)
NEVER, ALWAYS = 0.999999, 0.0


def exit_of(**changes: Any) -> Any:
    return changed(MIDDLE, **changes)


def moved(state: int, gate: bool = True, intercept: float = 0.0, **luck: float) -> int:
    """Return the state a quarter later when only the named luck strikes."""
    names = ("filing", "announcement", "resolution", "withdrawal", "retry", "sale")
    uniforms = ExitLuck(**{name: np.array([luck.get(name, NEVER)]) for name in names})
    told = step(exit_of(), np.array([state]), np.ones(1, bool), gate, intercept, np.zeros(1), uniforms)
    return int(told.state[0])


def test_each_state_leads_to_the_next() -> None:
    assert moved(PRIVATE, filing=ALWAYS) == FILED
    assert moved(FILED, announcement=ALWAYS) == ANNOUNCED
    assert moved(ANNOUNCED, resolution=ALWAYS) == LISTED
    assert moved(ANNOUNCED, resolution=ALWAYS, withdrawal=ALWAYS) == WITHDRAWN
    assert moved(WITHDRAWN, retry=ALWAYS) == RETRYING
    assert moved(RETRYING, resolution=ALWAYS) == LISTED
    assert moved(RETRYING, resolution=ALWAYS, withdrawal=ALWAYS) == WITHDRAWN
    for state in range(7):
        assert moved(state) == state


def test_nobody_skips_a_state_or_leaves_the_market() -> None:
    everything = dict.fromkeys(("announcement", "resolution", "retry"), ALWAYS)
    assert moved(PRIVATE, **everything) == PRIVATE
    assert moved(FILED, resolution=ALWAYS, retry=ALWAYS, filing=ALWAYS) == FILED
    assert moved(LISTED, **everything, sale=ALWAYS) == LISTED
    assert moved(SOLD, **everything, sale=ALWAYS) == SOLD


def test_a_closed_gate_stops_every_step_of_the_ipo_but_not_a_sale() -> None:
    strikes = dict.fromkeys(("filing", "announcement", "resolution", "withdrawal", "retry"), ALWAYS)
    for state in (PRIVATE, FILED, ANNOUNCED, WITHDRAWN, RETRYING):
        assert moved(state, gate=False, **strikes) == state
        assert moved(state, gate=False, sale=ALWAYS) == SOLD


def test_the_announcement_hazard_is_a_logit_of_intercept_and_pull() -> None:
    hazard = 1.0 / (1.0 + np.exp(0.7))
    assert moved(FILED, intercept=-0.7, announcement=hazard - 1e-9) == ANNOUNCED
    assert moved(FILED, intercept=-0.7, announcement=hazard + 1e-9) == FILED


def test_the_pull_to_list_rises_with_value_over_the_floor_and_with_the_regime() -> None:
    exit_ = exit_of(value_floor_usd=1e12, value_sensitivity=2.0, regime_sensitivity=0.7)
    pull = pull_to_list(exit_, np.array([1e12, 2e12, 1e12]), np.array([1, 1, 2]))
    assert pull == pytest.approx([0.0, 2.0 * np.log(2.0), 0.7])


def test_four_quarters_have_the_chance_of_the_year() -> None:
    assert 1.0 - (1.0 - quarterly_chance(0.36)) ** 4 == pytest.approx(0.36)


# --- price ------------------------------------------------------------------------------------------------------------


def test_the_offer_is_worth_fair_value_on_average() -> None:
    luck = np.random.default_rng(1).standard_normal(400_000)
    prices, _ = offer(exit_of(book_building_sd=0.1), np.full(luck.shape, 50.0), luck, luck)
    assert prices.mean() == pytest.approx(50.0, rel=1e-3)
    assert np.log(prices).std() == pytest.approx(0.1, rel=0.01)


def test_the_first_day_brings_its_mean_and_never_less_than_minus_thirty_percent() -> None:
    exit_ = exit_of(first_day_mean=0.2, first_day_sd=0.25)
    _, returns = offer(exit_, np.ones(3), np.zeros(3), np.array([0.0, 1.0, -9.0]))
    assert returns == pytest.approx([0.2, 0.45, -0.3])


def test_drift_lasts_its_quarters_and_reports_jump_twice() -> None:
    exit_ = exit_of(
        drift_annual=-0.19,
        drift_quarters=3,
        report_jump_probability=0.5,
        report_jump_mean=-0.1,
        report_jump_sd=0.0,
    )
    ages = np.array([-1, 0, 1, 2, 3, 4])
    quiet = drift_after_listing(exit_, ages, np.full(6, 0.6), np.zeros(6))
    quarter = 0.81**0.25
    assert quiet == pytest.approx([1.0, 1.0, quarter, quarter, quarter, 1.0])
    jumped = drift_after_listing(exit_, ages, np.full(6, 0.4), np.zeros(6))
    assert jumped / quiet == pytest.approx([1.0, 1.0, 0.9, 0.9, 1.0, 1.0])


def test_the_lock_up_opens_in_steps() -> None:
    ages = np.array([-1, 0, 1, 2, 3, 4, 40])
    assert released_share(exit_of(), ages, np.ones(7), np.ones(7), {}) == pytest.approx(
        [0.0, 0.0, 0.0, 0.4, 0.7, 1.0, 1.0]
    )


def test_a_release_that_asks_for_a_price_waits_for_it_and_stays_released() -> None:
    releases = (
        LockUpRelease(quarters_after_listing=1, share=0.1, price_over_offer=1.3),
        LockUpRelease(quarters_after_listing=2, share=0.5),
    )
    exit_, met = exit_of(lock_up=releases), {}
    told = [
        float(released_share(exit_, np.array([age]), np.array([price]), np.array([100.0]), met)[0])
        for age, price in enumerate([140.0, 129.0, 129.0, 130.0, 90.0])
    ]
    assert told == pytest.approx([0.0, 0.0, 0.5, 0.6, 0.6])


def test_the_pull_counts_margin_control_and_litigation() -> None:
    drivers = FilingDrivers(
        margin_sensitivity=2.0, control_sensitivity=3.0, litigation_sensitivity=4.0, litigation_level=0.25
    )
    revenue, spend, fixed = np.array([10e9, 1e9]), np.array([8e9, 8e9]), np.array([8e9, 64e9])
    told = margin_and_control(drivers, revenue, 0.5 * spend, spend, fixed)
    # margin 1 - 4/10 and, cut, -1; control 1 - 8/32 and 0, since more is fixed than planned
    assert told == pytest.approx([2 * 0.6 + 3 * 0.75 - 1.0, -2.0 - 1.0])


# --- quoted odds ------------------------------------------------------------------------------------------------------


def announced_by(simulated: Simulated, quarter: int) -> float:
    return float(simulated.base.run.announced[: quarter + 1].any(axis=0).mean())


@pytest.mark.parametrize("state", ["filed_confidentially", "private"])
def test_quoted_odds_are_met_on_the_pilot_seed(middle_blocks: int, state: str) -> None:
    quotes = ((date(2026, 12, 31), 2, 0.2), (date(2027, 6, 30), 4, 0.45))
    scenario = small_scenario(
        exit={
            "state_now": state,
            "confidential_filing_annual": 0.97,
            "sale_hazard": 0.08,
            "quoted_odds": tuple(QuotedOdds(by=by, probability=p) for by, _, p in quotes),
        }
    )
    covariate, running = pilot_paths(scenario, PILOT_SEED)
    intercepts = fit_announcement(central(scenario).exit, scenario.timeline, covariate, running)
    simulated = simulate_block(scenario, intercepts, PILOT_SEED, 0)
    for _, quarter, quote in quotes:
        error = 4.0 * np.sqrt(quote * (1.0 - quote) / middle_blocks)
        assert announced_by(simulated, quarter) == pytest.approx(quote, abs=error)


def fitted_share(exit_: Any, covariate: np.ndarray, running: np.ndarray) -> np.ndarray:
    """Return (Q,) the expected share announced by each quarter under the fitted intercepts, all filed at the start."""
    intercepts = fit_announcement(exit_, TIMELINE, covariate, running)
    left = np.ones(covariate.shape[1])
    shares = []
    for quarter in range(covariate.shape[0]):
        left = left * (1.0 - running[quarter] / (1.0 + np.exp(-(intercepts[quarter] + covariate[quarter]))))
        shares.append(1.0 - left.mean())
    return np.array(shares)


def test_the_fit_meets_every_quote_exactly_in_expectation() -> None:
    covariate = np.random.default_rng(2).normal(0.0, 1.5, (16, 500))
    running = (np.random.default_rng(3).random((16, 500)) < 0.98).astype(float)
    shares = fitted_share(exit_of(), covariate, running)
    assert shares[[2, 4]] == pytest.approx([0.33, 0.6], abs=1e-6)


def test_quotes_may_come_in_any_order_and_a_falling_one_adds_nobody() -> None:
    covariate, running = np.zeros((16, 10)), np.ones((16, 10))
    quotes = (
        QuotedOdds(by=date(2027, 6, 30), probability=0.3),
        QuotedOdds(by=date(2026, 12, 31), probability=0.4),
    )
    shares = fitted_share(exit_of(quoted_odds=quotes), covariate, running)
    assert shares[[2, 4]] == pytest.approx([0.4, 0.4], abs=1e-6)


def test_after_the_last_quote_a_lab_worth_its_floor_has_the_stated_hazard_decaying() -> None:
    exit_ = exit_of(later_hazard=0.2, later_hazard_decay=0.9)
    for pull in (0.0, -0.8):
        left = 1.0 - fitted_share(exit_, np.full((16, 10), pull), np.ones((16, 10)))
        odds = 0.2 * 0.9 ** np.arange(11)
        odds = odds / (1.0 - odds) * np.exp(pull)
        assert 1.0 - left[5:] / left[4:-1] == pytest.approx(odds / (1.0 + odds)), pull


def test_a_higher_floor_lists_at_a_higher_value(simulate: Simulate) -> None:
    """Timing and price are dependent: with the odds held at their quotes, a high sensitivity selects rich futures."""
    values = []
    for sensitivity in (0.0, 6.0):
        run = simulate(small_scenario(exit={"value_sensitivity": sensitivity})).base.run
        values.append(np.median(run.equity_value[:5][run.announced[:5]]))
    assert values[1] > values[0] * 1.1


# --- listing and selling ----------------------------------------------------------------------------------------------


def test_nobody_lists_before_announcing(simulate: Simulate) -> None:
    run = simulate(small_scenario()).base.run
    announced = np.logical_or.accumulate(run.announced, axis=0)
    assert run.listed.any()
    assert not (run.listed & ~announced).any()
    assert not run.listed[0].any()
    assert np.array_equal(run.ipo_proceeds > 0, np.diff(run.listed.astype(int), axis=0, prepend=0) == 1)


def test_nothing_is_sold_before_its_release(simulate: Simulate) -> None:
    run = simulate(small_scenario()).base.run
    age = np.where(run.listed, np.cumsum(run.listed, axis=0) - 1, -1)
    assert not run.share_sales[age < 2].any()
    assert run.share_sales[age == 2].any()


def test_selling_keeps_to_its_part_of_the_markets_volume(simulate: Simulate) -> None:
    """Calm and with a flat price, sale cash per quarter is participation x volume x price x (1 - impact)."""
    limits: dict[str, Any] = {
        "listing_lag_quarters": 1.0,
        "withdrawal_probability": fixed(0.0),
        "drift_annual": fixed(0.0),
        "first_day_mean": fixed(0.0),
        "offer_share": 0.0,
        "turnover_annual": 0.2,
        "participation_share": 0.1,
        "price_impact_share": 0.5,
    }
    run = simulate(calm_scenario(exit=limits), intercept=60.0).base.run
    sold = run.share_sales[:, 0] / run.equity_value[:, 0]
    limit = 0.1 * 0.2 / 4.0
    assert run.listed[1:, 0].all()
    assert sold[3:7] == pytest.approx(np.full(4, limit * (1.0 - 0.5 * 0.1)))
    assert np.all(sold <= limit * (1.0 - 0.5 * 0.1) + 1e-12)


def test_the_whole_holding_is_sold_once_and_no_more(simulate: Simulate) -> None:
    free: dict[str, Any] = {
        "listing_lag_quarters": 1.0,
        "withdrawal_probability": fixed(0.0),
        "drift_annual": fixed(0.0),
        "first_day_mean": fixed(0.0),
        "offer_share": 0.0,
        "participation_share": 1.0,
        "turnover_annual": 20.0,
        "price_impact_share": 0.0,
    }
    terms = tuple(t for t in TERMS if t is not PREFERRED and t.key != "contingent")
    no_rounds = {"round_size_quarters": 0.0}
    run = simulate(calm_scenario(terms=terms, exit=free, lab=no_rounds), intercept=60.0).base.run
    share = run.share_sales[:, 0] / run.equity_value[:, 0]
    held = 15.0 / 852.0
    assert share[3:6] == pytest.approx([0.4 * held, 0.3 * held, 0.3 * held])
    assert not share[6:].any()


def test_offer_money_is_the_offered_share_of_the_value_before_it(simulate: Simulate) -> None:
    limits: dict[str, Any] = {
        "listing_lag_quarters": 1.0,
        "withdrawal_probability": fixed(0.0),
        "offer_share": 0.05,
    }
    run = simulate(calm_scenario(exit=limits), intercept=60.0).base.run
    before = run.equity_value[1, 0] - run.ipo_proceeds[1, 0]
    assert run.ipo_proceeds[1, 0] == pytest.approx(0.05 * before)
