"""Made loads meet the published figures they are fitted to."""

import numpy as np
import pytest

from costmodel.traces.laws import OFFICE_HOURS, SMALL_TOOL, LoadLaw, made


def by_day(law: LoadLaw) -> np.ndarray:
    return made(law).over_mean.reshape(-1, 144)


def weekday_over_weekend(law: LoadLaw) -> float:
    levels = by_day(law).mean(axis=1).reshape(-1, 7)
    return float(levels[:, :5].mean() / levels[:, 5:].mean())


def test_office_hours_have_the_figures_of_the_azure_week_of_2024() -> None:
    load = made(OFFICE_HOURS).over_mean
    assert load.std() == pytest.approx(0.65, abs=0.03)
    assert np.quantile(load, [0.95, 0.99]) == pytest.approx([2.37, 2.57], rel=0.05)
    # The peak of nine days, as published, in the mean of the nine-day stretches of eight weeks.
    stretches = np.split(load[: 6 * 1296], 6)
    assert np.mean([one.max() / one.mean() for one in stretches]) == pytest.approx(2.85, rel=0.07)
    days_apart = [np.corrcoef(one[144:], one[:-144])[0, 1] for one in stretches]
    assert np.mean(days_apart) == pytest.approx(0.68, abs=0.08)
    assert weekday_over_weekend(OFFICE_HOURS) == pytest.approx(2.67, rel=0.05)


def test_a_small_tool_is_mostly_idle() -> None:
    load = made(SMALL_TOOL).over_mean
    assert 8.0 <= load.max() <= 12.0
    assert 1 / load.max() == pytest.approx(0.1, abs=0.02)
    assert load.std() == pytest.approx(1.7, abs=0.1)
    assert np.quantile(load, 0.5) == pytest.approx(0.12, abs=0.05)
    assert 3.0 <= weekday_over_weekend(SMALL_TOOL) <= 5.0


def test_a_law_makes_the_same_trace_again() -> None:
    assert np.array_equal(made(SMALL_TOOL).load, made(SMALL_TOOL).load)
