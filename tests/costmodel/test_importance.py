"""First-order indices by ranks agree with models whose indices are known (E41)."""

import numpy as np
import pytest

from costmodel.evaluate import combine, evaluate, evaluate_block, prepare
from costmodel.outcomes.importance import first_order, importance, noise_of
from tests.costmodel.scenarios import SEED, calm_scenario, small_scenario

DRAWS = 100_000
NOISE = 0.004


def scores(count: int, seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {f"input{place}": rng.standard_normal(DRAWS) for place in range(count)}


def test_a_sum_of_normals_gives_each_its_share_of_the_variance() -> None:
    drawn = scores(3)
    value = 3.0 * drawn["input0"] + 2.0 * drawn["input1"] + 1.0 * drawn["input2"]
    for place, weight in enumerate((3.0, 2.0, 1.0)):
        order = np.argsort(drawn[f"input{place}"])
        assert first_order(value[order]) == pytest.approx(weight**2 / 14.0, abs=NOISE)


def test_yes_or_no_of_a_sum_has_the_arcsine_of_its_share() -> None:
    """P(y | x) = Phi(r x / sqrt(1 - r^2)) has variance asin(r^2) / 2 pi of 1/4; ranks have (6 / pi) asin(r^2 / 2)."""
    drawn = scores(2)
    value = 2.0 * drawn["input0"] + drawn["input1"]
    told = importance(drawn, (value > 0.0).astype(float), np.exp(value * 3.0))
    by_path = {row["path"]: row for row in told["rows"]}
    for path, share in (("input0", 0.8), ("input1", 0.2)):
        assert by_path[path]["headline"] == pytest.approx(2 / np.pi * np.arcsin(share), abs=NOISE)
        assert by_path[path]["provider_npv"] == pytest.approx(6 / np.pi * np.arcsin(share / 2), abs=NOISE)
    assert [row["path"] for row in told["rows"]] == ["input0", "input1"]


def test_an_effect_that_is_not_monotone_is_found() -> None:
    """y = x^2 is all of x, though the lowest and the highest fifth are the same."""
    drawn = scores(1)["input0"]
    order = np.argsort(drawn)
    assert first_order((drawn**2)[order]) == pytest.approx(1.0, abs=0.03)


def test_an_input_that_does_nothing_stays_within_the_noise() -> None:
    rng = np.random.default_rng(9)
    told = [first_order(rng.standard_normal(1600)) for _ in range(2000)]
    assert 2.0 * np.std(told) == pytest.approx(noise_of(1600), rel=0.1)
    assert np.mean(told) == pytest.approx(0.0, abs=0.001)
    rare = [first_order((rng.random(1600) < 0.03).astype(float)) for _ in range(2000)]
    assert 2.0 * np.std(rare) == pytest.approx(noise_of(1600), rel=0.2)


def test_a_product_explains_nothing_alone() -> None:
    drawn = scores(2)
    value = drawn["input0"] * drawn["input1"]
    assert first_order(value[np.argsort(drawn["input0"])]) == pytest.approx(0.0, abs=2 * NOISE)


def test_a_figure_that_never_varies_is_driven_by_nothing() -> None:
    assert first_order(np.ones(50)) == 0.0
    assert importance({"input": np.zeros(1)}, np.ones(1), np.ones(1))["rows"] == []


@pytest.mark.usefixtures("middle_blocks")
def test_a_run_names_what_drives_it_and_storing_changes_nothing() -> None:
    scenario = small_scenario()
    preparation = prepare(scenario, SEED)
    blocks = [evaluate_block(scenario, preparation, SEED, block, 3000) for block in (0, 1)]
    told = combine(scenario, preparation, blocks, 3000, SEED)["importance"]
    assert told["draws"] == 3000
    assert told["noise"] == noise_of(3000)
    hinges = combine(scenario, preparation, blocks, 3000, SEED)["hinges"]
    assert {row["path"] for row in told["rows"]} == {row["path"] for row in hinges}
    by_value = max(told["rows"], key=lambda row: row["provider_npv"])
    # The two that lead with 24,000 draws as well.
    leading = {"demand.paid_price_change_annual", "deal.terms[new].built_without_equity_share"}
    assert by_value["path"] in leading
    assert by_value["provider_npv"] > 3 * told["noise"]


@pytest.mark.usefixtures("small_blocks")
def test_without_an_uncertain_input_nothing_is_named() -> None:
    assert evaluate(calm_scenario(), 20, SEED)["importance"]["rows"] == []
