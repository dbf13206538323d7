"""Shares of model families: a logit walk whose shares always sum to one (E11)."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate, evaluate_block, memory_bytes, prepare
from costmodel.families import release_jumps, share_paths, student_steps
from costmodel.inputs.families import Families, Family
from costmodel.inputs.quantity import fixed
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.paths import draw_paths
from costmodel.simulate.worlds import Simulated
from tests.costmodel.machines import changed
from tests.costmodel.scenarios import SEED, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]
DRAWS, QUARTERS = 60_000, 12


def family(key: str, share: float, **changes: Any) -> Any:
    stated = Family(
        key=key,
        start_share=share,
        drift_quarterly=fixed(0.0),
        volatility_quarterly=fixed(0.0),
        reversion_share=0.0,
        jumps_per_quarter=0.0,
        jump_log_mean=0.0,
        jump_log_sd=0.0,
    )
    plain = {"drift_quarterly": 0.0, "volatility_quarterly": 0.0, "peak_share": 0.1}
    return changed(stated, **(plain | changes))


def walked(*members: Any, factor: np.ndarray | None = None, draws: int = DRAWS) -> np.ndarray:
    """Return (family, Q, draw) shares, each family on luck of its own."""
    shape = (QUARTERS, draws)

    def luck(kind: str) -> Callable[[str], Callable[[str], np.ndarray]]:
        def of_family(key: str) -> Callable[[str], np.ndarray]:
            def of_shock(name: str) -> np.ndarray:
                generator = np.random.default_rng([hash_of(key), hash_of(name)])
                return generator.random(shape) if kind == "uniform" else generator.standard_normal(shape)

            return of_shock

        return of_family

    held = np.zeros(shape) if factor is None else factor
    return share_paths(members, held, luck("uniform"), luck("normal"))


def hash_of(text: str) -> int:
    return int.from_bytes(text.encode(), "little") % 2**32


def logits(shares: np.ndarray) -> np.ndarray:
    """Return the log of the first family's share over the second's."""
    return np.asarray(np.log(shares[0] / shares[1]))


def test_student_steps_have_variance_one_and_the_tails_of_five_degrees() -> None:
    luck = np.random.default_rng(1)
    steps = student_steps(luck.random(2_000_000), luck.random(2_000_000))
    assert steps.mean() == pytest.approx(0.0, abs=0.003)
    assert steps.var() == pytest.approx(1.0, abs=0.02)
    # P(|t5| > 4.032) = 1%, and a step is t5 x sqrt(3/5)
    assert np.mean(np.abs(steps) > 4.0321 * np.sqrt(0.6)) == pytest.approx(0.01, abs=0.0003)
    assert np.all(np.isfinite(student_steps(np.array([0.0, 1.0 - 2.0**-53]), np.array([0.0, 0.5]))))


def test_release_jumps_are_a_poisson_number_of_normals() -> None:
    luck = np.random.default_rng(2)
    uniform, normal = luck.random(1_000_000), luck.standard_normal(1_000_000)
    jumps = release_jumps(
        family("a", 1.0, jumps_per_quarter=0.8, jump_log_mean=0.3, jump_log_sd=0.5), uniform, normal
    )
    assert np.mean(jumps == 0.0) == pytest.approx(np.exp(-0.8), abs=0.002)
    assert jumps.mean() == pytest.approx(0.8 * 0.3, abs=0.003)
    assert jumps.var() == pytest.approx(0.8 * (0.3**2 + 0.5**2), rel=0.01)


def test_shares_sum_to_one_in_every_quarter_of_every_draw() -> None:
    noisy = {"volatility_quarterly": 0.8, "jumps_per_quarter": 1.0, "jump_log_mean": 0.3, "jump_log_sd": 0.5}
    shares = walked(
        family("gpt", 0.5, **noisy),
        family("claude", 0.3, **noisy),
        family("others", 0.2),
        family("new", 0.0, entry_hazard=0.25, **noisy),
    )
    assert shares.sum(axis=0) == pytest.approx(1.0, abs=1e-12)
    assert np.all(shares >= 0.0)


def test_without_luck_shares_stay_or_follow_their_drift() -> None:
    still = walked(family("a", 0.6), family("b", 0.4), draws=2)
    assert still[0] == pytest.approx(0.6)
    drifting = walked(family("a", 0.6, drift_quarterly=-0.13), family("b", 0.4), draws=2)
    expected = 0.6 * np.exp(-0.13 * (np.arange(QUARTERS) + 1))
    assert drifting[0, :, 0] == pytest.approx(expected / (expected + 0.4))


def test_a_jump_up_for_one_is_a_jump_down_for_all_others() -> None:
    shares = walked(
        family("a", 0.4, jumps_per_quarter=0.5, jump_log_mean=0.3),
        family("b", 0.4),
        family("c", 0.2),
        draws=2000,
    )
    before = np.concatenate(
        [np.broadcast_to([[[0.4]], [[0.4]], [[0.2]]], (3, 1, 2000)), shares[:, :-1]], axis=1
    )
    moved = shares - before
    jumped = moved[0] > 1e-9
    assert 0.35 < jumped.mean() < 0.45  # 1 - exp(-0.5)
    assert np.all(moved[1:, jumped] < 0.0)
    assert np.abs(moved.sum(axis=0)).max() < 1e-12
    assert np.abs(moved[:, ~jumped]).max() < 1e-12


@pytest.mark.parametrize("reversion", [0.0, 0.3])
def test_the_spread_of_a_walk_is_that_of_its_steps(reversion: float) -> None:
    """Variance of a logit difference: s^2 t for a walk, s^2 (1 - k^2t) / (1 - k^2) with k = 1 - reversion."""
    shares = walked(family("a", 0.5, volatility_quarterly=0.35, reversion_share=reversion), family("b", 0.5))
    keep = (1.0 - reversion) ** 2
    quarters = np.arange(QUARTERS) + 1
    expected = 0.35**2 * (quarters if reversion == 0.0 else (1.0 - keep**quarters) / (1.0 - keep))
    assert logits(shares).var(axis=1) == pytest.approx(expected, rel=0.06)
    assert np.abs(logits(shares).mean(axis=1)).max() < 0.03


def test_the_market_factor_moves_a_family_by_its_loading() -> None:
    factor = np.random.default_rng(4).standard_normal((QUARTERS, DRAWS))
    shares = walked(
        family("a", 0.5, volatility_quarterly=0.3, market_loading=0.7), family("b", 0.5), factor=factor
    )
    steps = np.diff(logits(shares), axis=0)
    assert np.corrcoef(steps[3], factor[4])[0, 1] == pytest.approx(0.7, abs=0.01)


def test_a_newcomer_enters_by_its_hazard_at_its_share_and_ramps_to_its_peak() -> None:
    newcomer = family("new", 0.0, entry_hazard=0.25, entry_share=0.01, peak_share=0.2, ramp_quarters=3)
    shares = walked(family("a", 0.7), family("b", 0.3), newcomer)
    entered = shares[2] > 0.0
    assert entered.mean(axis=1) == pytest.approx(1.0 - 0.75 ** (np.arange(QUARTERS) + 1), abs=0.01)
    age = np.cumsum(entered, axis=0)
    assert shares[2][age == 1] == pytest.approx(0.01)
    middle = np.log(0.01 / 0.99) + (np.log(0.2 / 0.8) - np.log(0.01 / 0.99)) / 3.0
    assert shares[2][age == 2] == pytest.approx(1.0 / (1.0 + np.exp(-middle)))
    for later in (4, 5, 9):
        assert shares[2][age == later] == pytest.approx(0.2)
    assert shares[0] / shares[1] == pytest.approx(0.7 / 0.3)


def test_start_shares_must_add_up_and_hold_the_lab() -> None:
    held = Family(
        key="a",
        start_share=0.5,
        drift_quarterly=fixed(0.0),
        volatility_quarterly=fixed(0.0),
        reversion_share=0.0,
        jumps_per_quarter=0.0,
        jump_log_mean=0.0,
        jump_log_sd=0.0,
    )
    with pytest.raises(ValueError, match=r"add up to 0\.5"):
        Families(lab_family="a", members=(held,))
    with pytest.raises(ValueError, match="start share above 0"):
        Families(
            lab_family="new",
            members=(replace(held, start_share=1.0), replace(held, key="new", start_share=0.0)),
        )


# --- in a run ---------------------------------------------------------------------------------------------------------


def three(**changes: Any) -> Families:
    stated = {
        "drift_quarterly": fixed(0.0),
        "volatility_quarterly": fixed(0.35),
        "reversion_share": 0.0,
        "jumps_per_quarter": 0.6,
        "jump_log_mean": 0.3,
        "jump_log_sd": 0.5,
        **changes,
    }
    return Families(
        lab_family="gpt",
        members=(
            Family(key="gpt", start_share=0.4, **stated),
            Family(key="others", start_share=0.6, **stated),
            Family(key="new", start_share=0.0, entry_hazard=0.1, **stated),
        ),
    )


@pytest.mark.usefixtures("small_blocks")
def test_the_lab_serves_its_familys_share_of_the_market() -> None:
    whole = draw_paths(draw_luck(small_scenario(), SEED, 0))
    part = draw_paths(draw_luck(small_scenario(demand={"families": three()}), SEED, 0))
    assert part.family_shares is not None
    assert np.array_equal(part.tokens_per_hour, whole.tokens_per_hour * part.family_shares[0])
    assert part.opening_run_rate == pytest.approx(0.4 * whole.opening_run_rate)
    assert np.array_equal(part.index, whole.index)
    assert np.array_equal(part.growth, whole.growth)


@pytest.mark.usefixtures("small_blocks")
def test_another_family_moves_no_other_familys_luck() -> None:
    """With a fourth member of no weight, the three others' shares keep their proportions."""
    stated = three()
    fourth = replace(stated.members[1], key="fourth", start_share=0.0, entry_hazard=0.0)
    more = replace(stated, members=(fourth, *stated.members))
    few = draw_paths(draw_luck(small_scenario(demand={"families": stated}), SEED, 0)).family_shares
    many = draw_paths(draw_luck(small_scenario(demand={"families": more}), SEED, 0)).family_shares
    assert few is not None
    assert many is not None
    assert np.array_equal(many[1:], few)


