"""Summaries of blocks merge to the summary of the whole; quantiles are within a bin; the atom at zero is exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.outcomes.summary import (
    BINS,
    QUANTILES,
    Counts,
    Grid,
    count,
    grid_of,
    means,
    merge,
    quantiles,
    standard_errors,
)

RNG = np.random.default_rng(11)


def bin_width(grid: Grid) -> np.ndarray:
    return (grid.high - grid.low) / BINS


def on_grid(grid: Grid, row: int, values: np.ndarray) -> np.ndarray:
    """Return values on the scale on which bins are equally wide."""
    return np.arcsinh(values / grid.unit[row])


def rows_of(draws: int = 4000) -> np.ndarray:
    """Return six kinds of figure: smooth, skewed, with an atom at zero, of zeros and ones, constant, half missing."""
    smooth = RNG.normal(5e9, 2e9, draws)
    atom = np.where(RNG.random(draws) < 0.4, 0.0, RNG.normal(1e9, 2e9, draws))
    missing = np.where(RNG.random(draws) < 0.5, np.nan, RNG.normal(0.1, 0.2, draws))
    share = (RNG.random(draws) < 0.3).astype(float)
    return np.stack([smooth, RNG.lognormal(0, 1.5, draws), atom, share, np.full(draws, 7.0), missing])


ROWS = rows_of()
GRID = grid_of(ROWS)


def exact_fields(counts: Counts) -> list[np.ndarray]:
    return [
        counts.bins,
        counts.zeros,
        counts.defined,
        counts.least,
        counts.most,
        counts.at_least,
        counts.at_most,
    ]


def test_the_merge_of_halves_is_the_whole() -> None:
    whole = count(ROWS, GRID)
    merged = merge(count(ROWS[:, :1500], GRID), count(ROWS[:, 1500:], GRID))
    for told, expected in zip(exact_fields(merged), exact_fields(whole), strict=True):
        assert np.array_equal(told, expected)
    assert merged.sums == pytest.approx(whole.sums, rel=1e-12)
    assert merged.squares == pytest.approx(whole.squares, rel=1e-12)
    assert np.array_equal(quantiles(merged, GRID), quantiles(whole, GRID))


def test_every_draw_that_has_the_figure_is_counted_once() -> None:
    counts = count(ROWS, GRID)
    assert np.array_equal(counts.bins.sum(axis=1) + counts.zeros, counts.defined)
    assert np.array_equal(counts.defined, np.isfinite(ROWS).sum(axis=1))


def test_means_and_errors_are_those_of_the_draws() -> None:
    counts = count(ROWS, GRID)
    assert means(counts) == pytest.approx(np.nanmean(ROWS, axis=1), rel=1e-12)
    n = np.isfinite(ROWS).sum(axis=1)
    expected = np.nanstd(ROWS, axis=1, ddof=1) / np.sqrt(n)
    assert standard_errors(counts, GRID) == pytest.approx(expected, rel=1e-6, abs=1e-15)


def test_quantiles_lie_within_a_bin_of_the_exact_ones() -> None:
    told = quantiles(count(ROWS, GRID), GRID)
    for row in range(6):
        values = ROWS[row][np.isfinite(ROWS[row])]
        exact = np.quantile(values, QUANTILES, method="inverted_cdf")
        assert on_grid(GRID, row, told[row]) == pytest.approx(
            on_grid(GRID, row, exact), abs=1.0001 * bin_width(GRID)[row] + 1e-12
        ), row


def test_the_atom_at_zero_is_exact() -> None:
    told = quantiles(count(ROWS, GRID), GRID)
    atom = np.sort(ROWS[2])
    inside = [i for i, q in enumerate(QUANTILES) if atom[int(q * atom.size)] == 0.0]
    assert inside
    assert all(told[2][i] == 0.0 for i in inside)
    assert told[3].tolist() == [0.0, 0.0, 0.0, pytest.approx(1.0, abs=bin_width(GRID)[3]), pytest.approx(1.0)]


def test_a_rank_just_below_the_atom_does_not_jump_over_it() -> None:
    rows = np.array([[-1.0, 0.0, 0.0, 1.0]])
    grid = grid_of(rows)
    told = quantiles(count(rows, grid), grid)[0]
    assert told[1] == pytest.approx(-1.0, abs=bin_width(grid)[0])
    assert told[2] == 0.0
    assert told[4] == pytest.approx(1.0, abs=bin_width(grid)[0])


def test_a_constant_row_is_its_constant_without_error() -> None:
    counts = count(ROWS, GRID)
    assert quantiles(counts, GRID)[4].tolist() == [7.0] * 5
    assert standard_errors(counts, GRID)[4] == 0.0


def test_a_row_of_zeros_is_zero() -> None:
    rows = np.zeros((1, 100))
    counts = count(rows, grid_of(rows))
    assert counts.zeros[0] == 100
    assert quantiles(counts, grid_of(rows))[0].tolist() == [0.0] * 5


def test_a_figure_that_no_draw_has_is_undefined() -> None:
    rows = np.full((1, 50), np.nan)
    counts = count(rows, grid_of(rows))
    assert counts.defined[0] == 0
    assert np.isnan(means(counts)[0])
    assert np.isnan(standard_errors(counts, grid_of(rows))[0])
    assert np.isnan(quantiles(counts, grid_of(rows))).all()


def test_one_draw_is_its_own_summary() -> None:
    rows = np.array([[3.5]])
    counts, grid = count(rows, grid_of(rows)), grid_of(rows)
    assert quantiles(counts, grid)[0].tolist() == [3.5] * 5
    assert means(counts)[0] == 3.5
    assert np.isnan(standard_errors(counts, grid)[0])


def test_draws_beyond_the_grid_of_the_first_block_stay_within_the_extremes() -> None:
    first, later = np.linspace(1.0, 2.0, 100)[None, :], np.linspace(-100.0, 100.0, 300)[None, :]
    grid = grid_of(first)
    counts = merge(count(first, grid), count(later, grid))
    told = quantiles(counts, grid)[0]
    assert counts.bins.sum() + counts.zeros.sum() == 400
    assert np.all(np.diff(told) >= 0)
    assert told.min() >= -100.0
    assert told.max() <= 100.0
    assert means(counts)[0] == pytest.approx(np.concatenate([first, later], axis=1).mean())


@given(st.lists(st.one_of(st.just(0.0), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_quantiles_never_fall_and_never_leave_the_data(values: list[float]) -> None:
    rows = np.array([values])
    grid = grid_of(rows)
    told = quantiles(count(rows, grid), grid)[0]
    assert np.all(np.diff(told) >= 0)
    exact = np.quantile(rows[0], QUANTILES, method="inverted_cdf")
    assert on_grid(grid, 0, told) == pytest.approx(
        on_grid(grid, 0, exact), abs=2.0 * bin_width(grid)[0] + 1e-9
    )
    assert told.min() >= rows.min()
    assert told.max() <= rows.max()


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(1, 59))
def test_counts_do_not_depend_on_where_the_draws_are_cut(values: list[float], cut: int) -> None:
    rows = np.array([values])
    grid = grid_of(rows)
    whole = count(rows, grid)
    cut = min(cut, rows.shape[1] - 1)
    merged = merge(count(rows[:, :cut], grid), count(rows[:, cut:], grid))
    for told, expected in zip(exact_fields(merged), exact_fields(whole), strict=True):
        assert np.array_equal(told, expected)


def test_atoms_at_the_ends_are_reported_exactly() -> None:
    paid = np.where(np.arange(1000) < 120, 15.0e9, np.where(np.arange(1000) < 500, 42.0e9, 50.0e9))[None, :]
    grid = grid_of(paid)

    told = quantiles(merge(count(paid[:, :300], grid), count(paid[:, 300:], grid)), grid)[0]

    assert told[0] == 15.0e9
    assert list(told[2:]) == [told[2], 50.0e9, 50.0e9]


def test_a_figure_that_is_constant_in_the_first_block_may_vary_in_the_next() -> None:
    grid = grid_of(np.full((1, 100), 8.0))
    later = np.linspace(7.0, 9.0, 100)[None, :]

    told = quantiles(merge(count(np.full((1, 100), 8.0), grid), count(later, grid)), grid)[0]

    assert told[0] < 7.5
    assert told[2] == pytest.approx(8.0, abs=0.02)
    assert told[4] > 8.5


def test_a_heavy_tail_does_not_blur_the_middle() -> None:
    rows = np.exp(RNG.normal(0.0, 2.0, (1, 20_000)) + 27.0)
    grid = grid_of(rows[:, :8192])

    told = quantiles(count(rows, grid), grid)[0]

    assert told == pytest.approx(np.quantile(rows[0], QUANTILES), rel=0.03)
