"""Growth alone, and one source of noise at a time, through a whole run (E10, E12)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.quantity import Quantity, fixed
from costmodel.units import HOURS_PER_QUARTER
from tests.costmodel.scenarios import NEW, OLD, SEED, calm_scenario

DRAWS = 4 * 2048
# Everything is served elsewhere, so revenue is demand x price.
ELSEWHERE = {"provider_share_start": fixed(0.0), "provider_share_end": fixed(0.0)}
GROWTH = {
    "tokens_per_day_trillion": fixed(24.0),
    "growth_is": "mean",
    "growth_now_annual": fixed(1.0),
    "growth_slowing_annual": fixed(1.0),
    "growth_saturated_annual": fixed(1.0),
    "paid_price_usd_per_1m_tokens": fixed(2.0),
    "paid_price_change_annual": fixed(-0.19),
}


def revenue(**demand: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return mean revenue by quarter, and the median of its yearly rate."""
    told = evaluate(
        calm_scenario(terms=(OLD, NEW), placement=ELSEWHERE, demand={**GROWTH, **demand}), DRAWS, SEED
    )
    line = next(line for line in told["ledger"]["lines"] if line["kind"] == "revenue")
    return np.array(line["mean_by_quarter_usd"][1:]), np.array(told["fans"]["lab_revenue_annual"]["p50"][1:])


def closed_form() -> np.ndarray:
    """1 T tokens an hour, doubling each year: the mean of a quarter x its hours x the price of its middle."""
    quarters = np.arange(16)
    step = np.log(2.0) / 4.0
    tokens = 1e12 * 2.0 ** (quarters / 4.0) * np.expm1(step) / step
    return np.asarray(tokens * HOURS_PER_QUARTER * 2.0 * 0.81 ** ((quarters + 0.5) / 4.0) / 1e6)


@pytest.mark.usefixtures("small_blocks")
def test_growth_alone_is_its_closed_form() -> None:
    mean, median = revenue()
    assert mean == pytest.approx(closed_form(), rel=1e-9)
    assert median == pytest.approx(4.0 * closed_form(), rel=1e-9)


@pytest.mark.usefixtures("middle_blocks")
def test_with_volatility_and_jumps_the_mean_stays_on_the_path_of_the_mean() -> None:
    """Along the straight log line inside a quarter its mean lies a twelfth of the quarter's variance lower."""
    mean, _ = revenue(volatility_annual=fixed(0.3), jumps_per_year=0.5, jump_log_mean=0.2, jump_log_sd=0.2)
    spread = np.sqrt(np.expm1((0.3**2 / 4.0 + 0.12 * 0.08) * np.arange(1, 17)))
    assert np.all(np.abs(mean / closed_form() - 1.0) < 4.5 * spread / np.sqrt(DRAWS) + 0.004)


@pytest.mark.usefixtures("middle_blocks")
def test_with_volatility_the_median_stays_on_the_path_of_the_median() -> None:
    mean, median = revenue(growth_is="median", volatility_annual=fixed(0.4))
    assert median == pytest.approx(4.0 * closed_form(), rel=0.04)
    # and the mean rises above it by half of the variance, about t + 1/2 - 1/3 quarters of it
    assert mean[15] / closed_form()[15] == pytest.approx(np.exp(0.5 * 0.04 * (15.0 + 1.0 / 3.0)), rel=0.05)


@pytest.mark.usefixtures("middle_blocks")
def test_a_lognormal_volume_keeps_its_mean_and_its_ends() -> None:
    """90% between 12 and 48: median 24, log sd ln 2 / 1.645."""
    volume = Quantity(shape="lognormal", low=12.0, high=48.0, coverage=0.9)
    spread = np.log(2.0) / 1.6449
    held = calm_scenario(terms=(OLD, NEW), placement=ELSEWHERE, demand=GROWTH)
    told = evaluate(replace(held, demand=replace(held.demand, tokens_per_day_trillion=volume)), DRAWS, SEED)
    line = next(line for line in told["ledger"]["lines"] if line["kind"] == "revenue")
    assert np.array(line["mean_by_quarter_usd"][1:]) == pytest.approx(
        closed_form() * np.exp(spread**2 / 2.0), rel=0.02
    )
    fan = told["fans"]["lab_revenue_annual"]
    assert fan["p05"][1:] == pytest.approx(2.0 * closed_form(), rel=0.03)
    assert fan["p95"][1:] == pytest.approx(8.0 * closed_form(), rel=0.03)