@pytest.mark.usefixtures("small_blocks")
def test_a_result_tells_shares_and_leaders() -> None:
    told = evaluate(small_scenario(demand={"families": three()}), 300, SEED)
    keys = ("gpt", "others", "new")
    means = [np.array(told["fans"][f"family_share.{key}"]["mean"]) for key in keys]
    assert sum(means) == pytest.approx(1.0)
    assert told["fans"]["family_share.gpt"]["unit"] == "share"
    assert means[0][0] == pytest.approx(0.4)
    leads = [np.array(told["curves"][f"family_leads.{key}"]) for key in keys]
    assert sum(leads) == pytest.approx(1.0)
    assert leads[1][0] == 1.0
    assert leads[0][-1] > 0.05


def test_memory_of_families_is_known_before(middle_blocks: int) -> None:
    scenario = small_scenario(demand={"families": three()})
    preparation = prepare(scenario, SEED)
    tracemalloc.start()
    evaluate_block(scenario, preparation, SEED, 1, 2 * middle_blocks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= memory_bytes(scenario) <= 1.5 * peak


@pytest.mark.usefixtures("small_blocks")
def test_a_lab_whose_family_is_the_whole_market_is_the_lab_alone() -> None:
    alone = Families(lab_family="gpt", members=(replace(three().members[0], start_share=1.0),))
    plain = evaluate(calm_scenario(), 100, SEED)
    told = evaluate(calm_scenario(demand={"families": alone}), 100, SEED)
    assert told["ledger"] == plain["ledger"]
    assert told["outcomes"] == plain["outcomes"]
