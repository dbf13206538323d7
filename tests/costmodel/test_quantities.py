"""A quantity's stated ends are quantiles of what is drawn; dependence is by named shared factors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from costmodel.inputs.quantity import Quantity, Shape, fixed, uncertain
from costmodel.quantities import _beta_through, at_score, central, realise

RANGES: dict[Shape, tuple[float, float]] = {
    "lognormal": (3.0, 40.0),
    "normal": (-2.0, 5.0),
    "uniform": (1.0, 4.0),
    "beta": (0.2, 0.7),
    "triangular": (1.0, 9.0),
    "pert": (1.0, 9.0),
}


@dataclass(frozen=True)
class Inputs:
    """Three uncertain inputs, the third with limits."""

    first: Any = uncertain()
    second: Any = uncertain()
    limited: Any = uncertain(0.0, 1.0)


def inputs(first: Quantity, second: Quantity | None = None, limited: Quantity | None = None) -> Inputs:
    return Inputs(first=first, second=second or fixed(1.0), limited=limited or fixed(0.5))


def drawn(tree: Inputs, blocks: int = 1) -> Inputs:
    """Realise several blocks and put their draws one after the other."""
    trees = [realise(tree, 5, block).tree for block in range(blocks)]
    joined = {
        name: np.concatenate([np.atleast_1d(getattr(t, name)) for t in trees])
        for name in ("first", "second", "limited")
    }
    return Inputs(**joined)


@pytest.mark.parametrize("coverage", [0.9, 0.8, 0.5])
@pytest.mark.parametrize("shape", list(RANGES))
def test_the_stated_ends_are_quantiles_of_the_shape(shape: Shape, coverage: float) -> None:
    low, high = RANGES[shape]
    quantity = Quantity(shape=shape, low=low, high=high, coverage=coverage, mode=3.0)
    tail = (1.0 - coverage) / 2.0
    ends = at_score(quantity, special.ndtri(np.array([tail, 1.0 - tail])))
    assert ends == pytest.approx([low, high], rel=2e-6)


@pytest.mark.parametrize("shape", list(RANGES))
def test_draws_fall_outside_the_ends_as_often_as_stated(shape: Shape) -> None:
    low, high = RANGES[shape]
    values = drawn(inputs(Quantity(shape=shape, low=low, high=high, mode=3.0)), blocks=3).first
    share_error = 4.0 * np.sqrt(0.05 * 0.95 / values.size)
    assert np.mean(values < low) == pytest.approx(0.05, abs=share_error)
    assert np.mean(values > high) == pytest.approx(0.05, abs=share_error)


def test_a_lognormal_is_centred_on_the_geometric_mean_of_its_ends() -> None:
    assert at_score(Quantity(shape="lognormal", low=2.0, high=8.0), np.zeros(1)) == pytest.approx(4.0)


def test_a_uniform_that_covers_everything_lies_between_its_ends() -> None:
    quantity = Quantity(shape="uniform", low=0.0, high=1.0, coverage=1.0)
    assert at_score(quantity, np.array([-40.0, 0.0, 40.0])) == pytest.approx([0.0, 0.5, 1.0])


def test_a_triangle_has_its_peak_at_the_mode() -> None:
    quantity = Quantity(shape="triangular", low=1.0, high=9.0, mode=3.0, coverage=1.0)
    probability = (3.0 - 1.0) / (9.0 - 1.0)
    assert at_score(quantity, special.ndtri(np.array([probability]))) == pytest.approx(3.0)


def test_a_pert_over_its_whole_range_has_the_published_mean() -> None:
    quantity = Quantity(shape="pert", low=1.0, high=9.0, mode=3.0, coverage=1.0)
    middle = (np.arange(200_000) + 0.5) / 200_000
    assert at_score(quantity, special.ndtri(middle)).mean() == pytest.approx((1 + 4 * 3 + 9) / 6, rel=1e-5)


def test_discrete_values_come_as_often_as_their_weights_in_rising_order() -> None:
    quantity = Quantity(shape="discrete", values=(5.0, 1.0, 3.0), weights=(1.0, 2.0, 1.0))
    middle = (np.arange(10_000) + 0.5) / 10_000
    values = at_score(quantity, special.ndtri(middle))
    assert np.all(np.diff(values) >= 0)
    assert [np.mean(values == v) for v in (1.0, 3.0, 5.0)] == pytest.approx([0.5, 0.25, 0.25])


@given(
    st.sampled_from(["lognormal", "normal", "uniform", "triangular", "pert"]),
    st.floats(0.5, 50.0),
    st.floats(0.1, 50.0),
    st.floats(0.02, 0.98),
    st.sampled_from([0.5, 0.8, 0.9, 0.95]),
)
def test_every_shape_rises_with_its_score_through_its_ends(
    shape: Shape, low: float, width: float, mode_share: float, coverage: float
) -> None:
    quantity = Quantity(
        shape=shape, low=low, high=low + width, mode=low + mode_share * width, coverage=coverage
    )
    reach = special.ndtri(0.5 + coverage / 2.0)
    values = at_score(quantity, np.array([-2 * reach, -reach, 0.0, reach, 2 * reach]))
    assert np.all(np.diff(values) > 0)
    assert values[[1, 3]] == pytest.approx([low, low + width], abs=2e-6 * width, rel=1e-9)


@pytest.mark.parametrize(
    ("low", "high"), [(0.2, 0.7), (0.02, 0.04), (0.9, 0.99), (0.05, 0.95), (0.01, 0.97), (0.45, 0.55)]
)
def test_a_beta_read_off_its_table_is_within_a_millionth_of_the_exact_one(low: float, high: float) -> None:
    first, second = _beta_through(low, high, 0.05)
    score = np.random.default_rng(8).standard_normal(20_000)
    told = at_score(Quantity(shape="beta", low=low, high=high), score)
    assert np.abs(told - special.betaincinv(first, second, special.ndtr(score))).max() < 1e-6


@given(st.floats(0.02, 0.9), st.floats(0.02, 0.95))
def test_a_beta_goes_through_any_range_inside_zero_and_one(low: float, part: float) -> None:
    high = low + (0.98 - low) * part
    if high - low < 0.01:
        return
    ends = at_score(Quantity(shape="beta", low=low, high=high), special.ndtri(np.array([0.05, 0.95])))
    assert ends == pytest.approx([low, high], rel=1e-4, abs=2e-6)


def test_a_shared_factor_gives_the_stated_correlation() -> None:
    first = Quantity(shape="normal", low=-1.0, high=1.0, loadings=(("market", 0.8),))
    second = Quantity(shape="normal", low=3.0, high=5.0, loadings=(("market", 0.5), ("other", 0.3)))
    values = drawn(inputs(first, second), blocks=4)
    expected = 0.8 * 0.5
    error = 4.0 * (1.0 - expected**2) / np.sqrt(values.first.size)
    assert np.corrcoef(values.first, values.second)[0, 1] == pytest.approx(expected, abs=error)


def test_loadings_do_not_change_an_inputs_own_spread() -> None:
    quantity = Quantity(shape="normal", low=-1.0, high=1.0, loadings=(("market", 0.6), ("other", -0.7)))
    values = drawn(inputs(quantity), blocks=3).first
    assert values.std() == pytest.approx(1.0 / special.ndtri(0.95), rel=0.03)


def test_opposite_loadings_keep_a_product_of_lognormals_constant() -> None:
    tokens = Quantity(shape="lognormal", low=30.0, high=65.0, loadings=(("mix", 1.0),))
    price = Quantity(shape="lognormal", low=1.2, high=1.2 * 65.0 / 30.0, loadings=(("mix", -1.0),))
    values = drawn(inputs(tokens, price))
    product = values.first * values.second
    assert values.first.std() > 5.0
    assert product == pytest.approx(np.full(product.shape, product[0]), rel=1e-12)


def test_draws_are_cut_at_the_limits_of_the_field() -> None:
    wide = Quantity(shape="normal", low=0.1, high=0.9)
    tree = realise(inputs(wide, limited=wide), 5, 0).tree
    assert tree.first.min() < 0.0
    assert tree.first.max() > 1.0
    assert tree.limited.min() == 0.0
    assert tree.limited.max() == 1.0


def test_a_fixed_value_stays_one_number_and_has_no_score() -> None:
    realised = realise(inputs(fixed(3.0), Quantity(shape="uniform", low=0.0, high=1.0)), 5, 0)
    assert realised.tree.first == 3.0
    assert isinstance(realised.tree.first, float)
    assert list(realised.scores) == ["second"]


def test_the_central_tree_holds_medians() -> None:
    middle = central(inputs(Quantity(shape="lognormal", low=1.0, high=9.0), fixed(4.0)))
    assert (middle.first, middle.second) == (pytest.approx(3.0), 4.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": "normal", "low": 2.0, "high": 1.0},
        {"shape": "normal", "low": 1.0, "high": float("nan")},
        {"shape": "lognormal", "low": 0.0, "high": 1.0},
        {"shape": "pert", "low": 0.0, "high": 1.0, "mode": 2.0},
        {"shape": "discrete", "values": (1.0,), "weights": ()},
        {"shape": "discrete", "values": (1.0, 2.0), "weights": (1.0, -1.0)},
        {"shape": "discrete", "values": (1.0, 2.0), "weights": (0.0, 0.0)},
        {"shape": "normal", "low": 0.0, "high": 1.0, "coverage": 1.0},
        {"shape": "lognormal", "low": 1.0, "high": 2.0, "coverage": 1.0},
        {"shape": "beta", "low": 0.1, "high": 0.2, "coverage": 1.0},
        {"shape": "uniform", "low": 0.0, "high": 1.0, "coverage": 0.0},
        {"shape": "uniform", "low": 0.0, "high": 1.0, "coverage": 1.5},
        {"shape": "uniform", "low": 0.0, "high": 1.0, "loadings": (("a", 0.8), ("b", 0.8))},
    ],
)
def test_what_is_no_distribution_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Quantity(**wrong)


def test_a_beta_outside_zero_and_one_is_refused_when_drawn() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        at_score(Quantity(shape="beta", low=0.5, high=1.5), np.zeros(1))
