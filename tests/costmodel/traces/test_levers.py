"""A table of levers gives back what was replayed into it, and carries over to other shapes in proportion."""

import numpy as np
import pytest

from costmodel.inputs.demand import LoadShape
from costmodel.randomness import stream
from costmodel.traces.curve import capacity_of, served_share
from costmodel.traces.deferral import capacity_when_deferred, served_when_deferred
from costmodel.traces.levers import (
    LeverTable,
    capacity_with_deferral,
    deferred,
    tabulated,
    under_cap,
)
from costmodel.traces.queueing import capped
from costmodel.traces.trace import Trace

AT = np.concatenate(([0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03], np.linspace(0.05, 1.0, 39)))


def made_up() -> Trace:
    """Three days of 10-minute load with a day's wave and slow noise."""
    noise = np.convolve(stream(3, "levers", 0).standard_normal(432 + 35), np.ones(36) / 6.0, "valid")
    return Trace(np.exp(0.3 * np.sin(np.arange(432) / 144 * 2 * np.pi) + 0.25 * noise), 1 / 6)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return made_up()


@pytest.fixture(scope="module")
def table(trace: Trace) -> LeverTable:
    levels = np.quantile(trace.over_mean, 1 - AT)
    levels /= float(np.trapezoid(levels, AT))
    return tabulated(trace, LoadShape(exceedance_share=tuple(AT), load_over_mean=tuple(levels)))


@pytest.mark.parametrize(("share", "hours"), [(0.1, 4.0), (0.3, 4.0), (0.3, 24.0), (0.5, 1.0), (1.0, 12.0)])
def test_a_cell_serves_what_its_replay_served(
    trace: Trace, table: LeverTable, share: float, hours: float
) -> None:
    levels = np.array([0.6, 0.8, 1.0, 1.2, 1.5, 1.8])
    replayed = served_when_deferred(trace, levels, share, hours)
    assert served_share(deferred(table, table.base, share, hours), levels) == pytest.approx(
        replayed, abs=0.005
    )
    capacity = capacity_when_deferred(trace, share, hours)
    assert capacity_with_deferral(table, table.base, share, hours) == pytest.approx(capacity, rel=0.02)
    assert capacity_of(deferred(table, table.base, share, hours)) == pytest.approx(capacity, rel=0.03)


def test_no_lever_leaves_the_shape_as_it_is(table: LeverTable) -> None:
    for same in (
        deferred(table, table.base, 0.0, 24.0),
        deferred(table, table.base, 0.5, 0.0),
        under_cap(table, table.base, 50.0, 0.0).shape,
    ):
        assert same.load_over_mean == pytest.approx(table.base.load_over_mean)


def test_between_cells_capacity_lies_between(trace: Trace, table: LeverTable) -> None:
    found = capacity_with_deferral(table, table.base, 0.35, 6.0)
    assert found == pytest.approx(capacity_when_deferred(trace, 0.35, 6.0), rel=0.05)


def test_a_cap_sheds_what_its_replay_shed(trace: Trace, table: LeverTable) -> None:
    for hours in (0.0, 1.0, 24.0, np.inf):
        found, replayed = under_cap(table, table.base, 1.2, hours), capped(trace, 1.2, hours)
        assert found.shed_share == pytest.approx(replayed.shed_share, abs=0.002)
        assert found.p99_wait_hours == pytest.approx(replayed.p99_wait_hours)
        left = np.minimum(replayed.load / replayed.load.mean(), 1.0).mean()
        assert float(served_share(found.shape, 1.0)) == pytest.approx(left, abs=0.01)


def test_a_wider_shape_keeps_the_index_of_the_table(table: LeverTable) -> None:
    twice = tuple(np.maximum(1 + 2 * (np.array(table.base.load_over_mean) - 1), 0.0))
    wide = LoadShape(exceedance_share=table.base.exceedance_share, load_over_mean=twice)
    index = [
        (capacity_of(one) - capacity_with_deferral(table, one, 0.3, 4.0)) / (capacity_of(one) - 1)
        for one in (table.base, wide)
    ]
    assert index[0] == pytest.approx(index[1])


def test_a_flat_shape_has_nothing_to_gain(table: LeverTable) -> None:
    flat = LoadShape(exceedance_share=(0.0, 1.0), load_over_mean=(1.0, 1.0))
    assert deferred(table, flat, 0.5, 24.0).load_over_mean == pytest.approx(np.ones(AT.size), abs=1e-6)
    assert under_cap(table, flat, 1.2, 0.0).shed_share == 0.0
    assert capacity_with_deferral(table, flat, 0.5, 24.0) == pytest.approx(1.0, abs=2e-3)


def test_levers_beyond_their_limits_are_refused(table: LeverTable) -> None:
    for refused in (
        lambda: deferred(table, table.base, 1.2, 1.0),
        lambda: deferred(table, table.base, 0.2, -1.0),
        lambda: under_cap(table, table.base, 0.9, 1.0),
    ):
        with pytest.raises(ValueError, match="must"):
            refused()
